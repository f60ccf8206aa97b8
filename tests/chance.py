"""How many examples Hypothesis tries: a tenth of them in `make test`, all in `make searches`."""

import os

WHOLE_VARIABLE = "RELEASEBUS_WHOLE_SEARCHES"
QUICK_SHARE = 10


def examples(of_a_whole_search: int) -> int:
    """Return how many of so many examples are tried in this run, and never none."""
    if os.environ.get(WHOLE_VARIABLE) == "1":
        return of_a_whole_search
    return max(1, of_a_whole_search // QUICK_SHARE)
