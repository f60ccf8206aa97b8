"""A valid message made canonical: one spelling an identifier, nothing unknown, times in UTC."""

import operator
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from pydantic import AwareDatetime, BaseModel

from schemas.air_messages import AirCount, ObserveConsignment
from schemas.doors import is_a_doors
from schemas.field_faults import invalid
from schemas.identifiers import (
    ContainerNumber,
    Locode,
    PartyCode,
    Scheme,
    Unusable,
    VesselImo,
    WaybillNumber,
    read_bills,
    read_container,
    read_imo,
    read_locode,
    read_party_code,
    read_terminal,
    read_waybill,
)
from schemas.json_path import item, member
from schemas.message_types import BY_TYPE
from schemas.messages import Message, PartyRef, SealedDriver, TerminalRef
from schemas.plain_identity import (
    plain_identity,
    reference_shows_a_secret,
    unsealed,
    words_show_a_secret,
)
from schemas.registrations import BillingContact, Person
from schemas.system_messages import ObservedPickup
from schemas.unreadable import Unreadable

MAX_FINDINGS = 40
"""More of one message are counted, not told: they travel in one header."""

LONGEST_BILL = 255
"""As `Text`: a number may grow when it is written in upper case."""

REDACTED = "[redacted]"
"""What stands on the log for free text in which a secret shows (docs/decisions/0016)."""

