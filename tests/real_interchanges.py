"""How many interchanges of others were read in this run, for the end of what it prints."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

READ = "real interchanges"
"""The property of the test that read them."""
NOT_READ = "REAL INTERCHANGES ARE NOT READ"


def told(stats: Mapping[str, Sequence[Any]]) -> str | None:
    """Return what a run's reports tell of them; None where no test was about them."""
    read = [value for each in stats.get("passed", ()) for value in _said(each.user_properties)]
    if read:
        return f"{READ}: {', '.join(read)}"
    lacks = (str(each.longrepr[-1]) for each in stats.get("skipped", ()) if each.longrepr)
    found = next((each for each in lacks if NOT_READ in each), None)
    return found and found[found.index(NOT_READ) :]


def _said(properties: Iterable[tuple[str, object]]) -> list[str]:
    return [str(value) for name, value in properties if name == READ]
