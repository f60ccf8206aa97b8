"""What somebody's messages come to by the law alone, with nobody known but those they name.

No ledger is asked or changed: the same messages make the same facts whenever they are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from adapters.contract import NOTHING, Document, Memory, Part, System
from adapters.parties import linked, organisations_named
from cli.exits import Exit, Told
from ledger.directory.directory import Directory, directory_of
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from schemas import facts as f
from schemas import system_facts as s
from schemas.facts import Cause, RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, PartyRef, Role
from schemas.organisations import Account, Code, Organisation, Terminal
from schemas.ports import AIRPORTS, DECIDED_BY_SYSTEM, PORTS
from schemas.reasons import Reason
from schemas.system_messages import SYSTEM_MESSAGES, AnswerRequest
from schemas.value import altered
from schemas.words import explained

SENDER: Final = "SENDER"
SYSTEM: Final = "SYSTEM"
SHARD: Final = "translated"
ROLES: Final = tuple(Role)


@dataclass(slots=True)
class Translated:
    """The documents in order, and what of it the receiving system is not told."""

    documents: list[Document] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def documents_of(
    facts: Iterable[RecordedFact], system: System, directory: Directory
) -> Translated:
    """Return what *facts* become at *system*, and what they do not."""
    told, memory = Translated(), dict[str, Memory]()
    for recorded in facts:
        key = system.functions.correlation_of_fact(recorded)
        parties = _everybody(directory.by_id, recorded)
        rendered = system.functions.render(recorded, parties, memory.get(key, NOTHING))
        memory[key] = rendered.memory
        told.documents += rendered.documents
        told.lost += () if rendered.documents else _not_told(recorded, system)
    return told


def facts_of(
    parts: Iterable[Part], system: System, port: str, now: datetime
) -> tuple[tuple[RecordedFact, ...], Directory, list[str]]:
    """Return what *parts* come to in a port of *system*'s, who was named, and what was changed.

    Without a *port* that is asked for they stay in theirs where that is one of *system*'s.
    """
    moved = [_linked(part) for part in parts]
    lost: list[str] = []
    placed: list[Part] = []
    for part in moved:
        message, changes = _in_port(part.message, system, port)
        placed.append(Part(message, part.id, part.findings, part.occurred_at, part.on_behalf_of))
        lost += [*(f"Read with a finding: {each}." for each in part.findings), *changes]
    directory = _directory(placed)
    return tuple(_answered(placed, directory, now)), directory, list(dict.fromkeys(lost))


def _linked(part: Part) -> Part:
    whole = linked(part, lambda account: PartyRef(scheme=Scheme.EXTERNAL, code=account))
    return whole if isinstance(whole, Part) else part


def _in_port(message: object, system: System, asked: str) -> tuple[ContainerMessage, list[str]]:
    if not isinstance(message, ContainerMessage):
        raise NotOfAContainer(type(message).__name__)
    if message.port not in PORTS and message.port not in AIRPORTS:
        raise Told(f"{message.port}: {explained(Reason.PORT_UNKNOWN).sentence()}", Exit.USAGE)
    there = message.port == asked if asked else message.port in system.ports or not system.ports
    # What a system says of itself is about its own port, whoever is told of it.
    if there or isinstance(message, SYSTEM_MESSAGES):
        return message, []
    if message.port in AIRPORTS:
        raise Told(f"{system.title} is told of containers, and this is air cargo.", Exit.USAGE)
    port = asked or min(system.ports, key=lambda each: (each not in PREFERRED, each))
    whose = (
        "not what was asked for" if message.port in system.ports else f"none of {system.title}'s"
    )
    changed = message.model_copy(update={"port": port})
    return changed, [f"The port {message.port} is {whose}: taken as {port}."]


class NotOfAContainer(Exception):
    """The message is about no container, and no community system is told of it."""


PREFERRED: Final = frozenset({"BEANR", "NLRTM", "FRLEH", "FRFOS"})


# --- the law, with nobody known but those who are named ---------------------------------------


def _answered(
    parts: Iterable[Part], directory: Directory, now: datetime
) -> Iterator[RecordedFact]:
    files: dict[str, File] = {}
    seq = 0
    for number, part in enumerate(parts, 1):
        message = part.message
        if not isinstance(message, ContainerMessage):
            raise NotOfAContainer(type(message).__name__)
        at = max(now, part.occurred_at or now)
        cause = Cause(
            message_id=part.id,
            message_type=message.TYPE,
            source=f"urn:releasebus:organisation:{SENDER}",
            organisation=_sender(part, directory),
            occurred_at=at,
            log_offset=number,
            directory_version=directory.version,
            policy_version="translate",
        )
        context = Context(directory, at, Policy())
        before = files.get(message.container, File())
        files[message.container], answers = law.answer(before, Question(message, cause), context)
        for each in answers:
            seq += 1
            yield each.recorded(SHARD, seq, at)
            files[message.container] = _followed(files[message.container], each, context)


def _followed(file: File, answer: Answer, context: Context) -> File:
    """Return *file* as if the system had followed what it was asked, for what comes next."""
    if not isinstance(answer.fact, s.RequestMade):
        return file
    said = AnswerRequest(
        container=answer.container,
        port=answer.port,
        request_id=answer.fact.request_id,
        accepted=True,
    )
    cause = altered(answer.cause, message_type=said.TYPE, organisation=SYSTEM)
    return law.answer(file, Question(said, cause), context)[0]


def _sender(part: Part, directory: Directory) -> str:
    if isinstance(part.message, SYSTEM_MESSAGES):
        return SYSTEM
    if part.on_behalf_of is not None:
        found = directory.find(part.on_behalf_of)
        return found.id if isinstance(found, Organisation) else SENDER
    return SENDER


def _directory(parts: Sequence[Part]) -> Directory:
    carriers = _carriers(parts)
    named = dict.fromkeys(party for part in parts for party in _parties_in(part))
    messages = [part.message for part in parts if isinstance(part.message, ContainerMessage)]
    ports = dict.fromkeys(message.port for message in messages)
    quays = {(message.port, message.terminal) for message in messages if message.terminal}
    decides = next((DECIDED_BY_SYSTEM[port] for port in ports if port in DECIDED_BY_SYSTEM), None)
    terminals = tuple(Terminal(*quay) for quay in sorted(quays))
    sender = Organisation(SENDER, 1, "the sender", ROLES, terminals=terminals)
    system = Organisation(SYSTEM, 1, "the port's system", (), system=decides)
    everybody = (sender, system, *(_named(party, carriers) for party in named))
    return directory_of(everybody, version=len(everybody))


def _parties_in(part: Part) -> Iterator[PartyRef]:
    if part.on_behalf_of is not None:
        yield part.on_behalf_of
    yield from _refs(part.message)


def _refs(value: object) -> Iterator[PartyRef]:
    if isinstance(value, PartyRef):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _refs(getattr(value, name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _refs(each)


def _carriers(parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the letters that bills begin with: whose codes a party has there (Portbase)."""
    bills = (
        bill
        for part in parts
        if isinstance(part.message, ContainerMessage)
        for bill in part.message.bills_of_lading
    )
    return tuple(dict.fromkeys(bill[:4] for bill in bills))


