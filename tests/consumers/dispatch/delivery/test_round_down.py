"""A system that is down, in whatever way, holds no other system's documents up."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import cycle

import pytest
import sqlalchemy as sa

from adapters.contract import Document
from adapters.registry import systems
from consumers.dispatch.delivery import round as rounds
from consumers.dispatch.delivery.calls import Again, Delivered
from consumers.dispatch.delivery.carriers import Brought
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.documents import Unsent, keep_documents, row_of
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from ledger.directory.directory import Directory
from tests.consumers.dispatch.delivery.made import NOON, to
from tests.consumers.dispatch.delivery.test_round import until

EACH = 3
TARGETS = to(*(Target(name, name, name, url=f"https://{name}.test") for name in systems()))
WAYS = ("hangs", "is not reached", "lets nobody in", "has us wait")


@dataclass(frozen=True, slots=True)
class Way:
    """A way to a system that is open, or down in some way."""

    came: Callable[[str], None]
    is_down: str = ""

    async def bring(self, document: Unsent) -> Brought:
        """Take it, or not."""
        if not self.is_down:
            self.came(document.system)
            return Brought(Delivered(200))
        if self.is_down == "hangs":
            await asyncio.Event().wait()
        wait_seconds = 3600.0 if self.is_down == "has us wait" else None
        return Brought(Again(self.is_down, wait_seconds, self.is_down == "lets nobody in"))

    async def close(self) -> None:
        """Nothing is held."""


def documents() -> list[tuple[str, Document]]:
    """Return some documents for every system, of one container."""
    box = "CPUU1000010"
    made = Document("", "x.call", "", "application/json", b"{}", box, box, NOON)
    return [
        (name, replace(made, id=f"ledger-3-{number}.{name}.x.{name}", receiver=name))
        for number in range(EACH)
        for name in systems()
    ]


async def test_whichever_system_is_down_all_others_get_theirs(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "REST_SECONDS", (0.01,))
    for down, how in zip(systems(), cycle(WAYS), strict=False):
        came = await came_while_down(down, how, f"{sqlite_url}{down}")
        assert came == {each: EACH for each in systems() if each != down}, (down, how)


async def came_while_down(down: str, how: str, url: str) -> Counter[str]:
    """Return how much came to each system while *down* was."""
    store, incoming = Store(url, targets=TARGETS), IncomingStore(url)
    store.create()
    incoming.create()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        rows = [row_of(each, name) for name, each in documents()]
        keep_documents(connection, DISPATCH, rows, TARGETS)
    engine.dispose()
    came: Counter[str] = Counter()

    def way(target: Target) -> Way:
        return Way(lambda name: came.update([name]), how if target.name == down else "")

    replies = Replies(systems(), Directory)
    made = Deliveries(TARGETS, store.lanes, replies, lambda: range(12), 0.01, way)
    running = asyncio.create_task(made.run())
    try:
        await until(lambda: came.total() == EACH * (len(systems()) - 1))
    finally:
        running.cancel()
        await asyncio.wait({running})
        await made.stop()
        incoming.close()
        store.close()
    return came
