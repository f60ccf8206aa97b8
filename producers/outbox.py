"""A party's own outbox as it is read by its client: answers by message id, notices in order."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

from producers.committed import committed_reader
from producers.login import Servers
from producers.whole import start_whole
from schemas.facts import Outcome
from schemas.notices import Answered, Notice, read_notice
from schemas.topics import outbox, within

log = logging.getLogger(__name__)
KEPT_NOTICES = 1000
LOOK_AGAIN_SECONDS = 0.2


class OutboxClosed(Exception):
    """The client was closed while somebody still waited for an answer.

    The message is published all the same; ask for its outcome before the client is closed.
    """


class Outbox:
    """Follows one outbox from when it is opened; one that is not there yet, from its start.

    Only answers to expected ids are kept, and only the latest notices, so that memory is bounded.
    """

    def __init__(self, bootstrap_servers: Servers, namespace: str, organisation: str) -> None:
        self.notices: deque[Notice] = deque(maxlen=KEPT_NOTICES)
        self._place = TopicPartition(within(namespace, outbox(organisation)).name, 0)
        self._answers: dict[str, Answered] = {}
        self._expected: set[str] = set()
        self._changed = asyncio.Condition()
        self._last_seq: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None
        self._consumer = committed_reader(bootstrap_servers)

    async def open(self) -> None:
        """Begin to follow; answers from now on are not missed."""
        await start_whole(self._consumer)
        exists = self._place.topic in await self._consumer.topics()
        begin = 0
        if exists:
            begin = (await self._consumer.end_offsets([self._place]))[self._place]
        self._task = asyncio.create_task(self._follow(begin, exists=exists), name="outbox")

    async def close(self) -> None:
        """Stop following."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
        await self._consumer.stop()

    def expect(self, message_ids: Iterable[str]) -> None:
        """Keep the answers to these ids when they come."""
        self._expected.update(message_ids)

    async def answer(self, message_id: str) -> Answered:
        """Return the answer to a message, waiting for it."""
        return await self._when(lambda: self._answers.get(message_id))

    async def answer_after(self, message_id: str, earlier: Answered) -> Answered:
        """Return the next answer to a message that was told *earlier* to wait."""

        def later() -> Answered | None:
            answer = self._answers.get(message_id)
            return None if answer is earlier else answer

        return await self._when(later)

    async def _when(self, found: Callable[[], Answered | None]) -> Answered:
        async with self._changed:
            while (answer := found()) is None:
                self._raise_if_ended()
                await self._changed.wait()
            return answer

    def _raise_if_ended(self) -> None:
        if self._task is None or not self._task.done():
            return
        if self._task.cancelled():
            # Its own exception: as if the waiting task were cancelled, it would end in silence.
            raise OutboxClosed(self._place.topic)
        self._task.result()

    async def _follow(self, begin: int, *, exists: bool) -> None:
        try:
            await self._read_on(begin, exists=exists)
        finally:
            async with self._changed:
                self._changed.notify_all()  # whoever waits for an answer finds out

    async def _read_on(self, begin: int, *, exists: bool) -> None:
        while not exists:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            exists = await self._is_there()
        self._consumer.assign([self._place])
        self._consumer.seek(self._place, begin)
        while True:
            try:
                await self._read_some()
            except KafkaError as error:
                log.warning("The outbox cannot be read, trying again: %s", error)
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    async def _is_there(self) -> bool:
        try:
            return self._place.topic in await self._consumer.topics()
        except KafkaError as error:
            log.warning("The outbox cannot be looked for, trying again: %s", error)
            return False

    async def _read_some(self) -> None:
        fetched = await self._consumer.getmany(timeout_ms=200)
        for record in fetched.get(self._place, ()):
            if record.value is not None:
                self._take(read_notice(record.value))
        if fetched:
            async with self._changed:
                self._changed.notify_all()

    def _take(self, notice: Notice) -> None:
        # A relay that was cut off publishes again: what is not newer was told before.
        if notice.shard and notice.seq <= self._last_seq.get(notice.shard, 0):
            return
        if notice.shard:
            self._last_seq[notice.shard] = notice.seq
        self.notices.append(notice)
        answer = notice.answer
        if answer is None or answer.message_id not in self._expected:
            return
        if answer.outcome != Outcome.DUPLICATE or answer.message_id not in self._answers:
            self._answers[answer.message_id] = answer
