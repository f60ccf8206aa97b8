"""The parts of the bus that run for ever, and running several of them until told to stop."""

import asyncio
import gc
import logging
import signal
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from adapters.registry import systems
from cli.door_part import DoorSettings, callbacks_of, run_door
from cli.gateway_part import GatewayPlan, run_gateway
from cli.options import Where, store_beside
from consumers.apply import run as apply
from consumers.apply.settings import ApplySettings
from consumers.dispatch import run as dispatch
from consumers.dispatch.delivery.targets import NOWHERE, Targets
from consumers.dispatch.settings import DispatchSettings
from consumers.intake import run as intake
from consumers.intake.trust import NO_TRUST, Trust, trust_in
from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from producers.door.door import Voice
from producers.door.hooks.known import NO_WEBHOOKS, Webhooks
from schemas.signatures import SignaturePolicy
from schemas.topics import system_in

log = logging.getLogger(__name__)
COLLECT_AFTER = (50_000, 20, 20)


class PartEnded(Exception):
    """This part of the bus ended although nobody told it to; its log says what it did last."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a part is told beside where the bus is."""

    heartbeat_seconds: float = 5.0
    head_key_file: Path | None = None
    door: DoorSettings | None = None
    trust: Trust = NO_TRUST
    overrides_by: str | None = None
    targets: Targets = NOWHERE
    gateway: GatewayPlan | None = None
    policy: SignaturePolicy = SignaturePolicy.OFF
    voice: Voice | None = None
    webhooks: Webhooks = NO_WEBHOOKS


Part = Callable[[Where, Running, asyncio.Event], Coroutine[Any, Any, None]]


async def _intake(where: Where, running: Running, stop: asyncio.Event) -> None:
    settings = intake.IntakeSettings(where.bootstrap_servers, where.namespace, trust=running.trust)
    await intake.run(settings, stop)


async def _apply(where: Where, running: Running, stop: asyncio.Event) -> None:
    settings = ApplySettings(
        where.bootstrap_servers,
        where.database_url,
        where.namespace,
        heartbeat_seconds=running.heartbeat_seconds,
        head_key_file=running.head_key_file,
        overrides_by=running.overrides_by,
    )
    await apply.run(settings, stop)


async def _dispatch(where: Where, running: Running, stop: asyncio.Event) -> None:
    own = store_beside(where.database_url)
    settings = DispatchSettings(
        where.bootstrap_servers,
        own,
        where.namespace,
        ledger_url=where.database_url,
        targets=running.targets,
        trust=trust_in(running.policy, [system_in(name) for name in systems()]),
        voice=running.voice,
        callbacks=callbacks_of(running.webhooks),
    )
    await dispatch.run(settings, stop)


async def _gateway(where: Where, running: Running, stop: asyncio.Event) -> None:
    if running.gateway is None:
        raise PartEnded("gateway: it was told no partners")
    await run_gateway(where, running.gateway, running.trust, stop)


GATEWAY = "gateway"
PARTS: Mapping[str, Part] = {
    "intake": _intake,
    "apply": _apply,
    "dispatch": _dispatch,
    GATEWAY: _gateway,
}

WITHOUT_PARTNERS = tuple(name for name in PARTS if name != GATEWAY)
"""All parts of a bus that no EDIFACT partner is on."""


def prepare_database(database_url: str) -> None:
    """Bring the ledger's tables to where this version wants them."""
    engine = open_book(database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def collect_rarely() -> None:
    """Keep Python's search for cyclic garbage out of the way of the records.

    A batch makes tens of thousands of values that outlive it (what is relayed, the files kept)
    and none of them in cycles: without this a quarter of the time went into looking (measured).
    What is there at the start stays, and is not looked at again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


async def run_parts(
    names: Iterable[str], where: Where, running: Running, stop: asyncio.Event
) -> None:
    """Run the parts until *stop* is set; one that ends by itself ends them all, loudly."""
    collect_rarely()
    tasks = {asyncio.create_task(PARTS[name](where, running, stop), name=name) for name in names}
    if running.door is not None:
        tasks.add(asyncio.create_task(run_door(where, running.door, stop), name="door"))
    stopping = asyncio.create_task(stop.wait(), name="stop")
    done, _ = await asyncio.wait({*tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
    by_itself = not stop.is_set()
    stop.set()
    stopping.cancel()
    await asyncio.wait({*tasks, stopping})
    for task in tasks:
        task.result()
    if by_itself:
        raise PartEnded(", ".join(sorted(task.get_name() for task in done)))


def stop_on_signals(stop: asyncio.Event) -> None:
    """Let SIGTERM and the first Ctrl-C set *stop*; a second Ctrl-C interrupts."""
    loop = asyncio.get_running_loop()

    def told() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told)
