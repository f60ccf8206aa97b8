"""A gate's questions in CPu's shapes, and its answers (cpu.md §4.2 rows 12 to 14; E15).

They are asked and answered at the terminal itself, over no topic: they hold the card in plain.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from adapters.antwerp_cpu import codes, panel, reads
from adapters.antwerp_cpu.forms import NotReadable, spelt, validated
from adapters.antwerp_cpu.reads import Reader
from adapters.antwerp_cpu.wire_in import Asked, IdentificationRequest, PickupValidationRequest
from adapters.antwerp_cpu.wire_out import Notification, ValidationBody
from adapters.antwerp_cpu.wire_read import LightResult, PickupValidation, SyncValidation
from adapters.antwerp_cpu.wire_words import Event, ReleaseRightStatus
from schemas.facts import PickupEnd
from schemas.identifiers import Scheme
from schemas.lights import Lights
from schemas.reasons import Missing
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

Body = TypeVar("Body", bound=Asked)
ALFAPASS: Final = "alfapass"


@dataclass(frozen=True, slots=True)
class Box:
    """One container of a question, as it was written there."""

    container: str
    bills_of_lading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """May these containers leave with this card? The card is shown nowhere."""

    alfapass_number: str = field(repr=False)
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Who:
    """Is this one known? `scheme` is None for a driver's card."""

    scheme: Scheme | None
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says of one container; `lights` as far as it believes them."""

    leaves: bool
    said: tuple[str, ...]
    status: ReleaseRightStatus
    lights: Lights | None


def read_question(data: bytes) -> Question | Unreadable:
    """Return what a validation asks, synchronous or not, or why it cannot be told."""
    asked = _read(PickupValidationRequest, data)
    if isinstance(asked, Unreadable):
        return asked
    boxes = asked.release_identification or []
    if not asked.alfapass_number:
        return _missing("$.alfapassNumber", "The card's number is missing.")
    if not boxes:
        return _missing("$.releaseIdentification", "No container is named.")
    for place, box in enumerate(boxes):
        if not box.equipment_number:
            path = f"$.releaseIdentification[{place}].equipmentNumber"
            return _missing(path, "The container's number is missing.")
    return Question(
        asked.alfapass_number,
        tuple(
            Box(box.equipment_number or "", tuple(box.bill_of_lading_numbers or ()))
            for box in boxes
        ),
    )


def read_who(data: bytes) -> Who | Unreadable:
    """Return whom an identification asks about, or why it cannot be told."""
    asked = _read(IdentificationRequest, data)
    if isinstance(asked, Unreadable):
        return asked
    kind, code = asked.identification_type, asked.identification_code
    if not kind:
        return _missing("$.identificationType", "The kind of code is missing.")
    if not code:
        return _missing("$.identificationCode", "The code is missing.")
    scheme = None if kind.strip().lower() == ALFAPASS else codes.scheme_of(kind)
    if scheme is None and kind.strip().lower() != ALFAPASS:
        sentence = (
            "This kind of code is none of Alfapass, NxtEntityId, Tin, Eori, Duns, SCAC, Apcs."
        )
        return Unreadable("code_unknown", "$.identificationType", sentence, sensitive=True)
    return Who(scheme, code)


def result(box: Box, verdict: Verdict) -> PickupValidation:
    """Return the verdict on one container as CPu writes it; cannot tell is not valid, and why."""
    lights = () if verdict.lights is None else tuple(panel.shown(verdict.lights))
    return PickupValidation(
        is_valid=verdict.leaves,
        error_messages=None if verdict.leaves else " ".join(verdict.said),
        status=verdict.status,
        green_lights=tuple(
            LightResult(
                green_light_name=each.name,
                green_light_value=each.value,
                green_light_color=each.color,
            )
            for each in lights
        ),
        equipment_number=box.container,
        bill_of_lading_numbers=box.bills_of_lading,
    )


def sync_answer(question: Question, results: Sequence[PickupValidation]) -> bytes:
    """Return the answer to a synchronous validation: for who asked, and to be kept nowhere.

    It repeats the card, as CPu does (E15).
    """
    answer = SyncValidation(
        alfapass_number=question.alfapass_number, release_identification=tuple(results)
    )
    return answer.model_dump_json(by_alias=True).encode()


def async_answers(
    mask: str, results: Sequence[PickupValidation], terminal: Reader
) -> tuple[Notification, ...]:
    """Return `AlfapassPickUpValidation` for each container, with the card's *mask* alone."""
    return tuple(
        reads.answered(
            Event.ALFAPASS_PICK_UP_VALIDATION,
            each.equipment_number,
            ValidationBody(alfapass_number_mask=mask, **_members(each)),
            terminal,
        )
        for each in results
    )


_BY_END: Final = {
    PickupEnd.REVOKED: ReleaseRightStatus.REVOKED,
    PickupEnd.RELEASE_BLOCKED: ReleaseRightStatus.BLOCKED,
    PickupEnd.TERMINAL_BLOCKED: ReleaseRightStatus.BLOCKED,
    PickupEnd.RELEASE_REVOKED: ReleaseRightStatus.REVOKED,
    PickupEnd.RELEASE_DELETED: ReleaseRightStatus.ARCHIVED,
    PickupEnd.RELEASE_EXPIRED: ReleaseRightStatus.EXPIRED,
    PickupEnd.RAN_OUT: ReleaseRightStatus.EXPIRED,
    PickupEnd.TERMINAL_CHANGED: ReleaseRightStatus.REVOKED,
    PickupEnd.REPLACED: ReleaseRightStatus.REVOKED,
    PickupEnd.PICKED_UP: ReleaseRightStatus.ARCHIVED,
}
_BY_MISSING: Final = {
    Missing.ALREADY_GATED_OUT: ReleaseRightStatus.ARCHIVED,
    Missing.RELEASE_DELETED: ReleaseRightStatus.ARCHIVED,
    Missing.RELEASE_EXPIRED: ReleaseRightStatus.EXPIRED,
    Missing.PICKUP_EXPIRED: ReleaseRightStatus.EXPIRED,
    Missing.RELEASE_BLOCKED: ReleaseRightStatus.BLOCKED,
    Missing.TRANSFER_PENDING: ReleaseRightStatus.PENDING,
}


def status_at_gate(missing: Collection[Missing], ended: PickupEnd | None) -> ReleaseRightStatus:
    """Return where a right stands that a gate knows of: Accepted, unless something says more.

    INFERRED of E15, where the right of a container that customs holds is Accepted.
    """
    if ended is not None:
        return _BY_END[ended]
    found = (status for reason, status in _BY_MISSING.items() if reason in missing)
    return next(found, ReleaseRightStatus.ACCEPTED)


def _read(model: type[Body], data: bytes) -> Body | Unreadable:
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return replace(content, sensitive=True)
    try:
        return validated(model, _with_an_array(spelt(content, [])))
    except NotReadable as error:
        return replace(error.why, sensitive=True)


def _with_an_array(content: JsonValue) -> JsonValue:
    # A string on releases, an array of objects here (cpu.md §7 rule 13); one object is one of it.
    name = "releaseIdentification"
    if not isinstance(content, dict) or not isinstance(content.get(name), dict):
        return content
    return content | {name: [content[name]]}


def _members(result: PickupValidation) -> dict[str, Any]:
    return {name: getattr(result, name) for name in type(result).model_fields}


def _missing(path: str, sentence: str) -> Unreadable:
    return Unreadable("field_missing", path, sentence, sensitive=True)
