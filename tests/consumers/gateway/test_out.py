"""What leaves bears the partner's own time."""

from datetime import UTC, datetime

from adapters.edifact.read import segments_in
from adapters.edifact.write import written
from consumers.gateway.out import answering, telling
from tests.consumers.gateway.interchanges import partner

AT = datetime(2026, 7, 31, 22, 30, tzinfo=UTC)
QUAY = partner()
(HEADER,) = segments_in([b"UNB+UNOC:3+QUAY:ZZ+RELEASEBUS:ZZ+260731:1200+REF1'"])


def test_an_interchange_of_ours_bears_the_time_of_its_partner() -> None:
    """It is half past midnight of the next day in Antwerp."""
    for envelope in (telling(QUAY, "R1", AT), answering(QUAY, HEADER, "R1", AT, is_test=False)):
        header = next(each for each in segments_in([written(envelope, ())]) if each.tag == "UNB")
        assert header.composite(4) == ["260801", "0030"]
