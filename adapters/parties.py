"""Which organisations a fact names, to render it, and whose the accounts are in what comes in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel

from adapters.contract import Part, Parties, PartyMissing
from schemas import facts as f
from schemas import system_facts as s
from schemas.air_facts import ConsignmentObserved
from schemas.facts import Fact, RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from schemas.organisations import Organisation
from schemas.system_messages import ObservedPickup

Model = TypeVar("Model", bound=BaseModel)
Quay = tuple[str, str]
ON_BEHALF_OF = "on_behalf_of"
NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class Unlinked:
    """A system names a party by an account that is linked to no organisation."""

    account: str


def organisations_named(recorded: RecordedFact) -> frozenset[str]:
    """Return the ids of the sender, of everyone in the chain, and of whom the fact names."""
    named = {recorded.cause.organisation, *_named_by(recorded.fact)}
    if recorded.stay is not None:
        named.update(recorded.stay.parties)
        if recorded.stay.pickup is not None:
            named.add(recorded.stay.pickup.operator)
    return frozenset(named)


def quays_named(recorded: RecordedFact) -> frozenset[Quay]:
    """Return the quays, port and terminal, whose operators are concerned."""
    terminals = set(_terminals_of(recorded.fact))
    if recorded.stay is not None:
        terminals.add(recorded.stay.terminal)
    return frozenset((port_of(recorded), terminal) for terminal in terminals)


def port_of(recorded: RecordedFact) -> str:
    """Return the port that a fact is about: the stay's, for what time alone did names none."""
    return recorded.port if recorded.stay is None else recorded.stay.port


def party(parties: Parties, organisation: str) -> Organisation:
    """Return the organisation with this id; raise PartyMissing where it was not handed over."""
    found = parties.get(organisation)
    if found is None:
        raise PartyMissing(organisation)
    return found


def operators_of(parties: Parties, port: str, terminals: Iterable[str]) -> tuple[str, ...]:
    """Return who runs these terminals of *port*, each once; nobody where nobody does."""
    return tuple(
        dict.fromkeys(
            organisation.id
            for terminal in terminals
            for organisation in parties.values()
            if organisation.runs(port, terminal)
        )
    )


def linked(
    part: Part, whose: Callable[[str], PartyRef | None], system: str = ""
) -> Part | Unlinked:
    """Return *part* with the organisations in it whose accounts it names, or the first of nobody.

    *whose* is asked for each account of the *system* that said it. A part of which one party is
    unlinked is not to be logged at all: it would be another's word, or about another. Who is
    called `system:account`, as an external id, is looked up too, and may be nobody's.
    """
    found: dict[str, PartyRef] = {}
    for member, account in part.accounts.items():
        party_there = whose(account)
        if party_there is None:
            return Unlinked(account)
        found[member] = party_there
    speaker = found.pop(ON_BEHALF_OF, part.on_behalf_of)
    message = _looked_up(part.message.model_copy(update=found), whose, f"{system}:")
    return replace(part, message=message, on_behalf_of=speaker, accounts=NOBODY)


def _looked_up(said: Model, whose: Callable[[str], PartyRef | None], prefix: str) -> Model:
    """Return *said* with whom it calls by an account found, where somebody is linked to that."""
    members = {name: getattr(said, name) for name in type(said).model_fields}
    found = {name: _member(value, whose, prefix) for name, value in members.items()}
    changed = {name: value for name, value in found.items() if value is not members[name]}
    return said.model_copy(update=changed) if changed else said


def _member(value: object, whose: Callable[[str], PartyRef | None], prefix: str) -> object:
    match value:
        case PartyRef(scheme=Scheme.EXTERNAL, code=code) if code.startswith(prefix):
            return whose(code.removeprefix(prefix)) or value
        case ObservedPickup():
            return _looked_up(value, whose, prefix)
        case tuple() if any(isinstance(each, PartyRef) for each in value):
            return tuple(_member(each, whose, prefix) for each in value)
        case _:
            return value


def _named_by(fact: Fact) -> Iterator[str]:
    match fact:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked():
            yield from (fact.giver, fact.receiver)
        case f.ChainRevoked() | f.Deleted():
            yield from fact.parties
        case f.PickupAssigned() | f.PickupEnded():
            yield fact.pickup.operator
        case f.GatedOut(picked_up_by=str(operator)):
            yield operator
        case f.Disputed():
            yield fact.other_agent
        case s.RequestMade(receiver=str(receiver)):
            yield receiver
        case s.RequestAnswered() | s.RequestOverdue():
            yield fact.asked_by
        case ConsignmentObserved(notified=str(notified)):
            yield notified
        case _:
            return


def _terminals_of(fact: Fact) -> Iterator[str]:
    match fact:
        case f.Updated():
            yield fact.terminal_before
        case f.PickupEnded():
            yield fact.terminal
        case _:
            return
