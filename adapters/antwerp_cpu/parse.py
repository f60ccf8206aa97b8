"""CPu's own request bodies into messages of the bus (cpu.md §2, §4.2; E1, E4, E6 to E14).

Which body it is stands in ce_type, `nxtport.certified-pickup.<name in the OpenAPI>`; what stood
in the path of the call, in headers by the OpenAPI's names: `port-locode`, `equipment-number`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from adapters.antwerp_cpu import codes, wire_in
from adapters.antwerp_cpu.forms import Form, Given, NotReadable, made, party_ref, spelt, validated
from adapters.antwerp_cpu.profile import DEFAULT_PORT, TYPE_PREFIX
from adapters.antwerp_cpu.redact import REDACTED
from adapters.antwerp_cpu.wire_in import Asked
from adapters.contract import Headers, Memory, Parsed, Part
from schemas import messages as m
from schemas.json_path import item
from schemas.messages import ContainerMessage, Modality, PartyRef
from schemas.plain_identity import may_show_identity, plain_identity
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

PORT_IN_PATH: Final = "port-locode"
CONTAINER_IN_PATH: Final = "equipment-number"
LONGEST_BULK_ID: Final = 240
"""Of a bulk's ce_id: each part's own has its place behind it, and 255 is the end."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a body, before it has an id."""

    message: ContainerMessage
    occurred_at: datetime | None = None
    on_behalf_of: PartyRef | None = None


Maker = Callable[[Form, Headers], Found]


