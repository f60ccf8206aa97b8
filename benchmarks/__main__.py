"""`make bench`: the rows of docs/benchmarks.md, side by side in one run."""

import argparse
import asyncio
import logging
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from benchmarks.ground import Ground, Measured
from benchmarks.rows import ROWS
from benchmarks.warming import warmed
from compose.local import LocalKafka, LocalPostgres

# What any guide to running PostgreSQL says first (a quarter of the memory; seldom a checkpoint):
# the defaults are for a machine of 2005, and an index of a million entries is larger than they.
POSTGRESQL = {"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min"}


def main() -> None:
    """Measure, and print the table; nothing is asserted, the machine may be busy."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=45_000)
    arguments.add_argument("--naive-messages", type=int, default=900)
    arguments.add_argument("--grown-to", type=int, default=1_000_000, metavar="ENTRIES")
    arguments.add_argument("--warm-seconds", type=float, default=60.0)
    arguments.add_argument("--only", nargs="*", choices=[*ROWS], default=[*ROWS])
    chosen = arguments.parse_args()
    # It tells of every partition whose leader is not there yet.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with LocalKafka() as kafka, LocalPostgres(settings=POSTGRESQL) as postgres:
        ground = Ground(kafka, postgres, chosen.messages, chosen.naive_messages, chosen.grown_to)
        measured = asyncio.run(_measured(ground, chosen.only, chosen.warm_seconds))
    table = Table("what", "measured", "beside it")
    for one in measured:
        table.add_row(one.what, one.figure, one.beside)
    Console(width=110).print(table)


async def _measured(ground: Ground, names: list[str], warm_seconds: float) -> list[Measured]:
    """Take the rows one after the other; a later one may stand beside an earlier one's figure.

    Before the first the broker is warmed, and stays the same one.
    """
    await warmed(ground, warm_seconds)
    found: list[Measured] = []
    known: Mapping[str, float] = {}
    for name in names:
        measured = await ROWS[name](ground, known)
        found.extend(measured)
        known = {**known, **{one.what: one.value for one in measured}}
        for one in measured:
            print(f"{one.what}: {one.figure} {one.beside}", flush=True)
    return found


if __name__ == "__main__":
    main()
