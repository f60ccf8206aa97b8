"""What becomes of one record of a system's topic: messages on the log, what it is asked, memory.

Pure, so that the same record with the same memory comes to the same, whenever it is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from adapters.contract import Memory, Parsed, Part, Request, System
from adapters.parties import Unlinked, linked
from consumers.intake.authentic import attested
from consumers.intake.claim import Claim
from consumers.intake.dead_letters import dead_letter
from consumers.intake.parts import logged
from consumers.intake.trust import NO_TRUST, Trust
from ledger.directory.directory import Directory
from producers.records import Record
from schemas.envelope import Envelope, envelope_in, texts_of
from schemas.identifiers import Scheme
from schemas.logged import Attestation
from schemas.messages import ContainerMessage, PartyRef
from schemas.organisations import Organisation
from schemas.reading import made_canonical
from schemas.signatures import COVERED_HEADERS
from schemas.topics import system_in
from schemas.unreadable import Unreadable
from schemas.value import altered

LOG, LETTER = "log", "letter"
LONGEST_ID = 255
"""Of what is remembered under, and asked by: an index takes no more than some thousand bytes."""
NOT_HANDLED = "The bus could not handle it; its operator has to look."
NO_ID = Unreadable(
    "malformed",
    "value",
    f"What it is about is longer than {LONGEST_ID}, or has a character in it that is none.",
    sensitive=True,
)


@dataclass(frozen=True, slots=True)
class Said:
    """A record that somebody may say in a system's name, with what it is about there.

    `headers` are those that a signature is over; no adapter is shown another.
    """

    record: ConsumerRecord[Any, Any]
    system: System
    envelope: Envelope
    attestation: Attestation
    headers: Mapping[str, str]
    correlation_id: str

    @property
    def data(self) -> bytes:
        """What was said, empty where the record has no value."""
        return self.record.value or b""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a record comes to; of `records` each with what it is counted by.

    `memory` is None where that did not change.
    """

    records: tuple[tuple[str, Record], ...] = ()
    requests: tuple[Request, ...] = ()
    memory: Memory | None = None
    problems: tuple[Unreadable, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class IncomingDesk:
    """What is needed beside the record: the systems, who is who, how strictly it is signed."""

    systems: Mapping[str, System]
    directory: Directory
    namespace: str = ""
    trust: Trust = NO_TRUST

    def said(self, record: ConsumerRecord[Any, Any]) -> Said | Unreadable:
        """Return *record* as somebody's word in the name of a system, or why it is none."""
        topic = record.topic.removeprefix(self.namespace)
        system = next(each for each in self.systems.values() if system_in(each.name).name == topic)
        texts = texts_of(record.headers)
        if isinstance(texts, Unreadable):
            return replace(texts, sensitive=True)
        attestation = attested(Claim(record, texts, topic), self.directory, self.trust)
        if isinstance(attestation, Unreadable):
            return replace(attestation, sensitive=True)
        envelope = envelope_in(texts)
        if isinstance(envelope, Unreadable):
            return replace(envelope, sensitive=True)
        speaker = self.directory.get(attestation.organisation)
        if speaker is None or speaker.system != system.name:
            sentence = f"The sender does not speak for the system {system.name}."
            return Unreadable("not_the_system", "header ce_source", sentence, sensitive=True)
        headers = {name: text for name, text in texts.items() if name in COVERED_HEADERS}
        correlation_id = system.functions.correlation_of_bytes(record.value or b"", headers)
        if not _may_be_kept(correlation_id):
            return NO_ID
        return Said(record, system, envelope, attestation, headers, correlation_id)

    def heard(self, said: Said, memory: Memory) -> Outcome:
        """Return what *said* comes to with *memory* of what it is about."""
        parsed = said.system.functions.parse(said.data, said.headers, memory)
        let_in = tuple(self._logged(said, part) for part in parsed.messages)
        records = tuple((LOG, one) for one in let_in if isinstance(one, Record))
        refused = tuple(one for one in let_in if isinstance(one, Unreadable))
        requests = tuple(each for each in parsed.requests if _is_askable(each))
        unasked = (NO_ID,) if len(requests) < len(parsed.requests) else ()
        problems = (*refused, *parsed.problems, *unasked)
        letters = ((LETTER, self._letter(said.record, problems)),) if problems else ()
        kept = _kept(said, parsed, memory)
        return Outcome((*records, *letters), requests, kept, problems)

    def dead(self, record: ConsumerRecord[Any, Any], why: Unreadable) -> Outcome:
        """Return what becomes of a record that is dealt with as a whole."""
        return Outcome(((LETTER, self._letter(record, (why,))),), problems=(why,))

    def _logged(self, said: Said, part: Part) -> Record | Unreadable:
        name = said.system.name
        whole = linked(part, lambda account: self._whose(name, account), name)
        if isinstance(whole, Unlinked):
            sentence = f"The account is linked to no organisation at {said.system.title}."
            return Unreadable("unlinked_account", "$", sentence, sensitive=True)
        if not isinstance(whole.message, ContainerMessage):
            return Unreadable("not_of_a_container", "$", "It is about no container.")
        read = made_canonical(whole.message)
        if isinstance(read, Unreadable):
            return replace(read, sensitive=True)
        attestation = self._speaking(said, whole)
        if isinstance(attestation, Unreadable):
            return attestation
        own = replace(whole, message=read.message, findings=(*whole.findings, *read.findings))
        envelope = altered(said.envelope, subject=whole.message.container, dataschema="")
        return logged(own, envelope, attestation, self.directory, self.namespace)

    def _speaking(self, said: Said, part: Part) -> Attestation | Unreadable:
        """Return who says *part*: the system itself, or a party of which it passes on the word."""
        if part.on_behalf_of is None:
            return said.attestation
        party = self.directory.find(part.on_behalf_of)
        if not isinstance(party, Organisation):
            sentence = "The party in whose name it is said is not known here."
            return Unreadable("sender_unknown", "$", sentence, sensitive=True)
        own = said.attestation
        return altered(
            own,
            organisation=party.id,
            via=own.organisation,
            authentication=f"account at {said.system.name}",
            channel=own.channel or system_in(said.system.name).name,
        )

    def _whose(self, system: str, account: str) -> PartyRef | None:
        found = self.directory.with_account(system, account)
        return None if found is None else PartyRef(scheme=Scheme.NXTPORT, code=found.id)

    def _letter(
        self, record: ConsumerRecord[Any, Any], problems: tuple[Unreadable, ...]
    ) -> Record:
        why = replace(problems[0], sensitive=any(each.sensitive for each in problems))
        return dead_letter(record, why, datetime.now(UTC), self.namespace)


def _may_be_kept(name: str) -> bool:
    return len(name) <= LONGEST_ID and "\0" not in name  # no database takes it


def _is_askable(asked: Request) -> bool:
    """Tell whether *asked* can be kept; what its id is made of may be endless."""
    return _may_be_kept(asked.id) and _may_be_kept(asked.correlation_id) and "\0" not in asked.path


def _kept(said: Said, parsed: Parsed, before: Memory) -> Memory | None:
    """Return what is remembered from now on, None where it is what was remembered before."""
    if not said.correlation_id or parsed.memory == before:
        return None
    return parsed.memory
