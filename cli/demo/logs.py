"""Where the parts of a demo log: into a file, so that the screen stays the day's."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cli.exits import Told, told_of

log = logging.getLogger(__name__)


@contextmanager
def logging_to(file: Path) -> Iterator[None]:
    """Log into *file* alone while inside."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        handler.close()


@contextmanager
def trouble_with(logs: Path) -> Iterator[None]:
    """Tell of trouble inside where the logs are."""
    try:
        yield
    except Exception as error:
        told = told_of(error)
        log.exception("The demo ended early")
        raise Told(f"{told.sentence} The logs are in {logs}/.", told.code) from error
