"""Paths into a message that may be shown: names that could be somebody's number are left out."""

import re

# A name longer or with a row of digits may be somebody's number rather than a name.
may_be_shown = re.compile(r"(?!.*[0-9]{4})[A-Za-z_$@][A-Za-z0-9_$@:.-]{0,63}").fullmatch
"""Matches a name that is sure to be one."""

_LONGEST = 200


def member(path: str, name: str) -> str:
    """Return the path of the member *name* of what stands at *path*: `$.release_to.code`."""
    return _short(f"{path}.{name if may_be_shown(name) else '…'}")


def header_named(name: str) -> str:
    """Return the place of the header *name*: `header ce_id`."""
    return f"header {name if may_be_shown(name) else '…'}"


def item(path: str, index: int) -> str:
    """Return the path of item *index* of the array at *path*: `$.codes[2]`."""
    return _short(f"{path}[{index}]")


def path_of(location: tuple[str | int, ...]) -> str:
    """Return the path of pydantic's *location*."""
    path = "$"
    for step in location:
        path = item(path, step) if isinstance(step, int) else member(path, step)
    return path


def _short(path: str) -> str:
    return path if len(path) <= _LONGEST else f"…{path[-_LONGEST:]}"
