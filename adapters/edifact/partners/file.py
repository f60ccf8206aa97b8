"""A partner's file: TOML into the frozen value, or what is wrong with it and what to do."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.edifact.directory import SERVICE, directory, names
from adapters.edifact.findings import Rule
from adapters.edifact.levels import LEVELS
from adapters.edifact.meaning.findings import NEVER_TOLERATED, ProfileRule
from adapters.edifact.meaning.spelling import at_level
from adapters.edifact.partners.partner import (
    MAY_SAY,
    REPORTED,
    TAKES_BACK,
    Function,
    Gets,
    Identity,
    Meaning,
    Partner,
    Sends,
    Spot,
    Status,
    When,
    Withheld,
)
from adapters.edifact.syntax import VERSIONS
from schemas.identifiers import Scheme, Unusable, read_locode, read_party_code, read_terminal
from schemas.messages import Modality
from schemas.ports import PORTS
from schemas.words import Language


class PartnerFault(Struct, frozen=True):
    """One thing that is wrong with a partner's file: where, what, and what to do about it."""

    field: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.field}: {self.wrong} {self.remedy}"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Sends(_Table):
    directories: list[str] = ["D95B", "D00B"]
    documents: dict[str, str] = {}
    functions: dict[str, str] = {}
    release_references: list[str] = []
    bills: list[str] = []
    stay_references: list[str] = []
    order_references: list[str] = []
    references: list[str] = []
    parties: list[str] = []
    terminal: list[str] = []
    valid_from: list[str] = []
    expires_at: list[str] = []
    happened_at: list[str] = []
    movements: list[str] = []
    means: dict[str, str] = {}
    statuses: dict[str, str] = {}
    vat_parties: list[str] = []
    vat_references: list[str] = []


class _Gets(_Table):
    directory: str = "D95B"
    association: str = Field(default="", max_length=6)
    documents: dict[str, str] = {}
    statuses: dict[str, str] = {}
    withdrawn_when: list[str] = []


class _File(_Table):
    organisation: str
    identities: list[str] = Field(min_length=1)
    ours: list[str] = Field(min_length=1)
    ports: list[str] = Field(min_length=1)
    time_zone: str
    language: str = "en"
    level: str = "UNOC"
    syntax: str = "3"
    takes_tests: bool = False
    contrl: str = "asked"
    aperak: str = "errors"
    aperak_directory: str = "D95B"
    aperak_references: list[str] = Field(default=["ACW", "AGO"], min_length=1)
    answer_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    lenient: list[str] = []
    strict: list[str] = []
    terminal: str = ""
    terminals: dict[str, str] = {}
    sends: dict[str, _Sends] = {}
    gets: dict[str, _Gets] = {}
    unverified: list[str] = []


NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SPOT: Final = re.compile(r"(LOC|NAD)\+([A-Z0-9]{1,3}):(3225|3223|3039)")
_IDENTITY: Final = re.compile(r"([^:]{1,35})(?::([^:]{0,4}))?")
_REMEDIES: Final = {
    "missing": ("It is missing.", "Write it; the example files show how."),
    "extra_forbidden": ("Nobody knows it.", "Take it out, or spell it as the examples do."),
    "too_short": ("It is empty.", "Name at least one."),
}
LONGEST_CODE: Final = 3
"""Characters of 1001 and 9011 (D.95B, D.00B)."""

NO_WORD: Final = "Take one of: {known}."

Names: TypeAlias = Iterable[str]


def partner_from(text: str, name: str) -> Partner | tuple[PartnerFault, ...]:
    """Return the partner that *text* describes, under *name*; or everything that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (PartnerFault("file", f"It is no TOML: {error}.", "Mend it there."),)
    except RecursionError:
        return (PartnerFault("file", "Its values are nested too deep.", "Mend it there."),)
    try:
        written = _File.model_validate(_with_usual(table))
    except ValidationError as error:
        return tuple(_of_pydantic(each) for each in error.errors(include_url=False))
    faults = tuple(_faults(written, name))
    return faults or _partner(written, name)


@cache
def usual() -> Mapping[str, Any]:
    """Return how messages are usually written, by `sends`, `gets` and `gets_in` a directory."""
    return tomllib.loads(files(__package__).joinpath("usual.toml").read_text(encoding="utf-8"))


def _with_usual(table: dict[str, Any]) -> dict[str, Any]:
    """Return *table*, what it does not say of a message said as it usually is."""
    filled = dict(table)
    for part in ("sends", "gets"):
        said = table.get(part)
        if isinstance(said, dict):
            filled[part] = {
                kind: _usual_of(part, kind, own) | own if isinstance(own, dict) else own
                for kind, own in said.items()
            }
    return filled


def _usual_of(part: str, kind: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return how *kind* is usually written, otherwise in some directories."""
    otherwise = usual().get(f"{part}_in", {}).get(str(own.get("directory")), {})
    usually: dict[str, Any] = usual()[part].get(kind, {}) | otherwise.get(kind, {})
    return usually


