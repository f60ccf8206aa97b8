"""Who drives, for the documents that name a masked driver: the facts hold it locked."""

from collections.abc import Sequence
from dataclasses import replace

from consumers.dispatch.arrivals import Arrival
from ledger.book import personal
from ledger.book.engine import open_book, reading


class Drivers:
    """The ledger's keys, as far as dispatch needs them; without the ledger nothing is opened.

    What is not open is shown as `**`: the key was destroyed, or the ledger is not at hand.
    """

    def __init__(self, ledger_url: str | None) -> None:
        self._engine = None if ledger_url is None else open_book(ledger_url)

    def opened(self, arrivals: Sequence[Arrival]) -> list[Arrival]:
        """Return *arrivals* with their drivers open; raises SQLAlchemy's DBAPIError."""
        facts = [each.recorded for each in arrivals if each.recorded is not None]
        if self._engine is None or not any(personal.is_locked(fact) for fact in facts):
            return list(arrivals)
        with reading(self._engine) as connection:
            known = {(fact.shard, fact.seq): fact for fact in personal.opened(connection, facts)}
        return [
            replace(each, recorded=known.get((each.shard, each.seq), each.recorded))
            for each in arrivals
        ]

    def close(self) -> None:
        """Let go of the ledger."""
        if self._engine is not None:
            self._engine.dispose()
