"""An acknowledgement that does not come in its time is alarmed, once, and of who gives any."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from consumers.apply.thread import DatabaseThread
from consumers.gateway.overdue import Overdue
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from tests.consumers.gateway.interchanges import partner
from tests.consumers.gateway.telling import tell

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
LATE = NOW + timedelta(minutes=61)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[GatewayStore]:
    """A store in which the terminal was told something at nine."""
    found = GatewayStore(sqlite_url)
    found.create()
    tell(sqlite_url, "R1", NOW)
    yield found
    found.close()


class Heard:
    """Who sends: it only has to hear that there is more."""

    def __init__(self) -> None:
        self.times = 0

    def more(self) -> None:
        """Hear it."""
        self.times += 1


def looking(store: GatewayStore, *lines: str, sender: Heard | None = None) -> Overdue:
    settings = GatewaySettings("nowhere:9092", "sqlite://", {"quay": partner(*lines)})
    return Overdue(settings, store, DatabaseThread(), sender or Heard())


async def test_what_is_overdue_is_alarmed_once(
    store: GatewayStore, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Heard()
    overdue = looking(store, sender=sender)
    await overdue.look(NOW + timedelta(minutes=59))
    assert (overdue.counted["overdue"], sender.times) == (0, 0)

    await overdue.look(LATE)
    await overdue.look(LATE)

    assert (overdue.counted["overdue"], sender.times) == (1, 1)
    assert caplog.text.count("quay has not acknowledged interchange R1") == 1


async def test_a_partner_with_whom_none_is_agreed_is_never_overdue(store: GatewayStore) -> None:
    overdue = looking(store, 'contrl = "never"')
    await overdue.look(LATE)

    assert overdue.counted["overdue"] == 0


async def test_each_partner_has_its_own_time(store: GatewayStore) -> None:
    overdue = looking(store, "answer_minutes = 120")
    await overdue.look(LATE)

    assert overdue.counted["overdue"] == 0
