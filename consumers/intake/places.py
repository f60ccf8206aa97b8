"""How far intake has handed its inputs on: told to Kafka in the background, one call at a time."""

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from consumers.intake.inputs import Inputs

log = logging.getLogger(__name__)
GAP_SECONDS = 0.05


class Places:
    """The places behind what was handed on, committed soon after; nobody waits for it.

    What is committed late is repeated by the next member after a crash, and the ledger knows it.
    A rebalance makes the places another's: those not committed by then never are.
    """

    def __init__(self, inputs: Inputs, consumer: Any) -> None:
        self._inputs = inputs
        self._consumer = consumer
        self._done: dict[TopicPartition, int] = {}
        self._generation = inputs.generation
        self._committing: asyncio.Task[None] | None = None

    def passed(self, generation: int, records: Iterable[ConsumerRecord[Any, Any]]) -> None:
        """Note *records* as handed on; they were read in that *generation* of the inputs."""
        if generation != self._inputs.generation:
            return
        if generation != self._generation:
            self._generation = generation
            self._done.clear()
        for record in records:
            self._done[TopicPartition(record.topic, record.partition)] = record.offset + 1
        if self._committing is not None and self._committing.done():
            self._committing.result()  # what is no trouble of Kafka's ends the process
            self._committing = None
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_all(), name="places")

    async def settled(self) -> None:
        """Wait until everything noted is committed."""
        committing, self._committing = self._committing, None
        if committing is not None:
            await committing
        await self._commit()

    async def _commit_all(self) -> None:
        while self._done:
            await self._commit()
            # Many batches go with one call: a batch may be a single message.
            await asyncio.sleep(GAP_SECONDS)

    async def _commit(self) -> None:
        done, self._done = self._done, {}
        if not done or self._generation != self._inputs.generation:
            return
        try:
            await self._consumer.commit(done)
        except KafkaError as error:
            # A rebalance got in between: the next member repeats them, the ledger knows them.
            log.info("Places not committed, to be repeated: %s", error)