def _of_pydantic(error: Any) -> PartnerFault:
    field = ".".join(str(each) for each in error["loc"])
    wrong, remedy = _REMEDIES.get(
        error["type"], (f"{error['msg']}.", "Write it as the example files do.")
    )
    return PartnerFault(field, wrong, remedy)


# --- what pydantic cannot know ------------------------------------------------------------------


def _faults(written: _File, name: str) -> Iterator[PartnerFault]:
    if NAME.fullmatch(name) is None:
        wrong = f"{name!r} cannot be a key and a folder."
        yield PartnerFault("file", wrong, "Name it in small letters, digits, - and _.")
    yield from _of_parties(written)
    yield from _of_words(written)
    yield from _of_quays(written)
    for kind, sends in written.sends.items():
        yield from _of_sends(f"sends.{kind}", kind, sends)
    for kind, gets in written.gets.items():
        yield from _of_gets(f"gets.{kind}", kind, gets)


def _of_parties(written: _File) -> Iterator[PartnerFault]:
    code = read_party_code(Scheme.NXTPORT, written.organisation)
    if isinstance(code, Unusable):
        yield PartnerFault("organisation", code.reason, "Write its NxtPort id.")
    for field, called in (("identities", written.identities), ("ours", written.ours)):
        for each in filter(lambda one: _IDENTITY.fullmatch(one) is None, called):
            wrong = f"{each!r} is no code of a UNB."
            yield PartnerFault(field, wrong, "Write CODE or CODE:QUALIFIER.")
    yield from _not_at_level(written)
    shared = {*written.identities} & {*written.ours}
    if shared:
        wrong = f"{', '.join(sorted(shared))} stands for both sides."
        yield PartnerFault("ours", wrong, "Name the bus as the partner does, not the partner.")


def _not_at_level(written: _File) -> Iterator[PartnerFault]:
    if written.level not in _levels():
        return
    for field, called in (("identities", written.identities), ("ours", written.ours)):
        for each in filter(lambda one: at_level(one, written.level) != one, called):
            wrong = f"{each!r} cannot be written at level {written.level}."
            yield PartnerFault(field, wrong, "Name a level that has its characters.")


def _of_words(written: _File) -> Iterator[PartnerFault]:
    lenient = [*Rule, *sorted({*ProfileRule} - NEVER_TOLERATED)]
    yield from _unknown("language", [written.language], Language)
    yield from _unknown("level", [written.level], _levels())
    yield from _unknown("syntax", [written.syntax], VERSIONS)
    yield from _unknown("contrl", [written.contrl], When)
    yield from _unknown("aperak", [written.aperak], When)
    yield from _unknown("aperak_directory", [written.aperak_directory], _directories("APERAK"))
    yield from _unknown("lenient", written.lenient, lenient)
    yield from _unknown("strict", written.strict, ProfileRule)
    for each in written.aperak_references:
        if not 1 <= len(each) <= LONGEST_CODE:
            wrong = f"{each!r} is no qualifier of RFF."
            yield PartnerFault("aperak_references", wrong, "Write one to three characters.")
    if _zone(written.time_zone) is None:
        wrong = f"There is no time zone {written.time_zone!r} on this machine."
        yield PartnerFault("time_zone", wrong, "Write one such as Europe/Brussels.")


def _of_quays(written: _File) -> Iterator[PartnerFault]:
    for port in written.ports:
        read = read_locode(port)
        if isinstance(read, Unusable) or read.value not in PORTS:
            wrong = f"The bus does not serve {port!r}."
            yield PartnerFault("ports", wrong, NO_WORD.format(known=", ".join(PORTS)))
    quays = [*written.terminals.values(), *([written.terminal] if written.terminal else [])]
    for quay in quays:
        read_quay = read_terminal(quay)
        if isinstance(read_quay, Unusable):
            yield PartnerFault("terminals", read_quay.reason, "Write the code of the quay.")


def _of_sends(field: str, kind: str, sends: _Sends) -> Iterator[PartnerFault]:
    if kind not in usual()["sends"]:
        known = ", ".join(usual()["sends"])
        yield PartnerFault(field, "The bus does not read it.", NO_WORD.format(known=known))
        return
    functions = [*Function] if kind in TAKES_BACK else [Function.ORIGINAL]
    yield from _unknown(f"{field}.directories", sends.directories, _directories(kind))
    yield from _unknown(f"{field}.documents", sends.documents.values(), sorted(MAY_SAY[kind]))
    yield from _unknown(f"{field}.functions", sends.functions.values(), functions)
    yield from _unknown(f"{field}.means", sends.means.values(), Modality)
    yield from _unknown(f"{field}.statuses", sends.statuses.values(), sorted(REPORTED))
    for spot in sends.terminal:
        if _SPOT.fullmatch(spot) is None:
            wrong = f"{spot!r} names no place of a quay."
            yield PartnerFault(
                f"{field}.terminal", wrong, "Write LOC+11:3223, LOC+11:3225 or NAD+TR:3039."
            )


