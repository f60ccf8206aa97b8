"""Opening the ledger to look at it: one moment of the book, and nothing changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from cli.story import Story, story_of
from cli.words import Names
from ledger.book import load
from ledger.book.engine import open_book, reading
from ledger.book.migrate import check_version
from ledger.book.read import history, now
from ledger.book.why import Inquiry, inquire
from ledger.directory.directory import Directory
from ledger.law.context import Context
from ledger.law.policy import Policy
from schemas.words import Language


@contextmanager
def opened(database_url: str) -> Iterator[Any]:
    """Open the book at *database_url* for reading; raises OtherVersion where it is none."""
    engine = open_book(database_url)
    try:
        check_version(engine)
        with reading(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def directory_in(connection: Any) -> Directory:
    """Return the directory as it stands."""
    return load.directory(connection, Directory())


def names_in(connection: Any) -> Names:
    """Return what every organisation is called."""
    return {each.id: each.name for each in directory_in(connection).by_id.values()}


def inquiry_in(connection: Any, container: str) -> tuple[Inquiry, Names]:
    """Return what *container* lacks to leave as things stand, and what the parties are called."""
    directory = load.directory(connection, Directory())
    context = Context(directory, datetime.now(UTC), Policy())
    file, entries = now(connection, container), history(connection, container)
    names = {each.id: each.name for each in directory.by_id.values()}
    return inquire(container, file, entries, context), names


def story_in(
    connection: Any,
    container: str,
    names: Names | None = None,
    language: Language = Language.EN,
) -> Story:
    """Return the story of *container*."""
    known = names_in(connection) if names is None else names
    entries, file = history(connection, container), now(connection, container)
    return story_of(container, entries, file, known, language)
