"""What one message of a partner means: records for the ledger's log, or an APERAK."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from adapters.contract import Part
from adapters.edifact.items import Message
from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.meaning.understand import tolerated
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner
from adapters.edifact.segments import Segment
from adapters.edifact.write import Draft, written
from consumers.gateway.came import Came
from consumers.gateway.ids import message_id
from consumers.gateway.opened import Opened
from consumers.gateway.out import answering
from consumers.intake.parts import logged
from ledger.directory.directory import Directory
from producers.records import Record
from schemas.envelope import Envelope
from schemas.messages import ContainerMessage
from schemas.reading import made_canonical
from schemas.topics import LEDGER_LOG, MEBIBYTE
from schemas.unreadable import Unreadable

LARGEST_MESSAGE = LEDGER_LOG.max_message_bytes - MEBIBYTE // 4
"""Of what the log takes; the rest is for the headers."""

Understand: TypeAlias = Callable[[Message, Segment, Partner], Understood]
Aperak: TypeAlias = Callable[[Understood, Message, Partner, str, datetime], Draft | None]
"""Of what was understood of a message, under which reference and when; None where nothing is."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What one message comes to; `answer` is its APERAK."""

    records: tuple[Record, ...] = ()
    problems: tuple[Unreadable, ...] = ()
    answer: bytes | None = None
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class Understanding:
    """What messages mean, and who is who."""

    directory: Directory
    understand: Understand
    aperak: Aperak
    namespace: str = ""

    def meant(self, came: Came, found: Opened, message: Message, *, nth: int, own: str) -> Meant:
        """Return what *message* of *found* comes to.

        *nth* counts the messages of one reference (0062), *own* is the reference that an answer
        of ours has.
        """
        header = found.header
        if header is None:
            return Meant(problems=(_of_no_interchange(message),), is_rejected=True)
        what = self.understand(message, header, came.partner)
        answer = self._answer(came, header, what, message, own)
        if what.is_rejected:
            problems = tuple(_not_as_agreed(each) for each in what.findings if each.rejects)
            return Meant(problems=problems, answer=answer, is_rejected=True)
        around = tuple(tolerated(tuple(found.around(message))))
        parts = (replace(each, findings=(*each.findings, *around)) for each in what.parts)
        let_in = [self._logged(came, header, message, part, nth) for part in parts]
        refused = tuple(one for one in let_in if isinstance(one, Unreadable))
        if refused:
            # Whole or not at all, as above: nobody is told that it was taken, and it was not.
            told = dict.fromkeys(_not_let_in(each, message) for each in refused)
            what = Understood((), (*what.findings, *told))
            answer = self._answer(came, header, what, message, own)
            return Meant(problems=refused, answer=answer, is_rejected=True)
        return Meant(tuple(one for one in let_in if isinstance(one, Record)), answer=answer)

    def _answer(
        self, came: Came, header: Segment, what: Understood, message: Message, own: str
    ) -> bytes | None:
        draft = self.aperak(what, message, came.partner, own, came.at)
        if draft is None:
            return None
        is_test = header.value(11) not in ("", "0")
        return written(answering(came.partner, header, own, came.at, is_test=is_test), [draft])

    def _logged(
        self, came: Came, header: Segment, message: Message, part: Part, nth: int
    ) -> Record | Unreadable:
        said = part.message
        if not isinstance(said, ContainerMessage):
            return Unreadable("not_of_a_container", _place(message), "It is about no container.")
        read = made_canonical(said)
        if isinstance(read, Unreadable):
            return read
        own = replace(
            part,
            message=read.message,
            id=message_id(header, message.reference, part.id, nth=nth),
            findings=(*part.findings, *read.findings),
        )
        envelope = Envelope(
            id=own.id,
            source=came.source,
            type=said.TYPE,
            time=came.at,
            subject=said.container,
        )
        record = logged(own, envelope, came.attestation, self.directory, self.namespace)
        if isinstance(record, Record) and len(record.value or b"") > LARGEST_MESSAGE:
            sentence = f"What it says of one container takes more than {LARGEST_MESSAGE} bytes."
            return Unreadable("too_large", _place(message), sentence)
        return record


def _not_as_agreed(finding: ProfileFinding) -> Unreadable:
    sentence = "Not as agreed with the partner: its file says what is, APERAK told the sender."
    place = f"message, segment {finding.place.segment}"
    return Unreadable(finding.rule.value, place, sentence)


def _not_let_in(why: Unreadable, message: Message) -> ProfileFinding:
    of_another = why.code == "sent_for_another"
    rule = ProfileRule.VAT_OF_ANOTHER if of_another else ProfileRule.VALUE_UNUSABLE
    place = message.header.at(1)
    return ProfileFinding(rule, place, rejects=True, tag="UNH", expected=why.code)


def _of_no_interchange(message: Message) -> Unreadable:
    sentence = "It stands in no interchange, so nobody can tell whose it is."
    return Unreadable("no_interchange", _place(message), sentence)


def _place(message: Message) -> str:
    return f"message, segment {message.header.number}"