def _named(party: PartyRef, carriers: Iterable[str]) -> Organisation:
    """Return who is named, by the same code everywhere: nobody's codes at a system are known."""
    scheme = Scheme(party.scheme)
    by_id = scheme is Scheme.NXTPORT
    schemes = dict.fromkeys((Scheme.EAN,) if by_id else (scheme, Scheme.EAN))
    systems = dict.fromkeys(port.system for port in PORTS.values())
    whose = (None, *carriers)
    return Organisation(
        id=party.code if by_id else f"{scheme.value}-{party.code}",
        version=1,
        name=party.code,
        roles=ROLES,
        codes=tuple(Code(each, party.code) for each in schemes),
        accounts=tuple(
            Account(each, party.code, carrier) for each in systems for carrier in whose
        ),
    )


def _everybody(
    known: Mapping[str, Organisation], recorded: RecordedFact
) -> dict[str, Organisation]:
    unknown = organisations_named(recorded) - known.keys()
    return {**known, **{each: Organisation(each, 1, each, ROLES) for each in unknown}}


# --- what is lost ------------------------------------------------------------------------------


def _not_told(recorded: RecordedFact, system: System) -> Iterator[str]:
    fact = recorded.fact
    match fact:
        case f.Refused(reason=reason):
            yield f"Refused by the law: {explained(reason).sentence()}"
        case f.Waiting():
            yield "It is about a release that nobody made before: begin FILE with that."
        case s.RequestMade():
            kind = recorded.cause.message_type
            why = next((each.why for each in system.profile.untold if each.what == kind), "")
            yield f"{kind.removeprefix('releasebus.')}: {why or 'not asked there.'}"
        case f.FindingMade(text=text):
            yield f"Odd: {text}"
        case s.ReleaseObserved() | s.RequestAnswered():
            return  # what comes of it stands behind it
        case _:
            yield f"{str(fact.type).replace('_', ' ')}: {system.title} is not told of it."
