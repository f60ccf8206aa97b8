"""What becomes of one record of edi.in.v1: messages on the log, answers, or a dead letter.

A record is read alone (`came`), then settled with what is known of earlier ones (`settled`). Both
are pure, so that the same record, read again after a crash, comes to the same.
"""

import logging
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from adapters.edifact.control import answer, is_rejected
from adapters.edifact.findings import Rule
from adapters.edifact.items import Item, Message
from adapters.edifact.partners import ACKNOWLEDGEMENTS, When
from consumers.gateway.acknowledged import acknowledged
from consumers.gateway.came import Came, Entrance, deliveries_of
from consumers.gateway.handled import APERAK, CONTRL, LETTER, LOG, Handled, Made
from consumers.gateway.ids import MOST_ANSWERS, answer_reference, spelt_identity
from consumers.gateway.known import Known
from consumers.gateway.meant import Meant, Understanding
from consumers.gateway.opened import Opened, come_again, is_twice, shortened
from consumers.gateway.out import envelope_of, out_record
from consumers.intake.dead_letters import dead_letter
from ledger.book.faults import kind_and_place
from schemas.unreadable import Unreadable

log = logging.getLogger(__name__)
LARGEST_CONTRL = 11 * 1024 * 1024
"""Of what edi.out.v1 takes; the rest is for the headers."""
HOW_TO_LOOK = "`releasebus edi check` and `releasebus partner simulate` say what is wrong."
MOST_EMPTY = 10
"""So many interchanges of a record that have no message are answered; a megabyte has 40,000."""

