"""A run says at its end whether the interchanges of others were read, and how many."""

from types import SimpleNamespace

from tests.real_interchanges import NOT_READ, READ, told

PASSED = SimpleNamespace(user_properties=[("other", 1), (READ, "20 read, in samples")])
SKIPPED = SimpleNamespace(longrepr=("file", 1, f"Skipped: {NOT_READ}: none in samples"))
ANOTHER = SimpleNamespace(longrepr=("file", 1, "Skipped: needs Docker"))


def test_it_says_how_many_were_read_or_that_none_was() -> None:
    assert told({"passed": [PASSED], "skipped": [ANOTHER]}) == f"{READ}: 20 read, in samples"
    assert told({"skipped": [ANOTHER, SKIPPED]}) == f"{NOT_READ}: none in samples"
    assert told({"skipped": [ANOTHER]}) is None
