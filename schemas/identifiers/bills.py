"""Bill of lading numbers: the set of them that, with the container, names a release."""

from collections.abc import Iterable


def read_bills(raw: str | Iterable[str]) -> tuple[str, ...]:
    """Return bill of lading numbers trimmed, in upper case, each once, sorted.

    A single text is one number: CPu sends an array in requests but a string in the terminal's
    detail (cpu.md §7 rule 11). Empty ones are left out.
    """
    numbers = (raw,) if isinstance(raw, str) else raw
    return tuple(sorted({number.strip().upper() for number in numbers} - {""}))
