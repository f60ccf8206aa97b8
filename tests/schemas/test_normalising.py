"""What is odd about a message but read, and how it comes out."""

from typing import Any

from schemas.identifiers import Scheme
from schemas.messages import PartyRef, Release
from schemas.reading import ReadMessage, canonical_bytes, made_canonical
from schemas.unreadable import Unreadable
from tests.rows import each_row
from tests.schemas.samples import ALONE, DRIVER, PARTY, read, sample, told

FINDINGS: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    ("nothing odd", "release", {}, ()),
    (
        "a check digit that fails: CPu's own sample (cpu.md §1.2)",
        "release",
        {"container": "HBMU2699709"},
        ("container_check_digit: $.container",),
    ),
    (
        "a container of no format",
        "release",
        {"container": "SHIPPERS BOX 1"},
        ("container_format: $.container", "container_category: $.container"),
    ),
    (
        "a container of another category",
        "release",
        {"container": "MSCX7029142"},
        ("container_category: $.container", "container_check_digit: $.container"),
    ),
    ("a port of no format", "release", {"port": "BE01"}, ("locode_format: $.port",)),
    ("a quay by its old name", "release", {"terminal": "K1742"}, ("terminal_normalised: K1742",)),
    (
        "a VAT number that fails",
        "release",
        {"release_to": {"scheme": "vat", "code": "BE 0400.000.001"}},
        ("vat_check_digit: $.release_to.code",),
    ),
    (
        "who picked up, by an odd code",
        "report_gate_out",
        {"picked_up_by": {"scheme": "duns", "code": "12"}},
        ("duns_format: $.picked_up_by.code",),
    ),
    (
        "members that nobody knows, at every depth",
        "release",
        {"foo": {"bar": 1}, "release_to": PARTY | {"country": "BE"}},
        ("unknown_member: $.release_to.country", "unknown_member: $.foo"),
    ),
    (
        "a member whose name may be somebody's number",
        "release",
        {"BE0429672881": 1, "a\nb": 2, "x" * 99: 3},
        ("unknown_member: $.…",) * 3,
    ),
    (
        "members that Python would know",
        "release",
        {"__class__": 1, "model_fields": 2, "TYPE": 3},
        (
            "unknown_member: $.__class__",
            "unknown_member: $.model_fields",
            "unknown_member: $.TYPE",
        ),
    ),
    (
        "an organisation and its terminals",
        "register_organisation",
        {
            "organisation": "nxt-1",
            "codes": [PARTY, {"scheme": "ean", "code": "5412345000014", "since": 2020}],
            "terminals": [{"port": "be anr", "code": "K0524", "gate": "north"}],
        },
        (
            "nxtport_format: $.organisation",
            "ean_check_digit: $.codes[1].code",
            "unknown_member: $.codes[1].since",
            "terminal_normalised: K0524",
            "unknown_member: $.terminals[0].gate",
        ),
    ),
    (
        "a driver with a member more",
        "assign_pickup",
        {"driver": DRIVER | {"sealed_at": "2026-03-01"}},
        ("unknown_member: $.driver.sealed_at",),
    ),
]


@each_row(
    ("name", "members", "findings"),
    [row[1:] for row in FINDINGS],
    ids=[row[0] for row in FINDINGS],
)
def test_what_is_odd_is_read_and_found(
    name: str, members: dict[str, Any], findings: tuple[str, ...]
) -> None:
    got = read(name, sample(name) | members)

    assert got.findings == findings
    assert got.message.model_extra == {}


def test_a_message_comes_out_in_the_one_spelling() -> None:
    got = read(
        "release",
        {
            "container": "mscu 702914-7",
            "port": "be anr",
            "terminal": "Kaai 01742",
            "bills_of_lading": [" bl2", "BL1", "bl1 "],
            "release_identification": "AGT-rel-1",
            "release_to": {"scheme": "Tin", "code": "be 429.672.881", "country": "BE"},
            "carrier": {"scheme": "SCAC", "code": "mscu"},
            "valid_from": "2026-03-01T09:00:00+01:00",
            "foo": 1,
        },
    )

    assert canonical_bytes(got.message) == (
        b'{"container":"MSCU7029147","port":"BEANR","terminal":"1742",'
        b'"bills_of_lading":["BL1","BL2"],"release_identification":"AGT-rel-1",'
        b'"release_to":{"scheme":"vat","code":"BE0429672881"},'
        b'"carrier":{"scheme":"scac","code":"MSCU"},"valid_from":"2026-03-01T08:00:00Z"}'
    )


def test_an_organisation_comes_out_in_the_one_spelling() -> None:
    got = read(
        "register_organisation",
        sample("register_organisation")
        | {
            "organisation": "nxt 21000000002",
            "codes": [{"scheme": "gln", "code": "541-2345000013"}],
            "terminals": [{"port": "beanr", "code": "K1742"}, {"port": "NLRTM", "code": "krm"}],
        },
    )

    assert canonical_bytes(got.message) == (
        b'{"organisation":"NXT21000000002","name":"Demo Forwarder NV","roles":["release_party"],'
        b'"codes":[{"scheme":"ean","code":"5412345000013"}],'
        b'"terminals":[{"port":"BEANR","code":"1742"},{"port":"NLRTM","code":"KRM"}],'
        b'"address":"Kaai 1, 2000 Antwerpen, BE","language":"nl"}'
    )


def test_nobody_takes_the_name_of_the_register() -> None:
    got = told(
        "register_organisation", ALONE["register_organisation"] | {"organisation": "Register"}
    )

    assert (got.code, got.position) == ("identifier_unusable", "$.organisation")


def test_ten_thousand_members_that_nobody_knows_still_fit_into_a_header() -> None:
    got = read("release", sample("release") | {f"m{number}": 1 for number in range(9_000)})

    assert len(got.findings) == 41
    assert got.findings[-1] == "further_findings: 8960"


def test_what_an_adapter_makes_is_brought_to_the_same_form() -> None:
    release_to = PartyRef(scheme=Scheme.VAT, code="BE 0429.672.881")
    made = Release(
        container="mscu7029147",
        port="BEANR",
        terminal="K1742",
        bills_of_lading=("BL1",),
        release_identification="R",
        release_to=release_to,
    )

    got = made_canonical(made)

    assert isinstance(got, ReadMessage)
    assert got == read("release", canonical_bytes(made))
    assert made_canonical(made.model_copy(update={"container": "?"})) == Unreadable(
        "identifier_unusable",
        "$.container",
        "This cannot be used as an identifier. "
        "It has characters other than letters A to Z and digits.",
    )


def test_a_bill_of_lading_that_was_taken_out_as_a_secret_is_none() -> None:
    for mark in ("[redacted]", " [Redacted]"):
        got = told("release", sample("release") | {"bills_of_lading": ["BL1", mark]})

        assert (got.code, got.position) == ("field_invalid", "$.bills_of_lading")
