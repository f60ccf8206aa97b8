"""A gate's validations in Certified Pick up's shapes (cpu.md §4.2 rows 12 to 14).

For whoever stands between the terminal's own system and the gate: bytes in, bytes out, nothing is
sent or kept. That the gate cannot tell has no shape in CPu; it is not valid, and the message says
what to do.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from adapters.antwerp_cpu import gate as shapes
from adapters.antwerp_cpu.gate import Box, Question, Verdict, Who
from adapters.antwerp_cpu.reads import Reader
from adapters.antwerp_cpu.wire_out import Notification
from adapters.antwerp_cpu.wire_read import PickupValidation
from adapters.antwerp_cpu.wire_words import ReleaseRightStatus
from consumers.gate.answers import Answer, AtGate, CannotTell, Leave, StayReason, said
from consumers.gate.gate import Gate
from consumers.gate.judge import standing
from consumers.gate.rights import Right
from consumers.gate.view import View
from producers.sealing import masked
from schemas.identifiers import PartyCode, Scheme, read_bills, read_party_code
from schemas.reasons import Missing
from schemas.unreadable import Unreadable
from schemas.words import Language

AT_ONCE = 200
"""Boxes opened before the gate's other questions get their turn: some twenty milliseconds."""


@dataclass(frozen=True, slots=True)
class Validated:
    """The answer to an asynchronous validation: yes or no, and a notification a container."""

    valid: bool
    notifications: tuple[Notification, ...]


def validate_now(gate: Gate, data: bytes, language: Language | None = None) -> bytes | Unreadable:
    """Return the answer to `sync-validation/pickup/containers` (row 14, E15).

    It repeats the card to who presented it: it is to be kept nowhere. The words are in the
    *language* of the gate's settings where none is given.
    """
    question = shapes.read_question(data)
    if isinstance(question, Unreadable):
        return question
    return shapes.sync_answer(question, _results(gate, question, language))


def validate_later(
    gate: Gate,
    data: bytes,
    terminal: str,
    reference: str | None = None,
    language: Language | None = None,
) -> Validated | Unreadable:
    """Return the answer to `validation/pickup/containers` (row 13), and what is told of it.

    *terminal* is who asks, by its NxtPort id, *reference* its own for the question.
    """
    question = shapes.read_question(data)
    if isinstance(question, Unreadable):
        return question
    results = _results(gate, question, language)
    reader = Reader(terminal, {}, gate.settings.clock(), reference)
    told = shapes.async_answers(masked(question.alfapass_number), results, reader)
    return Validated(all(each.is_valid for each in results), told)


async def identify(gate: Gate, data: bytes) -> bool | Unreadable:
    """Return the answer to `validation/pickup/identification` (row 12).

    Known is who may collect something at this terminal now (INFERRED): a driver whose sealed
    card opens to the one presented, or an operator by its VAT number or NxtPort id. False also
    where the gate cannot tell.
    """
    who = shapes.read_who(data)
    if isinstance(who, Unreadable):
        return who
    now = gate.settings.clock()
    if not _believable(gate, now):
        return False
    rights = gate.view.live_rights(now)
    if who.scheme is None:
        return await _driver_known(gate.view, rights, who.code)
    return any(_names(right, who) for right in rights)


def _results(
    gate: Gate, question: Question, language: Language | None
) -> tuple[PickupValidation, ...]:
    spoken = language or gate.settings.language
    return tuple(
        shapes.result(box, _verdict(gate, box, question.alfapass_number, spoken))
        for box in question.boxes
    )


def _verdict(gate: Gate, box: Box, card: str, language: Language) -> Verdict:
    answer = gate.ask(box.container, identity=card, bills_of_lading=box.bills_of_lading)
    words = said(answer, language)
    right = None if isinstance(answer, CannotTell) else _shown(gate, box, answer)
    if right is None:
        return Verdict(isinstance(answer, Leave), words, ReleaseRightStatus.UNKNOWN, None)
    missing = [each for each in _why_not(right, gate) if isinstance(each, Missing)]
    status = shapes.status_at_gate(missing, right.ended)
    return Verdict(isinstance(answer, Leave), words, status, right.lights)


def _shown(gate: Gate, box: Box, answer: Answer) -> Right | None:
    """Return the right that is shown: the one it leaves under, else the newest to these bills."""
    rights = gate.view.rights_to(box.container)
    if isinstance(answer, Leave):
        return next(each for each in rights if each.release_id == answer.release_id)
    bills = frozenset(read_bills(box.bills_of_lading))
    fitting = (each for each in rights if not bills.isdisjoint(each.bills_of_lading))
    return next(fitting, rights[0] if rights else None)


def _why_not(right: Right, gate: Gate) -> tuple[StayReason, ...]:
    reasons = standing(right, gate.settings.clock())
    expired = AtGate.RIGHT_EXPIRED in reasons
    return (*reasons, Missing.RELEASE_EXPIRED) if expired else reasons


def _believable(gate: Gate, now: datetime) -> bool:
    age_seconds = gate.view.age_seconds(now)
    return gate.view.caught_up and (
        age_seconds is not None and age_seconds <= gate.settings.stale_after_seconds
    )


async def _driver_known(view: View, rights: tuple[Right, ...], card: str) -> bool:
    known = False
    for place, right in enumerate(rights, start=1):
        # All of them are opened, so that how long it takes does not tell which it was.
        known |= view.opens(right, card)
        if place % AT_ONCE == 0:
            await asyncio.sleep(0)
    return known


def _names(right: Right, who: Who) -> bool:
    code = read_party_code(who.scheme or "", who.code)
    if not isinstance(code, PartyCode):
        return False
    match who.scheme:
        case Scheme.NXTPORT:
            return right.operator == code.value
        case Scheme.VAT:
            assigned = read_party_code(Scheme.VAT, right.operator_vat or "")
            return isinstance(assigned, PartyCode) and assigned.value == code.value
        case _:
            return False  # the rights name no other code
