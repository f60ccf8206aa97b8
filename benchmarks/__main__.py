"""`make bench`: the rows of docs/benchmarks.md that exist, side by side in one run."""

import argparse
import asyncio
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.bus import Place, prepared, running, seconds_until_through, send
from benchmarks.ceiling import copy_rates
from benchmarks.latency import entitlement_delays
from benchmarks.naive import naive_rate
from benchmarks.workload import at_the_door, logged, work
from compose.local import LocalKafka, LocalPostgres

PACE = 500
PACED_MESSAGES = 18_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    beside: str = ""


def main() -> None:
    """Measure, and print the table; nothing is asserted, the machine may be busy."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--messages", type=int, default=45_000)
    arguments.add_argument("--naive-messages", type=int, default=900)
    chosen = arguments.parse_args()
    # It tells of every partition whose leader is not there yet.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    with LocalKafka() as kafka, LocalPostgres() as postgres:
        rows = asyncio.run(_measured(kafka, postgres, chosen.messages, chosen.naive_messages))
    table = Table("what", "measured", "beside it")
    for row in rows:
        table.add_row(row.what, row.measured, row.beside)
    Console(width=100).print(table)


async def _measured(
    kafka: LocalKafka, postgres: LocalPostgres, messages: int, naive_messages: int
) -> list[Row]:
    places = _places(kafka, postgres)
    said = work(messages)
    rows: list[Row] = []

    naive = await naive_rate(
        kafka.bootstrap_servers, postgres.create_database("naive"), said[:naive_messages]
    )
    rows.append(Row("naive handler", f"{naive:,.0f} messages/s"))

    whole = next(places)
    engine = await prepared(whole)
    async with running(whole, ["intake", "apply"]):
        began = time.perf_counter()
        await send(whole, [at_the_door(one, whole.namespace) for one in said])
        seconds = await seconds_until_through(engine, said, began)
    rate = len(said) / seconds
    rows.append(Row("publish to facts out", f"{rate:,.0f}/s", f"{rate / naive:,.0f} x naive"))
    entries, both = copy_rates(engine)
    engine.dispose()
    rows.append(
        Row("raw COPY of its entries", f"{entries:,.0f} rows/s", f"with stays {both:,.0f}")
    )

    for processes in (1, 2):
        place = next(places)
        engine = await prepared(place)
        await send(place, [logged(one, place.namespace) for one in said])
        async with running(place, ["apply"] * processes):
            seconds = await seconds_until_through(engine, said, None)
        engine.dispose()
        rate = len(said) / seconds
        beside = f"{rate / both:.2f} of raw COPY of entries and stays"
        rows.append(Row(f"apply alone, processes: {processes}", f"{rate:,.0f}/s", beside))

    paced = next(places)
    (await prepared(paced)).dispose()
    delays = await entitlement_delays(paced, work(PACED_MESSAGES), PACE)
    median, late = (delays[int(len(delays) * part)] * 1000 for part in (0.5, 0.99))
    rows.append(
        Row(f"publish to entitlement, {PACE}/s", f"p99 {late:.0f} ms", f"p50 {median:.0f}")
    )
    return rows


def _places(kafka: LocalKafka, postgres: LocalPostgres) -> Iterator[Place]:
    number = 0
    while True:
        number += 1
        url = postgres.create_database(f"bench{number}")
        yield Place(kafka.bootstrap_servers, url, f"bench{number}.")


if __name__ == "__main__":
    main()
