"""What somebody with the database's own rights can do to a book, protection or not."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

from ledger.book import tables
from ledger.book.engine import is_postgresql


@contextmanager
def tampering(engine: Engine) -> Iterator[Connection]:
    """Change the book with the entries' protection taken away."""
    with engine.begin() as connection:
        _unprotect(connection)
        yield connection
        if is_postgresql(connection):
            connection.execute(text("ALTER TABLE entry ENABLE TRIGGER entry_is_append_only"))


def change(connection: Connection, statement: str, **values: object) -> int:
    """Run one statement and return how many rows it changed."""
    return connection.execute(text(statement), values).rowcount


def emptied(connection: Connection) -> None:
    """Empty every table of a PostgreSQL book."""
    names = ", ".join(table.name for table in tables.metadata.sorted_tables)
    connection.execute(text("ALTER TABLE entry DISABLE TRIGGER entry_is_append_only"))
    connection.execute(text(f"TRUNCATE {names}"))
    connection.execute(text("ALTER TABLE entry ENABLE TRIGGER entry_is_append_only"))


def _unprotect(connection: Connection) -> None:
    if is_postgresql(connection):
        connection.execute(text("ALTER TABLE entry DISABLE TRIGGER entry_is_append_only"))
        return
    for done in ("updated", "deleted"):
        connection.execute(text(f"DROP TRIGGER IF EXISTS entry_is_not_{done}"))
