"""What is parked, and what became of it when an operator resumed: for whoever has to look."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from ledger.book import load, tables
from ledger.book.draft import storable
from ledger.book.refile import since_resumed
from schemas.facts import RecordedFact, read


@dataclass(frozen=True, slots=True)
class Parking:
    """A container of which nothing moves, by the entries that parked its messages, in order.

    The first one tells what broke our code; where time did, it stands for no message and has no
    outcome.
    """

    container: str
    shard: str
    entries: tuple[RecordedFact, ...]

    @property
    def messages(self) -> tuple[RecordedFact, ...]:
        """The entries that stand for a message."""
        return tuple(entry for entry in self.entries if entry.outcome is not None)


def parkings(connection: Connection, container: str | None = None) -> tuple[Parking, ...]:
    """Return what is parked, of *container* or of all, by container."""
    columns = tables.parked.c
    wanted = select(columns.container, columns.shard).order_by(columns.container)
    if container is not None:
        wanted = wanted.where(columns.container == container)
    return tuple(
        Parking(
            row.container,
            row.shard,
            tuple(since_resumed(load.parkings(connection, row.shard, row.container))),
        )
        for row in connection.execute(wanted).all()
    )


def answer_to(connection: Connection, message_id: str) -> RecordedFact | None:
    """Return the entry with the first outcome of a message of the operator, or None so far."""
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(columns.message_id == storable(message_id), columns.outcome.is_not(None))
        .order_by(columns.seq)
        .limit(1)
    )
    body = connection.execute(statement).scalar_one_or_none()
    return None if body is None else read(body)


def became_of(connection: Connection, parking: Parking) -> tuple[RecordedFact, ...]:
    """Return the last answer to each message that was parked, in the same order."""
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(
            columns.container == parking.container,
            columns.shard == parking.shard,
            columns.outcome.is_not(None),
        )
        .order_by(columns.seq)
    )
    last = {_key(entry): entry for entry in parking.messages}
    for body in connection.execute(statement).scalars():
        entry = read(body)
        if entry.cause.resumed and _key(entry) in last:
            last[_key(entry)] = entry
    return tuple(last.values())


def _key(entry: RecordedFact) -> tuple[str, str]:
    return entry.cause.organisation, entry.cause.message_id
