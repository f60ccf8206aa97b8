"""Several parts in one process: stopped together, and none ends unnoticed."""

import asyncio

import pytest

from cli import parts
from cli.options import Where, store_beside
from cli.parts import PartEnded, Running, run_parts

WHERE = Where("127.0.0.1:1", "sqlite:///none.db")


class Broken(Exception):
    """Something in a part broke."""


async def _until_told(_where: Where, _running: Running, stop: asyncio.Event) -> None:
    await stop.wait()


async def _ends(_where: Where, _running: Running, _stop: asyncio.Event) -> None:
    await asyncio.sleep(0)


async def _breaks(_where: Where, _running: Running, _stop: asyncio.Event) -> None:
    raise Broken


async def _run(*names: str) -> None:
    await run_parts(names, WHERE, Running(), asyncio.Event())


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other parts than the real ones."""
    played = {"waits": _until_told, "too": _until_told, "ends": _ends, "breaks": _breaks}
    monkeypatch.setattr(parts, "PARTS", played)


async def test_parts_end_when_they_are_told_to() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run_parts(["waits", "too"], WHERE, Running(), stop))
    await asyncio.sleep(0.01)
    assert not running.done()

    stop.set()

    await asyncio.wait_for(running, 1)


async def test_a_part_that_ends_by_itself_ends_all_and_is_named() -> None:
    with pytest.raises(PartEnded, match="ends"):
        await asyncio.wait_for(_run("waits", "ends"), 1)


async def test_what_breaks_in_a_part_is_raised() -> None:
    with pytest.raises(Broken):
        await asyncio.wait_for(
            run_parts(["waits", "breaks"], WHERE, Running(), asyncio.Event()), 1
        )


@pytest.mark.parametrize(
    ("ledger", "beside"),
    [
        ("sqlite:////tmp/a/ledger.db", "sqlite:////tmp/a/ledger-dispatch.db"),
        ("sqlite:///demo-out/ledger.db", "sqlite:///demo-out/ledger-dispatch.db"),
        ("postgresql+psycopg://bus@db/rb", "postgresql+psycopg://bus@db/rb"),
    ],
)
def test_dispatch_has_a_file_of_its_own_beside_sqlite(ledger: str, beside: str) -> None:
    assert store_beside(ledger) == beside