def _of_gets(field: str, kind: str, gets: _Gets) -> Iterator[PartnerFault]:
    if kind not in usual()["gets"]:
        known = ", ".join(usual()["gets"])
        yield PartnerFault(field, "The bus does not write it.", NO_WORD.format(known=known))
        return
    yield from _unknown(f"{field}.directory", [gets.directory], _directories(kind))
    yield from _unknown(f"{field}.documents", gets.documents, Meaning)
    yield from _unknown(f"{field}.statuses", gets.statuses, Status)
    yield from _unknown(f"{field}.withdrawn_when", gets.withdrawn_when, Withheld)
    if gets.withdrawn_when and kind != "COREOR":
        wrong = "Nobody takes it back."
        yield PartnerFault(f"{field}.withdrawn_when", wrong, "Write it below gets.COREOR.")
    for code in (*gets.documents.values(), *gets.statuses.values()):
        if not 1 <= len(code) <= LONGEST_CODE:
            wrong = f"{code!r} is no code."
            yield PartnerFault(field, wrong, "Write one to three characters.")


def _unknown(field: str, said: Names, known: Names) -> Iterator[PartnerFault]:
    words = tuple(known)
    for each in said:
        if each not in words:
            remedy = NO_WORD.format(known=", ".join(words))
            yield PartnerFault(field, f"Nobody knows {each!r}.", remedy)


def _directories(kind: str) -> tuple[str, ...]:
    """Return the directories that have a message."""
    own = sorted(name for name in names() if not name.startswith(SERVICE))
    return tuple(name for name in own if kind in directory(name).messages)


def _levels() -> tuple[str, ...]:
    return tuple(name for name, level in LEVELS.items() if level.is_supported)


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


# --- the value -----------------------------------------------------------------------------------


def _partner(written: _File, name: str) -> Partner:
    rules = {each.value for each in Rule}
    return Partner(
        name=name,
        organisation=_organisation(written.organisation),
        identities=tuple(map(_identity, written.identities)),
        ours=tuple(map(_identity, written.ours)),
        ports=tuple(map(_port, written.ports)),
        zone=ZoneInfo(written.time_zone),
        language=Language(written.language),
        level=written.level,
        syntax=written.syntax,
        takes_tests=written.takes_tests,
        contrl=When(written.contrl),
        aperak=When(written.aperak),
        aperak_directory=written.aperak_directory,
        aperak_references=tuple(written.aperak_references),
        answer_minutes=written.answer_minutes,
        lenient=frozenset(Rule(each) for each in written.lenient if each in rules),
        lenient_profile=frozenset(
            ProfileRule(each) for each in written.lenient if each not in rules
        ),
        strict_profile=frozenset(map(ProfileRule, written.strict)),
        terminal=_quay(written.terminal) if written.terminal else "",
        terminals={theirs: _quay(code) for theirs, code in written.terminals.items()},
        sends={kind: _sends(kind, sends) for kind, sends in written.sends.items()},
        gets={kind: _gets(kind, gets) for kind, gets in written.gets.items()},
        unverified=tuple(written.unverified),
    )


def _organisation(code: str) -> str:
    read = read_party_code(Scheme.NXTPORT, code)
    return code if isinstance(read, Unusable) else read.value


def _port(code: str) -> str:
    read = read_locode(code)
    return code if isinstance(read, Unusable) else read.value


def _quay(code: str) -> str:
    read = read_terminal(code)
    return code if isinstance(read, Unusable) else read.value


def _identity(written: str) -> Identity:
    code, _, qualifier = written.partition(":")
    return Identity(code, qualifier)


def _sends(kind: str, written: _Sends) -> Sends:
    plain = {
        name: tuple(getattr(written, name))
        for name in (
            "directories", "release_references", "bills", "stay_references", "order_references",
            "references", "parties", "valid_from", "expires_at", "happened_at", "vat_parties",
            "vat_references",
        )
    }  # fmt: skip
    return Sends(
        type=kind,
        documents={code: Meaning(each) for code, each in written.documents.items()},
        functions={code: Function(each) for code, each in written.functions.items()},
        terminal=tuple(_spot(each) for each in written.terminal),
        movements=frozenset(written.movements),
        means={code: Modality(each) for code, each in written.means.items()},
        statuses={code: Meaning(each) for code, each in written.statuses.items()},
        **plain,
    )


def _spot(written: str) -> Spot:
    place, _, item = written.partition(":")
    tag, _, qualifier = place.partition("+")
    return Spot(tag, qualifier, item)


def _gets(kind: str, written: _Gets) -> Gets:
    documents = {Meaning(each): code for each, code in written.documents.items()}
    statuses = {Status(each): code for each, code in written.statuses.items()}
    withdrawn = frozenset(map(Withheld, written.withdrawn_when))
    return Gets(kind, written.directory, written.association, documents, statuses, withdrawn)
