"""One call at a time touches the database, in order, and trouble is told from refused data."""

import asyncio
import threading
from pathlib import Path

import psycopg
import psycopg.errors
import pytest
import sqlalchemy.exc
from sqlalchemy import create_engine, text

from consumers.apply.thread import REFUSED_DATA, TROUBLE, DatabaseThread, is_trouble


async def test_calls_run_one_by_one_in_the_order_in_which_they_came() -> None:
    thread, first_may_end = DatabaseThread(), threading.Event()
    happened: list[str] = []

    def first() -> None:
        happened.append("first began")
        assert first_may_end.wait(10)
        happened.append("first ended")

    calls = [
        asyncio.create_task(thread.run(first)),
        asyncio.create_task(thread.run(happened.append, "second")),
        asyncio.create_task(thread.run(happened.append, "third")),
    ]
    async with asyncio.timeout(10):
        while not happened:  # noqa: ASYNC110  it is another thread's list
            await asyncio.sleep(0)
        first_may_end.set()
        await asyncio.gather(*calls)

    assert happened == ["first began", "first ended", "second", "third"]
    thread.close()


async def test_what_is_returned_and_raised_comes_back_and_the_loop_is_free_meanwhile() -> None:
    thread = DatabaseThread()

    def where(name: str, *, suffix: str) -> tuple[str, bool]:
        return name + suffix, threading.current_thread() is threading.main_thread()

    def broken() -> None:
        raise KeyError("broken")

    assert await thread.run(where, "x", suffix="y") == ("xy", False)
    with pytest.raises(KeyError, match="broken"):
        await thread.run(broken)
    thread.close()


async def test_a_call_under_way_is_waited_for_and_none_is_taken_after() -> None:
    thread, done = DatabaseThread(), []
    call = asyncio.create_task(thread.run(lambda: done.append(1)))
    await asyncio.sleep(0)
    thread.close()

    assert done == [1]
    await call
    with pytest.raises(RuntimeError):
        await thread.run(lambda: None)


def test_a_server_that_is_not_there_is_trouble() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/nowhere")
    with pytest.raises(TROUBLE):
        engine.connect()
    with pytest.raises(TROUBLE):
        psycopg.connect("postgresql://nobody@127.0.0.1:9/nowhere")


def test_a_standby_that_is_not_yet_the_primary_is_trouble_and_no_fault_of_the_data() -> None:
    assert issubclass(psycopg.errors.ReadOnlySqlTransaction, TROUBLE)
    assert sqlalchemy.exc.InternalError in TROUBLE
    assert not issubclass(psycopg.errors.UniqueViolation, TROUBLE)


def test_data_that_is_not_taken_is_no_trouble(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY CHECK (id < 5))"))
    with pytest.raises(REFUSED_DATA) as refused, engine.begin() as connection:
        connection.execute(text("INSERT INTO one VALUES (7)"))
    engine.dispose()

    assert not isinstance(refused.value, TROUBLE)
    assert issubclass(psycopg.DataError, REFUSED_DATA)
    assert not issubclass(psycopg.DataError, TROUBLE)
    assert issubclass(sqlalchemy.exc.DataError, REFUSED_DATA)


def test_a_limit_that_a_record_meets_is_no_trouble_of_the_database() -> None:
    limited, away = psycopg.errors.ProgramLimitExceeded(), psycopg.OperationalError()

    for error, troubled in ((limited, False), (away, True)):
        assert is_trouble(error) is troubled
        assert is_trouble(sqlalchemy.exc.OperationalError("insert", {}, error)) is troubled
    assert not is_trouble(ValueError())


@pytest.mark.parametrize("kind", ["OperationalError", "InterfaceError", "InternalError"])
def test_a_database_that_is_away_is_trouble_whichever_of_the_two_tells_it(kind: str) -> None:
    told = getattr(psycopg, kind)()

    assert is_trouble(told)
    assert is_trouble(getattr(sqlalchemy.exc, kind)("SELECT 1", {}, told))
