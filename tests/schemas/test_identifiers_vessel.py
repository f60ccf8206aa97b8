"""The IMO number of a vessel."""

import pytest

from schemas.identifiers import Unusable, VesselImo, read_imo
from schemas.reading import ReadMessage
from tests.schemas.samples import read, sample, told


@pytest.mark.parametrize("raw", ["9321483", "L9321483", "l9321483", "IMO 9321483", " 932.1483 "])
def test_one_vessel_has_one_number(raw: str) -> None:
    assert read_imo(raw) == VesselImo(raw, "9321483")


@pytest.mark.parametrize(
    ("raw", "value", "codes"),
    [
        ("9321484", "9321484", ["imo_check_digit"]),
        ("932148", "932148", ["imo_format"]),
        ("L932148", "L932148", ["imo_format"]),
        ("LIMA", "LIMA", ["imo_format"]),
    ],
)
def test_what_is_odd_is_told_and_still_compared(raw: str, value: str, codes: list[str]) -> None:
    got = read_imo(raw)

    assert isinstance(got, VesselImo)
    assert (got.value, [finding.code for finding in got.findings]) == (value, codes)


@pytest.mark.parametrize("raw", ["", " - ", "9321483/1", "93214830000", "9" * 65])
def test_what_cannot_be_a_key_is_unusable(raw: str) -> None:
    assert isinstance(read_imo(raw), Unusable)


def test_a_message_carries_it_in_its_one_spelling() -> None:
    got = read(
        "report_customs_status", sample("report_customs_status") | {"vessel_imo": "L9321483"}
    )

    assert isinstance(got, ReadMessage)
    assert getattr(got.message, "vessel_imo", None) == "9321483"
    unusable = told("release", sample("release") | {"vessel_imo": "MSC OSCAR!"})
    assert (unusable.code, unusable.position) == ("identifier_unusable", "$.vessel_imo")
