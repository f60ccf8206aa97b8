"""Reading a CPu body member by member, so that every fault is told by CPu's own path."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from adapters.antwerp_cpu import codes, wire_in
from adapters.antwerp_cpu.codes import found_in
from adapters.antwerp_cpu.wire_in import Asked, Identification
from schemas.field_faults import RFC_3339, fault_of
from schemas.json_path import item, member
from schemas.messages import Message, PartyRef
from schemas.reading import made_canonical
from schemas.strict_json import JsonValue
from schemas.unreadable import Unreadable

Code = TypeVar("Code")
Body = TypeVar("Body", bound=Asked)

_is_time = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d").match
_first_step = re.compile(r"\$\.([a-z_]+)(.*)", re.DOTALL).fullmatch
_steps_of_a_party: Final = {".scheme": ".identificationType", ".code": ".identificationCode"}


class NotReadable(Exception):
    """A part of a body is no message; caught in parse.py, which tells what is wrong."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.code)
        self.why = why


@dataclass(frozen=True, slots=True)
class Given:
    """A value as it stands in the body, and where; None where the body has none."""

    value: Any
    path: str


@dataclass(slots=True)
class Form:
    """One object of a body while it is read; what is never taken becomes a finding."""

    body: Asked
    path: str = "$"
    findings: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def take(self, name: str) -> Given:
        """Return the member *name* (by our spelling of it)."""
        self.taken.add(name)
        return Given(getattr(self.body, name), f"{self.path}.{_alias(type(self.body), name)}")

    def part(self, name: str) -> "Form":
        """Return the object in the member *name*; an absent one is an empty one."""
        given = self.take(name)
        if given.value is None:
            raise NotReadable(_missing(given.path, name))
        return Form(given.value, given.path, self.findings)

    def coded(self, name: str, table: Mapping[str, Code]) -> Code:
        """Return what the code in *name* stands for."""
        given = self.take(name)
        if given.value is None:
            raise NotReadable(_missing(given.path, name))
        found = found_in(table, given.value)
        if found is None:
            known = ", ".join(word.capitalize() for word in table)
            sentence = f"This is none of {known}."
            raise NotReadable(Unreadable("code_unknown", given.path, sentence))
        if given.value[:1].islower() or not given.value[1:].islower():
            self.findings.append(f"code_normalised: {given.path}")
        return found

    def time(self, name: str) -> Given:
        """Return the moment in the member *name*; one without an offset is UTC (unverified)."""
        given = self.take(name)
        if given.value is None:
            return given
        moment = _moment(given.value) if _is_time(given.value) else None
        if moment is None:
            sentence = f"The {name.replace('_', ' ')} {RFC_3339}."
            raise NotReadable(Unreadable("field_invalid", given.path, sentence))
        if moment.tzinfo is None:
            self.findings.append(f"offset_missing: {given.path}")
            moment = moment.replace(tzinfo=UTC)
        return Given(moment, given.path)

    def party(self, name: str) -> Given:
        """Return the party in the member *name* as our reference to it."""
        given = self.take(name)
        if given.value is None:
            return given
        identification: Identification = given.value
        kind = identification.identification_type
        scheme = None if kind is None else codes.scheme_of(kind)
        if kind is not None and scheme is None:
            sentence = "This kind of code is none of NxtEntityId, Tin, Eori, Duns, SCAC, Apcs."
            place = f"{given.path}.identificationType"
            raise NotReadable(Unreadable("code_unknown", place, sentence))
        code = identification.identification_code
        named = {"scheme": scheme, "code": code}
        return Given({n: v for n, v in named.items() if v is not None}, given.path)

    def leftovers(self) -> Iterator[str]:
        """Yield a finding for what nobody knows, and for what no message of ours carries."""
        for name in self.body.model_extra or ():
            yield f"unknown_member: {member(self.path, name)}"
        for name in sorted(self.body.model_fields_set - self.taken):
            if getattr(self.body, name) is not None and name in type(self.body).model_fields:
                yield f"not_carried: {self.path}.{_alias(type(self.body), name)}"
        for name in sorted(self.taken):
            value = getattr(self.body, name)
            if isinstance(value, Identification) and value.model_extra:
                place = f"{self.path}.{_alias(type(self.body), name)}"
                yield from (f"unknown_member: {member(place, n)}" for n in value.model_extra)


