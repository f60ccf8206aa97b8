"""Free text that shows a secret is redacted and found; what is no secret or not free stays."""

from typing import Any

from schemas.normalising import REDACTED
from tests.rows import each_row
from tests.schemas.samples import DRIVER, read, sample

SHOWS = [
    ("block", "reason", "driver card 417093628, PIN 90417365"),
    ("block", "reason", "417093628"),
    ("block", "reason", "417-093-628 was here"),
    ("block", "reason", "417\u200b093628 was here"),
    ("block", "reason", "code 5839"),
    ("block", "reason", "5839"),
    ("release", "order_reference", "TCT 7Q4Z9XWB"),
    ("release", "order_reference", "417093628"),
    ("register_organisation", "name", "Haulier, PIN 9041"),
    ("register_organisation", "address", "Kaai 1, badge 90417365"),
]


@each_row(("name", "member", "text"), SHOWS)
def test_free_text_that_shows_a_secret_is_redacted_whole_and_found(
    name: str, member: str, text: str
) -> None:
    got = read(name, sample(name) | {member: text})

    assert getattr(got.message, member) == REDACTED
    assert got.findings == (f"redacted: $.{member}",)


def test_a_drivers_alias_is_free_text_too() -> None:
    driver = DRIVER | {"alias": "TCT 7Q4Z9XWB"}
    got = read("assign_pickup", sample("assign_pickup") | {"driver": driver})

    assert got.message.model_dump()["driver"] == DRIVER | {"alias": REDACTED}
    assert got.findings == ("redacted: $.driver.alias",)


STAYS: list[tuple[str, dict[str, Any]]] = [
    ("block", {"reason": "Freight is not paid, invoice 20261234."}),
    ("block", {"reason": "The driver of MSCU7029147 is none of NXT21000000002."}),
    ("block", {"reason": "Wrong PIN, until 2"}),
    ("block", {"reason": ""}),
    ("release", {"order_reference": "4500012345"}),
    ("release", {"order_reference": "DO-778", "equipment_type": "45G1"}),
    ("release", {"bills_of_lading": ["417093628"], "release_identification": "417093628"}),
    ("release", {"stay_number": "417093628", "vessel_imo": "9074729"}),
    ("release", {"release_to": {"scheme": "duns", "code": "417093628"}}),
    ("register_organisation", {"name": "Pin & Driver BV", "address": "Kaai 1, 2000 Antwerpen"}),
    ("suspend_organisation", {"reason": "driver card 417093628"}),
]


@each_row(("name", "members"), STAYS)
def test_what_is_no_secret_or_no_free_text_stays(name: str, members: dict[str, Any]) -> None:
    """An override's reason is what two people signed, to the letter."""
    got = read(name, sample(name) | members)

    said = got.message.model_dump(mode="json", include=set(members))
    assert said == members
    assert not [each for each in got.findings if each.startswith("redacted")]
