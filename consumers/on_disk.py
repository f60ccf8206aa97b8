"""A file's new name, kept where power is lost: renaming alone changes the folder in memory."""

import os
from errno import EACCES, EBADF, EINVAL
from pathlib import Path
from typing import Final

CANNOT: Final = {EACCES, EBADF, EINVAL}
"""A folder that may be written and not read, and mounts that have no such thing: PostgreSQL's
fsync_fname goes on there too."""


def renamed(file: Path, target: Path) -> Path:
    """Rename *file*, whose bytes are on disk, to *target* in the same file system.

    When it returns, the name is on disk as well: what is acknowledged behind it is not lost.
    """
    there = file.replace(target)
    try:
        _write_out(target.parent)
    except OSError as error:
        if error.errno not in CANNOT:
            raise
    return there


def _write_out(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
