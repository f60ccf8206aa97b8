"""What becomes of one input record: messages for the log, or a dead letter and an answer."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from consumers.intake.dead_letters import dead_letter
from ledger.directory.directory import Directory
from producers.log import log_record
from producers.records import Record
from schemas.envelope import Envelope, headers_of, read_envelope
from schemas.identifiers import Unusable, read_party_code
from schemas.logged import Attestation
from schemas.messages import ON_TOPIC
from schemas.notices import UNREADABLE, Answered, Notice
from schemas.reading import read_message, wrong_key
from schemas.topics import REGISTER, REGISTRATIONS, outbox, within
from schemas.unreadable import Unreadable

ORGANISATION = "urn:releasebus:organisation:"
REGISTER_SOURCE = "urn:releasebus:register"
INTAKE_SOURCE = "urn:releasebus:intake"
SIGNATURES_OFF = "off"


@dataclass(frozen=True, slots=True)
class Sorted:
    """The records that one input record becomes; `logged` of them are messages on a log."""

    records: tuple[Record, ...]
    logged: int
    dead: Unreadable | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What sorting needs beside the record: where it is, how large a value may be, who is who."""

    namespace: str
    max_value_bytes: int
    directory: Directory

    def sort(self, record: ConsumerRecord[Any, Any]) -> Sorted:
        """Return what *record* becomes; every record becomes something (I1)."""
        envelope = read_envelope(record.headers)
        if isinstance(envelope, Unreadable):
            return self._dead(record, envelope)
        attestation = self._attested(record, envelope)
        if isinstance(attestation, Unreadable):
            return self._dead(record, attestation)
        logged = self._logged(record, envelope, attestation)
        if isinstance(logged, Unreadable):
            answers = tuple(self._answer(envelope, attestation, logged))
            return self._dead(record, logged, answers)
        return Sorted((logged,), logged=1)

    def _logged(
        self, record: ConsumerRecord[Any, Any], envelope: Envelope, attestation: Attestation
    ) -> Record | Unreadable:
        topic = record.topic.removeprefix(self.namespace)
        if envelope.type not in {model.TYPE for model in ON_TOPIC[topic]}:
            return Unreadable(
                "type_not_of_this_topic",
                "header ce_type",
                f"Messages of this type do not come on {topic}.",
            )
        if record.value is None:
            return Unreadable("value_missing", "value", "The record has no value.")
        read = read_message(envelope, record.value, max_bytes=self.max_value_bytes)
        if isinstance(read, Unreadable):
            return read
        if misplaced := wrong_key(record.key, read.message):
            return misplaced
        found = Attestation(
            organisation=attestation.organisation,
            policy=attestation.policy,
            received=attestation.received,
            findings=read.findings,
        )
        return log_record(envelope, read.message, found, self.namespace)

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
        why: Unreadable,
        answers: tuple[Record, ...] = (),
    ) -> Sorted:
        letter = dead_letter(record, why, datetime.now(UTC), self.namespace)
        return Sorted((letter, *answers), logged=0, dead=why)

    def _answer(
        self, envelope: Envelope, attestation: Attestation, why: Unreadable
    ) -> Iterator[Record]:
        sender = attestation.organisation
        if sender != REGISTER and self.directory.get(sender) is None:
            return  # a stranger gets nothing, and no topic is made for one
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
        yield Record(
            topic=within(self.namespace, outbox(sender)).name,
            partition=0,
            key=envelope.subject.encode() or None,
            value=notice.model_dump_json(exclude_none=True).encode(),
            headers=tuple(headers_of(told)),
        )


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
