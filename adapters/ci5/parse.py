"""What Ci5 says, by its assumed profile, into messages of the bus."""

import json
import uuid
from dataclasses import replace
from datetime import datetime
from typing import Final

from pydantic import ValidationError

from adapters.ci5 import words
from adapters.ci5.memory import MOST, Memory, at_passage, kept, recalled
from adapters.ci5.profile import NAME
from adapters.ci5.wire import Answered, StepTold
from adapters.contract import HTTP_STATUS, IN_REPLY_TO, Headers, Parsed, Part
from adapters.contract import Memory as Written
from adapters.exit_steps.actors import organisation_called
from adapters.exit_steps.reading import (
    NotReadable,
    came_at,
    container_in,
    made,
    redacted_content,
    shaped,
    unknown_members,
    unreadable,
)
from adapters.exit_steps.secrets import shows_a_code, words_without
from adapters.exit_steps.steps import Shown, Step, Where, joined, observation
from adapters.exit_steps.steps import told as step_told
from schemas.field_faults import fault_of
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef
from schemas.plain_identity import may_show_identity
from schemas.strict_json import read as read_json
from schemas.system_messages import AnswerRequest, ObservedPickup, ObserveRelease
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import Misformed, altered

STEP_IDS: Final = uuid.UUID("0d9d6c5e-3b57-5f43-8d67-6f1a7d5a2c11")


def parse(data: bytes, headers: Headers, memory: Written) -> Parsed:
    """Return the step or the answer in *data*, and what is remembered of it."""
    if not data and headers.get(HTTP_STATUS, "").startswith("2"):
        return Parsed(memory=memory)  # it was taken, and the answer is still to come
    try:
        content = redacted_content(data, "A PIN, a code or a person")
        if isinstance(content, dict) and "etape" in content:
            return _step(shaped(StepTold, content), recalled(memory), came_at(headers))
        if isinstance(content, dict) and "demande" in content:
            return _answer(shaped(Answered, content), recalled(memory))
        raise unreadable("type_unknown", "$", "This is nothing that Ci5 is assumed to say.")
    except NotReadable as error:
        secret = may_show_identity(data) or shows_a_code(data.decode("utf-8", "replace"))
        why = replace(error.why, sensitive=error.why.sensitive or secret)
        return Parsed(memory=memory, problems=(why,))
    except ValidationError as error:
        return Parsed(memory=memory, problems=(fault_of(error),))
    except Misformed as error:
        sentence = "What is remembered of this container is no memory of this version."
        problem = Unreadable("memory_unreadable", error.path, sentence)
        return Parsed(memory=memory, problems=(problem,))


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the container that *data* is about, else that of the call which it answers."""
    content = read_json(data, max_bytes=MEBIBYTE)
    named = content.get("conteneur") if isinstance(content, dict) else None
    if isinstance(named, str) and named:
        return container_in(named) or named
    # Ids of calls name their container: `ledger-3-12.ci5.demande.CPUU1000010.ci5`.
    parts = headers.get(IN_REPLY_TO, "").split(".")
    return parts[3] if len(parts) > 3 and parts[1] == NAME else ""  # noqa: PLR2004  the fourth part


# --- a step --------------------------------------------------------------------------------------


def _step(told: StepTold, memory: Memory, came: datetime | None) -> Parsed:
    step_id = id_of(told)
    if step_id in memory.seen:
        return Parsed(memory=kept(memory))
    step = words.step_of(told.etape)
    if step is None:
        raise unreadable("code_unknown", "$.etape", "This is no step that is known.")
    if told.port not in words.PORTS:
        raise unreadable("port_unknown", "$.port", "This is no port of Ci5's.")
    holds = words.STATES.get(words.spelt(told.etat)) is True
    shown = step_told(step, _moment(told), holds=holds, came=came)
    after = _with(_arrived(memory, told), told, step_id, shown)
    newly = _holds_newly(after)
    message, odd = made(_observed(after, told, newly=newly))
    ahead = () if shown.dated else ("time_ahead: $.date",)
    findings = (*_findings(told), *ahead, *odd, *unknown_members(told))
    part = Part(message, step_id, findings, message.confirmed_at)
    holding = after.forwarder if newly else after.holding
    return Parsed((part,), memory=kept(altered(after, holding=holding)))


def id_of(told: StepTold) -> str:
    """Return the id of a step: the same whenever the same is told, and no other's."""
    said = [
        told.conteneur, told.passage, told.etape, told.terminal, told.date, told.etat,
        told.agent, told.transitaire, told.transporteur, told.mode,
    ]  # fmt: skip
    return f"{NAME}-{uuid.uuid5(STEP_IDS, json.dumps(said))}"


