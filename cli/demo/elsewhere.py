"""The same carrier in other ports, while the day is played: systems that decide, and answer."""

import asyncio
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from adapters.contract import HTTP_STATUS, IN_REPLY_TO
from adapters.registry import systems
from cli.consignment import shown_last
from cli.demo.state import State, state_of, state_of_waybill
from cli.ledger import opened
from cli.options import Where
from consumers.tail import Seen, following, topics_on
from ledger.book import load
from ledger.book.read import history
from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from producers.client import BusAddress, Carrier, Client, Party
from producers.raw import RawProducer
from producers.simulator import elsewhere as says
from producers.simulator.cargonaut import Waybill, fsu, xfsu
from producers.simulator.elsewhere import PLACES, Abroad, Place, Tour
from producers.simulator.signers import Signers
from producers.topics import ensure
from schemas import messages as m
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import Outcome
from schemas.messages import Modality
from schemas.ports import AIRPORTS
from schemas.stay import ReleaseStatus, Stay
from schemas.topics import system_in, system_out, within

PATIENCE_SECONDS = 90.0
PIECES = 3
"""Of each air waybill."""
AT_SCHIPHOL = ZoneInfo(AIRPORTS["NLSPL"].timezone)
LOOK_AGAIN_SECONDS = 0.1
HELD_FOR = timedelta(days=30)

Words: TypeAlias = dict[str, list[Seen]]
Stands: TypeAlias = Callable[[Stay], bool]


class SystemNotAsked(Exception):
    """A port's system was not asked, or what it said did not reach the ledger in time.

    Look at the logs of dispatch and apply for what they wait for.
    """


@dataclass(slots=True)
class Travelled:
    """What came of the tour: how many messages of the parties, and what each system said."""

    published: int = 0
    said: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    wrong: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Voice:
    """The fake of one system: hears what it is asked, and says what the simulator has it say."""

    place: Place
    producer: RawProducer
    signers: Signers
    travelled: Travelled
    where: Where
    heard: Words = field(default_factory=lambda: defaultdict(list))

    async def listen(self) -> None:
        """Hear everything that the bus asks, for ever."""
        topic = within(self.where.namespace, system_out(self.place.system)).name
        async for record in following(self.where.bootstrap_servers, topic, from_start=True):
            self.heard[_header(record, "ce_subject")].append(record)

    async def asked(self, box: Abroad, kind: str) -> Seen:
        """Return the call of *kind* about *box*, once it is there."""
        async with _patience(f"{self.place.speaks_as}, {kind} of {box.number}"):
            while (found := self._heard(box, kind)) is None:  # noqa: ASYNC110  it comes as it comes
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return found

    def _heard(self, box: Abroad, kind: str) -> Seen | None:
        calls = self.heard[box.number]
        return next(
            (each for each in calls if _header(each, "ce_type").endswith(f".{kind}")), None
        )

    async def say(self, box: Abroad, said: dict[str, Any] | bytes, to: Seen | None = None) -> None:
        """Say something of itself, or in reply to a call."""
        place = self.place
        envelope = Envelope(
            str(uuid.uuid4()), ORGANISATION_SOURCE + place.speaker, f"{place.system}.said",
            datetime.now(UTC), box.number, "", place.media,
        )  # fmt: skip
        reply = () if to is None else (
            (IN_REPLY_TO, _header(to, "ce_id").encode()), (HTTP_STATUS, b"200"),
        )  # fmt: skip
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        data = systems()[place.system].functions.redact(body)
        key = self.signers.organisations[place.speaker]
        headers = (*headers_of(envelope), *reply)
        await self.producer.publish(
            system_in(place.system), box.number.encode(), data, headers, key
        )
        self.travelled.said[place.system] += 1

    async def until(self, box: Abroad, what: str, stands: Stands) -> None:
        """Return once the container's stay is as *stands* has it."""
        await self._until(box, what, lambda: any(map(stands, self._stays(box))))

    async def until_shown(self, box: Abroad, what: str, state: State) -> None:
        """Return once the air waybill was shown to be in *state*."""
        await self._until(box, what, lambda: self._waybill(box) is state)

    async def _until(self, box: Abroad, what: str, is_so: Callable[[], bool]) -> None:
        async with _patience(f"{box.number} at {self.place.name}, {what}"):
            while not await asyncio.to_thread(is_so):  # noqa: ASYNC110  a book has no event
                await asyncio.sleep(LOOK_AGAIN_SECONDS)

    def _stays(self, box: Abroad) -> tuple[Stay, ...]:
        with opened(self.where.database_url) as connection:
            return load.files(connection, [box.number])[box.number].stays

    def _waybill(self, box: Abroad) -> State:
        with opened(self.where.database_url) as connection:
            return state_of_waybill(shown_last(history(connection, box.number)))


