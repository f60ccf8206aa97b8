"""What a party runs to speak on the bus: publish a message, await what the ledger answers."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import ClassVar, Generic, Self, TypeVar

from producers.careful import careful_producer
from producers.log import partition_of
from producers.login import Servers
from producers.outbox import Outbox
from producers.records import Record, send_all
from producers.signing import MessageKey, all_signed
from producers.whole import start_whole
from schemas import messages as m
from schemas.entitlement import Entitlement, confirmation_of
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import Outcome
from schemas.messages import ContainerMessage, Message, OrganisationMessage
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notices import Answered
from schemas.topics import (
    CARRIER,
    CUSTOMS,
    PARTY,
    TERMINAL,
    Topic,
    within,
)

NoteMessage = AddNote | WithdrawNote
AgentMessage = m.Release | m.Update | m.Block | m.Unblock | m.Revoke | m.Delete | m.Transfer
ChainMessage = (
    m.Transfer
    | m.Accept
    | m.Decline
    | m.Revoke
    | m.AssignPickup
    | m.UpdatePickup
    | m.RevokePickup
    | m.SetMeansOfTransport
)
TerminalMessage = (
    m.ReportDischarge
    | m.ReportTerminalRelease
    | m.ReportTerminalBlock
    | m.ReportScanning
    | m.ReportTerminalUnblock
    | m.ReportGateIn
    | m.ReportGateOut
    | m.ConfirmPickupEnd
)
Sends = TypeVar("Sends", bound=Message)


@dataclass(frozen=True, slots=True)
class BusAddress:
    """Where the bus is."""

    bootstrap_servers: Servers
    namespace: str = ""


class Client(Generic[Sends]):
    """One organisation on the bus, in one role; to be used as an async context.

    `publish` returns when the broker has the message for good (acks=all, idempotent); `outcome`
    returns what the ledger answered, by the id that `publish` gave. What is published is signed
    with *key*; without one it is let in only where signatures are not required.
    """

    TOPIC: ClassVar[Topic]

    def __init__(
        self, address: BusAddress, organisation: str, key: MessageKey | None = None
    ) -> None:
        self.organisation = organisation
        self._key = key
        self._namespace = address.namespace
        self._producer = careful_producer(address.bootstrap_servers, linger_ms=2)
        self._outbox = Outbox(address.bootstrap_servers, address.namespace, organisation)

    async def __aenter__(self) -> Self:
        try:
            await start_whole(self._producer)
            await self._outbox.open()
        except BaseException:
            await self._let_go()  # nobody leaves a context that was not entered
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._let_go()

    async def _let_go(self) -> None:
        await self._outbox.close()
        await self._producer.stop()

    async def publish(
        self, message: Sends, *, message_id: str | None = None, at: datetime | None = None
    ) -> str:
        """Publish *message* and return its id; *at* is when it happened, now by default.

        Give *message_id* to repeat a message safely: the ledger applies one id once.
        """
        given = message_id or str(uuid.uuid4())
        await self.publish_all([(given, message, at or datetime.now(UTC))])
        return given

    async def publish_all(self, messages: Sequence[tuple[str, Sends, datetime]]) -> None:
        """Publish many messages, each with its id and moment, in whole batches."""
        self._outbox.expect(message_id for message_id, _, _ in messages)
        records = (self._record(message_id, message, at) for message_id, message, at in messages)
        await send_all(self._producer, all_signed(records, self._key))

    async def outcome(
        self, message_id: str, *, timeout_seconds: float = 30.0, final: bool = True
    ) -> Answered:
        """Return the answer to a message; raise TimeoutError where none comes in time.

        With *final*, a message that waits for its release is answered only when that came, or
        its time was over.
        """
        async with asyncio.timeout(timeout_seconds):
            answer = await self._outbox.answer(message_id)
            while final and answer.outcome == Outcome.WAITING:
                answer = await self._outbox.answer_after(message_id, answer)
            return answer

    @property
    def source(self) -> str:
        """The ce_source of this organisation's messages."""
        return ORGANISATION_SOURCE + self.organisation

    def _record(self, message_id: str, message: Message, at: datetime) -> Record:
        key = _key(message).encode()
        envelope = Envelope(
            id=message_id,
            source=self.source,
            type=message.TYPE,
            time=at,
            subject=_key(message),
            dataschema=f"urn:{message.TYPE.replace('.', ':')}:1",
        )
        return Record(
            topic=within(self._namespace, self.TOPIC).name,
            partition=partition_of(key, self.TOPIC.partitions),
            key=key,
            value=message.model_dump_json(exclude_none=True).encode(),
            headers=headers_of(envelope),
        )


class Carrier(Client[AgentMessage | NoteMessage]):
    """A ship agent: releases, updates, blocks, revokes, deletes."""

    TOPIC = CARRIER


class Party(Client[ChainMessage | NoteMessage]):
    """A release party or transport operator: the chain and the pick-up."""

    TOPIC = PARTY


class Terminal(Client[TerminalMessage | NoteMessage]):
    """A terminal: discharge, its light, the gate, and that it knows of a right that ended."""

    TOPIC = TERMINAL

    async def confirm_end(self, ended: Entitlement) -> str:
        """Confirm that the gate knows of the end of a right, and return the message's id.

        It is waited for where the release went to another quay (`ended` terminal_changed).
        """
        return await self.publish(confirmation_of(ended))


class Customs(Client[m.ReportCustomsStatus | NoteMessage]):
    """The customs link."""

    TOPIC = CUSTOMS


def _key(message: Message) -> str:
    match message:
        case ContainerMessage(container=container):
            return container
        case OrganisationMessage(organisation=organisation):
            return organisation
        case _:
            raise TypeError(f"{type(message).__name__} is not published by a party")
