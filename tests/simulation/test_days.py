"""The campaign's command: what it prints, and how it ends."""

from collections.abc import Iterator

import pytest

from tests.simulation import days
from tests.simulation.checker import Verdict


def a_verdict(*, illegal: int) -> Verdict:
    verdict = Verdict(messages=3, entries=5, illegal=illegal)
    verdict.outcomes.update({"applied": 2, "refused": 1})
    verdict.refusals.update({"not_the_holder": 1})
    if illegal:
        verdict.findings.append("CPUU1000010: left without a right")
    return verdict


@pytest.mark.searches
def test_a_campaign_plays_in_processes_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert days.main(["--containers", "3", "--seeds", "2", "--workers", "2"]) == 0

    told = capsys.readouterr().out
    assert told.startswith("2 days of 3 containers, 2 at a time\n   1/2  seed ")
    assert "refusals by reason" in told
    assert told.splitlines()[-2].split() == ["illegal", "0"]


@pytest.mark.parametrize(("illegal", "ends_with"), [(0, 0), (1, 1)])
def test_a_campaign_that_finds_anything_says_what_and_ends_with_one(
    illegal: int,
    ends_with: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def played(*_asked: object) -> Iterator[tuple[int, Verdict]]:
        yield 1, a_verdict(illegal=illegal)
        yield 2, a_verdict(illegal=0)

    monkeypatch.setattr(days, "_played", played)

    assert days.main(["--seeds", "2"]) == ends_with
    told = capsys.readouterr().out
    assert ("left without a right" in told) == bool(illegal)
    assert "messages                                 6" in told
