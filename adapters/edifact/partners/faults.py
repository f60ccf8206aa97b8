"""What is wrong with a partner's file beyond the kinds of its values: names, codes, places."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from adapters.edifact.directory import SERVICE, directory, names
from adapters.edifact.findings import Rule
from adapters.edifact.levels import LEVELS
from adapters.edifact.marks import REPEATING_SINCE
from adapters.edifact.meaning.findings import NEVER_TOLERATED, ProfileRule
from adapters.edifact.meaning.spelling import at_level
from adapters.edifact.partners.partner import (
    MAY_SAY,
    REPORTED,
    TAKES_BACK,
    Function,
    Meaning,
    Status,
    When,
    Withheld,
)
from adapters.edifact.partners.written import FileTable, GetsTable, SendsTable, usual
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


NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_SPOT: Final = re.compile(r"(LOC|NAD)\+([A-Z0-9]{1,3}):(3225|3223|3039)")
_IDENTITY: Final = re.compile(r"([^:]{1,35})(?::([^:]{0,4}))?")
LONGEST_CODE: Final = 3
"""Characters of 1001 and 9011 (D.95B, D.00B)."""

NO_WORD: Final = "Take one of: {known}."

Names: TypeAlias = Iterable[str]


_REPORT: Final = ("documents", "functions", "happened_at")
NEEDED: Final[Mapping[str, tuple[str, ...]]] = {
    "COREOR": ("documents", "functions", "release_references", "bills"),
    "COARRI": _REPORT,
    "CODECO": _REPORT,
    "COPINO": ("documents", "functions", "means"),
    "IFTSTA": _REPORT,
}
"""What has to be named for a message to be understood at all."""

LATER_LEVELS: Final = frozenset({"UNOG", "UNOH", "UNOI", "UNOJ", "UNOK", "UNOX", "UNOY"})
"""Levels of syntax 4 alone (edifact_france.md C.8)."""


def faults_in(written: FileTable, name: str) -> Iterator[PartnerFault]:
    """Yield everything that is wrong with a file, which is called *name*."""
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


def _of_parties(written: FileTable) -> Iterator[PartnerFault]:
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


def _not_at_level(written: FileTable) -> Iterator[PartnerFault]:
    if written.level not in _levels():
        return
    for field, called in (("identities", written.identities), ("ours", written.ours)):
        for each in filter(lambda one: at_level(one, written.level) != one, called):
            wrong = f"{each!r} cannot be written at level {written.level}."
            yield PartnerFault(field, wrong, "Name a level that has its characters.")


def _of_words(written: FileTable) -> Iterator[PartnerFault]:
    lenient = [*Rule, *sorted({*ProfileRule} - NEVER_TOLERATED)]
    yield from _unknown("language", [written.language], Language)
    yield from _unknown("level", [written.level], _levels())
    yield from _unknown("syntax", [written.syntax], VERSIONS)
    if written.level in LATER_LEVELS and written.syntax != REPEATING_SINCE:
        wrong = f"Level {written.level} is of syntax {REPEATING_SINCE} alone."
        yield PartnerFault("level", wrong, f'Write syntax = "{REPEATING_SINCE}", or UNOA to UNOF.')
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


def _of_quays(written: FileTable) -> Iterator[PartnerFault]:
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


def _of_sends(field: str, kind: str, sends: SendsTable) -> Iterator[PartnerFault]:
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
    for lacking in filter(lambda each: not getattr(sends, each), NEEDED[kind]):
        wrong = "It is empty, so nothing could be understood."
        yield PartnerFault(
            f"{field}.{lacking}",
            wrong,
            "Name what the partner writes, or leave it to what is usual.",
        )
    for spot in sends.terminal:
        if _SPOT.fullmatch(spot) is None:
            wrong = f"{spot!r} names no place of a quay."
            yield PartnerFault(
                f"{field}.terminal", wrong, "Write LOC+11:3223, LOC+11:3225 or NAD+TR:3039."
            )


def _of_gets(field: str, kind: str, gets: GetsTable) -> Iterator[PartnerFault]:
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