@dataclass(slots=True)
class Speakers:
    """The three companies of the tour, on the same bus and with the same keys as all day."""

    tour: Tour
    agent: Carrier
    forwarder: Party
    haulier: Party
    travelled: Travelled

    async def say(self, client: Client[Any], message: m.ContainerMessage) -> None:
        """Publish a message, and note where it is not put to the system."""
        self.travelled.published += 1
        message_id = await client.publish(message)
        answer = await client.outcome(message_id, timeout_seconds=PATIENCE_SECONDS)
        if answer.outcome != Outcome.APPLIED:
            what = f"{message.container}: {type(message).__name__} was {answer.outcome}"
            self.travelled.wrong.append(f"{what} {answer.reason or ''}".rstrip())


async def travel(tour: Tour, where: Where, signers: Signers) -> Travelled:
    """Let the carrier's containers elsewhere be released and collected; return what came of it."""
    travelled, address = Travelled(), BusAddress(where.bootstrap_servers, where.namespace)
    outs = [system_out(place.system) for place in PLACES]
    ins = [system_in(place.system) for place in PLACES]
    missing = {within(where.namespace, each).name for each in (*outs, *ins)}
    if missing - await topics_on(where.bootstrap_servers):
        await ensure(where.bootstrap_servers, where.namespace, (*outs, *ins))
    async with AsyncExitStack() as leaving:
        enter, keys = leaving.enter_async_context, signers.organisations
        raw = await enter(RawProducer(address))
        speakers = Speakers(
            tour,
            await enter(Carrier(address, tour.agent.id, keys[tour.agent.id])),
            await enter(Party(address, tour.forwarder.id, keys[tour.forwarder.id])),
            await enter(Party(address, tour.haulier.id, keys[tour.haulier.id])),
            travelled,
        )
        voices = {place.system: Voice(place, raw, signers, travelled, where) for place in PLACES}
        ears = [asyncio.create_task(voice.listen()) for voice in voices.values()]
        try:
            courses = (
                COURSES[box.place.system](box, voices[box.place.system], speakers)
                for box in tour.boxes
            )
            await asyncio.gather(*courses)
        finally:
            for each in ears:
                each.cancel()
            await asyncio.wait(ears)
    return travelled


# --- the course of one container in each port ---


async def _released(box: Abroad, speakers: Speakers) -> None:
    tour = speakers.tour
    await speakers.say(
        speakers.agent,
        m.Release(
            container=box.number,
            port=box.place.port,
            terminal=box.place.quay,
            bills_of_lading=(box.bill,),
            release_identification=f"{tour.agent.line}-{box.number}",
            release_to=tour.forwarder.by_vat(),
            expires_at=datetime.now(UTC) + HELD_FOR,
        ),
    )


async def _passed_on(box: Abroad, speakers: Speakers) -> None:
    to = speakers.tour.haulier.by_vat()
    said = m.Transfer(container=box.number, port=box.place.port, release_to=to)
    await speakers.say(speakers.forwarder, said)


async def _collects(box: Abroad, speakers: Speakers) -> None:
    said = m.AssignPickup(container=box.number, port=box.place.port, modality=Modality.TRUCK)
    await speakers.say(speakers.haulier, said)


async def _at_portbase(box: Abroad, there: Voice, speakers: Speakers) -> None:
    tour, until = speakers.tour, datetime.now(UTC) + HELD_FOR
    await _released(box, speakers)
    await there.say(box, says.tracked(box), await there.asked(box, "track"))
    await there.asked(box, "release")
    await there.say(box, says.terminal_accepts(box))
    await there.say(box, says.bill(box, until))
    await there.until(box, "released", _held_by(tour.forwarder.id))
    await _passed_on(box, speakers)
    await there.asked(box, "nominate")
    await there.say(box, says.bill(box, until, tour.haulier.name))
    await there.until(box, "nominated", _held_by(tour.haulier.id))
    await _collects(box, speakers)
    await there.say(box, says.visit_accepted(box), await there.asked(box, "pre-notify"))
    on_quay = datetime.now(UTC)
    await there.say(box, says.bill(box, until, tour.haulier.name, on_quay=on_quay))
    await there.until(box, "ready", _may_leave)
    if box.leaves:
        gone = {"on_quay": on_quay, "gone": datetime.now(UTC)}
        await there.say(box, says.bill(box, until, tour.haulier.name, **gone))
        await there.until(box, "gone", _left)


async def _at_sone(box: Abroad, there: Voice, speakers: Speakers) -> None:
    tour, order = speakers.tour, f"CDE{box.number[4:]}"
    await _released(box, speakers)
    await _step_followed(box, there, "bon-a-delivrer-creer")
    await there.until(box, "released", _offered_to(tour.forwarder.id))
    await speakers.say(speakers.forwarder, m.Accept(container=box.number, port=box.place.port))
    await _step_followed(box, there, "bon-a-delivrer-accepter")
    await there.until(box, "accepted", _held_by(tour.forwarder.id))
    await _passed_on(box, speakers)
    asked = await there.asked(box, "order")
    await there.say(box, says.order_made(says.json_in(asked.value or b""), order), asked)
    reading = await there.asked(box, "request")
    await there.say(box, says.order_read(order, "Accepted"), reading)
    await there.until(box, "order accepted", _held_by(tour.haulier.id))
    for kind in ("VAQ", "BON_DE_DOUANE"):
        await there.say(box, says.unit(box, kind, datetime.now(UTC)))
    await _collects(box, speakers)
    await _step_followed(box, there, "identification-transporteur-creer")
    await _step_followed(box, there, "demande-de-sortie-creer")
    await there.say(box, says.unit(box, "AUTORISATION_DE_SORTIE", datetime.now(UTC)))
    await there.until(box, "ready", _may_leave)
    if box.leaves:
        await there.say(box, says.unit(box, "SORTIE", datetime.now(UTC)))
        await there.until(box, "gone", _left)