YEARS = range(1970, 9999)
"""Dates beyond cannot be calculated with: sixty days later, or in another time zone."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Notes:
    """What is found while one message is gone through: what is odd, and the first fault."""

    findings: list[str] = field(default_factory=list)
    fault: Unreadable | None = None

    def wrong(self, fault: Unreadable | None) -> None:
        """Keep *fault*, if it is one and the first."""
        self.fault = self.fault or fault

    def redacted(self, path: str) -> str:
        """Return what stands for the text at *path* from here on."""
        self.findings.append(f"redacted: {path}")
        return REDACTED

    def told(self) -> tuple[str, ...]:
        """Return the findings as they travel with the message."""
        beyond = len(self.findings) - MAX_FINDINGS
        if beyond <= 0:
            return tuple(self.findings)
        return (*self.findings[:MAX_FINDINGS], f"further_findings: {beyond}")


def normalised(message: Message, notes: Notes) -> Message:
    """Return *message* as it is compared, keyed and stored; what is odd goes to *notes*.

    Where *notes* have a fault afterwards, the message returned is not to be used.
    """
    changes: dict[str, Any] = {}
    for name, path, read in _READERS[type(message)]:
        came = getattr(message, name)
        # Nothing given is nothing to normalise.
        if came in (None, (), ""):
            continue
        taken = read(notes, path, came)
        if taken is not came:
            changes[name] = taken
    return _with(message, "$", changes, notes)


def _with(model: Model, path: str, changes: dict[str, Any], notes: Notes) -> Model:
    """Return *model* with *changes* and without the members that nobody knows."""
    unknown = model.model_extra
    if not unknown:
        return model.model_copy(update=changes) if changes else model
    notes.wrong(plain_identity(unknown, path))
    notes.findings.extend(f"unknown_member: {member(path, name)}" for name in unknown)
    known = {name: getattr(model, name) for name in type(model).model_fields}
    return type(model).model_construct(
        model.model_fields_set - unknown.keys(), **(known | changes)
    )


# --- one reader for each kind of member ------------------------------------------------------


Identifier = ContainerNumber | Locode | PartyCode | VesselImo | WaybillNumber


def _taken(notes: Notes, path: str, came: str, read: Identifier | Unusable) -> str:
    if isinstance(read, Unusable):
        sentence = f"This cannot be used as an identifier. {read.reason}"
        notes.wrong(Unreadable("identifier_unusable", path, sentence))
        return came
    if read.findings:
        notes.findings.extend(f"{finding.code}: {path}" for finding in read.findings)
    return came if read.value == came else read.value


def _container(notes: Notes, path: str, came: str) -> str:
    return _taken(notes, path, came, read_container(came))


def _waybill(notes: Notes, path: str, came: str) -> str:
    return _taken(notes, path, came, read_waybill(came))


def _counts(notes: Notes, path: str, came: tuple[AirCount, ...]) -> tuple[AirCount, ...]:
    return _unless_same(came, [_count(notes, item(path, n), one) for n, one in enumerate(came)])


def _count(notes: Notes, path: str, came: AirCount) -> AirCount:
    at = None if came.at is None else _time(notes, f"{path}.at", came.at)
    return _with(came, path, {} if at is came.at else {"at": at}, notes)


def _port(notes: Notes, path: str, came: str) -> str:
    return _taken(notes, path, came, read_locode(came))


def _vessel(notes: Notes, path: str, came: str) -> str:
    return _taken(notes, path, came, read_imo(came))


def _terminal(notes: Notes, path: str, came: str) -> str:
    read = read_terminal(came)
    if isinstance(read, Unusable):
        return _taken(notes, path, came, read)
    if read.value == came:
        return came
    notes.findings.append(f"terminal_normalised: {came}")
    return read.value


def _bills(notes: Notes, path: str, came: tuple[str, ...]) -> tuple[str, ...]:
    bills = read_bills(came)
    if not bills:
        notes.wrong(invalid(path, "bills_of_lading", "has no number in it"))
    if REDACTED.upper() in bills:
        # All that were taken out would be the same one.
        notes.wrong(
            invalid(path, "bills_of_lading", "has a number that was taken out as a secret")
        )
    if any(len(bill) > LONGEST_BILL for bill in bills):
        wrong = f"has a number of more than {LONGEST_BILL} characters"
        notes.wrong(invalid(path, "bills_of_lading", wrong))
    return came if bills == came else bills


def _party(notes: Notes, path: str, came: PartyRef) -> PartyRef:
    code = _taken(notes, f"{path}.code", came.code, read_party_code(came.scheme, came.code))
    return _with(came, path, {} if code is came.code else {"code": code}, notes)


def _parties(notes: Notes, path: str, came: tuple[PartyRef, ...]) -> tuple[PartyRef, ...]:
    return _unless_same(came, [_party(notes, item(path, n), ref) for n, ref in enumerate(came)])


def _pickup(notes: Notes, path: str, came: ObservedPickup) -> ObservedPickup:
    changes: dict[str, Any] = {}
    operator = _party(notes, f"{path}.operator", came.operator)
    if operator is not came.operator:
        changes["operator"] = operator
    if came.expires_at is not None:
        expires_at = _time(notes, f"{path}.expires_at", came.expires_at)
        if expires_at is not came.expires_at:
            changes["expires_at"] = expires_at
    return _with(came, path, changes, notes)


def _quay(notes: Notes, path: str, came: TerminalRef) -> TerminalRef:
    port = _port(notes, f"{path}.port", came.port)
    code = _terminal(notes, f"{path}.code", came.code)
    same = port is came.port and code is came.code
    return _with(came, path, {} if same else {"port": port, "code": code}, notes)


def _quays(notes: Notes, path: str, came: tuple[TerminalRef, ...]) -> tuple[TerminalRef, ...]:
    return _unless_same(came, [_quay(notes, item(path, n), ref) for n, ref in enumerate(came)])


def _unless_same(came: tuple[Model, ...], taken: list[Model]) -> tuple[Model, ...]:
    return came if all(map(operator.is_, came, taken)) else tuple(taken)


def _organisation(notes: Notes, path: str, came: str) -> str:
    value = _taken(notes, path, came, read_party_code(Scheme.NXTPORT, came))
    if is_a_doors(value):
        # Its outbox would be the door's own (schemas/topics.py).
        notes.wrong(Unreadable("identifier_unusable", path, "This name is a door's own."))
    return value


def _external(notes: Notes, path: str, came: str) -> str:
    return _taken(notes, path, came, read_party_code(Scheme.EXTERNAL, came))


def _words(notes: Notes, path: str, came: str) -> str:
    return notes.redacted(path) if words_show_a_secret(came) else came


def _reference(notes: Notes, path: str, came: str) -> str:
    return notes.redacted(path) if reference_shows_a_secret(came) else came


def _part(notes: Notes, path: str, came: Person | BillingContact) -> Person | BillingContact:
    return _with(came, path, _freed(notes, path, came, ("name", "address")), notes)


def _driver(notes: Notes, path: str, came: SealedDriver) -> SealedDriver:
    notes.wrong(unsealed(came, path))
    return _with(came, path, _freed(notes, path, came, ("alias",)), notes)


def _freed(notes: Notes, path: str, came: BaseModel, names: Iterable[str]) -> dict[str, Any]:
    """Return what is to change in these texts of a part, none of which need be there."""
    texts = {name: text for name in names if (text := getattr(came, name, None))}
    taken = {name: _reference(notes, f"{path}.{name}", text) for name, text in texts.items()}
    return {name: text for name, text in taken.items() if text is not texts[name]}


def _time(notes: Notes, path: str, came: datetime) -> datetime:
    try:
        time = came.astimezone(UTC) if came.utcoffset() else came
    except OverflowError:
        time = came
    if time.year not in YEARS:
        wrong = f"is outside of the years {YEARS.start} to {YEARS.stop - 1}"
        notes.wrong(invalid(path, path.removeprefix("$."), wrong))
    return time


# --- which reader for which member -------------------------------------------------------------

# A reader returns the very thing that came where there is nothing to change.
Reader = Callable[[Notes, str, Any], Any]

_BY_NAME: dict[str, Reader] = {
    "container": _container,
    "port": _port,
    "terminal": _terminal,
    "bills_of_lading": _bills,
    "vessel_imo": _vessel,
    "organisation": _organisation,
    "codes": _parties,
    "terminals": _quays,
    "holders": _parties,
    "external_id": _external,
    "gateway": _organisation,
    "counts": _counts,
}
_BY_PLACE: dict[tuple[type[Message], str], Reader] = {
    (ObserveConsignment, "container"): _waybill,
}
"""What is something else in one message than in all others."""
_FREE: dict[str, Reader] = {
    "reason": _words,
    "note": _words,
    "order_reference": _reference,
    "reference": _reference,
    "document_type": _reference,
    "office_of_exit": _reference,
    "remark": _words,
    "equipment_type": _reference,
    "name": _reference,
    "address": _reference,
}
"""What people write as they like, and nothing is matched with."""
_BY_TYPE: dict[object, Reader] = {
    PartyRef: _party,
    ObservedPickup: _pickup,
    SealedDriver: _driver,
    Person: _part,
    BillingContact: _part,
    AwareDatetime: _time,
}


def _readers(model: type[Message]) -> Iterator[tuple[str, str, Reader]]:
    # What two people signed stays to the letter, or nobody could verify it (schemas/overrides.py).
    free = {} if "proposal" in model.model_fields else _FREE
    for name, info in model.model_fields.items():
        named = _BY_PLACE.get((model, name)) or _BY_NAME.get(name) or free.get(name)
        typed = (_BY_TYPE.get(kind) for kind in _kinds(info.annotation))
        reader = named or next(filter(None, typed), None)
        if reader is not None:
            yield name, f"$.{name}", reader


def _kinds(annotation: object) -> Iterable[object]:
    """Return *annotation*, or of an optional one its alternatives."""
    return get_args(annotation) or (annotation,)


_READERS = {model: tuple(_readers(model)) for model in BY_TYPE.values()}

TIMES = {
    model: tuple(name for name, _, reader in readers if reader is _time)
    for model, readers in _READERS.items()
}
"""The members of each message that are times."""

DRIVERS = {
    model: tuple(name for name, _, reader in readers if reader is _driver)
    for model, readers in _READERS.items()
}
"""The members of each message that name a driver."""
