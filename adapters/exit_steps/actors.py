"""Whose codes a system calls organisations of the bus by: learnt from what they asked there."""

from collections.abc import Iterable

from adapters.contract import Parties
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.value import Value


class Actor(Value, frozen=True):
    """An organisation of the bus and its code at a system, as the directory had it."""

    code: str
    organisation: str


def learnt(actors: Iterable[Actor], parties: Parties, system: str, most: int) -> tuple[Actor, ...]:
    """Return *actors* and those of *parties* that are known to *system*, the latest *most*."""
    known = {each.code: each for each in actors}
    for organisation in parties.values():
        code = organisation.code_at(system)
        if code is not None:
            known[code] = Actor(code, organisation.id)
    return tuple(known.values())[-most:]


def organisation_called(actors: Iterable[Actor], code: str) -> PartyRef | None:
    """Return the organisation of the bus that once came by this code, or None."""
    found = next((each for each in actors if each.code == code), None)
    return None if found is None else PartyRef(scheme=Scheme.NXTPORT, code=found.organisation)
