"""What is said of an identifier: findings, which are recorded, and that it is no key at all."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IdentifierFinding:
    """Something odd about an identifier that still names its thing: told, never refused.

    `code` names the fact, `sentence` is for a person.
    """

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a text cannot be a key; `reason` is for a person and never repeats the content."""

    reason: str


EMPTY = Unusable("It is empty.")
UNKNOWN_CHARACTERS = Unusable("It has characters other than letters A to Z and digits.")


def too_long(limit: int) -> Unusable:
    """Return that a text is longer than *limit* characters."""
    return Unusable(f"It is longer than {limit} characters.")
