"""A document shows the mask of who drives as long as its key lives, and not a digit longer."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.drivers import Drivers
from consumers.dispatch.store import Store
from ledger.book import load
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.directory.directory import Directory
from schemas.facts import read
from tests.books import new_sqlite_book
from tests.ledger.book.log import Clerk, clerk_of

BOX = "CPUU1000010"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Engine]:
    engine = new_sqlite_book(tmp_path / "ledger.db")
    yield engine
    engine.dispose()


@pytest.fixture
def clerk(ledger: Engine) -> Iterator[Clerk]:
    clerk = clerk_of(ledger)
    yield clerk
    clerk.book.forget()


def arrivals_of(entries: list[Entry]) -> list[Arrival]:
    """Return the entries as they arrive from their topic."""
    facts = [read(entry.body) for entry in entries]
    return [Arrival(each.shard, each.seq, 0, each.seq, BOX, b"", each) for each in facts]


def masks(arrivals: list[Arrival]) -> set[str]:
    stays = [each.recorded.stay for each in arrivals if each.recorded is not None]
    rights = [stay.pickup for stay in stays if stay is not None]
    return {right.driver.mask for right in rights if right is not None and right.driver}


def test_facts_are_opened_while_the_key_lives(clerk: Clerk, ledger: Engine) -> None:
    arrivals = arrivals_of(clerk.settle(clerk.log.whole_day(BOX)))
    drivers, without = Drivers(str(ledger.url)), Drivers(None)

    assert masks(drivers.opened(arrivals)) == {"**12"}
    assert masks(without.opened(arrivals)) == {"**"}
    clerk.log.pass_by(timedelta(days=91))
    clerk.settle([clerk.log.tick()])
    assert masks(drivers.opened(arrivals)) == {"**"}
    drivers.close()


def test_what_cannot_be_read_stays_as_it_came() -> None:
    unreadable = Arrival("ledger-0", 1, 0, 1, BOX, b"{}", None)

    assert Drivers(None).opened([unreadable]) == [unreadable]


@pytest.mark.parametrize(("with_ledger", "shown"), [(True, b'"**12"'), (False, b'"**"')])
def test_the_document_of_a_digital_key_shows_the_mask(
    clerk: Clerk, ledger: Engine, tmp_path: Path, *, with_ledger: bool, shown: bytes
) -> None:
    arrivals = arrivals_of(clerk.settle(clerk.log.whole_day(BOX)))
    store = Store(f"sqlite:///{tmp_path / 'own.db'}", str(ledger.url) if with_ledger else None)
    store.create()
    with reading(ledger) as connection:
        directory = load.directory(connection, Directory())
    store.settle(arrivals, directory)
    told = b"".join(each.content for each in store.unsent(range(12), limit=1000))
    store.close()

    assert b'"alfapassNumberMask":' + shown in told
