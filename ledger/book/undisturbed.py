"""Keeping Python's search for cyclic garbage out of work that makes none."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put the collector off until the work is done.

    A batch makes tens of thousands of values that outlive it (what is relayed, the files kept),
    none of them in cycles; the collector would go through them time and again, for a seventh of
    the batch's time. What is no longer needed is freed all the same, by its reference count.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
