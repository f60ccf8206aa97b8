"""Random days through the real law and the real book, each judged by the checker."""

import functools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from ledger.book.engine import open_book
from ledger.book.migrate import migrate
from producers.sealing import TerminalKey
from producers.simulator import Cast, Outline, cast_of, unfolding
from producers.simulator.planned import Answer
from schemas.messages import SealedDriver
from tests.simulation.checker import Checker, Verdict
from tests.simulation.disorder import Said, disordered
from tests.simulation.playing import THE_DAYS_AFTER, Place, Playing
from tests.simulation.reading.told import Json, Register

STARTS_AT = datetime(2026, 3, 2, tzinfo=UTC)
IN_DISORDER = 0.5


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which day is played; with the share `disorder` of its boxes nothing goes by plan.

    A day is played on until waits, rights and terms are over, or left as it is `in_the_evening`.
    """

    seed: int
    containers: int
    disorder: float = IN_DISORDER
    in_the_evening: bool = False

    @property
    def days_after(self) -> tuple[timedelta, ...]:
        """When time is said to have passed after the day's last message."""
        return () if self.in_the_evening else THE_DAYS_AFTER


@dataclass(slots=True)
class Judge:
    """Listens to a day: a checker for each shard, and what every message was planned to get."""

    register: Register = field(default_factory=Register)
    checkers: dict[str, Checker] = field(default_factory=dict)
    verdict: Verdict = field(default_factory=Verdict)

    @property
    def has_found(self) -> bool:
        """Tell whether anything was illegal so far."""
        checkers = self.checkers.values()
        return self.verdict.illegal > 0 or any(each.verdict.illegal > 0 for each in checkers)

    def hear(self, shard: str, places: Sequence[Place], entries: Sequence[Json]) -> None:
        """Judge one shard's part of a batch."""
        if shard not in self.checkers:
            self.checkers[shard] = Checker(self.register)
        self.checkers[shard].take([place.told for place in places], entries)
        self._compare_with_plan(places, entries)

    def close(self) -> Verdict:
        """Return what was found on all shards."""
        for checker in self.checkers.values():
            self.verdict.add(checker.close())
        return self.verdict

    def _compare_with_plan(self, places: Sequence[Place], entries: Sequence[Json]) -> None:
        answers = {
            entry["cause"]["log_offset"]: entry
            for entry in entries
            if entry.get("outcome") is not None and not entry["cause"]["waited"]
        }
        for place in places:
            if place.said is None or not place.said.as_planned:
                continue
            plan, entry = place.said.planned.answer, answers.get(place.record.offset)
            if what := _otherwise(plan, entry):
                self.verdict.found(f"{place.said.planned.container}: {what}")


def _otherwise(plan: Answer, entry: Json | None) -> str:
    if entry is None:
        return f"nothing was answered, and {plan} was planned"
    outcome, reason = entry["outcome"], entry["fact"].get("reason")
    if outcome == plan.outcome and plan.reason in {None, reason}:
        return ""
    return f"{entry['cause']['message_type']} was {outcome} {reason}, and planned was {plan}"


def played(wanted: Wanted, engine: Engine) -> Verdict:
    """Play one day on a new book and return what was found."""
    judge = Judge()
    cast = cast_of(wanted.seed, new_key=a_key)
    playing = Playing(engine, judge.hear, wanted.days_after)
    playing.play(cast, said_on(wanted, cast), STARTS_AT)
    return judge.close()


def said_on(wanted: Wanted, cast: Cast) -> Iterator[Said]:
    """Yield everything that is said on that day."""
    outline = Outline(wanted.seed, wanted.containers, STARTS_AT, time_passes=True)
    return disordered(unfolding(cast, outline, a_seal), cast, wanted.seed, wanted.disorder)


def played_anew(wanted: Wanted) -> Verdict:
    """Play one day on a throw-away SQLite file."""
    with new_book() as engine:
        return played(wanted, engine)


def finds_anything(wanted: Wanted) -> bool:
    """Tell whether the checker finds anything on that day; it is not played on after that."""
    judge, cast = Judge(), cast_of(wanted.seed, new_key=a_key)

    def until_found() -> Iterator[Said]:
        for said in said_on(wanted, cast):
            if judge.has_found:
                return
            yield said

    with new_book() as engine:
        Playing(engine, judge.hear).play(cast, until_found(), STARTS_AT)
    return judge.has_found


@contextmanager
def new_book() -> Iterator[Engine]:
    """Open a migrated book in a throw-away SQLite file."""
    with tempfile.TemporaryDirectory(prefix="releasebus-day-") as folder:
        file = Path(folder) / "ledger.db"
        file.write_bytes(_migrated())
        engine = open_book(f"sqlite:///{file}")
        try:
            yield engine
        finally:
            engine.dispose()


@functools.cache
def _migrated() -> bytes:
    """Return an empty book as it stands in its file: quicker than making one each time."""
    with tempfile.TemporaryDirectory(prefix="releasebus-day-") as folder:
        file = Path(folder) / "ledger.db"
        engine = open_book(f"sqlite:///{file}")
        migrate(engine)
        engine.dispose()
        return file.read_bytes()


def a_key() -> TerminalKey:
    """Return a key that opens nothing: no box of these days is opened."""
    return TerminalKey("0123456789abcdef", "A" * 43 + "=", "B" * 43 + "=")


def a_seal(identity: str, public_key: str, key_id: str, alias: str | None) -> SealedDriver:
    """Return a box that is the same again and hides nobody: the mask alone tells who drives."""
    del public_key
    mask = f"**{identity[-2:]}"
    return SealedDriver(key_id=key_id, ciphertext="QUJD" * 40, mask=mask, alias=alias)
