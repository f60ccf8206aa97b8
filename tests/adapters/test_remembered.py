"""A memory reads back whole, in its own version alone; nothing is remembered at first."""

import pytest

from adapters.contract import NOTHING
from adapters.remembered import Remembered
from schemas.value import Misformed, Value


class Seen(Value, frozen=True):
    """A memory of this test's own."""

    version: int = 2
    events: tuple[str, ...] = ()


MEMORIES = Remembered(Seen())


def test_what_is_kept_is_recalled_and_nothing_is_the_empty_one() -> None:
    seen = Seen(events=("BAD", "VAQ"))

    assert MEMORIES.recalled(MEMORIES.kept(seen)) == seen
    assert MEMORIES.recalled(NOTHING) == Seen()


@pytest.mark.parametrize(
    ("written", "code", "path"),
    [
        ('{"version":1,"events":[]}', "version_unknown", "$.version"),
        ('{"version":3}', "version_unknown", "$.version"),
        ('{"version":2,"events":[1]}', "not_of_its_kind", "$.events[0]"),
        ("{", "malformed", "$"),
    ],
)
def test_what_is_no_memory_of_this_version_is_not_read(written: str, code: str, path: str) -> None:
    with pytest.raises(Misformed) as raised:
        MEMORIES.recalled(written)

    assert (raised.value.code, raised.value.path) == (code, path)
