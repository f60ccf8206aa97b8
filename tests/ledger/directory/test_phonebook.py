"""The phone book: whoever has any identifier of a company in hand finds it, or is told why not."""

import pytest

from ledger.directory.directory import Directory, directory_of
from ledger.directory.phonebook import Listed, look_up
from ledger.law.ruling import Refusal
from schemas.identifiers import Scheme
from schemas.messages import Role
from schemas.organisations import Code, Organisation
from tests.rows import each_row

COMPANY = Organisation(
    "NXT21000000001",
    1,
    "Demo Haulier BV",
    (Role.TRANSPORT_OPERATOR,),
    (
        Code(Scheme.VAT, "BE0429672881"),
        Code(Scheme.EORI, "BE0429672881"),
        Code(Scheme.DUNS, "371234567"),
        Code(Scheme.SCAC, "DEMO"),
        Code(Scheme.APCS, "ZA0000"),
        Code(Scheme.EAN, "8712345678906"),
        Code(Scheme.EXTERNAL, "cp-4711.b"),
    ),
)
TWINS = tuple(
    Organisation(f"NXT2100000000{n}", 1, "Twin", (), (Code(Scheme.SCAC, "TWIN"),)) for n in (2, 3)
)
BOOK = directory_of((COMPANY, *TWINS), 3)

# The kind as somebody may call it, the identifier as somebody may write it.
SPELT = [
    ("nxtport", "NXT21000000001"),
    ("NxtEntityId", "nxt 2100.0000-001"),
    ("NXTENTITYID", "NXT21000000001"),
    ("nri", "NXT21000000001"),
    ("NxtPortId", "NXT21000000001"),
    ("vat", "BE0429672881"),
    ("VAT", "be 0429.672.881"),
    ("TIN", "BE-0429-672-881"),
    ("Tin", " BE 0429 672 881 "),
    ("eori", "be0429672881"),
    ("EORI", "BE 0429.672.881"),
    ("Duns", "37-123-4567"),
    ("scac", "demo"),
    ("APCS", "za.0000"),
    ("apcsCode", "ZA-0000"),
    ("ean", "8712345 678906"),
    ("GLN", "8712345678906"),
    ("externalId", "cp-4711.b"),
    (" external ", " cp-4711.b "),
]


@each_row(("scheme", "raw"), SPELT)
def test_a_kind_is_taken_in_any_case_and_a_value_without_spaces_dots_and_dashes(
    scheme: str, raw: str
) -> None:
    found = look_up(BOOK, scheme, raw)

    assert isinstance(found, Listed), found
    assert found.organisation is COMPANY


def test_how_it_was_asked_for_is_kept_beside_how_it_is_compared() -> None:
    found = look_up(BOOK, "Tin", "be 0429.672.881")

    assert isinstance(found, Listed)
    assert (found.code.raw, found.code.value) == ("be 0429.672.881", "BE0429672881")
    assert found.code.key == "vat:BE0429672881"


@pytest.mark.parametrize(
    ("scheme", "raw", "told"),
    [
        ("vat", "BE0000000097", "organisation_unknown vat:BE0000000097"),
        ("nxtport", "NXT21000000099", "organisation_unknown nxtport:NXT21000000099"),
        # An external id is somebody else's name: nothing of it is left out, nor its case.
        ("external", "CP-4711.B", "organisation_unknown external:CP-4711.B"),
        ("external", "cp4711b", "organisation_unknown external:cp4711b"),
        # The same value is another's under another kind.
        ("duns", "BE0429672881", "organisation_unknown duns:BE0429672881"),
        ("scac", "twin", "organisation_ambiguous scac:TWIN"),
    ],
)
def test_an_identifier_of_nobody_or_of_several_is_a_refusal(
    scheme: str, raw: str, told: str
) -> None:
    found = look_up(BOOK, scheme, raw)

    assert isinstance(found, Refusal)
    assert f"{found.reason} {found.detail}" == told


@pytest.mark.parametrize(
    ("scheme", "raw", "why"),
    [
        ("kvk", "12345678", "The kind of code is not known."),
        ("", "BE0429672881", "The kind of code is not known."),
        ("vat", " .- ", ""),
        ("nxtport", "417093628", "Digits alone are no NxtPort id"),
        ("external", "  ", ""),
    ],
)
def test_what_can_be_nobodys_identifier_is_unknown_and_says_why(
    scheme: str, raw: str, why: str
) -> None:
    found = look_up(BOOK, scheme, raw)

    assert isinstance(found, Refusal)
    assert found.reason == "organisation_unknown"
    assert why in found.detail
    assert found.detail.startswith(f"{scheme} {raw}: ")


def test_in_an_empty_book_nobody_is_found() -> None:
    assert isinstance(look_up(Directory(), "vat", "BE0429672881"), Refusal)
