"""What the relay has missed is read from the table, byte for byte, without a gap."""

import pytest

from ledger.book import unrelayed as unrelayed_module
from ledger.book.unrelayed import unrelayed
from tests.ledger.book.log import LEDGER, Clerk

BOX = "CPUU1000010"


def test_a_successor_publishes_what_memory_would_have(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day(BOX))

    assert list(unrelayed(clerk.engine, LEDGER, 0)) == entries
    assert list(unrelayed(clerk.engine, LEDGER, 9)) == entries[9:]
    assert unrelayed(clerk.engine, LEDGER, 12) == ()


def test_much_is_read_a_little_at_a_time(clerk: Clerk, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = clerk.settle(clerk.log.whole_day(BOX))
    monkeypatch.setattr(unrelayed_module, "AT_ONCE", 5)

    assert list(unrelayed(clerk.engine, LEDGER, 0)) == entries[:5]
