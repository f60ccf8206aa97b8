"""The character levels of the syntax (ISO 9735, 0001): codecs, and what each allows."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

# Without the service characters ' + : ? which stand in every level as what they are.
_UPPER: Final = r"A-Z0-9 .,\-()/=!\"%&*;<>"
_LOWER: Final = r"a-z"
# Everything but control characters; Latin-1 has a character for each byte.
_PRINTABLE_BYTE: Final = r"^\x00-\x1f\x7f-\x9f"
# And none of the bytes that the codec has no character for, which stay as surrogates.
_PRINTABLE: Final = _PRINTABLE_BYTE + r"\udc80-\udcff"


class Level(Struct, frozen=True):
    """One level: `codec` for its bytes, None where it is not supported, and its characters.

    `inside` is what stands between the brackets of a regular expression, for characters that are
    no service characters.
    """

    name: str
    codec: str | None
    inside: str

    @property
    def is_supported(self) -> bool:
        """Tell whether its characters can be read here."""
        return self.codec is not None

    @property
    def characters(self) -> str:
        """A regular expression for one character that is no service character."""
        if self.inside.startswith("^"):
            return f"[{self.inside}'+:?*]"
        return f"[{self.inside.replace('*', '')}]"

    def stranger(self, text: str) -> str:
        """Return the first character of *text* that is not of this level, or nothing."""
        found = _STRANGERS[self.name].search(text)
        return found[0] if found else ""


LEVELS: Final[Mapping[str, Level]] = {
    level.name: level
    for level in (
        Level("UNOA", "latin-1", _UPPER),
        Level("UNOB", "latin-1", _UPPER + _LOWER),
        Level("UNOC", "latin-1", _PRINTABLE_BYTE),
        Level("UNOD", "iso8859-2", _PRINTABLE),
        Level("UNOE", "iso8859-5", _PRINTABLE),
        Level("UNOF", "iso8859-7", _PRINTABLE),
        Level("UNOG", "iso8859-3", _PRINTABLE),
        Level("UNOH", "iso8859-4", _PRINTABLE),
        Level("UNOI", "iso8859-6", _PRINTABLE),
        Level("UNOJ", "iso8859-8", _PRINTABLE),
        Level("UNOK", "iso8859-9", _PRINTABLE),
        # ISO 2022 switches its tables by escape sequences, in which bytes look like separators.
        Level("UNOX", None, _PRINTABLE),
        Level("UNOY", "utf-8", _PRINTABLE),
    )
}

ANY_LEVEL: Final = Level("", "latin-1", _PRINTABLE_BYTE)
"""Where no interchange header says the level, or names one that nobody knows."""

SINGLE_BYTE: Final = "latin-1"
"""The codec whose characters are the bytes themselves: nothing has to be decoded again."""


def _strangers(level: Level) -> re.Pattern[str]:
    if level.inside.startswith("^"):
        return re.compile(f"[{level.inside[1:]}]")
    return re.compile(f"[^{level.inside}'+:?]")


_STRANGERS: Final = {level.name: _strangers(level) for level in (*LEVELS.values(), ANY_LEVEL)}


def level_named(name: str) -> Level:
    """Return the level of that name; any level's characters where there is none such."""
    return LEVELS.get(name, ANY_LEVEL)