NOBODY = ""
NOT_HANDLED = Unreadable(
    "not_handled", "record", "The bus could not handle it; its operator has to look."
)
TOO_MANY_ANSWERS = Unreadable(
    "too_many_answers", "record", f"A record is answered {MOST_ANSWERS} times at most."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What settling needs: who is known, and what messages mean."""

    entrance: Entrance
    understanding: Understanding

    def came(self, record: ConsumerRecord[Any, Any]) -> Came | Unreadable:
        """Return *record* read; what our own code cannot read is one that could not be handled."""
        try:
            return self.entrance.came(record)
        except Exception as error:  # noqa: BLE001  told with its place, and kept as a dead letter
            log_own_fault(record, error)
            return NOT_HANDLED

    def why_not(self, record: ConsumerRecord[Any, Any]) -> str | None:
        """Return for which reason nobody stands behind *record*, None where somebody does."""
        try:
            found = self.entrance.sender(record)
        except Exception as error:  # noqa: BLE001  told when it is read, and kept as a dead letter
            log.debug("Whose %s is cannot be told: %s", record.offset, type(error).__name__)
            return None
        return found.code if isinstance(found, Unreadable) else None

    def dead(self, record: ConsumerRecord[Any, Any], why: Unreadable) -> Handled:
        """Return what becomes of a record that is dealt with as a whole."""
        key = (record.key or b"").decode(errors="backslashreplace")
        # A key that names nobody may be anything, a card too: it is not kept.
        partner = key if key in self.entrance.partners else NOBODY
        place = deliveries_of(record, {})
        handled = Handled(place, partner, record.partition, record.offset)
        handled.problems.append(why)
        self._write_letter(record, handled)
        return handled

    def settled(self, came: Came, seen: Collection[str]) -> Handled:
        """Return what *came* comes to, where the interchanges of *seen* were taken before."""
        record = came.record
        handled = Handled(came.deliveries, came.partner.name, record.partition, record.offset)
        if came.file is not None:
            handled.file, handled.announcement = came.file, record
        known, tolerated = Known(seen), came.partner.lenient
        for each in came.interchanges:
            again = known.came(each.report.interchange, tolerated)
            self._interchange(came, come_again(each) if again else each, handled)
        if handled.problems:
            self._write_letter(record, handled)
        return handled

    def _interchange(self, came: Came, found: Opened, handled: Handled) -> None:
        if self._begins(came, found, handled):
            self._messages(came, found, handled, Counter())

    def portion(
        self,
        came: Came,
        found: Opened,
        *,
        answers: int,
        used: Counter[str] | None,
        is_repeated: bool,
    ) -> Handled:
        """Return what a part of a large file comes to: that an interchange begins, or messages.

        *answers* were given to the file before, *used* counts the references of messages that
        stand before these, None where the interchange begins.
        """
        record = came.record
        handled = Handled((), came.partner.name, record.partition, record.offset, answers=answers)
        known = come_again(found) if is_repeated else found
        if used is None:
            self._begins(came, known, handled)
        elif not is_rejected(known.report.interchange, came.partner.lenient):
            self._messages(came, known, handled, used)
        if handled.problems:
            self._write_letter(record, handled)
        return handled

    def _begins(self, came: Came, found: Opened, handled: Handled) -> bool:
        """Settle what is told of an interchange; tell whether its messages are taken."""
        tolerated = came.partner.lenient
        if is_rejected(found.report.interchange, tolerated):
            if is_twice(found):
                handled.repeated += 1
            else:
                handled.rejected += found.in_all
                handled.problems.append(_rejected(found.report.interchange, tolerated))
            self._control(came, found, handled)
            return False
        if found.header is not None:
            handled.identities.append(spelt_identity(found.header))
        unsound = found.wrong(tolerated)
        handled.problems.extend(_rejected(each, tolerated) for each in unsound)
        handled.rejected += found.in_all - found.sound_in_all
        self._control(came, found, handled)
        return True

    def _messages(self, came: Came, found: Opened, handled: Handled, used: Counter[str]) -> None:
        for message in found.sound:
            used[message.reference] += 1
            if message.kind.type in ACKNOWLEDGEMENTS:
                handled.acknowledged.extend(acknowledged(message, came.partner))
                continue
            handled.messages += 1
            own = _next_reference(came, handled)
            meant = self._meant(came, found, message, used[message.reference], own)
            handled.made.extend(Made(LOG, record) for record in meant.records)
            handled.problems.extend(meant.problems)
            handled.rejected += meant.is_rejected
            if meant.answer is not None:
                self._answer(came, APERAK, meant.answer, handled)

    def _meant(self, came: Came, found: Opened, message: Message, nth: int, own: str) -> Meant:
        try:
            return self.understanding.meant(came, found, message, nth=nth, own=own)
        except Exception as error:  # noqa: BLE001  its neighbours go on; it is kept as a dead letter
            log_own_fault(came.record, error)
            why = replace(NOT_HANDLED, position=f"segment {message.header.number}")
            return Meant(problems=(why,), is_rejected=True)

    # --- answers -------------------------------------------------------------------------------

    def _control(self, came: Came, found: Opened, handled: Handled) -> None:
        tolerated = came.partner.lenient
        handled.empty += found.in_all == 0
        if found.in_all == 0 and handled.empty > MOST_EMPTY:
            return
        if not _wants_control(came.partner.contrl, found, tolerated):
            return
        reference = _next_reference(came, handled)
        at = came.at.astimezone(came.partner.zone)
        data = answer(found.report, reference, at, tolerated)
        if data is not None and len(data) > LARGEST_CONTRL:
            data = answer(shortened(found, tolerated).report, reference, at, tolerated)
        if data is not None:
            self._answer(came, CONTRL, data, handled)

    def _answer(self, came: Came, kind: str, data: bytes, handled: Handled) -> None:
        if handled.answers >= MOST_ANSWERS:
            handled.problems.append(TOO_MANY_ANSWERS)
            return
        reference = _next_reference(came, handled)
        envelope = envelope_of(f"answer-{reference}", kind, reference, came.at)
        made = out_record(came.partner.name, envelope, data, self.entrance.namespace)
        handled.made.append(Made(kind, made))
        handled.answers += 1

    def _write_letter(self, record: ConsumerRecord[Any, Any], handled: Handled) -> None:
        first = handled.problems[0]
        # A digest alone: a message of drivers is among those that may come, and the record itself
        # stands on edi.in.v1 for its thirty days.
        why = replace(first, sensitive=True)
        letter = dead_letter(record, why, datetime.now(UTC), self.entrance.namespace)
        handled.made.append(Made(LETTER, letter))


def _next_reference(came: Came, handled: Handled) -> str:
    """Return the reference (0020) of the next answer to this record."""
    return answer_reference(came.record.partition, came.record.offset, handled.answers)


def _wants_control(when: When, found: Opened, tolerated: frozenset[Rule]) -> bool:
    """Tell whether a CONTRL is sent; control.py says where one must not be, whoever asks."""
    is_wrong = bool(found.wrong(tolerated))
    match when:
        case When.NEVER:
            return False
        case When.ERRORS:
            return is_wrong
        case When.ASKED:
            # Who does not ask is told what was not taken all the same: else nobody would know.
            return found.asks_for_control or (is_wrong and not is_twice(found))
        case When.ALWAYS:
            return True


def _rejected(item: Item, tolerated: frozenset[Rule]) -> Unreadable:
    """Return what is kept of the first thing for which *item* is rejected."""
    found = next((each for each in item.findings if each.rule not in tolerated), None)
    code = found.rule.value if found is not None else "too_many_findings"
    what = type(item).__name__.lower()
    place = f"{what}, segment {found.place.segment}" if found is not None else what
    return Unreadable(code, place, HOW_TO_LOOK)


def log_own_fault(record: ConsumerRecord[Any, Any], error: Exception) -> None:
    """Log that *record*, or a message of it, broke us, and where in our code."""
    place = f"{record.topic}/{record.partition}/{record.offset}"
    log.error("Set aside: %s, for %s", place, kind_and_place(error))
