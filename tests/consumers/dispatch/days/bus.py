"""The bus around one system without engines: the law, dispatch's stores and rounds, the door.

Kafka alone is played: topics are lists, which keep the order of a partition and may hold a record
twice. What the ledger heard before it drops by (organisation, ce_id), as the book does.
"""

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, NamedTuple

import httpx
import msgspec
import sqlalchemy as sa
from aiokafka import ConsumerRecord

from adapters.contract import System
from adapters.registry import systems
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.delivery.carriers import OverHttps
from consumers.dispatch.delivery.replies import Replies
from consumers.dispatch.delivery.round import Deliveries
from consumers.dispatch.delivery.targets import EVERYBODY, Target
from consumers.dispatch.incoming.desk import IncomingDesk
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.store import Store
from consumers.dispatch.tables import DISPATCH
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.policy import Policy
from producers.door.app import app_of
from producers.records import Record
from schemas.air_facts import ConsignmentObserved
from schemas.facts import Cause
from schemas.logged import read_logged
from schemas.messages import ContainerMessage
from schemas.topics import DEAD_LETTERS, LEDGER_LOG
from schemas.value import altered
from tests.adapters.story import Story
from tests.consumers.dispatch.days.there import MOST_FAULTS, Call, Chance, Reacts, There
from tests.consumers.dispatch.delivery.made import to
from tests.consumers.intake.records import came
from tests.producers.door.house import House

EVERY = tuple(range(12))
OF_THE_FACTS = 3
LONGEST_DAY = 2000
PAUSE = timedelta(seconds=20)
_time = re.compile(r"(20\d\d-\d\d-\d\dT\d\d):\d\d:\d\d(?:\.\d+)?")


class EndsNever(AssertionError):
    """Nothing came to rest: something is repeated for ever."""


class Known:
    """Knows every system that calls."""

    def known_by(
        self, _system: str, _headers: Mapping[str, str], _in_path: str, _body: bytes = b""
    ) -> str:
        """Let everybody in."""
        return "planted"

    def stands_in_body(self, _system: str) -> bool:
        """Read no body first."""
        return False


class Ended(NamedTuple):
    """How everything stands when the day is over, times but to the hour."""

    stays: list[str]
    memory: dict[tuple[str, str], str]
    accepted: list[Call]
    letters: list[str]


