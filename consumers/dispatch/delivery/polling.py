"""Asking systems what they may have told in vain, each in its own time: webhooks get lost."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from adapters.contract import System, nothing_to_poll
from consumers.apply.thread import DatabaseThread
from consumers.dispatch.delivery.polls import Polls
from consumers.dispatch.delivery.targets import Target, Targets
from ledger.book.faults import kind_and_place

log = logging.getLogger(__name__)
TROUBLE_SECONDS = 0.5


class Polling:
    """Asks about all that is remembered, at once when it begins and every so often from then on.

    A task a system, so that one that is slow holds no other up. The next page is asked when the
    last one is through: a system that is down is asked no more than that, and nothing piles up.
    Of the *partitions* that this process follows, as with all calls.
    """

    def __init__(
        self,
        targets: Targets,
        systems: Mapping[str, System],
        polls: Polls,
        partitions: Callable[[], Collection[int]],
        more: Callable[[], None],
        look_again_seconds: float,
    ) -> None:
        self.counted: Counter[str] = Counter()
        self._polled = [
            (target, system)
            for name, system in sorted(systems.items())
            if (target := targets.of(name, name)) is not None and _is_asked(target, system)
        ]
        self._polls = polls
        self._thread = DatabaseThread()
        self._partitions = partitions
        self._more = more
        self._look_again_seconds = look_again_seconds

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for target, system in self._polled:
                tasks.create_task(self._serve(target, system), name=f"polls of {target.name}")
            await asyncio.Event().wait()  # also where nobody is asked

    async def stop(self) -> None:
        """Let go of the database."""
        self._thread.close()

    async def _serve(self, target: Target, system: System) -> None:
        clock = asyncio.get_running_loop().time
        while not self._partitions():  # noqa: ASYNC110  they are assigned by a listener of Kafka's
            await asyncio.sleep(self._look_again_seconds)
        begun = clock()
        while True:
            await self._once(target, system)
            passed = clock() - begun
            await asyncio.sleep(target.poll_seconds - passed % target.poll_seconds)

    async def _once(self, target: Target, system: System) -> None:
        after: str | None = ""
        while after is not None:
            try:
                after = await self._page(target, system, after)
            except DBAPIError as error:
                # Without the statement's values: they are what is remembered.
                log.warning("Polls cannot be looked up, again: %s", type(error).__name__)
                await asyncio.sleep(TROUBLE_SECONDS)
            except Exception as error:  # noqa: BLE001  a bug of ours about one system stops no other
                why = kind_and_place(error)
                log.error("Polls of %s are not asked this time: %s", system.name, why)  # noqa: TRY400  no message
                return

    async def _page(self, target: Target, system: System, after: str) -> str | None:
        while await self._thread.run(self._polls.waiting, target.name, self._partitions()):  # noqa: ASYNC110  the store has no event
            await asyncio.sleep(self._look_again_seconds)
        now = datetime.now(UTC)
        page = await self._thread.run(self._polls.ask, system, self._partitions(), after, now)
        self.counted[system.name] += page.asked
        if page.asked:
            self._more()
        return page.last


def _is_asked(target: Target, system: System) -> bool:
    poll = system.functions.poll
    # Into a folder nobody answers.
    is_asked = target.poll_seconds > 0 and target.folder is None
    return is_asked and poll is not nothing_to_poll
