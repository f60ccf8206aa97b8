"""Bringing a database's tables up to date, on PostgreSQL and SQLite, from an empty one on."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from ledger.book.engine import is_postgresql, reading
from ledger.book.layout import lay_out

STEPS = Path(__file__).with_name("migrations")
# Any number that no other program takes on the same database; these are the letters "book".
ONE_AT_A_TIME = 0x626F6F6B


class OtherVersion(Exception):
    """The database's tables are not those that this version of the bus works on.

    Run `releasebus up` (or ledger.book.migrate) of this version; where the database is newer,
    run the newer version of the bus.
    """

    def __init__(self, found: str | None, wanted: str | None) -> None:
        super().__init__(f"the tables stand at {found or 'nothing'}, not at {wanted}")


def migrate(engine: Engine) -> None:
    """Take every step that the database has not taken yet, all of them in one transaction.

    Several processes may call it at once. Raises alembic's CommandError where the database was
    migrated by a newer version.
    """
    with engine.begin() as connection:
        if is_postgresql(connection):
            # SQLite has locked the whole file already.
            connection.execute(
                text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AT_A_TIME}
            )
        command.upgrade(_config(connection), "head")
        lay_out(connection)


def check_version(engine: Engine) -> None:
    """Raise OtherVersion where the tables are not those of this version."""
    wanted = ScriptDirectory(str(STEPS)).get_current_head()
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    if found != wanted:
        raise OtherVersion(found, wanted)


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(STEPS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
