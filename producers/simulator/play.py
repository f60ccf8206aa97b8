"""Playing a planned day on a bus: everybody joins, speaks in turn, and hears the answers."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from producers.client import BusAddress, Carrier, Client, Customs, Party, Terminal
from producers.doors import Doors, Said
from producers.raw import RawProducer
from producers.simulator.cast import Cast
from producers.simulator.day import Day
from producers.simulator.planned import DUPLICATE, Answer, Letter, Planned
from producers.simulator.signers import Signers
from schemas.facts import Outcome
from schemas.messages import Role
from schemas.notices import Answered

ANSWER_TIMEOUT_SECONDS = 60.0
BREATH_SECONDS = 0.1

CLIENTS: dict[Role, type[Client[Any]]] = {
    Role.SHIP_AGENT: Carrier,
    Role.RELEASE_PARTY: Party,
    Role.TRANSPORT_OPERATOR: Party,
    Role.TERMINAL_OPERATOR: Terminal,
    Role.CUSTOMS: Customs,
}


class NotAnswered(Exception):
    """The ledger gave no answer to a message in time.

    Look whether intake and apply run and reach the broker and the database; their logs say what
    they wait for.
    """


class NotRegistered(Exception):
    """The register's word for an organisation was refused: this bus knows others by its codes.

    Play the day on a bus of its own, or with the seed that it was played with before.
    """


@dataclass(frozen=True, slots=True)
class Surprise:
    """A message that got another answer than planned."""

    planned: Planned
    answered: Answered


@dataclass(slots=True)
class Played:
    """What came of a day; `published` counts records, doubled and spoiled ones too.

    `joined` is how many messages it took until everybody was on the bus, keys included.
    """

    joined: int = 0
    published: int = 0
    answered: int = 0
    seconds: float = 0.0
    surprises: list[Surprise] = field(default_factory=list)


def unheard(_played: Played) -> None:
    """Take note of nothing."""


async def register(
    cast: Cast, address: BusAddress, signers: Signers, more: Iterable[Said] = ()
) -> int:
    """Let everybody of *cast* join, door after door, each with a key of its own in the end.

    *more* is what the register says beside that, before the keys.
    Return how many messages that took. Each door signs; what intake needs for that is its
    public key, from its settings. Raises NotAnswered, NotRegistered.
    """
    said = [*cast.registrations(), *more, *signers.registrations()]
    async with Doors(address, signers.doors) as doors:
        await doors.publish_all(said)
        for message_id, message in said:
            try:
                answer = await doors.outcome(
                    message_id, message, timeout_seconds=ANSWER_TIMEOUT_SECONDS
                )
            except TimeoutError as error:
                raise NotAnswered(f"{message_id} of {message.organisation}") from error
            if answer.outcome not in {Outcome.APPLIED, Outcome.DUPLICATE}:
                raise NotRegistered(f"{message.organisation}: {answer.reason} {answer.detail}")
    return len(said)


async def play(
    day: Day,
    address: BusAddress,
    signers: Signers,
    *,
    messages_per_second: float | None = None,
    on_progress: Callable[[Played], None] = unheard,
) -> Played:
    """Play *day* for a cast that has joined; return when everybody has been answered.

    Everybody signs, the senders of what is no sound message too: it is not for want of a
    signature that they are turned down. As fast as the bus takes it, or at
    *messages_per_second*. Raises NotAnswered.
    """
    played = Played()
    began = asyncio.get_running_loop().time()
    async with AsyncExitStack() as leaving:
        raw = await leaving.enter_async_context(RawProducer(address))
        ensemble = Ensemble(raw, signers)
        for planned in day.planned:
            await ensemble.enter(planned, address, leaving)
        for wave in day.waves():
            for part in _parts(wave, messages_per_second):
                await ensemble.speak(part)
                played.published += len(part)
                await asyncio.sleep(0 if messages_per_second is None else BREATH_SECONDS)
            played.surprises.extend(await ensemble.listen(wave))
            played.answered += len(wave)
            on_progress(played)
        played.surprises.extend(await ensemble.hear_the_waiting(day))
    played.seconds = asyncio.get_running_loop().time() - began
    return played


def _parts(
    wave: Sequence[Planned], messages_per_second: float | None
) -> Iterator[Sequence[Planned]]:
    if messages_per_second is None:
        yield wave
        return
    at_once = max(1, round(messages_per_second * BREATH_SECONDS))
    for begin in range(0, len(wave), at_once):
        yield wave[begin : begin + at_once]


@dataclass(slots=True)
class Ensemble:
    """The clients of everybody who speaks, by what they speak as."""

    raw: RawProducer
    signers: Signers
    clients: dict[tuple[type[Client[Any]], str], Client[Any]] = field(default_factory=dict)

    async def enter(self, planned: Planned, address: BusAddress, leaving: AsyncExitStack) -> None:
        """Connect whoever says *planned*, where that is not done yet."""
        speaks_as, organisation = CLIENTS[planned.role], planned.organisation
        if (speaks_as, organisation) not in self.clients:
            key = self.signers.organisations[organisation]
            client = await leaving.enter_async_context(speaks_as(address, organisation, key))
            self.clients[(speaks_as, organisation)] = client

    async def speak(self, part: Sequence[Planned]) -> None:
        """Publish everything of *part*, whole batches a speaker."""
        by_client: dict[Client[Any], list[Any]] = defaultdict(list)
        letters: list[tuple[Letter, str]] = []
        for planned in part:
            if isinstance(planned.content, Letter):
                letters.append((planned.content, planned.organisation))
                continue
            said = (planned.message_id, planned.content, planned.at)
            by_client[self._client_of(planned)].append(said)
        await asyncio.gather(*(client.publish_all(said) for client, said in by_client.items()))
        for letter, sender in letters:
            signer = self.signers.organisations[sender]
            await self.raw.publish(letter.topic, letter.key, letter.value, letter.headers, signer)

    async def listen(self, wave: Sequence[Planned]) -> list[Surprise]:
        """Await the first answer to everything of *wave*; return the unexpected ones."""
        surprises = []
        for planned in wave:
            if isinstance(planned.content, Letter) or planned.answer == DUPLICATE:
                continue  # a repetition has the id of the first: one answer hides the other
            answer = await _answer(self._client_of(planned), planned.message_id)
            if not _as_planned(planned.answer, answer):
                surprises.append(Surprise(planned, answer))
        return surprises

    async def hear_the_waiting(self, day: Day) -> list[Surprise]:
        """Await what waited for its release and must be told more by now."""
        surprises = []
        for planned in day.planned:
            if planned.answer.later is None:
                continue
            client = self._client_of(planned)
            answer = await _answer(client, planned.message_id, final=True)
            if answer.outcome != planned.answer.later:
                surprises.append(Surprise(planned, answer))
        return surprises

    def _client_of(self, planned: Planned) -> Client[Any]:
        return self.clients[(CLIENTS[planned.role], planned.organisation)]


def _as_planned(plan: Answer, answered: Answered) -> bool:
    # What waited may have been answered for good before anybody looked; what was said twice,
    # twice.
    outcome = Outcome.WAITING if answered.waited else answered.first or answered.outcome
    reason = None if answered.waited else answered.reason
    return (plan.outcome, plan.reason) == (outcome, reason)


async def _answer(client: Client[Any], message_id: str, *, final: bool = False) -> Answered:
    try:
        return await client.outcome(
            message_id, timeout_seconds=ANSWER_TIMEOUT_SECONDS, final=final
        )
    except TimeoutError as error:
        raise NotAnswered(f"{message_id} of {client.organisation}") from error
