"""What becomes of one input record: messages for the log, or a dead letter and an answer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from adapters.contract import NOTHING, Part, System
from adapters.registry import system_taking
from consumers.intake.authentic import FORGED, attested, speaker_of
from consumers.intake.claim import Claim, received
from consumers.intake.dead_letters import dead_letter
from consumers.intake.parts import logged
from consumers.intake.trust import NO_TRUST, Trust
from ledger.directory.directory import Directory
from producers.records import Record
from schemas.doors import Door, door_of
from schemas.envelope import (
    MAX_ATTRIBUTE_LENGTH,
    ORGANISATION_SOURCE,
    Envelope,
    envelope_in,
    headers_of,
    texts_of,
)
from schemas.key_messages import KEY_MESSAGES
from schemas.logged import Attestation
from schemas.message_types import ON_TOPIC
from schemas.messages import Message, OrganisationMessage
from schemas.normalising import DRIVERS
from schemas.notices import NOTICE, UNREADABLE, Answered, Notice
from schemas.plain_identity import may_be_a_number, plain_identity
from schemas.reading import carries_driver, read_message, wrong_key
from schemas.registrations import DOORS
from schemas.signatures import COVERED_HEADERS, SignaturePolicy
from schemas.strict_json import UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import KEYS, REGISTRATIONS, outbox, system_in, within
from schemas.unreadable import Unreadable
from schemas.value import altered
from schemas.words import Language, Who, remedy

INTAKE_SOURCE = "urn:releasebus:intake"
REPEATED = ("ce_subject", "ce_dataschema", "content-type")
"""What the sender may say at will and we say again: in a log, an outbox, a record's key."""
LONGEST_POSITION = 300
"""Longer is only the name of a header, and that stands in the letter already."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """The records that one input record becomes; `logged` of them are messages on a log.

    `problems` is why parts of it, or all of it, are not; they are kept as one dead letter.
    """

    records: tuple[Record, ...]
    logged: int
    problems: tuple[Unreadable, ...] = ()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who waits for an answer: the source and the id of a message, and what it is about."""

    source: str
    message_id: str
    subject: str


@dataclass(frozen=True, slots=True)
class Desk:
    """What sorting needs beside the record: where it is, how large a value may be, who is who.

    `trust` is how strictly signatures are asked for.
    """

    namespace: str
    max_value_bytes: int
    directory: Directory
    trust: Trust = NO_TRUST

    def sort(self, record: ConsumerRecord[Any, Any]) -> Sorted:
        """Return what *record* becomes; every record becomes something (I1)."""
        texts = texts_of(record.headers)
        if isinstance(texts, Unreadable):
            return self._of_no_envelope(record, texts)
        attestation = attested(self._claim(record, texts), self.directory, self.trust)
        envelope = _envelope(texts)
        if isinstance(envelope, Unreadable):
            return self._of_no_envelope(record, _graver(attestation, envelope))
        found = self._parts(record, envelope, texts)
        if isinstance(attestation, Unreadable):
            why = replace(attestation, sensitive=any(map(_shows_driver, found)))
            return self._dead(record, (why,), None)
        let_in = [self._logged(record, envelope, attestation, part) for part in found]
        records = tuple(one for one in let_in if isinstance(one, Record))
        problems = tuple(one for one in let_in if isinstance(one, Unreadable))
        if not problems:
            return Sorted(records, logged=len(records))
        asker = Asker(envelope.source, envelope.id, _repeatable(envelope.subject))
        return self._dead(record, problems, asker, records)

    def set_aside(self, record: ConsumerRecord[Any, Any], sentence: str) -> Sorted:
        """Return the dead letter of a record that our own code could not handle (I1).

        What its topic may carry and nobody has looked for is taken to be there.
        """
        allowed = ON_TOPIC[record.topic.removeprefix(self.namespace)]
        hides = any(DRIVERS[model] for model in allowed)
        why = Unreadable("not_handled", "record", sentence, sensitive=hides)
        return self._dead(record, (why,), self._authentic_asker(record))

    def _claim(self, record: ConsumerRecord[Any, Any], texts: dict[str, str]) -> Claim:
        return Claim(record, texts, record.topic.removeprefix(self.namespace))

    def _of_no_envelope(self, record: ConsumerRecord[Any, Any], why: Unreadable) -> Sorted:
        place, hides = why.position[:LONGEST_POSITION], self._may_hide(record)
        asker = None if why.code in FORGED else self._authentic_asker(record)
        return self._dead(record, (replace(why, position=place, sensitive=hides),), asker)

    def _authentic_asker(self, record: ConsumerRecord[Any, Any]) -> Asker | None:
        """Return who waits for an answer to what is no message; a forger gets none."""
        asker = _asker_in(record.headers)
        topic = record.topic.removeprefix(self.namespace)
        if self.trust.policy_of(topic) is SignaturePolicy.OFF:
            return asker
        texts = texts_of(record.headers)
        if isinstance(texts, Unreadable):
            return None
        try:
            attestation = attested(self._claim(record, texts), self.directory, self.trust)
        except Exception:  # noqa: BLE001  what our code could not handle, told where it broke first
            return None
        return None if isinstance(attestation, Unreadable) else asker

    def _may_hide(self, record: ConsumerRecord[Any, Any]) -> bool:
        """Tell whether a value of no known type may hold a driver that nobody can look for."""
        allowed = ON_TOPIC[record.topic.removeprefix(self.namespace)]
        content = read_json(record.value, max_bytes=self.max_value_bytes)
        if isinstance(content, UnreadableJson):
            return any(DRIVERS[model] for model in allowed)
        return plain_identity(content) is not None

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
        # A header that no signature is over could be anybody's: no adapter gets to see it.
        covered = {name: text for name, text in texts.items() if name in COVERED_HEADERS}
        parsed = system.functions.parse(record.value, covered, NOTHING)
        return (*parsed.messages, *parsed.problems) or (_says_nothing(system),)

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
            return _misplaced(part, topic)
        teller = _teller(part.message, topic)
        if teller is not None and attestation.organisation != teller:
            return _of_another(part.message, topic, teller)
        sayable = altered(
            envelope,
            subject=_repeatable(envelope.subject),
            dataschema=_repeatable(envelope.dataschema),
        )
        return logged(part, sayable, attestation, self.directory, self.namespace)

    def _dead(
        self,
        record: ConsumerRecord[Any, Any],
        problems: tuple[Unreadable, ...],
        asker: Asker | None,
        others: tuple[Record, ...] = (),
    ) -> Sorted:
        why = replace(problems[0], sensitive=any(each.sensitive for each in problems))
        letter = dead_letter(record, why, datetime.now(UTC), self.namespace)
        answers = (self._answer(record, asker, each) for each in problems)
        told = tuple(answer for answer in answers if answer is not None)
        return Sorted((letter, *others, *told), logged=len(others), problems=problems)

    def _answer(
        self, record: ConsumerRecord[Any, Any], asker: Asker | None, why: Unreadable
    ) -> Record | None:
        if asker is None:
            return None
        sender = speaker_of(asker.source, record.topic.removeprefix(self.namespace))
        if isinstance(sender, Unreadable):
            return None
        if door_of(asker.source) is None and self.directory.get(sender) is None:
            return None  # a stranger gets nothing, and no topic is made for one
        now = datetime.now(UTC)
        told = Envelope(
            id=f"intake/{received(record)}",
            source=INTAKE_SOURCE,
            type="releasebus.unreadable",
            time=now,
            subject=asker.subject,
        )
        return Record(
            topic=within(self.namespace, outbox(sender)).name,
            partition=0,
            key=asker.subject.encode() or None,
            value=NOTICE.written(_notice(asker, why, now)),
            headers=headers_of(told),
        )


