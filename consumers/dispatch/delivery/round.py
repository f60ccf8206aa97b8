"""Bringing what is due: a task a target, so that one that is down holds nobody else up."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from sqlalchemy.exc import DBAPIError

from consumers.apply.thread import DatabaseThread
from consumers.awaiting import happens
from consumers.dispatch.delivery.calls import Again, Delivered, Rejected, Verdict
from consumers.dispatch.delivery.carriers import Brought, Carrier, carrier_to
from consumers.dispatch.delivery.lanes import Due, Lanes
from consumers.dispatch.delivery.outcomes import Outcomes
from consumers.dispatch.delivery.polls import is_poll
from consumers.dispatch.delivery.replies import Replies, reply_to
from consumers.dispatch.delivery.targets import Target, Targets
from ledger.book.faults import kind_and_place

log = logging.getLogger(__name__)
WAIT_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0, 300.0)
"""How long a document waits after it was brought in vain, by how often it was."""
REST_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0)
"""How long a target is left alone after so many rounds in which it took nothing."""
TROUBLE_SECONDS = 0.5
STILL_AT_IT = 5
"""So often a 409 to what was brought before may mean that the first time is still being worked on
(draft-ietf-httpapi-idempotency-key-header §2.7), and not that it is refused. Nothing else counts:
after an outage of hours the first 409 is the first one."""


class Deliveries:
    """Brings documents to their targets, those of the *partitions* that this process follows.

    One partition, one bringer, as with sending (sender.py), also where partitions are handed on
    (handover.py); a process that was stopped past its session, or whose calls do not end in time,
    may bring a few again: each bears its id as the key of idempotency.
    """

    def __init__(
        self,
        targets: Targets,
        lanes: Lanes,
        replies: Replies,
        partitions: Callable[[], Collection[int]],
        look_again_seconds: float,
        carrier_of: Callable[[Target], Carrier] = carrier_to,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.counted: Counter[str] = Counter()
        self._clock = clock
        self._lanes = lanes
        self._carriers: Mapping[str, tuple[Target, Carrier]] = {
            target.name: (target, carrier_of(target)) for target in targets.all
        }
        self._thread = DatabaseThread()
        self._replies = replies
        self._partitions = partitions
        self._outcomes = Outcomes(lanes, self._thread, partitions)
        self._more = {name: asyncio.Event() for name in self._carriers}
        self._under_way = {name: asyncio.Lock() for name in self._carriers}
        self._is_ending = False
        self._look_again_seconds = look_again_seconds
        # By document. Who begins anew counts anew, and only asks a few times more.
        self._conflicts: Counter[str] = Counter()

    def more(self) -> None:
        """Tell that documents were stored."""
        for event in self._more.values():
            event.set()

    async def run(self) -> None:
        """Bring until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for name in self._carriers:
                tasks.create_task(self._serve(name), name=f"delivery to {name}")
            await asyncio.Event().wait()  # also where there is nowhere to bring anything

    async def calls_end(self, timeout_seconds: float) -> None:
        """Wait until no call is under way and each is noted, as far as time allows.

        Of partitions that were taken, or of a process that ends: whoever has them next would make
        the same call beside it, and what comes after it before its end.
        """
        try:
            async with asyncio.timeout(timeout_seconds):
                for under_way in self._under_way.values():
                    await under_way.acquire()
                    under_way.release()
        except TimeoutError:
            log.warning(
                "Calls are still under way: who has their partitions next makes them again"
            )

    async def drain(self, timeout_seconds: float) -> None:
        """Begin no more calls, and let those under way end, as far as time allows."""
        self._is_ending = True
        await self.calls_end(timeout_seconds)

    async def stop(self) -> None:
        """Let go of targets and database."""
        for _, carrier in self._carriers.values():
            await carrier.close()
        self._thread.close()

    async def _serve(self, name: str) -> None:
        in_vain = 0
        while True:
            self._more[name].clear()
            try:
                brought = await self.once(name)
            except DBAPIError as error:
                # Without the statement's values: they are documents.
                log.warning("Deliveries cannot be looked up, again: %s", type(error).__name__)
                await asyncio.sleep(TROUBLE_SECONDS)
                continue
            if not brought:
                await self._wait_for_more(name)
                continue
            took_none = all(isinstance(each.verdict, Again) for each in brought)
            in_vain = in_vain + 1 if took_none else 0
            if took_none:
                await asyncio.sleep(REST_SECONDS[min(in_vain, len(REST_SECONDS)) - 1])

    async def once(self, name: str) -> Sequence[Brought]:
        """Bring what is due at the target of this *name*, and return what became of it."""
        async with self._under_way[name]:
            # Asked for within: what was taken meanwhile is another's.
            partitions = () if self._is_ending else self._partitions()
            return await self._round(name, partitions)

    async def _round(self, name: str, partitions: Collection[int]) -> Sequence[Brought]:
        target, carrier = self._carriers[name]
        now = self._clock()
        due = await self._thread.run(self._lanes.due, name, partitions, now, target.at_once)
        bringing = (self._bring(carrier, each) for each in due)
        # All of them end before the next round, or one would be brought twice at a time.
        brought = await asyncio.gather(*bringing, return_exceptions=True)
        for each in brought:
            if isinstance(each, BaseException):
                raise each
        return [each for each in brought if isinstance(each, Brought)]

    async def _bring(self, carrier: Carrier, due: Due) -> Brought:
        try:
            brought = await carrier.bring(due.document)
            return await self._noted(due, brought)
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001  our own bug about one stops no other
            log.error("Not brought: %s: %s", due.document.id, kind_and_place(error))  # noqa: TRY400  no message
            again = Brought(Again(f"the bus fails at it ({type(error).__name__})"))
            return await self._noted(due, again)

    async def _noted(self, due: Due, brought: Brought) -> Brought:
        now = self._clock()
        match self._as_known(due, brought.verdict):
            case Delivered(status):
                await self._ended(due, brought, status, now)
                self.counted["delivered"] += 1
            case Rejected(status, why):
                said = f"{status}, {why}" if why else status
                log.error("%s rejects %s for good: %s", due.target, due.document.id, said)
                await self._ended(due, brought, status, now, why)
                self.counted["rejected"] += 1
            case Again() as again:
                log.log(
                    logging.ERROR if again.not_let_in else logging.WARNING,
                    *("%s did not take %s: %s", due.target, due.document.id, again.why),
                )
                await self._put_off(due, again, now)
                self.counted["again"] += 1
        return brought

    def _as_known(self, due: Due, verdict: Verdict) -> Verdict:
        conflicts = isinstance(verdict, Rejected) and verdict.status == HTTPStatus.CONFLICT
        if not conflicts or not due.attempts:
            return verdict
        self._conflicts[due.document.id] += 1
        if self._conflicts[due.document.id] >= STILL_AT_IT:
            return verdict
        return Again("it answers 409: it may still be at it since it was brought before")

    async def _put_off(self, due: Due, again: Again, now: datetime) -> None:
        if is_poll(due.document):
            await self._outcomes.asked_in_vain(due, now, again.why)
            return
        then = now + timedelta(seconds=_wait_seconds(again, due.attempts))
        await self._outcomes.again(due, then, again.why)

    async def _ended(
        self, due: Due, brought: Brought, status: int, at: datetime, why: str = ""
    ) -> None:
        # Off the loop: a long answer takes seconds to redact, and the other systems do not wait.
        answered = (due.document, brought, status, at)
        reply = await asyncio.to_thread(reply_to, *answered, self._replies)
        await self._outcomes.ended(due, at, status, reply, why)
        self._conflicts.pop(due.document.id, None)

    async def _wait_for_more(self, name: str) -> None:
        # Without any more, what was put off may be due by now.
        await happens(self._more[name], self._look_again_seconds)


def _wait_seconds(again: Again, attempts: int) -> float:
    if again.wait_seconds is not None:
        return again.wait_seconds
    return WAIT_SECONDS[min(attempts, len(WAIT_SECONDS) - 1)]
