"""A commit is on disk on both databases, and whoever only reads holds nobody up."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ledger.book.engine import _write_ahead, open_book, reading
from ledger.book.migrate import migrate
from ledger.book.read import buckets, entry, now
from ledger.book.rebuild import check
from ledger.book.verify import verify
from tests.ledger.book.log import AGENT, FORWARDER, LEDGER, Clerk, accept, clerk_of, release
from tests.ledger.book.tampering import change

ROOT = Path(__file__).resolve().parents[3]
BOX, OTHER_BOX = "CPUU1000010", "CPUU1000026"

SETTLES_FOR_EVER = """
import sys
from ledger.book.engine import open_book
from tests.ledger.book.log import clerk_of
clerk = clerk_of(open_book(sys.argv[1]))
for number in range(1_000_000):
    clerk.settle(clerk.log.whole_day(f"CPUU{number:07d}"))
    print(clerk.leases["ledger-0"].next_seq, flush=True)
"""


@pytest.mark.faults
def test_what_was_committed_outlives_kill_9(engine: Engine) -> None:
    url = engine.url.render_as_string(hide_password=False)
    process = subprocess.Popen(
        [sys.executable, "-c", SETTLES_FOR_EVER, url],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    for _ in range(5):
        told = int(process.stdout.readline())
    process.send_signal(signal.SIGKILL)
    process.wait()
    told = max([told, *(int(line) for line in process.stdout.read().split())])
    process.stdout.close()

    with reading(engine) as connection:
        last = entry(connection, LEDGER, told - 1)
        assert last is not None
        assert list(verify(connection)) == []
        assert [each.unaccounted for each in buckets(connection)] == [0, 0]
    assert check(engine).sound


def test_sqlite_writes_ahead_and_waits_for_the_disk(sqlite_book: Engine) -> None:
    with sqlite_book.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        assert connection.execute(text("PRAGMA synchronous")).scalar_one() == 2  # FULL


def test_who_opens_a_new_sqlite_file_waits_for_others_that_do(tmp_path: Path) -> None:
    """Here SQLite does not wait by itself: each of several is told at once that it is locked."""
    file = tmp_path / "new.db"
    with (
        closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as first,
        closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as second,
    ):
        first.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            second.execute("PRAGMA journal_mode=WAL")
        end = threading.Timer(0.2, first.execute, ["COMMIT"])
        end.start()

        _write_ahead(second)

        end.join()
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_postgresql_waits_for_the_disk(postgresql_book: Engine) -> None:
    with postgresql_book.connect() as connection:
        assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"


def test_sqlite_really_begins_and_really_rolls_back(sqlite_book: Engine) -> None:
    with sqlite_book.connect() as connection:
        transaction = connection.begin()
        raw = connection.connection.driver_connection
        assert getattr(raw, "in_transaction", None)
        change(connection, "INSERT INTO parked VALUES ('box', 'shard')")
        transaction.rollback()
        assert not getattr(raw, "in_transaction", None)
        assert connection.execute(text("SELECT count(*) FROM parked")).scalar_one() == 0


def test_a_second_writer_on_sqlite_waits_for_the_first(sqlite_book: Engine) -> None:
    impatient = open_book(str(sqlite_book.url))
    with impatient.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
        connection.rollback()
    with sqlite_book.begin() as first:
        change(first, "INSERT INTO parked VALUES ('box', 'shard')")
        with pytest.raises(Exception, match="locked"), impatient.begin():
            pytest.fail("both began to write")
    with impatient.begin() as second:
        assert second.execute(text("SELECT count(*) FROM parked")).scalar_one() == 1
    impatient.dispose()


def test_a_reader_sees_one_moment_and_holds_no_writer_up(clerk: Clerk) -> None:
    clerk.say(AGENT, release(BOX))
    with reading(clerk.engine) as connection:
        before = now(connection, BOX)
        (accepted,) = clerk.say(FORWARDER, accept(BOX))
        assert now(connection, BOX) == before
    with reading(clerk.engine) as connection:
        assert now(connection, BOX).stays == (accepted.recorded.stay,)


def test_a_reader_cannot_write(postgresql_book: Engine) -> None:
    with pytest.raises(Exception, match="read-only"), reading(postgresql_book) as connection:
        change(connection, "INSERT INTO parked VALUES ('box', 'shard')")


def test_the_next_user_of_a_readers_connection_may_write_again(engine: Engine) -> None:
    with reading(engine):
        pass
    with engine.begin() as connection:
        assert change(connection, "INSERT INTO parked VALUES ('box', 'shard')") == 1


def test_a_path_with_odd_characters_is_a_database_too(tmp_path: Path) -> None:
    engine = open_book(f"sqlite:///{tmp_path / 'a b%20é.db'}")
    migrate(engine)
    clerk = clerk_of(engine)
    clerk.say(AGENT, release(OTHER_BOX))
    clerk.book.forget()
    with reading(engine) as connection:
        assert now(connection, OTHER_BOX).stays
    engine.dispose()