async def _step_followed(box: Abroad, there: Voice, kind: str) -> None:
    asked = await there.asked(box, kind)
    await there.say(box, says.step_followed(says.json_in(asked.value or b""), kind), asked)


async def _at_ci5(box: Abroad, there: Voice, speakers: Speakers) -> None:
    tour = speakers.tour
    agent, forwarder, haulier = says.CODES
    await _released(box, speakers)
    await _accepted(box, there, "bon-a-delivrer-creer")
    parties = {"agent": agent, "transitaire": forwarder, "connaissements": [box.bill]}
    await there.say(box, says.step(box, "bon-a-delivrer", datetime.now(UTC), **parties))
    await there.until(box, "released", _held_by(tour.forwarder.id))
    await _passed_on(box, speakers)
    await _accepted(box, there, "bon-a-delivrer-transmettre")
    await there.until(box, "offered", _offered_to(tour.haulier.id))
    await speakers.say(speakers.haulier, m.Accept(container=box.number, port=box.place.port))
    await _accepted(box, there, "bon-a-delivrer-accepter")
    await there.until(box, "accepted", _held_by(tour.haulier.id))
    for name in ("vu-a-quai", "bon-de-douane"):
        await there.say(box, says.step(box, name, datetime.now(UTC)))
    await _collects(box, speakers)
    await _accepted(box, there, "nomination-transporteur-creer")
    named = says.step(box, "AMD", datetime.now(UTC), transporteur=haulier, mode="route")
    await there.say(box, named)
    await there.say(box, says.step(box, "autorisation-de-sortie", datetime.now(UTC)))
    await there.until(box, "ready", _may_leave)
    if box.leaves:
        await there.say(box, says.step(box, "sortie", datetime.now(UTC)))
        await there.until(box, "gone", _left)


async def _accepted(box: Abroad, there: Voice, kind: str) -> None:
    asked = await there.asked(box, kind)
    await there.say(box, says.accepted(json.loads(asked.value or b"")), asked)


async def _at_cargonaut(box: Abroad, there: Voice, speakers: Speakers) -> None:
    """Tell how it stands, status by status; of one that stays customs held a piece."""
    waybill, began = Waybill(box.number, PIECES), datetime.now(AT_SCHIPHOL) - timedelta(hours=2)
    notified = (says.NOTIFIED, speakers.tour.forwarder.name)

    def status(code: str, minutes: int, **more: Any) -> bytes:
        at = began + timedelta(minutes=minutes)
        return xfsu(waybill, f"CGN-{box.number}-{minutes}", code, at, **more)

    await there.say(box, status("RCF", 0))
    await there.asked(box, "xfnm")
    if not box.leaves:
        await there.say(box, status("TGC", 20, pieces=1))
    await there.say(box, status("CCD", 60))
    await there.say(box, status("NFD", 70, notified=notified))
    await there.until_shown(box, "ready", State.READY)
    if box.leaves:
        collected = began + timedelta(minutes=100)
        await there.say(box, fsu(waybill, "DLV", collected, speakers.tour.haulier.name.upper()))
        await there.until_shown(box, "collected", State.LEFT)


COURSES = {"portbase": _at_portbase, "sone": _at_sone, "ci5": _at_ci5, "cargonaut": _at_cargonaut}


# --- how it stands ---


def states_of(connection: Any, tour: Tour) -> dict[str, State]:
    """Return where each container and waybill of *tour* stands now."""
    now = datetime.now(UTC)
    files = load.files(connection, [box.number for box in tour.boxes])
    return {
        box.number: state_of_waybill(shown_last(history(connection, box.number)))
        if box.place.is_airport
        else state_of(files[box.number], now)
        for box in tour.boxes
    }


def _held_by(organisation: str) -> Stands:
    return lambda stay: stay.accepted_holder == organisation


def _offered_to(organisation: str) -> Stands:
    return lambda stay: bool(stay.hops) and stay.hops[-1].receiver == organisation


def _may_leave(stay: Stay) -> bool:
    return not missing_to_leave(stay, datetime.now(UTC), Policy())


def _left(stay: Stay) -> bool:
    return stay.status is ReleaseStatus.GATED_OUT


def _header(record: Seen, name: str) -> str:
    return next((value.decode() for header, value in record.headers if header == name), "")


@asynccontextmanager
async def _patience(what: str) -> AsyncIterator[None]:
    """Wait for *what*, but not for ever; raise SystemNotAsked."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            yield
    except TimeoutError as error:
        raise SystemNotAsked(what) from error
