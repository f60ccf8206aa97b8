"""The door as a part of the bus: its directory, its gates and its producer, wired together."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from adapters.registry import systems
from cli.certificate import certificate_in
from cli.exits import Exit, Told
from cli.options import Where, store_beside
from consumers.directory_view import DirectoryView
from consumers.gate import Gate, GateSettings
from consumers.gate.settings import place_of
from consumers.gate.validation import identify, validate_now
from consumers.kept import KeptInBook
from producers.door.allowance import Allowances, Rate, Strangers
from producers.door.app import app_of
from producers.door.callers import Callers, write_credentials
from producers.door.door import RATE_OF_SYSTEMS, Door, GateAnswers, Quay, Voice
from producers.door.hooks.known import NO_WEBHOOKS, Webhooks, WebhooksUnusable, webhooks_in
from producers.door.posting import Posting
from producers.door.serve import Address, serve
from producers.signing import message_key
from schemas.identifiers import Unusable

log = logging.getLogger(__name__)
CALLERS = "callers.jsonl"
SIGNING_KEY = "signing.key"
CALLS_PER_SECOND = 20.0
BURST = 100
STRANGERS = Rate(per_second=1.0, burst=20)
"""Calls without a token of anybody, by where they come from."""


@dataclass(frozen=True, slots=True)
class DoorSettings:
    """Where the door is and what it keeps.

    `folder` holds its tokens, and its certificate where none is named; `gates` are files with the
    private keys of quays by `PORT-TERMINAL`; `speaks_as` is the door's own NxtPort id.
    """

    port: int
    folder: Path
    host: str = "127.0.0.1"
    certificate: Path | None = None
    key: Path | None = None
    gates: Mapping[str, Path] | None = None
    speaks_as: str = ""
    rate: Rate = Rate(CALLS_PER_SECOND, BURST)  # noqa: RUF009  a tuple, which nobody changes
    webhooks: Webhooks = NO_WEBHOOKS
    rate_of_systems: Rate = RATE_OF_SYSTEMS


def webhooks_of(file: Path | None) -> Webhooks:
    """Return the webhooks in *file*, none without one; its secrets are there."""
    if file is None:
        return NO_WEBHOOKS
    try:
        return webhooks_in(file, systems())
    except WebhooksUnusable as error:
        raise Told(f"{error}.", Exit.USAGE) from error


def callbacks_of(webhooks: Webhooks) -> dict[str, str]:
    """Return where each system may tell by itself."""
    found = ((system, webhooks.callback(system)) for system in webhooks.by_system)
    return {system: address for system, address in found if address is not None}


async def run_door(where: Where, settings: DoorSettings, stop: asyncio.Event) -> None:
    """Serve the door until *stop* is set."""
    address = _address(settings)
    view = DirectoryView(where.bootstrap_servers, where.namespace)
    following = asyncio.create_task(view.run(), name="door's directory")
    # Who is in the directory is let in: a door that does not follow it any more has to close.
    following.add_done_callback(lambda _: stop.set())
    async with AsyncExitStack() as parts:
        parts.push_async_callback(_ended, following)
        posting = Posting(where.bootstrap_servers)
        parts.push_async_callback(posting.close)
        door = Door(
            callers=Callers(callers_file(settings.folder)),
            allowances=Allowances(settings.rate, time.monotonic),
            strangers=Strangers(STRANGERS, time.monotonic),
            post=posting,
            directory=lambda: view.directory,
            clock=lambda: datetime.now(UTC),
            namespace=where.namespace,
            voice=_voice(settings),
            gates=await _gates(where, settings, parts),
            kept=_kept(where, parts),
            hooks=settings.webhooks,
            of_systems=Allowances(settings.rate_of_systems, time.monotonic),
        )
        if await _complete(view, stop):
            log.warning("The door is open at https://%s:%d", address.host, address.port)
            await serve(app_of(door), address, stop)


def callers_file(folder: Path) -> Path:
    """Return the file of the door's tokens in *folder*, made where there is none."""
    file = folder / CALLERS
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        write_credentials(file, {})
    return file


def _address(settings: DoorSettings) -> Address:
    certificate, key = settings.certificate, settings.key
    if certificate is None or key is None:
        certificate, key = certificate_in(settings.folder)
        log.warning("The door's certificate is its own: %s", certificate)
    return Address(settings.host, settings.port, certificate, key)


async def _complete(view: DirectoryView, stop: asyncio.Event) -> bool:
    """Wait for the directory: before, everybody would be a stranger. False where told to stop."""
    reading = asyncio.create_task(view.complete())
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    for task in (reading, stopping):
        task.cancel()
    return not stop.is_set()


async def _ended(following: "asyncio.Task[None]") -> None:
    """Stop following the directory; raise what it ended of by itself."""
    following.cancel()
    await asyncio.wait({following})
    if not following.cancelled():
        following.result()


def _kept(where: Where, parts: AsyncExitStack) -> KeptInBook | None:
    if not where.database_url:
        log.warning("The door reads nothing to its callers: it was given no database")
        return None
    kept = KeptInBook(where.database_url, store_beside(where.database_url))
    parts.callback(kept.close)
    return kept


def _voice(settings: DoorSettings) -> Voice | None:
    if not settings.speaks_as:
        log.warning("The door signs nothing: what it publishes is let in unsigned alone")
        return None
    return Voice(settings.speaks_as, message_key(settings.folder / SIGNING_KEY))


async def _gates(
    where: Where, settings: DoorSettings, parts: AsyncExitStack
) -> dict[Quay, GateAnswers]:
    found = {}
    for quay, file in (settings.gates or {}).items():
        port, _, terminal = quay.partition("-")
        place = place_of(port, terminal)
        if isinstance(place, Unusable):
            raise Told(f"{quay!r} is no quay, as BEANR-1742 is: {place.reason}", Exit.USAGE)
        own = GateSettings(
            where.bootstrap_servers, port, terminal, private_keys_in(file), where.namespace
        )
        gate = await parts.enter_async_context(Gate(own))
        found[(place.port, place.terminal)] = answers_of(gate)
    return found


def answers_of(gate: Gate) -> GateAnswers:
    """Return what *gate* answers at a door."""
    return GateAnswers(
        validate=lambda data: validate_now(gate, data), identify=lambda data: identify(gate, data)
    )


def private_keys_in(file: Path) -> dict[str, str]:
    """Return the private keys of a quay, base64 by key id; what they are is never told."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Told(f"{file} cannot be read ({type(error).__name__}).", Exit.USAGE) from None
    texts = isinstance(content, dict) and all(isinstance(key, str) for key in content.values())
    if not texts:
        raise Told(f'{file} has to be {{"KEY_ID": "PRIVATE_KEY", …}}.', Exit.USAGE)
    keys: dict[str, str] = content
    return keys
