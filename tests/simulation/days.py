"""The campaign: `python -m tests.simulation.days --containers 10000 --seeds 50`."""

import argparse
import logging
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.simulation.campaign import IN_DISORDER, Wanted, played_anew
from tests.simulation.checker import Verdict


def main(arguments: Sequence[str] | None = None) -> int:
    """Play the days that are asked for; return 1 where an entry was illegal."""
    asked = _asked(arguments)
    first, last = asked.first_seed, asked.first_seed + asked.seeds
    days = [Wanted(seed, asked.containers, asked.disorder) for seed in range(first, last)]
    _say(f"{len(days)} days of {asked.containers:,} containers, {asked.workers} at a time")
    began, whole = time.monotonic(), Verdict()
    for done, (seed, verdict) in enumerate(_played(days, asked.workers), start=1):
        whole.add(verdict)
        _say(
            f"{done:>4}/{len(days)}  seed {seed}: {verdict.messages:,} messages, "
            f"{verdict.entries:,} entries, illegal: {verdict.illegal}"
        )
        for found in verdict.findings:
            _say(f"      {found}")
    _say(summary(whole, len(days), time.monotonic() - began))
    return 1 if whole.illegal else 0


def _asked(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.days", description=__doc__)
    parser.add_argument("--containers", type=int, default=10_000, help="of one day")
    parser.add_argument("--seeds", type=int, default=50, help="how many days")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    disorder = "the share of the boxes with which nothing goes by plan"
    parser.add_argument("--disorder", type=float, default=IN_DISORDER, help=disorder)
    return parser.parse_args(arguments)


def _played(days: Sequence[Wanted], workers: int) -> Iterator[tuple[int, Verdict]]:
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=spawned, initializer=_quiet) as pool:
        playing = {pool.submit(played_anew, day): day.seed for day in days}
        for done in as_completed(playing):
            yield playing[done], done.result()


def _quiet() -> None:
    # An id that comes twice with other content is part of the day here, and no news.
    logging.disable(logging.CRITICAL)


def summary(whole: Verdict, days: int, seconds: float) -> str:
    """Return what a campaign found, as a table."""
    rows = [
        "",
        f"{'days':<28}{days:>14,}",
        f"{'messages':<28}{whole.messages:>14,}",
        f"{'entries':<28}{whole.entries:>14,}",
        *_table("by outcome", whole.outcomes),
        *_table("by fact", whole.facts),
        *_table("refusals by reason", whole.refusals),
        *_table("findings alarmed", whole.alarms),
        "",
        f"{'illegal':<28}{whole.illegal:>14,}",
        f"{'seconds':<28}{seconds:>14,.0f}",
    ]
    return "\n".join(rows)


def _table(head: str, counted: Counter[str]) -> Iterator[str]:
    yield f"\n{head}"
    for what, count in counted.most_common():
        yield f"  {what:<26}{count:>14,}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
