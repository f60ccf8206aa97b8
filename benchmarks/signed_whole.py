"""What signatures cost on the whole way, beside the same way without them, in the same run."""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.bus import (
    Passage,
    Place,
    all_read,
    assert_all_applied,
    passed,
    prepared,
    running,
    send,
    through,
)
from benchmarks.ground import Ground, Measured
from benchmarks.spent import Meter
from benchmarks.workload import Said, at_the_door, cast, in_steps
from consumers.intake.trust import entry_for
from producers.records import Record
from producers.signing import signed
from producers.simulator.signers import Signers, new_signers

TURNS = 2
OFF, REQUIRED = "whole way, signatures off", "whole way, signatures required"


async def signed_whole(ground: Ground, _known: Mapping[str, float]) -> list[Measured]:
    """CPU of sender, intake, ledger and engines a message, records made and signed while timed.

    Each way twice and in turn, and the lesser counts: a broker still compiles at the first.
    """
    signers = new_signers(each.organisation for each in cast())
    off: list[Passage] = []
    required: list[Passage] = []
    with tempfile.TemporaryDirectory() as folder:
        trust = Path(folder) / "trust.toml"
        doors = signers.doors.items()
        trust.write_text("".join(entry_for(door.source, key.public_key) for door, key in doors))
        for _ in range(TURNS):
            off.append(await _passage(ground, ground.place(), None))
            place = replace(ground.place(), trust=trust)
            required.append(await _passage(ground, place, signers))
    without, with_them = (min(each, key=_cost) for each in (off, required))
    ratio = _cost(with_them) / _cost(without)
    return [
        _measured(OFF, without, ""),
        _measured(REQUIRED, with_them, f"{ratio:.2f} x off; "),
    ]


def _cost(passage: Passage) -> float:
    return passage.microseconds


async def _passage(ground: Ground, place: Place, signers: Signers | None) -> Passage:
    said = ground.said
    engine = await prepared(place, signers)
    waves = [_records(step, place, signers) for step in in_steps(said)]
    async with running(place, ["intake", "apply"]) as (intake, apply):
        await all_read(place, signers)
        before = passed(engine)
        pids = {"load": os.getpid(), "intake": intake.pid, "apply": apply.pid}
        meter = Meter({**pids, **ground.engines})
        meter.start()
        began = time.perf_counter()
        await send(place, *waves)
        passage = await through(engine, len(said), meter, before, began)
    assert_all_applied(engine, said)
    engine.dispose()
    return passage


def _records(step: Sequence[Said], place: Place, signers: Signers | None) -> Iterator[Record]:
    """Make the records as they are sent, so that the sender's part is timed, too."""
    for one in step:
        record = at_the_door(one, place.namespace)
        yield record if signers is None else signed(record, signers.organisations[one.sender])


def _measured(what: str, passage: Passage, beside: str) -> Measured:
    cost = passage.microseconds
    return Measured(what, cost, f"{cost:.0f} us", beside + passage.cost)
