"""A partner's file: TOML into the frozen value, or what is wrong with it and what to do."""

import tomllib
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from adapters.edifact.findings import Rule
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.partners.faults import PartnerFault, faults_in
from adapters.edifact.partners.partner import (
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
from adapters.edifact.partners.written import FileTable, GetsTable, SendsTable, with_usual
from schemas.identifiers import Scheme, Unusable, read_locode, read_party_code, read_terminal
from schemas.messages import Modality
from schemas.words import Language

_REMEDIES: Final = {
    "missing": ("It is missing.", "Write it; the example files show how."),
    "extra_forbidden": ("Nobody knows it.", "Take it out, or spell it as the examples do."),
    "too_short": ("It is empty.", "Name at least one."),
}


def partner_from(text: str, name: str) -> Partner | tuple[PartnerFault, ...]:
    """Return the partner that *text* describes, under *name*; or everything that is wrong."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return (PartnerFault("file", f"It is no TOML: {error}.", "Mend it there."),)
    except RecursionError:
        return (PartnerFault("file", "Its values are nested too deep.", "Mend it there."),)
    try:
        written = FileTable.model_validate(with_usual(table))
    except ValidationError as error:
        return tuple(_of_pydantic(each) for each in error.errors(include_url=False))
    faults = tuple(faults_in(written, name))
    return faults or _partner(written, name)


def _of_pydantic(error: Any) -> PartnerFault:
    field = ".".join(str(each) for each in error["loc"])
    wrong, remedy = _REMEDIES.get(
        error["type"], (f"{error['msg']}.", "Write it as the example files do.")
    )
    return PartnerFault(field, wrong, remedy)


# --- the value -----------------------------------------------------------------------------------


def _partner(written: FileTable, name: str) -> Partner:
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


def _sends(kind: str, written: SendsTable) -> Sends:
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


def _gets(kind: str, written: GetsTable) -> Gets:
    documents = {Meaning(each): code for each, code in written.documents.items()}
    statuses = {Status(each): code for each, code in written.statuses.items()}
    withdrawn = frozenset(map(Withheld, written.withdrawn_when))
    return Gets(kind, written.directory, written.association, documents, statuses, withdrawn)
