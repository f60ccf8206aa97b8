"""What is read as a party's code, under which scheme, and what is odd about it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from schemas.identifiers import PartyCode, Scheme, Unusable, read_party_code, scheme_named
from schemas.identifiers.party import ean_check_digit
from tests.rows import each_row


def read(scheme: Scheme | str, raw: str) -> PartyCode:
    code = read_party_code(scheme, raw)
    assert isinstance(code, PartyCode)
    return code


def codes(scheme: Scheme | str, raw: str) -> list[str]:
    return [finding.code for finding in read(scheme, raw).findings]


@each_row(
    ("name", "scheme"),
    [
        ("NxtEntityId", Scheme.NXTPORT),
        ("nxtEntityId", Scheme.NXTPORT),
        ("Tin", Scheme.VAT),
        ("TIN", Scheme.VAT),
        ("vat", Scheme.VAT),
        ("Eori", Scheme.EORI),
        ("Duns", Scheme.DUNS),
        ("SCAC", Scheme.SCAC),
        ("Apcs", Scheme.APCS),
        ("APCS", Scheme.APCS),
        ("apcsCode", Scheme.APCS),
        ("externalId", Scheme.EXTERNAL),
        ("EAN", Scheme.EAN),
        ("GLN", Scheme.EAN),
        *((scheme.value, scheme) for scheme in Scheme),
    ],
)
def test_schemes_are_found_in_cpus_spellings(name: str, scheme: Scheme) -> None:
    assert scheme_named(name) is scheme
    assert Scheme(name) is scheme
    assert TypeAdapter(Scheme).validate_python(name) is scheme


def test_an_unknown_scheme_is_no_scheme_and_its_code_is_not_repeated() -> None:
    answer = read_party_code("Alfapass", "000000012")

    assert scheme_named("Alfapass") is None
    assert isinstance(answer, Unusable)
    assert "000000012" not in answer.reason
    with pytest.raises(ValueError, match="Alfapass"):
        Scheme("Alfapass")


@each_row(
    ("scheme", "raw", "key"),
    [
        ("NxtEntityId", "nxt 22125864695", "nxtport:NXT22125864695"),
        ("Tin", "BE 0429.672.881", "vat:BE0429672881"),
        ("TIN", "be0429672881", "vat:BE0429672881"),
        ("vat", "BE429672881", "vat:BE0429672881"),
        ("Eori", "BE 0400000009", "eori:BE0400000009"),
        ("Duns", "15-048-3782", "duns:150483782"),
        ("SCAC", "mscu", "scac:MSCU"),
        ("APCS", "za0000", "apcs:ZA0000"),
        ("externalId", " Ext-2.b ", "external:Ext-2.b"),
        ("EAN", "871 3987 001237", "ean:8713987001237"),
    ],
)
def test_a_code_is_looked_up_under_one_key(scheme: str, raw: str, key: str) -> None:
    code = read(scheme, raw)

    assert (code.key, code.raw, code.findings) == (key, raw, ())


@each_row(
    ("scheme", "raw", "finding"),
    [
        (Scheme.NXTPORT, "NXT2212586469", "nxtport_format"),
        (Scheme.NXTPORT, "NXT1234567890123", "nxtport_format"),
        (Scheme.EORI, "btw53698888", "eori_format"),
        (Scheme.EORI, "BE", "eori_format"),
        (Scheme.EORI, "BE1234567890123456", "eori_format"),
        (Scheme.DUNS, "12345678", "duns_format"),
        (Scheme.SCAC, "MSCUX", "scac_format"),
        (Scheme.SCAC, "M", "scac_format"),
        (Scheme.APCS, "A", "apcs_format"),
        (Scheme.EAN, "871398700123", "ean_format"),
        (Scheme.EAN, "8713987001238", "ean_check_digit"),
        (Scheme.VAT, "0429672881", "vat_format"),
        (Scheme.VAT, "BE2429672881", "vat_format"),
        (Scheme.VAT, "NL000000001", "vat_format"),
        (Scheme.VAT, "BE1234567898", "vat_check_digit"),
        (Scheme.VAT, "BE2020112701", "vat_format"),
        (Scheme.VAT, "BE0429672882", "vat_check_digit"),
        (Scheme.VAT, "NL000000001B01", "vat_check_digit"),
        (Scheme.VAT, "FR41303265045", "vat_check_digit"),
        (Scheme.VAT, "DE136695978", "vat_check_digit"),
        (Scheme.VAT, "LU15027443", "vat_check_digit"),
    ],
)
def test_what_is_odd_about_a_code_is_a_finding_and_the_code_still_a_key(
    scheme: Scheme, raw: str, finding: str
) -> None:
    assert [finding] == codes(scheme, raw)


@each_row(
    "raw",
    [
        "BE0429672881",
        "BE0412345614",
        "BE0765432146",
        "NL004495445B01",
        "NL002455799B11",
        "FR40303265045",
        "FRK7399859412",
        "DE136695976",
        "DE129274202",
        "LU15027442",
        "ES54362315K",
        "GB980780684",
        "EL094259216",
    ],
)
def test_a_sound_vat_number_has_no_findings(raw: str) -> None:
    assert codes(Scheme.VAT, raw) == []


def test_the_finding_of_an_ean_says_the_expected_digit() -> None:
    assert "GS1 gives 7" in read(Scheme.EAN, "8713987001238").findings[0].sentence


@each_row("scheme", list(Scheme))
@each_row("raw", ["", "  ", "A" * 256, "BE04\x002967"])
def test_what_cannot_be_a_key_is_told(scheme: Scheme, raw: str) -> None:
    assert isinstance(read_party_code(scheme, raw), Unusable)


def test_only_an_external_id_may_have_other_characters() -> None:
    assert read(Scheme.EXTERNAL, "a/b:ç").value == "a/b:ç"
    assert isinstance(read_party_code(Scheme.VAT, "BE0429*672881"), Unusable)


@given(st.sampled_from(Scheme), st.text() | st.text("NXTBE0123456789 -.b", max_size=20))
def test_reading_twice_changes_nothing(scheme: Scheme, raw: str) -> None:
    once = read_party_code(scheme, raw)

    if isinstance(once, PartyCode):
        again = PartyCode(scheme, once.value, once.value, once.findings)
        assert read_party_code(scheme, once.value) == again
        assert once.raw == raw


@given(st.integers(10_000_000, 19_999_999))
def test_a_belgian_number_with_the_right_two_digits_is_sound(first_eight: int) -> None:
    number = f"BE{first_eight}{97 - first_eight % 97:02}"

    assert codes(Scheme.VAT, number) == []


@given(st.integers(10_000_000, 19_999_999), st.integers(2, 11), st.integers(1, 9))
def test_every_wrong_digit_of_a_belgian_number_is_found(
    first_eight: int, place: int, step: int
) -> None:
    number = f"BE{first_eight}{97 - first_eight % 97:02}"
    wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]

    assert codes(Scheme.VAT, wrong) in (["vat_check_digit"], ["vat_format"])


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_every_wrong_digit_of_an_ean_is_found(first_twelve: str, place: int, step: int) -> None:
    ean = f"{first_twelve}{ean_check_digit(first_twelve)}"
    wrong = ean[:place] + str((int(ean[place]) + step) % 10) + ean[place + 1 :]

    assert codes(Scheme.EAN, ean) == []
    assert codes(Scheme.EAN, wrong) == ["ean_check_digit"]


@pytest.mark.parametrize("raw", ["417093628", "4711", "41.70.93.62"])
def test_digits_alone_are_no_nxtport_id(raw: str) -> None:
    found = read_party_code(Scheme.NXTPORT, raw)
    assert isinstance(found, Unusable)
    assert raw not in found.reason
