"""The interchanges that are measured are right, and as large as the design says."""

from benchmarks.edifact import checked, interchanges


def test_what_is_measured_is_right() -> None:
    came = interchanges(3)

    assert checked(came) == 3
    assert {each.count(b"'") for each in came} == {26}
    assert {len(each) for each in came} == {695}