def _moment(told: StepTold) -> datetime:
    try:
        at = datetime.fromisoformat(told.date)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        sentence = "The date is no time with an offset, such as 2026-03-01T08:00:00+01:00."
        raise unreadable("field_invalid", "$.date", sentence)
    return at


def _arrived(memory: Memory, told: StepTold) -> Memory:
    container = container_in(told.conteneur) or told.conteneur
    if memory.where is not None and memory.where.container != container:
        raise unreadable("another_container", "$.conteneur", "It is about another container.")
    there = at_passage(memory, Where(container, told.port, told.terminal, told.passage or ""))
    if there is None:
        raise unreadable("passage_over", "$.passage", "That passage of the container is over.")
    return there


def _with(memory: Memory, told: StepTold, step_id: str, shown: Shown) -> Memory:
    """Return the memory with a step; who a step that is no news names does not count either."""
    steps = joined(memory.steps, shown)
    memory = altered(memory, seen=(*memory.seen, step_id)[-MOST:])
    if shown not in steps:
        return memory
    memory = altered(
        memory,
        steps=steps,
        agent=told.agent or memory.agent,
        forwarder=told.transitaire or memory.forwarder,
    )
    if shown.step is not Step.HAULIER_IDENTIFIED:
        return memory
    # Its nomination alone names who collects; one without a haulier takes the last one's back.
    haulier = told.transporteur or "" if shown.holds else ""
    return altered(memory, haulier=haulier, mode=told.mode or "")


def _findings(told: StepTold) -> tuple[str, ...]:
    odd = []
    if words.spelt(told.etat) not in words.STATES:
        odd.append("code_unknown: $.etat")
    if words.spelt(told.etape) in words.ALIASES:
        odd.append("code_normalised: $.etape")
    if told.mode is not None and words.spelt(told.mode) not in words.MODES:
        odd.append("code_unknown: $.mode")
    return tuple(odd)


def _observed(memory: Memory, told: StepTold, *, newly: bool) -> ObserveRelease:
    if memory.where is None:
        raise TypeError("nothing is said of a container that is nowhere")
    pickup = None
    if memory.haulier:
        modality = words.MODES.get(words.spelt(memory.mode), Modality.UNKNOWN)
        operator = _party(memory, memory.haulier)
        pickup = None if operator is None else ObservedPickup(operator=operator, modality=modality)
    return observation(memory.where, memory.steps).model_copy(
        update={
            "bills_of_lading": tuple(told.connaissements or ()),
            "agent": _party(memory, memory.agent),
            "holders": (_party(memory, memory.forwarder),) if newly else None,
            "pickup": pickup,
        }
    )


def _holds_newly(memory: Memory) -> bool:
    released = any(each.step is Step.DELIVERY_ORDER and each.holds for each in memory.steps)
    return released and memory.forwarder not in {"", memory.holding}


def _party(memory: Memory, code: str) -> PartyRef | None:
    if not code:
        return None
    known = organisation_called(memory.actors, code)
    # Nobody else's external id can be mistaken for it; who is registered so is found by it.
    return known or PartyRef(scheme=Scheme.EXTERNAL, code=f"{NAME}:{code}")


# --- an answer -----------------------------------------------------------------------------------


def _answer(answer: Answered, memory: Memory) -> Parsed:
    status = words.STATUSES.get(words.spelt(answer.statut))
    part_id = f"{NAME}-{uuid.uuid5(STEP_IDS, f'{answer.demande}/{status}')}"
    if part_id in memory.seen:
        return Parsed(memory=kept(memory))  # the same answer once more
    if memory.where is None or answer.demande not in memory.asked:
        sentence = "It answers a request that nobody made here, or that was answered otherwise."
        raise unreadable("request_unknown", "$.demande", sentence)
    if status is None:
        raise unreadable("code_unknown", "$.statut", "This is no status that is known.")
    if status == "pending":
        return Parsed(memory=kept(memory))
    message, odd = made(
        AnswerRequest(
            container=memory.where.container,
            port=memory.where.port,
            request_id=answer.demande,
            accepted=status == "accepted",
            reason=words_without(answer.motif or "")[:2000],
        )
    )
    part = Part(message, part_id, (*odd, *unknown_members(answer)))
    asked = tuple(each for each in memory.asked if each != answer.demande)
    seen = (*memory.seen, part_id)[-MOST:]
    return Parsed((part,), memory=kept(altered(memory, asked=asked, seen=seen)))
