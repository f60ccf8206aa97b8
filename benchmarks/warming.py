"""Warming the engines: a JVM compiles for its first minute, on the processors that are timed."""

import time

from benchmarks.bus import passed, prepared, running, send, through
from benchmarks.ground import Ground
from benchmarks.spent import Meter
from benchmarks.workload import at_the_door, in_steps, work

AT_ONCE = 9_000


async def warmed(ground: Ground, seconds: float) -> None:
    """Let work of the measured kind go the whole way for so many seconds, and count nothing."""
    if not seconds:
        return
    place = ground.place()
    engine = await prepared(place)
    async with running(place, ["intake", "apply"]):
        until, first = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            said = work(AT_ONCE, first)
            before = passed(engine)
            steps = in_steps(said)
            await send(place, *([at_the_door(one, place.namespace) for one in s] for s in steps))
            await through(engine, len(said), Meter({}), before, time.perf_counter())
            first += AT_ONCE
    engine.dispose()
