"""Handing partitions on: what is under way about them comes to its end before the next owner's."""

import asyncio
from collections.abc import Iterable
from typing import Any

from aiokafka import ConsumerRebalanceListener, TopicPartition

from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.sender import Sender

CALLS_END_SECONDS = 25.0
"""How long calls under way are waited for: longer than who says nothing is listened to
(TIMEOUT_SECONDS), shorter than the group waits for its members (rebalance_timeout_ms)."""


class Handover(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no types
    """The listener of the facts' topic: its partitions are the sender's, and of its calls.

    aiokafka goes on with its heartbeat meanwhile, and joins anew only afterwards: nobody else has
    the partitions before.
    """

    def __init__(
        self,
        sender: Sender[Any],
        deliveries: Deliveries,
        calls_end_seconds: float = CALLS_END_SECONDS,
    ) -> None:
        self._sender = sender
        self._deliveries = deliveries
        self._calls_end_seconds = calls_end_seconds

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        """Send and bring for these from now on."""
        await self._sender.on_partitions_assigned(assigned)

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        """Begin nothing more, and let what is under way end, as far as time allows."""
        # The sender's comes first: from then on no round finds any partition.
        await asyncio.gather(
            self._sender.on_partitions_revoked(revoked),
            self._deliveries.calls_end(self._calls_end_seconds),
        )
