"""Texts as a partner's level of characters has them, in pieces that an element holds."""

import textwrap
import unicodedata
from typing import Final

from adapters.edifact.levels import Level, level_named

PIECES: Final = 5
"""Times that 4440 stands in one FTX."""

_SPELT_OUT: Final = str.maketrans(
    {"œ": "oe", "Œ": "OE", "ß": "ss", "\u2019": "'", "\u2013": "-", "\u00a0": " ", "\u2026": "..."}
)


def at_level(text: str, name: str) -> str:
    """Return *text* with the characters of level *name* alone: without accents, in capitals.

    Only as far as it has to be; what is still none of its characters is a point.
    """
    level = level_named(name)
    for spelt in (text, _plain(text), _plain(text).upper()):
        if _fits(spelt, level):
            return spelt
    return "".join(each if _fits(each, level) else "." for each in spelt)


def pieces(text: str, longest: int) -> tuple[str, ...]:
    """Return *text* cut between words into what one FTX holds; what is beyond is left off."""
    cut = textwrap.wrap(text, longest, max_lines=PIECES, placeholder=" ...")
    return tuple(cut)


def _fits(text: str, level: Level) -> bool:
    """Tell whether a level allows the characters of *text*, and its codec has them."""
    if level.stranger(text):
        return False
    try:
        text.encode(level.codec or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.translate(_SPELT_OUT))
    return "".join(each for each in apart if not unicodedata.combining(each))
