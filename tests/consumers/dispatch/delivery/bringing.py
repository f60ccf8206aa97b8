"""A process that brings what is stored to a system, until it is killed."""

import asyncio
import sys

from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import Target, Targets
from consumers.dispatch.store import Store
from ledger.directory.directory import Directory
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.consumers.dispatch.delivery.made import to

EVERY = tuple(range(12))


def targets_at(url: str) -> Targets:
    """Return the one target, at *url*."""
    return to(Target("Rotterdam", "portbase", "portbase", url=url, poll_seconds=0))


async def bring(database_url: str, url: str) -> None:
    """Bring until killed."""
    targets = targets_at(url)
    store = Store(database_url, targets=targets)
    replies = Replies({"portbase": SYSTEM}, Directory)
    await Deliveries(targets, store.lanes, replies, lambda: EVERY, 0.02).run()


if __name__ == "__main__":
    rounds.WAIT_SECONDS = (0.05, 0.1)  # type: ignore[assignment]  # the test does not wait for minutes
    rounds.REST_SECONDS = (0.01, 0.02)  # type: ignore[assignment]  # the same
    asyncio.run(bring(*sys.argv[1:]))
