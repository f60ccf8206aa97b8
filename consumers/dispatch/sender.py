"""Sending what is stored: in order, until the broker has it, the same ids whenever repeated."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Generic, Protocol, TypeVar

from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import DatabaseThread
from consumers.awaiting import happens
from consumers.dispatch.documents import Unsent
from producers.careful import Courier
from producers.log import partition_of
from producers.login import Servers
from producers.records import Record, RecordTooLarge, send_all
from schemas.envelope import Envelope, headers_of
from schemas.topics import system_out, within

log = logging.getLogger(__name__)
SOURCE = "urn:releasebus:dispatch"
RETRY_SECONDS = 0.5
FORGET_EVERY_SECONDS = 3600.0
REVOKED_SECONDS = 5.0


class Stored(Protocol):
    """What waits in a store to be sent; `system` is what it is counted by."""

    @property
    def id(self) -> str:
        """Its own name, the same whenever it is sent."""

    @property
    def system(self) -> str:
        """For whom it is."""


Waiting = TypeVar("Waiting", bound=Stored)


class Outgoing(Protocol[Waiting]):
    """A store of what is to be sent; every method is one transaction."""

    def unsent(self, partitions: Collection[int], limit: int) -> Sequence[Waiting]:
        """Return what of these partitions the broker does not have yet, in order."""

    def sent(self, documents: Iterable[Waiting], at: datetime) -> None:
        """Mark *documents* as sent."""

    def forget(self, before: datetime) -> int:
        """Delete what was sent before then; return how many."""


class Sending(Protocol):
    """How what is stored is sent."""

    @property
    def bootstrap_servers(self) -> Servers:
        """Where the broker is."""

    @property
    def namespace(self) -> str:
        """What stands before every topic's name."""

    @property
    def send_at_once(self) -> int:
        """So many are sent in one go."""

    @property
    def look_again_seconds(self) -> float:
        """So long what another process stored waits at most."""

    @property
    def keep_sent_days(self) -> int:
        """So long what was sent is kept."""


class Sender(ConsumerRebalanceListener, Generic[Waiting]):  # type: ignore[misc]  # aiokafka has no types
    """Publishes what is stored of the partitions that this process follows.

    One partition, one sender: so a container's documents leave in order. A process that was
    stopped past its session and wakes may repeat a few; their ids tell a reader. *stored* is
    called whenever something was.
    """

    def __init__(
        self,
        settings: Sending,
        store: Outgoing[Waiting],
        thread: DatabaseThread,
        record_of: Callable[[Waiting, str], Record],
        stored: Callable[[], None] = lambda: None,
    ) -> None:
        self._record_of = record_of
        self._stored = stored
        self.counted: Counter[str] = Counter()
        self._settings = settings
        self._store = store
        self._thread = thread
        self._partitions: frozenset[int] = frozenset()
        self._held: frozenset[str] = frozenset()
        self._more = asyncio.Event()
        self._sending = asyncio.Lock()
        self._courier = Courier(settings.bootstrap_servers, "dispatch")
        self._forgotten_at = 0.0

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Send for these from now on, whatever a predecessor left first."""
        self._partitions = frozenset(place.partition for place in assigned)
        self._more.set()

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Send for them no more; what is under way is finished, if it goes quickly."""
        del revoked  # aiokafka's assignors are eager: everything is revoked
        self._partitions = frozenset()
        try:
            async with asyncio.timeout(REVOKED_SECONDS):
                await self._sending.acquire()
        except TimeoutError:
            log.warning("Documents are still on their way while their partitions are taken")
        else:
            self._sending.release()

    def more(self) -> None:
        """Tell that documents were stored."""
        self._more.set()
        self._stored()

    @property
    def partitions(self) -> frozenset[int]:
        """The partitions whose documents this process sends."""
        return self._partitions

    async def run(self) -> None:
        """Send until cancelled; a broker or database that is away is waited for."""
        while True:
            self._more.clear()
            if not await self._sent_some():
                await self._wait_for_more()

    async def drain(self, timeout_seconds: float) -> None:
        """Send what is stored, as far as time allows; the rest is sent by whoever comes next."""
        try:
            async with asyncio.timeout(timeout_seconds):
                while await self._sent_some():
                    pass
        except TimeoutError:
            log.warning("Not all documents were sent in time; they are stored")

    async def stop(self) -> None:
        """Let go of the broker."""
        await self._courier.drop()

    async def _sent_some(self) -> bool:
        """Send one batch; False where there is none, or where there was trouble."""
        try:
            async with self._sending:
                return await self._send()
        except (KafkaError, TimeoutError) as error:
            log.warning("The broker does not take the documents, again: %r", error)
            await self._courier.drop()
        except DBAPIError as error:
            # Without the statement's values: they are documents.
            log.warning("The store cannot be asked, again: %s", type(error).__name__)
        await asyncio.sleep(RETRY_SECONDS)
        return False

    async def _send(self) -> bool:
        partitions = self._partitions
        if not partitions:
            return False
        limit = self._settings.send_at_once + len(self._held)
        unsent = await self._thread.run(self._store.unsent, partitions, limit)
        documents = [each for each in unsent if each.id not in self._held]
        if not documents:
            await self._forget()
            return False
        try:
            await send_all(await self._courier.connected(), self._records(documents))
        except RecordTooLarge:
            documents = await self._each_alone(documents)
        now = datetime.now(UTC)
        await self._thread.run(self._store.sent, documents, now)
        self.counted.update(document.system for document in documents)
        return len(unsent) == limit

    async def _each_alone(self, documents: Sequence[Waiting]) -> list[Waiting]:
        """Send them one by one and return what was: what no topic takes stands before no other.

        It stays in the store, and is tried again by whoever begins anew.
        """
        sent = []
        for document in documents:
            try:
                await send_all(await self._courier.connected(), self._records([document]))
            except RecordTooLarge as error:
                log.error("Not sent: %s is larger than %s takes", document.id, error)  # noqa: TRY400  no trace of it says more
                self._held |= {document.id}
                await self._courier.drop()
            else:
                sent.append(document)
        return sent

    async def _wait_for_more(self) -> None:
        # Without any more, another process may have stored some: a resumed one.
        await happens(self._more, self._settings.look_again_seconds)

    async def _forget(self) -> None:
        now = asyncio.get_running_loop().time()
        if now < self._forgotten_at + FORGET_EVERY_SECONDS:
            return
        self._forgotten_at = now
        before = datetime.now(UTC) - timedelta(days=self._settings.keep_sent_days)
        gone = await self._thread.run(self._store.forget, before)
        if gone:
            log.info("Forgot %s documents sent before %s", gone, before.date())

    def _records(self, documents: Sequence[Waiting]) -> list[Record]:
        return [self._record_of(document, self._settings.namespace) for document in documents]


def record_of(document: Unsent, namespace: str) -> Record:
    """Return the record that carries *document* on its system's topic."""
    topic = within(namespace, system_out(document.system))
    envelope = Envelope(
        id=document.id,
        source=SOURCE,
        type=document.type,
        time=document.made_at,
        subject=document.subject,
        content_type=document.content_type,
    )
    key = document.correlation_id.encode()
    return Record(
        topic=topic.name,
        partition=partition_of(key, topic.partitions),
        key=key,
        value=document.content,
        headers=(
            *headers_of(envelope),
            ("rb_receiver", document.receiver.encode()),
            *document.headers,
        ),
    )
