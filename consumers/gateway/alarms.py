"""What keeps a file where it is, told once: a look a second would fill the log with it."""

import logging

from ledger.book.faults import kind_and_place

log = logging.getLogger(__name__)


class Alarms:
    """Tells what waits and why, again only where it has gone or something else keeps it."""

    def __init__(self) -> None:
        self._before: dict[str, str] = {}
        self._now: dict[str, str] = {}

    def look_again(self) -> None:
        """Begin another look: what nothing is told of in it is in order again."""
        self._before, self._now = self._now, {}

    def tell(self, what: object, error: Exception) -> None:
        """Tell that *what*, a file or a folder, waits for somebody to look at it."""
        name, why = str(what), _why(error)
        self._now[name] = why
        if self._before.get(name) != why:
            # Its own spelling may be one that steers a terminal, or no characters at all.
            log.warning("%r waits, what is beside it goes on: %s", name, why)


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"it cannot be read or moved ({error!r}); look at its rights"
    return kind_and_place(error)
