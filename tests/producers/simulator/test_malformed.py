"""Each spoiled record becomes a dead letter for the very cause that it was spoiled with."""

import random
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from consumers.intake.sort import Desk
from ledger.directory.directory import Directory
from producers.simulator import Letter, cast_of, plan_day
from producers.simulator.malformed import SPOILERS, spoiled
from schemas.topics import MEBIBYTE
from tests.rows import each_row

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


@each_row("number", range(len(SPOILERS)), ids=tuple(SPOILERS))
def test_intake_finds_the_cause(number: int) -> None:
    day = plan_day(cast_of(5), seed=5, containers=1, starts_at=MIDNIGHT)

    planned = spoiled(number, day.boxes[0], 0, MIDNIGHT, random.Random(5))

    assert isinstance(planned.content, Letter)
    found = Desk("", MEBIBYTE, Directory()).sort(_received(planned.content))
    assert [problem.code for problem in found.problems] == [planned.answer.reason]
    assert found.logged == 0


def test_a_small_day_has_dead_letters_of_several_causes() -> None:
    day = plan_day(cast_of(5), seed=5, containers=20, starts_at=MIDNIGHT)

    causes = {said.answer.reason for said in day.planned if isinstance(said.content, Letter)}

    assert len(causes) >= 4


def _received(letter: Letter) -> "ConsumerRecord[bytes, bytes]":
    return ConsumerRecord(
        topic=letter.topic.name,
        partition=0,
        offset=0,
        timestamp=1_770_000_000_000,
        timestamp_type=1,
        key=letter.key,
        value=letter.value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=letter.headers,
    )
