"""What a desk answers and keeps: in the partner's time, no larger than its topic takes."""

from datetime import UTC, datetime

import pytest

from adapters.edifact.read import read
from consumers.gateway import desk as desks
from consumers.gateway import meant
from consumers.gateway.came import Came, Entrance
from consumers.gateway.handled import CONTRL, LETTER, LOG
from tests.consumers.gateway.interchanges import (
    broken,
    codeco,
    desk,
    handled,
    headers,
    interchange,
    partner,
    record,
    sent,
    why,
)

LATE_EVENING = int(datetime(2026, 7, 31, 22, 30, 0, 123_000, tzinfo=UTC).timestamp() * 1000)
ONE = interchange(codeco("1"))


def test_a_control_message_bears_the_time_of_its_partner() -> None:
    (control,) = sent(handled(desk(), ONE, timestamp=LATE_EVENING), CONTRL)

    assert "+260801:0030+" in control.the("UNB")[0]


def test_when_it_came_is_known_to_the_millisecond() -> None:
    found = desk().came(record(ONE, timestamp=LATE_EVENING))

    assert isinstance(found, Came)
    assert found.at.microsecond == 123_000


def test_a_control_message_larger_than_its_topic_takes_is_told_shortly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It would be tried for ever, and everything behind it would wait."""
    wrong = broken("1").replace("ZZZ+1'", "ZZZ+1'" * 50).replace("UNT+5", "UNT+54")
    data = interchange(wrong, codeco("2"))
    (whole,) = sent(handled(desk(), data), CONTRL)
    monkeypatch.setattr(desks, "LARGEST_CONTRL", 400)
    (short,) = sent(handled(desk(), data), CONTRL)

    assert (len(whole.the("UCS")) >= 50, len(short.the("UCS"))) == (True, 1)
    assert whole.the("UCM") == short.the("UCM")


def test_a_record_that_our_own_code_cannot_read_is_one_that_could_not_be_handled(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Entrance, "came", breaks)

    assert why(desk(), record(ONE)) == "not_handled"
    assert "Set aside: edi.in.v1/3/0" in caplog.text


def test_what_no_record_of_the_log_takes_is_rejected_and_said_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(meant, "LARGEST_MESSAGE", 50)
    found = handled(desk(), ONE)

    assert [each.code for each in found.problems] == ["too_large"]
    assert (headers(found, LOG), len(headers(found, LETTER))) == ([], 1)


@pytest.mark.parametrize(
    ("bgm", "verdict"),
    [("++RE", "4"), ("++AP", "7"), ("+27+", "4"), ("+29+", "7"), ("+27+AP", "4"), ("++", "7")],
)
def test_an_aperak_says_by_either_of_its_codes_whether_it_was_taken(
    bgm: str, verdict: str
) -> None:
    """BGM 1225 and 4343; a refusal in one of them is one."""
    said = f"UNH+1+APERAK:D:95B:UN'BGM+312+X{bgm}'RFF+ACW:R1'UNT+4+1'"
    found = handled(desk(partner()), interchange(said, asks=False))

    assert [each.is_refusal for each in found.acknowledged] == [verdict == "4"]


def test_what_our_answers_say_reads_back_without_a_finding() -> None:
    for made in handled(desk(), interchange(codeco("1"), broken("2"))).made:
        if made.kind == CONTRL:
            assert [each.findings for each in read([made.record.value or b""])] == [(), ()]
