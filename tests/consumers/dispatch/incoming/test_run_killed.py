"""Killed between taking what a system said and committing its place: each word once on the log."""

import asyncio
import json
import random
import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

from consumers.dispatch.settings import DispatchSettings
from producers.simulator.numbers import container_numbers
from producers.topics import ensure
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.system_messages import ObserveRelease
from schemas.topics import LEDGER_LOG, system_in, within
from tests.adapters.portbase.rounds import BILL, Round
from tests.adapters.rotterdam import ORGANISATIONS, PORTBASE
from tests.adapters.story import CONTAINER
from tests.consumers.dispatch.facts_topic import FactsTopic, facts_topic
from tests.consumers.dispatch.incoming.saying import NOON
from tests.consumers.dispatch.incoming.test_run import logged
from tests.engines import KafkaAtHand

ROOT = Path(__file__).resolve().parents[4]
BILLS = 12
SCRIPT = """
import asyncio, os, signal, sys
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.run import run
from consumers.dispatch.settings import DispatchSettings

settle, left = IncomingStore.settle, iter(range(2))

def killed(*arguments):
    last = next(left, None) is None
    if last and sys.argv[4] == "taken":
        os.kill(os.getpid(), signal.SIGKILL)
    heard = settle(*arguments)
    if last and sys.argv[4] == "stored":
        os.kill(os.getpid(), signal.SIGKILL)
    return heard

IncomingStore.settle = killed
settings = DispatchSettings(*sys.argv[1:4], batch_records=2, session_timeout_ms=6000)
asyncio.run(run(settings, asyncio.Event()))
"""


async def say(bus: FactsTopic) -> dict[str, str]:
    """Let Portbase tell of some bills, each of a container; return which container each is of."""
    at = bus.settings
    await ensure(at.bootstrap_servers, at.namespace, [system_in("portbase"), LEDGER_LOG])
    topic = within(at.namespace, system_in("portbase")).name
    numbers = container_numbers(random.Random(7))
    told = {f"BLTEST{number:04}": next(numbers) for number in range(BILLS)}
    async with bus.producer.transaction():
        for bill, container in told.items():
            state = json.dumps(Round().state())
            value = state.replace(BILL, bill).replace(CONTAINER, container).encode()
            envelope = Envelope(
                f"said-{bill}", ORGANISATION_SOURCE + PORTBASE, "portbase.webhook", NOON
            )
            headers = list(headers_of(envelope))
            await bus.producer.send(topic, value, key=bill.encode(), headers=headers)
    return told


@pytest.mark.faults
@pytest.mark.parametrize("when", ["taken", "stored"])
async def test_each_word_is_once_on_the_log_whenever_dispatch_is_killed(
    kafka: KafkaAtHand, database_url: str, namespace: str, when: str
) -> None:
    settings = DispatchSettings(kafka.bootstrap_servers, database_url, namespace)
    async with facts_topic(settings, ORGANISATIONS) as bus:
        told = await say(bus)
        killed = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SCRIPT, str(settings.bootstrap_servers), database_url, namespace,
            when, cwd=ROOT,
        )  # fmt: skip
        async with asyncio.timeout(60):
            assert await killed.wait() == -signal.SIGKILL

        async with bus.dispatching(session_timeout_ms=6_000):
            found = await logged(settings, len(told))

    observed = [each.message for each in found if isinstance(each.message, ObserveRelease)]
    assert Counter(each.container for each in observed) == Counter(told.values())
    assert {each.bills_of_lading for each in observed} == {(bill,) for bill in told}
