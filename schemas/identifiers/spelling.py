"""One spelling for codes that people write with spaces, dots and dashes."""

import re

from schemas.identifiers.findings import EMPTY, UNKNOWN_CHARACTERS, Unusable, too_long

# Before anything is kept or cached: a code of the field with all its separators is shorter.
LONGEST_RAW = 64

# The no-break space and the dashes U+2010 to U+2014 come from web pages and spreadsheets.
_SEPARATORS = str.maketrans("", "", " \t\r\n.-\u00a0\u2010\u2011\u2012\u2013\u2014")
_letters_and_digits = re.compile(r"[A-Z0-9]+").fullmatch


def compact(raw: str) -> str:
    """Return *raw* in upper case without spaces, dots and dashes."""
    bare = raw.translate(_SEPARATORS)
    # Only ASCII is raised: a dotless i and a sharp s would turn into letters nobody wrote.
    return bare.upper() if bare.isascii() else bare


def unusable(value: str, *, longest: int) -> Unusable | None:
    """Return why the compact text *value* cannot be a key, or None where it can."""
    if not value:
        return EMPTY
    if len(value) > longest:
        return too_long(longest)
    if not _letters_and_digits(value):
        return UNKNOWN_CHARACTERS
    return None
