"""A part of the bus as a process of its own, that a test may strike, or that has a bug."""

import asyncio
import faulthandler
import logging
import signal
import sys

from compose.local.warden import die_with_the_warden
from consumers.apply.run import run as run_apply
from consumers.apply.settings import ApplySettings
from consumers.intake.run import IntakeSettings
from consumers.intake.run import run as run_intake
from tests.faults.bugs import BUGS
from tests.faults.orders import Orders
from tests.faults.steps import STEPS, Strike

SESSION_TIMEOUT_MS = 3000
REBALANCE_TIMEOUT_MS = 10_000
MAX_POLL_INTERVAL_MS = 10_000


def main() -> None:
    """Run one part of the bus as the orders in the only argument say, until SIGTERM."""
    die_with_the_warden()
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s"
    )
    logging.getLogger("aiokafka").setLevel(logging.WARNING)
    orders = Orders.model_validate_json(sys.argv[1])
    if orders.step is not None:
        STEPS[orders.step](Strike(orders.armed, signal.Signals[orders.signal]))
    if orders.bug is not None:
        BUGS[orders.bug]()
    asyncio.run(_run(orders))


async def _run(orders: Orders) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    loop.add_signal_handler(signal.SIGUSR1, _say_what_is_awaited)
    if orders.part == "intake":
        await run_intake(_intake(orders), stop)
    else:
        await run_apply(_apply(orders), stop)


def _say_what_is_awaited() -> None:
    """Show where every task and every thread stands, for a test that waited in vain."""
    for task in asyncio.all_tasks():
        task.print_stack(limit=3)
    faulthandler.dump_traceback()


def _apply(orders: Orders) -> ApplySettings:
    return ApplySettings(
        bootstrap_servers=orders.bootstrap_servers,
        database_url=orders.database_url,
        namespace=orders.namespace,
        owner=orders.name,
        batch_records=orders.batch_records,
        session_timeout_ms=SESSION_TIMEOUT_MS,
        rebalance_timeout_ms=REBALANCE_TIMEOUT_MS,
        max_poll_interval_ms=MAX_POLL_INTERVAL_MS,
        heartbeat_seconds=1.0,
        head_key_file=orders.head_key_file,
    )


def _intake(orders: Orders) -> IntakeSettings:
    return IntakeSettings(
        bootstrap_servers=orders.bootstrap_servers,
        namespace=orders.namespace,
        tick_seconds=2.0,
        session_timeout_ms=SESSION_TIMEOUT_MS,
    )


if __name__ == "__main__":
    main()
