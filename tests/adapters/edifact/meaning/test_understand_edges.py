"""What a partner's message means at its edges: whose word counts, and what is said of nothing."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from adapters.edifact.meaning.acknowledge import aperak
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.understand import understood
from schemas import messages as m
from tests.adapters.edifact.meaning.said import (
    CODECO,
    COREOR,
    altered,
    heard,
    message,
    partner,
)


@pytest.mark.parametrize(
    ("ends", "is_rejected"),
    [("202611280759", True), ("202611280800", True), ("202611280801", False)],
)
def test_a_release_ends_behind_where_it_begins(ends: str, *, is_rejected: bool) -> None:
    told = heard("COREOR", altered(COREOR, ("DTM+36", f"DTM+36:{ends}:203")))

    assert told.is_rejected is is_rejected
    reversed_dates = [ProfileRule.DATES_REVERSED] if is_rejected else []
    assert [found.rule for found in told.findings] == reversed_dates


def test_the_ship_does_not_say_by_what_a_container_left() -> None:
    # The ship's own 8067 may be anything, and stands before the means behind the container.
    by_ship = (CODECO[0], "TDT+20+0220+8++MSC:172:20", *CODECO[1:])
    (part,) = heard("CODECO", altered(by_ship, ("TDT+1", None))).parts
    (by_truck,) = heard("CODECO", by_ship).parts

    assert isinstance(part.message, m.ReportGateOut)
    assert part.message.modality is None
    assert isinstance(by_truck.message, m.ReportGateOut)
    assert by_truck.message.modality is m.Modality.TRUCK


def test_what_is_said_of_goods_is_not_said_of_the_message() -> None:
    goods = ("GID+1", "NAD+CA+MSCU:172:166")
    unnamed = altered(COREOR, ("NAD+CF", "NAD+FW+MSC:160:ZZZ"))
    told = heard("COREOR", (*unnamed[:8], *goods, *unnamed[8:]))

    assert [part.message.model_dump()["carrier"] for part in told.parts] == [None]


def test_an_interchange_of_syntax_4_is_as_old_as_its_header_says() -> None:
    said, header = message("COREOR", COREOR)
    text = header.text.replace("+261128:1800+", "+20261128:1800+")
    assert text != header.text
    (part,) = understood(said, replace(header, text=text), partner("ship_agent")).parts

    assert part.occurred_at == datetime(2026, 11, 28, 17, 0, tzinfo=UTC)


def test_an_answer_tells_ninety_nine_things_and_no_more() -> None:
    boxes = [f"EQD+CN++45G1:102:5++3+5'RFF+BM:B{number}" for number in range(120)]
    body = (*COREOR[:8], *"'".join(boxes).split("'"), "CNT+16:120")
    said, header = message("COREOR", body)
    agent = partner("ship_agent")
    told = understood(said, header, agent)
    answer = aperak(told, said, agent, "A1", datetime(2026, 11, 28, tzinfo=UTC))

    assert len(told.findings) == 120
    assert answer is not None
    assert sum(1 for each in answer.body if each.tag == "ERC") == 99
