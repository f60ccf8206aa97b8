"""A notice of a later version is read as far as it is understood: its answer always."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import facts as f
from schemas.notices import NOTICE, Answered, Notice, read_notice
from schemas.reasons import Reason
from schemas.value import Misformed

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
ANSWER = Answered(message_id="m1", outcome="refused", reason="not_the_holder")
TOLD = Notice(
    shard="ledger-3",
    seq=7,
    recorded_at=NOW,
    container="CPUU1000010",
    port="BEANR",
    answer=ANSWER,
    fact=f.Refused(reason=Reason.NOT_THE_HOLDER),
)


def later(**members: Any) -> bytes:
    return json.dumps({**json.loads(NOTICE.written(TOLD)), **members}).encode()


def test_a_notice_is_read_whole() -> None:
    assert read_notice(NOTICE.written(TOLD)) == TOLD


@pytest.mark.parametrize(
    "members",
    [
        {"fact": {"type": "craned", "crane": 7}},
        {"fact": {"type": "refused", "reason": "no_crane"}},
        {"missing": ["no_crane"]},
        {"light_changes": [{"light": "crane", "after": "green"}]},
    ],
    ids=["an unheard sort of fact", "a reason", "a lack", "a light"],
)
def test_of_a_later_version_the_answer_and_its_place_are_read(members: dict[str, Any]) -> None:
    got = read_notice(later(**members))

    assert (got.shard, got.seq, got.recorded_at) == ("ledger-3", 7, NOW)
    assert (got.container, got.port, got.answer) == ("CPUU1000010", "BEANR", ANSWER)
    assert got.fact is None


@pytest.mark.parametrize("value", [b"{", b"[]", later(recorded_at="yesterday"), later(answer=7)])
def test_what_is_no_notice_of_any_version_is_misformed(value: bytes) -> None:
    with pytest.raises(Misformed):
        read_notice(value)
