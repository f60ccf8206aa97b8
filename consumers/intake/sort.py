"""What becomes of one input record: messages for the log, or a dead letter and an answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from adapters.contract import NOTHING, Part
from adapters.registry import system_taking
from consumers.intake.dead_letters import dead_letter
from ledger.directory.directory import Directory
from producers.log import log_record
from producers.records import Record
from schemas.envelope import JSON, Envelope, envelope_in, headers_of, texts_of
from schemas.identifiers import Unusable, read_party_code
from schemas.logged import Attestation
from schemas.messages import ON_TOPIC
from schemas.notices import UNREADABLE, Answered, Notice
from schemas.organisations import Organisation
from schemas.reading import read_message, wrong_key
from schemas.topics import REGISTER, REGISTRATIONS, outbox, within
from schemas.unreadable import Unreadable

ORGANISATION = "urn:releasebus:organisation:"
REGISTER_SOURCE = "urn:releasebus:register"
INTAKE_SOURCE = "urn:releasebus:intake"
SIGNATURES_OFF = "off"


@dataclass(frozen=True, slots=True)
class Sorted:
    """The records that one input record becomes; `logged` of them are messages on a log.

    `problems` is why parts of it, or all of it, are not; they are kept as one dead letter.
    """

    records: tuple[Record, ...]
    logged: int
    problems: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """What sorting needs beside the record: where it is, how large a value may be, who is who."""

    namespace: str
    max_value_bytes: int
    directory: Directory

    def sort(self, record: ConsumerRecord[Any, Any]) -> Sorted:
        """Return what *record* becomes; every record becomes something (I1)."""
        texts = texts_of(record.headers)
        envelope = texts if isinstance(texts, Unreadable) else envelope_in(texts)
        if isinstance(texts, Unreadable) or isinstance(envelope, Unreadable):
            return self._dead(record, (_unreadable(texts, envelope),))
        attestation = self._attested(record, envelope)
        if isinstance(attestation, Unreadable):
            return self._dead(record, (attestation,))
        found = self._parts(record, envelope, texts)
        logged = [self._logged(record, envelope, attestation, part) for part in found]
        records = tuple(one for one in logged if isinstance(one, Record))
        problems = tuple(one for one in logged if isinstance(one, Unreadable))
        if not problems:
            return Sorted(records, logged=len(records))
        answers = (self._answer(envelope, attestation, why) for why in problems)
        told = tuple(answer for answer in answers if answer is not None)
        return self._dead(record, problems, (*records, *told), logged=len(records))

    def _parts(
        self, record: ConsumerRecord[Any, Any], envelope: Envelope, texts: dict[str, str]
    ) -> Sequence[Part | Unreadable]:
        """Return the messages in one record: one of our own, or those in a system's own body."""
        if record.value is None:
            return (Unreadable("value_missing", "value", "The record has no value."),)
        system = system_taking(envelope.content_type)
        if system is None:
            return (self._own(record, envelope),)
        if len(record.value) > self.max_value_bytes:
            sentence = f"The value is larger than {self.max_value_bytes} bytes."
            return (Unreadable("too_large", "value", sentence, sensitive=True),)
        parsed = system.functions.parse(record.value, texts, NOTHING)
        return (*parsed.messages, *parsed.problems)

    def _own(self, record: ConsumerRecord[Any, Any], envelope: Envelope) -> Part | Unreadable:
        read = read_message(envelope, record.value, max_bytes=self.max_value_bytes)
        if isinstance(read, Unreadable):
            return read
        misplaced = wrong_key(record.key, read.message)
        if misplaced is not None:
            return replace(misplaced, sensitive=misplaced.sensitive or read.sensitive)
        return Part(read.message, envelope.id, read.findings)

    def _logged(
        self,
        record: ConsumerRecord[Any, Any],
        envelope: Envelope,
        attestation: Attestation,
        part: Part | Unreadable,
    ) -> Record | Unreadable:
        if isinstance(part, Unreadable):
            return part
        topic = record.topic.removeprefix(self.namespace)
        if not isinstance(part.message, ON_TOPIC[topic]):
            sentence = f"Messages of this type do not come on {topic}."
            return Unreadable("type_not_of_this_topic", "header ce_type", sentence)
        if part.on_behalf_of is not None:
            named = self.directory.find(part.on_behalf_of)
            if not isinstance(named, Organisation) or named.id != attestation.organisation:
                sentence = "The body says that it is sent for another party than the sender."
                return Unreadable("sent_for_another", "$.releaseFrom", sentence)
        own = replace(
            envelope,
            id=part.id,
            type=part.message.TYPE,
            time=part.occurred_at or envelope.time,
            content_type=JSON,
        )
        return log_record(
            own, part.message, replace(attestation, findings=part.findings), self.namespace
        )

    def _attested(
        self, record: ConsumerRecord[Any, Any], envelope: Envelope
    ) -> Attestation | Unreadable:
        sender = _sender(envelope.source, record.topic.removeprefix(self.namespace))
        if isinstance(sender, Unreadable):
            return sender
        received = f"{record.topic}/{record.partition}/{record.offset}"
        return Attestation(sender, policy=SIGNATURES_OFF, received=received)

    def _dead(
        self,
        record: ConsumerRecord[Any, Any],
        problems: tuple[Unreadable, ...],
        others: tuple[Record, ...] = (),
        logged: int = 0,
    ) -> Sorted:
        why = replace(problems[0], sensitive=any(each.sensitive for each in problems))
        letter = dead_letter(record, why, datetime.now(UTC), self.namespace)
        return Sorted((letter, *others), logged=logged, problems=problems)

    def _answer(
        self, envelope: Envelope, attestation: Attestation, why: Unreadable
    ) -> Record | None:
        sender = attestation.organisation
        if sender != REGISTER and self.directory.get(sender) is None:
            return None  # a stranger gets nothing, and no topic is made for one
        now = datetime.now(UTC)
        answer = Answered(
            message_id=envelope.id,
            outcome=UNREADABLE,
            reason=why.code,
            position=why.position,
            sentence=why.sentence,
            who_can_fix="the sender: correct the message and send it with a new id",
        )
        notice = Notice(recorded_at=now, container=envelope.subject, answer=answer)
        told = Envelope(
            id=f"intake/{attestation.received}",
            source=INTAKE_SOURCE,
            type="releasebus.unreadable",
            time=now,
            subject=envelope.subject,
        )
        return Record(
            topic=within(self.namespace, outbox(sender)).name,
            partition=0,
            key=envelope.subject.encode() or None,
            value=notice.model_dump_json(exclude_none=True).encode(),
            headers=tuple(headers_of(told)),
        )


def _unreadable(*found: object) -> Unreadable:
    return next(each for each in found if isinstance(each, Unreadable))


def _sender(source: str, topic: str) -> str | Unreadable:
    """Return who the source says it is; with signatures off that word is taken."""
    if topic == REGISTRATIONS.name:
        if source == REGISTER_SOURCE:
            return REGISTER
        return _unknown("Registrations come from the register alone.")
    if not source.startswith(ORGANISATION):
        return _unknown(f"The source of a message is {ORGANISATION} and the sender's NxtPort id.")
    code = read_party_code("nxtport", source.removeprefix(ORGANISATION))
    if isinstance(code, Unusable):
        return _unknown("The source names no usable NxtPort id.")
    return code.value


def _unknown(sentence: str) -> Unreadable:
    return Unreadable("source_unknown", "header ce_source", sentence)
