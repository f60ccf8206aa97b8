"""How rows lie on PostgreSQL's pages: no part of the schema, and changed without a step of it."""

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, text

from ledger.book.engine import is_postgresql

# A row is compressed and moved out from 2 kB on, which costs more than it saves: an entry has
# 2 kB, and goes into its page as it is up to here.
WHOLE = "toast_tuple_target=8160"
# A stay changes some ten times, and mostly in no column that is indexed: with room beside it the
# new version stays on its page, and no index hears of it (PostgreSQL: heap-only tuples).
ROOM = "fillfactor=50"
LAYOUT: Mapping[str, tuple[str, ...]] = {"entry": (WHOLE,), "stay": (WHOLE, ROOM)}

_LAID_OUT = text(
    "SELECT relname, coalesce(reloptions, '{}') AS options FROM pg_class"
    " WHERE relname IN :names AND relnamespace = current_schema()::regnamespace"
    " AND pg_has_role(relowner, 'USAGE')"
).bindparams(bindparam("names", expanding=True))


def lay_out(connection: Connection) -> None:
    """Set what is not set yet; rows written before stay where they lie. Owners alone may."""
    if not is_postgresql(connection):
        return
    for table, options in connection.execute(_LAID_OUT, {"names": list(LAYOUT)}).all():
        if not set(LAYOUT[table]) <= set(options):
            connection.execute(text(layout_of(table, table)))


def layout_of(table: str, name: str) -> str:
    """Return the statement that lays *name* out as *table* is."""
    return f"ALTER TABLE {name} SET ({', '.join(LAYOUT[table])})"