Made = TypeVar("Made", bound=Message)


def made(model: type[Made], given: Mapping[str, Given], findings: list[str]) -> Made:
    """Return the message of *given*, canonical; raise NotReadable with CPu's path."""
    values = {name: each.value for name, each in given.items() if each.value is not None}
    try:
        message = model.model_validate(values)
    except ValidationError as error:
        raise NotReadable(_theirs(fault_of(error), given)) from error
    read = made_canonical(message)
    if isinstance(read, Unreadable):
        raise NotReadable(_theirs(read, given))
    findings.extend(_finding(finding, given) for finding in read.findings)
    if not isinstance(read.message, model):
        raise TypeError(f"{model.__name__} became {type(read.message).__name__}")
    return read.message


def party_ref(given: Given) -> PartyRef | None:
    """Return the party as a value by itself, None where none is named whole."""
    if given.value is None or given.value.keys() != PartyRef.model_fields.keys():
        return None
    try:
        return PartyRef(**given.value)
    except ValidationError as error:
        fault = fault_of(error)
        rest = fault.position.removeprefix("$")
        place = given.path + _steps_of_a_party.get(rest, rest)
        raise NotReadable(Unreadable(fault.code, place, fault.sentence)) from error


def validated(model: type[Body], content: JsonValue) -> Body:
    """Return the body in *content*; raise NotReadable where a member is of another kind."""
    try:
        return model.model_validate(content, by_alias=True, by_name=False)
    except ValidationError as error:
        raise NotReadable(fault_of(error)) from error


def spelt(content: JsonValue, findings: list[str], path: str = "$") -> JsonValue:
    """Return *content* with CPu's own spelling of its members (cpu.md §7 rule 12)."""
    if isinstance(content, list):
        return [spelt(each, findings, item(path, n)) for n, each in enumerate(content)]
    if not isinstance(content, dict):
        return content
    renamed: dict[str, JsonValue] = {}
    for name, value in content.items():
        own = _SPELLINGS.get(_plain(name), name)
        place = member(path, own)
        if own in renamed:
            sentence = "The name is given twice in its object, spelt in two ways."
            raise NotReadable(Unreadable("duplicate_key", place, sentence))
        if own != name:
            findings.append(f"member_normalised: {member(path, name)}")
        renamed[own] = spelt(_as_a_list(own, value, place, findings), findings, place)
    return renamed


def _as_a_list(name: str, value: JsonValue, path: str, findings: list[str]) -> JsonValue:
    # An array in requests, but a text with commas in queries and in what a terminal is answered
    # (cpu.md §4.2 row 4, §7 rule 11): whoever copies it from there is understood.
    if name != "billOfLadingNumbers" or not isinstance(value, str):
        return value
    findings.append(f"bills_as_text: {path}")
    return [bill.strip() for bill in value.split(",") if bill.strip()]


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def _alias(model: type[Asked], name: str) -> str:
    return model.model_fields[name].alias or name


def _bodies() -> Iterator[type[Asked]]:
    for thing in vars(wire_in).values():
        if isinstance(thing, type) and issubclass(thing, Asked):
            yield thing


_SPELLINGS: Final[Mapping[str, str]] = {
    _plain(_alias(model, name)): _alias(model, name)
    for model in _bodies()
    for name in model.model_fields
}


def _missing(path: str, name: str) -> Unreadable:
    return Unreadable("field_missing", path, f"The {name.replace('_', ' ')} is missing.")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _theirs(fault: Unreadable, given: Mapping[str, Given]) -> Unreadable:
    return Unreadable(
        fault.code, _place(fault.position, given), fault.sentence, sensitive=fault.sensitive
    )


def _finding(finding: str, given: Mapping[str, Given]) -> str:
    code, _, place = finding.partition(": ")
    return f"{code}: {_place(place, given)}"


def _place(ours: str, given: Mapping[str, Given]) -> str:
    """Return CPu's path for a path of ours; what is no path stays as it is."""
    step = _first_step(ours)
    if step is None or step[1] not in given:
        return ours
    rest = step[2]
    return given[step[1]].path + _steps_of_a_party.get(rest, rest)
