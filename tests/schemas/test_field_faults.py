"""A member that is wrong is told by its path, in the words of the field."""

from typing import Any

from tests.rows import each_row
from tests.schemas.samples import sample, told


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in sample("release").items() if key != name}


def _with(**members: Any) -> dict[str, Any]:
    return sample("release") | members


NO_TIME = "is no time in RFC 3339, such as 2026-03-01T08:00:00Z."
BAD_FIELDS: list[tuple[str, Any, str, str, str]] = [
    ("null", b"null", "field_invalid", "$", "The message is no object."),
    ("a list", [1], "field_invalid", "$", "The message is no object."),
    ("a text", "release", "field_invalid", "$", "The message is no object."),
    (
        "no container",
        _without("container"),
        "field_missing",
        "$.container",
        "The container number is missing.",
    ),
    (
        "nothing of what is needed",
        {},
        "field_missing",
        "$.container",
        "The container number is missing. It has 5 faults, this is the first.",
    ),
    (
        "no release identification",
        _without("release_identification"),
        "field_missing",
        "$.release_identification",
        "The release identification of the agent is missing.",
    ),
    (
        "a container that is a number",
        _with(container=7029147),
        "field_invalid",
        "$.container",
        "The container number is no text.",
    ),
    (
        "a container that is null",
        _with(container=None),
        "field_invalid",
        "$.container",
        "The container number is no text.",
    ),
    (
        "a container of spaces",
        _with(container="  - "),
        "identifier_unusable",
        "$.container",
        "This cannot be used as an identifier. It is empty.",
    ),
    (
        "a container in Cyrillic",
        _with(container="МSСU7029147"),  # noqa: RUF001 - that is the point
        "identifier_unusable",
        "$.container",
        (
            "This cannot be used as an identifier. "
            "It has characters other than letters A to Z and digits."
        ),
    ),
    (
        "control characters",
        _with(release_identification="AGT\u0000REL"),
        "field_invalid",
        "$.release_identification",
        (
            "The release identification of the agent has characters that may not stand in it, "
            "such as a line break."
        ),
    ),
    (
        "an empty text",
        _with(stay_number=""),
        "field_invalid",
        "$.stay_number",
        "The stay number is empty.",
    ),
    (
        "a text too long",
        _with(stay_number="9" * 256),
        "field_invalid",
        "$.stay_number",
        "The stay number is longer than 255 characters.",
    ),
    (
        "one bill of lading outside of an array",
        _with(bills_of_lading="BLTEST0001"),
        "field_invalid",
        "$.bills_of_lading",
        "The list of bills of lading is no array.",
    ),
    (
        "a bill of lading that is a number",
        _with(bills_of_lading=["BLTEST0001", 2]),
        "field_invalid",
        "$.bills_of_lading[1]",
        "The item 1 of the list of bills of lading is no text.",
    ),
    (
        "no bill of lading",
        _with(bills_of_lading=[]),
        "field_invalid",
        "$.bills_of_lading",
        "The list of bills of lading has fewer than 1 items.",
    ),
    (
        "bills of lading of spaces",
        _with(bills_of_lading=[" ", "  "]),
        "field_invalid",
        "$.bills_of_lading",
        "The list of bills of lading has no number in it.",
    ),
    (
        "a bill of lading that upper case makes too long",
        _with(bills_of_lading=["ß" * 255]),
        "field_invalid",
        "$.bills_of_lading",
        "The list of bills of lading has a number of more than 255 characters.",
    ),
    (
        "41 bills of lading",
        _with(bills_of_lading=[f"B{number}" for number in range(41)]),
        "field_invalid",
        "$.bills_of_lading",
        "The list of bills of lading has more than 40 items.",
    ),
    (
        "a party without its code",
        _with(release_to={"scheme": "vat"}),
        "field_missing",
        "$.release_to.code",
        "The code of the party or terminal is missing.",
    ),
    (
        "a party by a kind of code that nobody knows",
        _with(release_to={"scheme": "siret", "code": "1"}),
        "field_invalid",
        "$.release_to.scheme",
        (
            "The kind of the code is none of "
            "'nxtport', 'vat', 'eori', 'duns', 'scac', 'apcs', 'external' or 'ean'."
        ),
    ),
    (
        "a party whose code is no code",
        _with(carrier={"scheme": "scac", "code": "M§CU"}),
        "identifier_unusable",
        "$.carrier.code",
        (
            "This cannot be used as an identifier. "
            "It has characters other than letters A to Z and digits."
        ),
    ),
    ("a day only", _with(valid_from="2026-03-01"), "field_invalid", "$.valid_from", NO_TIME),
    (
        "30 February",
        _with(valid_from="2026-02-30T08:00:00Z"),
        "field_invalid",
        "$.valid_from",
        NO_TIME,
    ),
    ("seconds since 1970", _with(expires_at=1772352000), "field_invalid", "$.expires_at", NO_TIME),
    (
        "the same as a text",
        _with(expires_at="1772352000"),
        "field_invalid",
        "$.expires_at",
        NO_TIME,
    ),
    (
        "a time without its offset",
        _with(expires_at="2026-03-01T08:00:00"),
        "field_invalid",
        "$.expires_at",
        "The expiry date has no offset from UTC, such as Z or +01:00.",
    ),
    (
        "the year 1",
        _with(valid_from="0001-01-01T00:00:00+01:00"),
        "field_invalid",
        "$.valid_from",
        "The date from which the release holds is outside of the years 1970 to 9998.",
    ),
    (
        "the year 9999",
        _with(expires_at="9999-12-31T23:59:59-01:00"),
        "field_invalid",
        "$.expires_at",
        "The expiry date is outside of the years 1970 to 9998.",
    ),
]


@each_row(
    ("content", "code", "position", "sentence"),
    [row[1:] for row in BAD_FIELDS],
    ids=[row[0] for row in BAD_FIELDS],
)
def test_a_member_that_is_wrong_is_told_in_the_words_of_the_field(
    content: Any, code: str, position: str, sentence: str
) -> None:
    got = told("release", content)

    assert (got.code, got.position, got.sensitive) == (code, position, False)
    assert got.sentence == sentence or (sentence == NO_TIME and got.sentence.endswith(sentence))


def test_a_text_is_no_truth_value() -> None:
    got = told("report_gate_out", sample("report_gate_out") | {"overruled": "yes"})

    assert got.position == "$.overruled"
    assert got.sentence == "The mark that the terminal overruled is neither true nor false."