def _notice(asker: Asker, why: Unreadable, now: datetime) -> Notice:
    answer = Answered(
        message_id=asker.message_id,
        outcome=UNREADABLE,
        reason=why.code,
        position=why.position,
        sentence=why.sentence,
        who_can_fix=remedy(Who.SENDER, "correct_message").said(Language.EN),
    )
    return Notice(recorded_at=now, container=asker.subject, answer=answer)


def _envelope(texts: dict[str, str]) -> Envelope | Unreadable:
    """Return the envelope; what it repeats in other records is as bounded as its id."""
    for name in REPEATED:
        if len(texts.get(name, "")) > MAX_ATTRIBUTE_LENGTH:
            sentence = f"The header exceeds {MAX_ATTRIBUTE_LENGTH} characters."
            return Unreadable("header_too_long", f"header {name}", sentence)
    return envelope_in(texts)


def _graver(attestation: Attestation | Unreadable, why: Unreadable) -> Unreadable:
    """Return what is told of a record whose envelope is wrong: a forgery before all else."""
    if isinstance(attestation, Unreadable) and attestation.code in FORGED:
        return attestation
    return why


def _asker_in(headers: Iterable[tuple[str, bytes | None]]) -> Asker | None:
    """Return who asks for an answer where the headers as a whole are no envelope."""
    given = list(headers)
    source, message_id = _only(given, "ce_source"), _only(given, "ce_id")
    subject = _repeatable(_only(given, "ce_subject"))
    return Asker(source, message_id, subject) if message_id else None


def _only(headers: Iterable[tuple[str, bytes | None]], name: str) -> str:
    """Return the text of the header that is given once, whatever is wrong with the others."""
    values = [value or b"" for given, value in headers if given == name]
    try:
        text = values[0].decode() if len(values) == 1 else ""
    except UnicodeDecodeError:
        return ""
    return text if len(text) <= MAX_ATTRIBUTE_LENGTH else ""


def _repeatable(said: str) -> str:
    """Return what a sender may say at will as far as it is said again: nobody's number is."""
    return "" if may_be_a_number(said) else said


def _misplaced(part: Part, topic: str) -> Unreadable:
    sentence, shows = f"Messages of this type do not come on {topic}.", _shows_driver(part)
    return Unreadable("type_not_of_this_topic", "header ce_type", sentence, sensitive=shows)


def _says_nothing(system: System) -> Unreadable:
    """Return why a body that asks for an answer, or tells nothing new, is not followed here."""
    sentence = f"What {system.title} says by itself comes on {system_in(system.name).name} alone."
    return Unreadable("type_not_of_this_topic", "header content-type", sentence, sensitive=True)


def _shows_driver(part: Part | Unreadable) -> bool:
    return part.sensitive if isinstance(part, Unreadable) else carries_driver(part.message)


def _unreadable(*found: object) -> Unreadable:
    return next(each for each in found if isinstance(each, Unreadable))


def _teller(message: Message, topic: str) -> str | None:
    """Return who alone says this on *topic*; None where the law asks for the role instead."""
    if topic == REGISTRATIONS.name:
        return DOORS.get(type(message), Door.REGISTER).value
    if topic == KEYS.name and isinstance(message, OrganisationMessage):
        return message.organisation
    return None


def _of_another(message: Message, topic: str, teller: str) -> Unreadable:
    source = next((door.source for door in Door if door == teller), ORGANISATION_SOURCE + teller)
    sentence = f"Messages of this type come on {topic} from {source} alone."
    if topic == REGISTRATIONS.name and isinstance(message, KEY_MESSAGES):
        sentence += f" Of its own keys an organisation speaks on {KEYS.name}."
    return Unreadable("type_not_of_this_source", "header ce_source", sentence)
