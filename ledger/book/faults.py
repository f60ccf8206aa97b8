"""What is logged of a fault of our own: its kind and place, never its words.

What an error says may quote the message, a driver's identity even (design.md §8).
"""

import logging
import traceback

log = logging.getLogger(__name__)


def kind_and_place(error: Exception) -> str:
    """Return of what kind the error is, and where in our code it arose."""
    where = "".join(traceback.format_tb(error.__traceback__))
    return f"{type(error).__name__}\n{where}"


def log_parked(place: str, error: Exception) -> None:
    """Log that the record at *place*, as `ledger-3 offset 4711`, was parked, and what broke."""
    log.error("Parked %s, for %s", place, kind_and_place(error))
