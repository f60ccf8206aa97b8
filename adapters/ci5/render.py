"""What a party asks in a port of Ci5's, as a request of the assumed profile's."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from adapters.ci5 import words
from adapters.ci5.memory import MOST, Memory, kept, recalled
from adapters.ci5.profile import MEDIA, NAME, PROFILE, TYPE_PREFIX
from adapters.ci5.wire import ActorTold, Asked
from adapters.contract import (
    HTTP_METHOD,
    HTTP_PATH,
    ON_BEHALF_OF,
    Document,
    Parties,
    Rendered,
    document_id,
)
from adapters.contract import Memory as Written
from adapters.exit_steps.actors import learnt
from adapters.exit_steps.organiser import organiser_of
from adapters.exit_steps.secrets import words_without
from adapters.exit_steps.steps import Where
from adapters.parties import party
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.field_faults import fault_of
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, Modality, Role
from schemas.organisations import Organisation
from schemas.strict_json import UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.value import altered

RENDERED: Final = frozenset({"request_made"})
REQUESTS: Final = "/demandes"

_ORDER: Final = "bon-a-delivrer"
_HAULIER: Final = "nomination-transporteur"
ASKS: Final[Mapping[type[ContainerMessage], tuple[str, str]]] = {
    m.Release: (_ORDER, "creer"),
    m.Update: (_ORDER, "modifier"),
    m.Block: (_ORDER, "bloquer"),
    m.Unblock: (_ORDER, "debloquer"),
    m.Delete: (_ORDER, "supprimer"),
    m.Revoke: (_ORDER, "reprendre"),
    m.Transfer: (_ORDER, "transmettre"),
    m.Accept: (_ORDER, "accepter"),
    m.Decline: (_ORDER, "refuser"),
    m.AssignPickup: (_HAULIER, "creer"),
    m.UpdatePickup: (_HAULIER, "modifier"),
    m.RevokePickup: (_HAULIER, "annuler"),
    m.SetMeansOfTransport: (_HAULIER, "modifier"),
}
"""Which step a message asks for, and what is to become of it."""

ACTIONS: Final[Mapping[str, str]] = {
    model.TYPE: f"Ci5 {step} {action}" for model, (step, action) in ASKS.items()
}


def render(recorded: RecordedFact, parties: Parties, memory: Written) -> Rendered:
    """Return the request that *recorded* becomes: of what is asked of Ci5, nothing else."""
    if not isinstance(recorded.fact, s.RequestMade):
        return Rendered(memory=memory)
    message = BY_TYPE[recorded.cause.message_type].model_validate_json(recorded.fact.message)
    if not isinstance(message, ContainerMessage):
        raise TypeError(recorded.cause.message_type)
    known = _placed(recalled(memory), recorded, message)
    known = altered(known, actors=learnt(known.actors, parties, NAME, MOST))
    asked = _asked(recorded, recorded.fact, message, parties, known)
    known = altered(known, asked=(*known.asked, recorded.fact.request_id)[-MOST:])
    asker = _asker(recorded, parties, asked.etape)
    return Rendered((_document(recorded, asked, asker.id),), kept(known))


def correlation_of_fact(recorded: RecordedFact) -> str:
    """Return the container: what is asked about it stays in order."""
    return recorded.container


def proofread(document: Document) -> tuple[str, ...]:
    """Return what a reader of the profile would find wrong in *document*, if anything."""
    read = read_json(document.content, max_bytes=MEBIBYTE)
    if isinstance(read, UnreadableJson):
        return (f"{read.code}: byte {read.byte_offset}",)
    try:
        Asked.model_validate(read)
    except ValidationError as error:
        fault = fault_of(error)
        return (f"{fault.code}: {fault.position}",)
    return ()


def _asked(
    recorded: RecordedFact,
    fact: s.RequestMade,
    message: ContainerMessage,
    parties: Parties,
    memory: Memory,
) -> Asked:
    step, action = ASKS[type(message)]
    stay = recorded.stay
    bills = message.bills_of_lading or (() if stay is None else stay.bills_of_lading)
    where = memory.where
    sender = party(parties, recorded.cause.organisation)
    hauls = step == _HAULIER and Role.TRANSPORT_OPERATOR in sender.roles
    return Asked(
        demande=fact.request_id,
        etape=step,
        action=action,
        conteneur=recorded.container,
        port=recorded.port,
        terminal=message.terminal or (None if stay is None else stay.terminal),
        passage=None if where is None else where.visit or None,
        connaissements=bills,
        reference=message.release_identification,
        demandeur=_told(_asker(recorded, parties, step)),
        destinataire=None if fact.receiver is None else _told(party(parties, fact.receiver)),
        transporteur=_told(sender) if hauls else None,
        valable_du=_moment(getattr(message, "valid_from", None)),
        valable_au=_moment(getattr(message, "expires_at", None)),
        mode=words.word_of(_modality(message)),
        motif=words_without(getattr(message, "reason", "")) or None,
    )


def _asker(recorded: RecordedFact, parties: Parties, step: str) -> Organisation:
    """Return in whose name Ci5 is asked: no haulier nominates itself, as at S)ONE."""
    sender = party(parties, recorded.cause.organisation)
    return organiser_of(sender, recorded.stay, parties) if step == _HAULIER else sender


def _modality(message: ContainerMessage) -> Modality:
    match message:
        case m.AssignPickup(modality=modality):
            return modality
        case m.UpdatePickup(modality=Modality() as modality):
            return modality
        case m.SetMeansOfTransport(means_of_transport=modality):
            return modality
        case _:
            return Modality.UNKNOWN


def _placed(memory: Memory, recorded: RecordedFact, message: ContainerMessage) -> Memory:
    stay = recorded.stay
    terminal = message.terminal or ("" if stay is None else stay.terminal)
    if memory.where is not None or not terminal:
        return memory
    return altered(memory, where=Where(recorded.container, recorded.port, terminal))


def _told(organisation: Organisation) -> ActorTold:
    return ActorTold(code=organisation.code_at(NAME), nom=organisation.name)


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _document(recorded: RecordedFact, asked: Asked, asker: str) -> Document:
    return Document(
        id=document_id(recorded, NAME, f"demande.{recorded.container}", NAME),
        type=f"{TYPE_PREFIX}{asked.etape}-{asked.action}",
        receiver=NAME,
        content_type=MEDIA,
        content=asked.model_dump_json(exclude_none=True).encode(),
        correlation_id=recorded.container,
        subject=recorded.container,
        time=recorded.recorded_at,
        headers=(
            (HTTP_METHOD, "POST"),
            (HTTP_PATH, REQUESTS),
            (ON_BEHALF_OF, asker),
            PROFILE.header,
        ),
    )