def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
    """Return the messages in a request body, each part of a bulk by itself."""
    name = headers.get("ce_type", "").removeprefix(TYPE_PREFIX)
    try:
        if name in _BULKS:
            return _bulk(name, data, headers, memory)
        part = _single(name, data, headers)
    except NotReadable as error:
        # Whatever is wrong with it: this body is the one that may name a driver.
        sensitive = error.why.sensitive or name == "SubmitPickupRight"
        return Parsed(memory=memory, problems=(replace(error.why, sensitive=sensitive),))
    return Parsed((part,), memory=memory)


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the container that a body is about, as it stands there; empty for a bulk."""
    named = headers.get(CONTAINER_IN_PATH, "")
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson) or not isinstance(content, dict):
        return named
    for holder in (content, content.get("releaseIdentifier"), content.get("identifier")):
        if isinstance(holder, dict) and isinstance(holder.get("equipmentNumber"), str):
            return str(holder["equipmentNumber"])
    return named


# --- the body, and its parts -------------------------------------------------------------------


def _single(name: str, data: bytes, headers: Headers) -> Part:
    if name not in _SINGLES:
        sentence = "This is no request body of Certified Pick up that is taken here."
        sensitive = may_show_identity(data)
        raise NotReadable(
            Unreadable("type_unknown", "header ce_type", sentence, sensitive=sensitive)
        )
    model, maker = _SINGLES[name]
    findings: list[str] = []
    form = Form(_body(model, data, findings), findings=findings)
    found = maker(form, headers)
    return _part(found, headers.get("ce_id", ""), findings)


def _bulk(name: str, data: bytes, headers: Headers, memory: Memory) -> Parsed:
    bulk_id = headers.get("ce_id", "")
    if len(bulk_id) > LONGEST_BULK_ID:
        sentence = f"The id of a bulk has at most {LONGEST_BULK_ID} characters."
        raise NotReadable(Unreadable("header_too_long", "header ce_id", sentence))
    model, verbs, maker = _BULKS[name]
    findings: list[str] = []
    whole = Form(_body(model, data, findings), findings=findings)
    verb = whole.coded("action_type", verbs)
    rights = whole.take("release_rights")
    if not rights.value:
        sentence = "A bulk names at least one release right."
        raise NotReadable(Unreadable("field_missing", rights.path, sentence))
    parts: list[Part] = []
    problems: list[Unreadable] = []
    for place, right in enumerate(rights.value):
        form = Form(right, item(rights.path, place), list(findings))
        try:
            found = maker(whole, form, verb, headers)
            form.findings.extend(whole.leftovers())
            parts.append(_part(found, f"{bulk_id}/{place}", form.findings))
        except NotReadable as error:
            problems.append(error.why)
    return Parsed(tuple(parts), memory=memory, problems=tuple(problems))


def _body(model: type[Asked], data: bytes, findings: list[str]) -> Asked:
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        raise NotReadable(replace(content, sensitive=may_show_identity(data)))
    secret = plain_identity(_without_redacted_driver(content))
    if secret is not None:
        raise NotReadable(secret)
    return validated(model, spelt(content, findings))


def _without_redacted_driver(content: JsonValue) -> JsonValue:
    # What is left of a driver after `redact` says only that there was one.
    party = content.get("pickupParty") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(party, dict):
        return content
    code = party.get("identificationCode")
    # Not looked for in a set: it may be a list, which none can hold.
    if code is not None and code != REDACTED:
        return content
    return {name: value for name, value in content.items() if name != "pickupParty"}


def _part(found: Found, part_id: str, findings: list[str]) -> Part:
    return Part(
        message=found.message,
        id=part_id,
        findings=tuple(dict.fromkeys(findings)),
        occurred_at=found.occurred_at,
        on_behalf_of=found.on_behalf_of,
    )


# --- one maker for each body -------------------------------------------------------------------


def _commercial_release(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.AGENT_ACTIONS)
    return _of_a_right(form, verb, _which(form, headers))


def _release_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.RIGHT_ACTIONS)
    return _of_a_right(form, verb, _which(form, headers))


def _bulk_right(whole: Form, form: Form, verb: type[ContainerMessage], headers: Headers) -> Found:
    which = _named_in(form) | {
        "port": _or_path(whole.take("port_lo_code"), headers, PORT_IN_PATH),
        "terminal": form.take("terminal_code"),
    }
    return _of_a_right(form, verb, which)


def _of_a_right(form: Form, verb: type[ContainerMessage], which: dict[str, Given]) -> Found:
    speaker = None
    for name, theirs in _MORE.items():
        if name in verb.model_fields and theirs in type(form.body).model_fields:
            which[name] = form.take(theirs)
    for name, theirs in _TIMES.items():
        if name in verb.model_fields and theirs in type(form.body).model_fields:
            which[name] = form.time(theirs)
    if "valid_from" in which and which["valid_from"].value is None and _has(form, "valid_from"):
        which["valid_from"] = form.time("valid_from")
    for name in ("release_to", "carrier"):
        if name in verb.model_fields and name in type(form.body).model_fields:
            which[name] = form.party(name)
    if verb in {m.Transfer, m.Revoke} and _has(form, "release_from"):
        speaker = party_ref(form.party("release_from"))
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), on_behalf_of=speaker)


def _pickup_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.PICKUP_ACTIONS)
    which = _which(form, headers)
    occurred_at = form.time("timestamp").value
    if verb is m.AssignPickup:
        party = form.part("pickup_party")
        which["modality"] = Given(_modality(party), f"{party.path}.partyType")
        form.findings.extend(party.leftovers())
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), occurred_at)


def _modality(party: Form) -> Modality:
    # By water or rail the code names a vessel or a train at most; a truck's names a person.
    modality = party.coded("party_type", _PARTY_TYPES)
    code = party.take("identification_code")
    party.take("identification_type")
    if modality is Modality.TRUCK and code.value is not None:
        sentence = (
            "A driver's identity may not lie open: assign the pick-up with the identity sealed "
            "for the terminal, or at the bus's own door, which seals it."
        )
        raise NotReadable(Unreadable("plain_identity", code.path, sentence, sensitive=True))
    return modality


def _barge_rail_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.PICKUP_ACTIONS)
    identifier = form.part("release_identifier")
    which = _named_in(identifier) | {
        "port": _port_assumed(form, headers),
        "terminal": form.take("terminal_code"),
    }
    if verb is m.AssignPickup:
        # The body does not say which of the two it is (cpu.md §2.4).
        which["modality"] = Given(Modality.UNKNOWN, "$")
        form.findings.append("modality_unknown: $")
    form.findings.extend((*identifier.leftovers(), *form.leftovers()))
    return Found(made(verb, which, form.findings))


def _terminal_release(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.TERMINAL_ACTIONS)
    which = _place(form, headers) | {
        "container": _or_path(form.take("equipment_number"), headers, CONTAINER_IN_PATH),
        "stay_number": form.take("stay_number"),
    }
    occurred_at = form.time("release_date_time_utc").value
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), occurred_at)


def _bulk_terminal_release(
    whole: Form, form: Form, verb: type[ContainerMessage], headers: Headers
) -> Found:
    which = _named_in(form) | _place(whole, headers)
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings))


def _means_of_transport(form: Form, _headers: Headers) -> Found:
    given = form.take("means_of_transport")
    sentence = "The bus takes the means of transport with the pick-up right, not by itself."
    raise NotReadable(Unreadable("not_supported", given.path, sentence))


# --- the members that name the release -----------------------------------------------------------


def _which(form: Form, headers: Headers) -> dict[str, Given]:
    container = _or_path(form.take("equipment_number"), headers, CONTAINER_IN_PATH)
    return _named_in(form) | _place(form, headers) | {"container": container}


def _named_in(form: Form) -> dict[str, Given]:
    return {
        "container": form.take("equipment_number"),
        "bills_of_lading": form.take("bill_of_lading_numbers"),
        "release_identification": form.take("release_identification"),
    }


def _place(form: Form, headers: Headers) -> dict[str, Given]:
    return {
        "port": _or_path(form.take("port_lo_code"), headers, PORT_IN_PATH),
        "terminal": form.take("terminal_code"),
    }


def _or_path(given: Given, headers: Headers, name: str) -> Given:
    """Return the member of the body, or what stood for it in the path of the call."""
    path = headers.get(name)
    if path is None:
        return given
    if given.value is None:
        return Given(path, f"header {name}")
    if given.value.strip().upper() != path.strip().upper():
        sentence = "The body and the path of the call name different ones."
        raise NotReadable(Unreadable("path_and_body_differ", given.path, sentence))
    return given


def _port_assumed(form: Form, headers: Headers) -> Given:
    named = headers.get(PORT_IN_PATH)
    if named is not None:
        return Given(named, f"header {PORT_IN_PATH}")
    form.findings.append(f"port_assumed: {DEFAULT_PORT}")
    return Given(DEFAULT_PORT, "$")


def _has(form: Form, name: str) -> bool:
    return getattr(form.body, name, None) is not None


_PARTY_TYPES: Final[Mapping[str, Modality]] = {
    name: codes.MODALITIES[name] for name in ("truck", "rail", "barge")
}
_MORE: Final = {
    "order_reference": "release_order_reference",
    "equipment_type": "equipment_type",
    "reason": "reason_for_action",
}
_TIMES: Final = {
    "valid_from": "release_date_time_utc",
    "expires_at": "expiration_date_time_utc",
}

_SINGLES: Final[Mapping[str, tuple[type[Asked], Maker]]] = {
    "CommercialReleaseAction": (wire_in.CommercialReleaseAction, _commercial_release),
    "ReleaseRightAction": (wire_in.ReleaseRightAction, _release_right),
    "SubmitPickupRight": (wire_in.SubmitPickupRight, _pickup_right),
    "SubmitBargeRailPickupRight": (wire_in.SubmitBargeRailPickupRight, _barge_rail_right),
    "TerminalRelease": (wire_in.TerminalRelease, _terminal_release),
    "UpdateMeansOfTransport": (wire_in.UpdateMeansOfTransportRequest, _means_of_transport),
    "UpdateMeansOfTransportRequest": (wire_in.UpdateMeansOfTransportRequest, _means_of_transport),
}

BulkMaker = Callable[[Form, Form, type[ContainerMessage], Headers], Found]
Verbs = Mapping[str, type[ContainerMessage]]

_BULKS: Final[Mapping[str, tuple[type[Asked], Verbs, BulkMaker]]] = {
    "ReleaseRightBulkAction": (
        wire_in.ReleaseRightBulkAction,
        codes.RIGHT_ACTIONS,
        _bulk_right,
    ),
    "TerminalReleaseBulkAction": (
        wire_in.TerminalReleaseBulkAction,
        codes.TERMINAL_ACTIONS,
        _bulk_terminal_release,
    ),
}