@dataclass
class Bus:
    """One system's day: what is asked of it and what it says, until everything rests."""

    system: System
    story: Story
    reacts: Reacts
    chance: Chance
    url: str
    now: datetime = field(init=False)
    letters: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.story.now.replace(minute=0, second=0, microsecond=0)
        self.there = There(self.reacts, self.chance)
        name = self.system.name
        every = Target("all", name, EVERYBODY, url="https://system.test", at_once=4)
        targets = to(every, altered(every, name="itself", receiver=name))
        self.store, self.incoming = (
            Store(self.url, targets=targets),
            IncomingStore(self.url, targets),
        )
        self.store.create()
        self.incoming.create()
        for engine in (self.store._engine, self.incoming._engine):
            sa.event.listen(engine, "commit", self._commits)
        self.deliveries = Deliveries(
            targets,
            self.store.lanes,
            Replies(systems(), lambda: self.story.directory),
            lambda: EVERY,
            0.0,
            self._carrier,
            lambda: self.now,
        )
        self.door = House(cast=self.story.directory, hooks=Known())
        app = app_of(replace(self.door.door(), clock=lambda: self.now))
        self._client = httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="https://door"
        )
        self._told, self._dispatched = 0, 0
        self._late: list[bytes] = []
        self._arrived: list[ConsumerRecord[Any, Any]] = []
        self._ends: Counter[tuple[str, int]] = Counter()
        self._on_log: set[tuple[str, str]] = set()

    def say(self, sender: str, model: type[ContainerMessage], **members: object) -> None:
        """Let a party say something."""
        self.story.now = self.now
        self.story.say(sender, model, **members)

    async def rest(self) -> None:
        """Play on until nothing moves; where only time helps, let it pass."""
        for _ in range(LONGEST_DAY):
            if await self.turn():
                continue
            if not await self._tried(self._waits):
                return
            self.now += PAUSE
        raise EndsNever(self.store.lanes.waiting())

    async def turn(self) -> bool:
        """Let everything move once; tell whether anything did."""
        moved = await self._tried(self._dispatch)
        steps = [self._bring, self._pass_on, self._hear, self._tell]
        for step in self.chance.shuffled("steps", steps):
            moved = await self._tried(step) or moved
        return moved

    async def ask_again(self) -> None:
        """Ask the system what it may have told in vain, as it is asked from time to time."""
        for _ in range(1 + MOST_FAULTS):
            await self._tried(self._poll)
            await self.rest()

    async def _poll(self) -> bool:
        return bool(self.store.polls.ask(self.system, EVERY, "", self.now).asked)

    async def next_hour(self) -> None:
        """Let the next hour begin."""
        await self.rest()
        self.now = self.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)

    async def close(self) -> None:
        """Let go of everything."""
        await self._client.aclose()
        await self.deliveries.stop()
        self.incoming.close()
        self.store.close()

    def ended(self) -> Ended:
        """Return how everything stands."""
        air = [e.fact for e in self.story.facts if isinstance(e.fact, ConsignmentObserved)]
        stands = [*self.story.file.stays, *self.story.file.requests, *air[-1:]]
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            rows = connection.execute(sa.select(DISPATCH.memory)).all()
        engine.dispose()
        return Ended(
            [_to_the_hour(msgspec.json.encode(each).decode()) for each in stands],
            {(system, about): _to_the_hour(memory) for system, about, memory in rows},
            [_comparable(call) for call in self.there.taken],
            self.letters,
        )

    # --- what moves ---

    async def _tried(self, step: Callable[[], Awaitable[bool]]) -> bool:
        """Do a step; where the database took nothing of it, it is done again."""
        try:
            return await step()
        except sa.exc.OperationalError:
            return True

    async def _waits(self) -> bool:
        return bool(self.store.lanes.waiting())

    def _commits(self, _connection: object) -> None:
        if self.chance.is_met("database_away", one_in=9):
            raise sa.exc.OperationalError("commit", {}, OSError("planted"))

    async def _dispatch(self) -> bool:
        new = self.story.facts[self._dispatched :]
        arrivals = [
            Arrival(each.shard, each.seq, OF_THE_FACTS, each.seq, each.container, b"", each)
            for each in new
        ]
        settled = self.store.settle(arrivals, self.story.directory)
        assert (settled.aside, settled.gaps) == (0, {})
        self._dispatched += len(new)
        return bool(new)

    async def _bring(self) -> bool:
        brought = [await self.deliveries.once(name) for name in ("itself", "all")]
        return any(brought)

    async def _pass_on(self) -> bool:
        """Put on Kafka what came of it; what was sent and not marked is sent again."""
        waiting = self.incoming.unsent(EVERY, 1000)
        for each in waiting:
            for _ in range(1 + self.chance.is_met("record_doubled", one_in=4)):
                self._published(each.record)
        self.incoming.sent(waiting, self.now)
        return bool(waiting)

    async def _hear(self) -> bool:
        heard, desk = self._arrived, IncomingDesk(systems(), self.story.directory)
        if heard:
            self.incoming.settle(desk, heard)
        self._arrived = []
        return bool(heard)

    async def _tell(self) -> bool:
        """Let the system call the door with what it has to say, until it is told 202."""
        say, self.there.to_say = self.there.to_say, []
        doubled = [each for one in say for each in [one] * (1 + self._is_doubled())]
        waiting = self.chance.shuffled("webhooks", [*self._late, *doubled])
        moved = bool(waiting)
        while waiting and not self.chance.is_met("webhook_late", one_in=4):
            self.door.published.away = self.chance.is_met("broker_away", one_in=4)
            if await self._called(waiting[0]) == HTTPStatus.SERVICE_UNAVAILABLE:
                break
            del waiting[0]
        self._late = waiting
        posted = self.door.published.records
        for record in posted[self._told :]:
            self._published(record)
        self._told = len(posted)
        return moved

    def _is_doubled(self) -> bool:
        return self.chance.is_met("webhook_doubled")

    async def _called(self, data: bytes) -> int:
        answered = await self._client.post(f"/hooks/{self.system.name}", content=data)
        assert answered.status_code in {202, 503}, answered.status_code
        return answered.status_code

    def _published(self, record: Record) -> None:
        if record.topic == LEDGER_LOG.name:
            self._logged(record)
        elif record.topic == DEAD_LETTERS.name:
            headers = dict(record.headers)
            self.letters.append((headers["dlq-reason-code"] or b"").decode())
        else:
            place = record.topic, record.partition
            self._arrived.append(
                came(
                    record.topic,
                    record.value,
                    record.headers,
                    key=record.key,
                    partition=record.partition,
                    offset=self._ends[place],
                    timestamp=int(self.now.timestamp() * 1000),
                )
            )
            self._ends[place] += 1

    def _logged(self, record: Record) -> None:
        logged = read_logged(record.headers, record.value or b"")
        assert isinstance(logged.message, ContainerMessage)
        place = (logged.attestation.organisation, logged.envelope.id)
        if place in self._on_log:
            return
        self._on_log.add(place)
        story = self.story
        cause = Cause(
            message_id=logged.envelope.id,
            message_type=logged.message.TYPE,
            source=logged.envelope.source,
            organisation=logged.attestation.organisation,
            occurred_at=logged.envelope.time,
            log_offset=len(self._on_log),
            directory_version=story.directory.version,
            policy_version="test",
            via=logged.attestation.via,
        )
        story.now = self.now
        context = Context(story.directory, self.now, Policy())
        story.file, answers = law.answer(story.file, Question(logged.message, cause), context)
        story.record(answers)

    def _carrier(self, target: Target) -> OverHttps:
        callbacks = {self.system.name: "https://door.test/hooks"}
        transport = httpx.MockTransport(self.there)
        return OverHttps(target, target.url or "", callbacks, transport)


def _to_the_hour(text: str) -> str:
    return _time.sub(r"\1", text)


def _comparable(call: Call) -> Call:
    content = _to_the_hour(call.content.decode(errors="surrogateescape"))
    return call._replace(content=content.encode(errors="surrogateescape"))
