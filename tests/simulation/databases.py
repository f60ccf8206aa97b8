"""One day on two databases, each rebuilt from its entries: `python -m tests.simulation.databases`.

The day stands in both as it is in the evening, when messages wait and rights are in force; what
the entries of each lead to must be one and the same state.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, func, select

from ledger.book.engine import open_book, reading
from ledger.book.migrate import migrate
from ledger.book.rebuild import check
from ledger.book.tables import STATE
from ledger.book.verify import verify
from tests.engines import choose_engines, running_postgres
from tests.simulation.campaign import Wanted, new_book, played
from tests.simulation.checker import Verdict


@dataclass(frozen=True, slots=True)
class Standing:
    """How a day stands in one database; `stored` and `rebuilt` are hashes of the whole state.

    `rows` are those of each table that is state.
    """

    verdict: Verdict
    stored: str
    rebuilt: str
    sound: bool
    broken_places: int
    rows: dict[str, int]


def on_sqlite(wanted: Wanted) -> Standing:
    """Play the day on a throw-away SQLite file, and rebuild it."""
    with new_book() as engine:
        return _standing(wanted, str(engine.url))


def on_postgres(wanted: Wanted, url: str) -> Standing:
    """Play the day on an empty PostgreSQL database, and rebuild it."""
    engine = open_book(url)
    migrate(engine)
    engine.dispose()
    return _standing(wanted, url)


def _standing(wanted: Wanted, url: str) -> Standing:
    engine = open_book(url)
    try:
        verdict, checked = played(wanted, engine), check(engine)
        with reading(engine) as connection:
            broken = sum(1 for _ in verify(connection))
            rows = {table.name: _counted(connection, table) for table in STATE}
    finally:
        engine.dispose()
    stored, rebuilt = checked.stored_hash, checked.rebuilt_hash
    return Standing(verdict, stored, rebuilt, checked.sound, broken, rows)


def _counted(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def main(arguments: Sequence[str] | None = None) -> int:
    """Play one day on both; return 1 where they differ, or anything is wrong."""
    logging.disable(logging.CRITICAL)
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.databases")
    parser.add_argument("--containers", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(arguments)
    wanted = Wanted(asked.seed, asked.containers, in_the_evening=True)
    sqlite = on_sqlite(wanted)
    _say("SQLite", sqlite)
    choice = choose_engines(os.environ).database
    with running_postgres(choice, os.environ) as postgres, postgres.fresh_database() as url:
        postgresql = on_postgres(wanted, url)
    _say("PostgreSQL", postgresql)
    return 0 if _right(sqlite) and _right(postgresql) and one_state(sqlite, postgresql) else 1


def one_state(*stand: Standing) -> bool:
    """Tell whether every database holds, and is rebuilt to, one and the same state."""
    return len({state for each in stand for state in (each.stored, each.rebuilt)}) == 1


def _right(standing: Standing) -> bool:
    return standing.sound and not (standing.broken_places or standing.verdict.illegal)


def _say(name: str, standing: Standing) -> None:
    verdict = standing.verdict
    sys.stdout.write(
        f"{name:<12}{verdict.messages:>10,} messages {verdict.entries:>10,} entries, "
        f"illegal: {verdict.illegal}, broken: {standing.broken_places}\n"
        f"            stored  {standing.stored}\n            rebuilt {standing.rebuilt}\n"
        f"            {', '.join(f'{count:,} {name}' for name, count in standing.rows.items())}\n"
    )
    for found in verdict.findings:
        sys.stdout.write(f"            {found}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
