"""The one thread that touches the database, so that the event loop never waits for it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import psycopg
import psycopg.errors
import sqlalchemy.exc

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

TROUBLE = (
    sqlalchemy.exc.OperationalError,
    sqlalchemy.exc.InterfaceError,
    sqlalchemy.exc.InternalError,
    psycopg.OperationalError,
    psycopg.InterfaceError,
    psycopg.InternalError,
)
"""What says that the database is away, full, busy or a standby still (25006, which is an
InternalError: right after a failover), not that it does not take the data."""


def is_trouble(error: Exception) -> bool:
    """Tell whether *error* says that the database is away, and no record's fault.

    PostgreSQL's limits, as on the length of a key, are those of a record, though its driver counts
    them with its troubles.
    """
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    limited = isinstance(cause, psycopg.errors.ProgramLimitExceeded)
    return isinstance(error, TROUBLE) and not limited


REFUSED_DATA = (sqlalchemy.exc.DBAPIError, psycopg.DatabaseError)
"""What the database says of data that it does not take; look for TROUBLE first."""


class DatabaseThread:
    """Runs one call at a time, in order; a batch and a lease never meet."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="book")

    async def run(
        self,
        call: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """Return what *call* returns, or raise what it raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: call(*args, **kwargs))

    def close(self) -> None:
        """Wait for the call under way, and take no more."""
        self._executor.shutdown(wait=True)
