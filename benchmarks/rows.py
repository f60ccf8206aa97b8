"""The rows of the table: each measures one thing and says what it stands beside."""

import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Engine

from benchmarks.bus import (
    Passage,
    Place,
    all_read,
    assert_all_applied,
    at_work,
    passed,
    peak_mebibytes,
    prepared,
    running,
    send,
    through,
)
from benchmarks.ceiling import copy_rates
from benchmarks.edifact import edifact
from benchmarks.ground import Ground, Measured
from benchmarks.growth import grow
from benchmarks.latency import entitlement_delays
from benchmarks.naive import naive_rate
from benchmarks.signed import signatures
from benchmarks.signed_whole import signed_whole
from benchmarks.spent import Meter
from benchmarks.workload import Said, at_the_door, in_steps, logged, work
from compose.local import EmbeddedBroker
from ledger.book.rebuild import check

Known: TypeAlias = Mapping[str, float]
Row: TypeAlias = Callable[[Ground, Known], Awaitable[list[Measured]]]

PACE = 500
PACED_MESSAGES = 45_000
NAIVE, WHOLE, COPY = "naive handler", "publish to facts out", "raw COPY of entries and stays"
ONE = "apply alone, one process"
MILLION = 1_000_000


async def naive(ground: Ground, _known: Known) -> list[Measured]:
    """FastStream, one message, one ORM transaction."""
    rate = await naive_rate(
        ground.kafka.bootstrap_servers,
        ground.postgres.create_database("naive"),
        ground.said[: ground.naive_messages],
    )
    return [_rate(NAIVE, rate)]


async def whole(ground: Ground, known: Known) -> list[Measured]:
    """From publish to facts out; then COPY of the rows it wrote, and a rebuild from them."""
    place = ground.place()
    engine = await prepared(place)
    passage = await _whole(place, engine, ground.said, ground.engines)
    beside = f"{passage.rate / known[NAIVE]:,.0f} x naive; " if NAIVE in known else ""
    entries, both = copy_rates(engine)
    began = time.perf_counter()
    checked = check(engine)
    seconds = time.perf_counter() - began
    engine.dispose()
    assert checked.sound, checked
    return [
        _rate(WHOLE, passage.rate, beside + passage.cost),
        _rate(COPY, both, f"entries alone {entries:,.0f}/s"),
        Measured(
            "rebuild and comparison of the state",
            seconds,
            f"{seconds / checked.rebuilt.entries * MILLION:,.0f} s for a million entries",
            f"measured on {checked.rebuilt.entries:,}",
        ),
    ]


async def apply_alone(ground: Ground, known: Known) -> list[Measured]:
    """The log is full before apply is started: one process, then two."""
    one, memory = await _apply_rate(ground, processes=1)
    two, _ = await _apply_rate(ground, processes=2)
    ratio = f"{one.rate / known[COPY]:.2f} of raw COPY; " if COPY in known else ""
    return [
        _rate(ONE, one.rate, ratio + one.cost),
        _rate(
            "apply alone, two processes",
            two.rate,
            f"{two.rate / one.rate:.2f} x one; {two.cost}",
        ),
        Measured(
            "its memory at the most", memory, f"{memory:.0f} MB", f"{ground.messages:,} behind"
        ),
    ]


async def embedded(ground: Ground, _known: Known) -> list[Measured]:
    """The whole way on SQLite and the embedded broker."""
    with tempfile.TemporaryDirectory() as folder, EmbeddedBroker() as broker:
        url = f"sqlite:///{Path(folder) / 'ledger.db'}"
        place = Place(broker.bootstrap_servers, url, "embedded.")
        engine = await prepared(place)
        passage = await _whole(place, engine, ground.said, {"broker": broker.process_id})
        engine.dispose()
    return [_rate("publish to facts out, embedded", passage.rate, passage.cost)]


async def latency(ground: Ground, _known: Known) -> list[Measured]:
    """From publishing an assignment to the entitlement on the terminal's topic, paced."""
    place = ground.place()
    (await prepared(place)).dispose()
    delays, cost = await entitlement_delays(place, work(PACED_MESSAGES), PACE, ground.engines)
    median, late = (delays[int(len(delays) * part)] * 1000 for part in (0.5, 0.99))
    what = f"publish to entitlement, {PACE} messages/s"
    return [Measured(what, late, f"p99 {late:.0f} ms", f"p50 {median:.0f} ms; {cost}")]


async def growth(ground: Ground, known: Known) -> list[Measured]:
    """Apply alone on a book that holds many entries already."""
    place = ground.place()
    engine = await prepared(place)
    grow(engine, ground.grown_to)
    passage, _ = await _applied(ground, place, engine, processes=1)
    beside = f"{passage.rate / known[ONE]:.2f} x an empty book; " if ONE in known else ""
    what = f"apply alone, behind {ground.grown_to:,} entries"
    return [_rate(what, passage.rate, beside + passage.cost)]


ROWS: dict[str, Row] = {
    "naive": naive,
    "whole": whole,
    "apply": apply_alone,
    "embedded": embedded,
    "latency": latency,
    "growth": growth,
    "signatures": signatures,
    "edifact": edifact,
    "signed-whole": signed_whole,
}


async def _whole(
    place: Place, engine: Engine, said: list[Said], engines: Mapping[str, int]
) -> Passage:
    waves = [[at_the_door(one, place.namespace) for one in step] for step in in_steps(said)]
    before = passed(engine)
    async with running(place, ["intake", "apply"]) as (intake, apply):
        await all_read(place)
        before = passed(engine)
        meter = Meter({"load": os.getpid(), "intake": intake.pid, "apply": apply.pid, **engines})
        meter.start()
        began = time.perf_counter()
        await send(place, *waves)
        passage = await through(engine, len(said), meter, before, began)
    assert_all_applied(engine, said)
    return passage


async def _apply_rate(ground: Ground, processes: int) -> tuple[Passage, float]:
    place = ground.place()
    return await _applied(ground, place, await prepared(place), processes)


async def _applied(
    ground: Ground, place: Place, engine: Engine, processes: int
) -> tuple[Passage, float]:
    """Return what went through, and the largest memory of a process in MiB."""
    await send(place, [logged(one, place.namespace) for one in ground.said])
    before = passed(engine)
    async with running(place, ["apply"] * processes) as parts:
        names = ["apply", "apply too"][:processes]
        pids = {name: part.pid for name, part in zip(names, parts, strict=True)}
        meter = Meter({**pids, **ground.engines})
        begun = await at_work(engine, processes, before)
        meter.start()
        began = time.perf_counter()
        left = len(ground.said) - (begun.consumed - before.consumed)
        passage = await through(engine, left, meter, begun, began)
        memory = max(peak_mebibytes(part) for part in parts)
    engine.dispose()
    return passage, memory


def _rate(what: str, rate: float, beside: str = "") -> Measured:
    return Measured(what, rate, f"{rate:,.0f}/s", beside)
