"""A repeat is published as it was the first time, as long as it is remembered."""

from producers.door.repeats import Repeats


def test_the_same_again_is_the_first_and_another_is_not() -> None:
    repeats = Repeats()

    assert repeats.published("A", "R", b"seen", b"one") == b"one"
    assert repeats.published("A", "R", b"seen", b"two") == b"one"
    assert repeats.published("B", "R", b"seen", b"three") == b"three"
    assert repeats.published("A", "S", b"seen", b"four") == b"four"
    assert repeats.published("A", "R", b"other", b"five") == b"five"


def test_the_oldest_is_forgotten() -> None:
    repeats = Repeats(most=2)
    for reference in ("1", "2", "1", "3"):
        repeats.published("A", reference, b"seen", reference.encode())

    assert repeats.published("A", "1", b"seen", b"new") == b"1"
    assert repeats.published("A", "2", b"seen", b"new") == b"new"
