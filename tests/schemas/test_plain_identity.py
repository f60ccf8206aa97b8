"""A driver, a PIN or a token that lies open is no message, and no dead letter keeps it."""

import base64
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import plain_identity
from tests.chance import examples
from tests.rows import each_row
from tests.schemas.samples import DRIVER, PARTY, PLACE, read, sample, told, written

PLAIN: list[tuple[str, str, Any, str]] = [
    ("a driver by number", "assign_pickup", {"driver": "000000012"}, "$.driver"),
    ("a driver by name", "assign_pickup", {"driver": {"name": "Jan"}}, "$.driver"),
    (
        "a number where the ciphertext belongs",
        "assign_pickup",
        {"driver": DRIVER | {"ciphertext": "000000012"}},
        "$.driver.ciphertext",
    ),
    (
        "a mask that hides nothing",
        "assign_pickup",
        {"driver": DRIVER | {"mask": "000000012"}},
        "$.driver.mask",
    ),
    (
        "a number for an alias",
        "assign_pickup",
        {"driver": DRIVER | {"alias": "Jan 000000012"}},
        "$.driver.alias",
    ),
    (
        "a name beside the sealed box",
        "assign_pickup",
        {"driver": DRIVER | {"lastName": "Jansen"}},
        "$.driver.lastName",
    ),
    ("a driver in another message", "release", {"driver": {"name": "Jan"}}, "$.driver"),
    ("a PIN", "release", {"pin": "1234"}, "$.pin"),
    ("a PIN as a number", "release", {"pinCode": 1234}, "$.pinCode"),
    ("SCR's PIN", "release", {"encryptedPin": "9f1c00aa"}, "$.encryptedPin"),
    ("a PIN in full width", "release", {"ＰＩＮ": "1234"}, "$.…"),  # noqa: RUF001  full width is the point
    ("a PIN in a depth", "release", {"x": [{"y": {"PIN_CODE": "1"}}]}, "$.x[0].y.PIN_CODE"),
    ("a TCT", "accept", {"tct": "123456"}, "$.tct"),
    ("an Alfapass number", "accept", {"alfapassNumber": "000000012"}, "$.alfapassNumber"),
    (
        "CPu's own pick-up party",
        "assign_pickup",
        {"pickupParty": {"identificationType": "Alfapass", "identificationCode": "000000012"}},
        "$.pickupParty.identificationType",
    ),
    (
        "an Alfapass for a party's code",
        "transfer",
        {"release_to": {"scheme": "alfapass", "code": "000000012"}},
        "$.release_to.scheme",
    ),
    (
        "beside a member that is wrong",
        "release",
        {"container": 1, "release_to": PARTY | {"tctCode": "1"}},
        "$.release_to.tctCode",
    ),
    (
        "beside an identifier that is none",
        "release",
        {"container": "?", "release_to": PARTY | {"tctCode": "1"}},
        "$.release_to.tctCode",
    ),
    ("under a type that nobody knows", "assign", {"pin": "1234"}, "$.pin"),
]


@each_row(
    ("name", "members", "position"), [row[1:] for row in PLAIN], ids=[row[0] for row in PLAIN]
)
def test_a_plain_identity_is_refused_and_kept_as_a_digest_only(
    name: str, members: dict[str, Any], position: str
) -> None:
    got = told(name, sample(name) | members)

    assert (got.code, got.position, got.sensitive) == ("plain_identity", position, True)


NOT_PLAIN = [
    (
        "release",
        {"shipping_line": "MSC", "spinning": "1234", "pinRetrieved": True, "driver": None},
    ),
    ("release", {"release_identification": "PIN 1234", "order_reference": "TCT-1"}),
    ("register_organisation", {"name": "Pin & Driver BV"}),
    ("assign_pickup", {"driver": DRIVER | {"version": 2}}),
]


@pytest.mark.parametrize(("name", "members"), NOT_PLAIN)
def test_what_only_sounds_like_a_secret_is_read(name: str, members: dict[str, Any]) -> None:
    read(name, sample(name) | members)


def test_a_message_with_a_driver_is_marked_sensitive() -> None:
    assert read("assign_pickup", sample("assign_pickup")).sensitive
    assert not read("assign_pickup", PLACE | {"modality": "barge"}).sensitive


SUSPECT = [
    ("assign_pickup", b'{"driv'),
    ("assign_pickup", written(sample("assign_pickup") | {"container": 1})),
    ("assign_pickup", written(sample("assign_pickup") | {"container": "?"})),
    ("release", b'{"pin": 1234'),
    ("release", '{"Alfapass": 1'.encode("utf-16-le")),
    ("nobody_knows", b'{"'),
    ("nobody_knows", written({"driver": DRIVER})),
]


@pytest.mark.parametrize(("name", "value"), SUSPECT)
def test_what_may_hide_an_identity_is_kept_as_a_digest_only(name: str, value: bytes) -> None:
    assert told(name, value).sensitive


@given(st.from_regex(plain_identity._names_a_secret.pattern))
@settings(max_examples=examples(300))
def test_whatever_names_a_secret_has_one_of_the_words_that_are_looked_for_first(
    data: bytes,
) -> None:
    for seen in (data, data.swapcase()):
        found = plain_identity._names_a_secret.search(seen) is not None
        assert plain_identity._looks_secret(seen) == found
    assert plain_identity._looks_secret(data)


@given(
    st.text(
        st.sampled_from("pPiInNtTcCoOdDwWrR019-./ =:%\\\0"), max_size=plain_identity.SHORTEST - 1
    )
)
@settings(max_examples=examples(300))
def test_what_is_too_short_to_be_looked_at_shows_nothing_where_it_is(text: str) -> None:
    for seen in plain_identity._undisguised(text):
        assert not plain_identity._says_itself(seen)
        assert not plain_identity._looks_like_a_card(seen)


def test_half_a_megabyte_of_small_numbers_costs_a_look_at_their_length_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def looks(text: str) -> None:
        raise AssertionError(text)

    monkeypatch.setattr(plain_identity, "_undisguised", looks)

    assert not any(plain_identity.names_its_secret(each) for each in ("", "1", "4711"))
    assert not any(plain_identity.reference_shows_a_secret(each) for each in ("", "1", "4711"))


@pytest.mark.parametrize("text", ["pin-1", "\N{FULLWIDTH LATIN SMALL LETTER P}in-1"])
def test_the_shortest_that_shows_a_secret_is_found(text: str) -> None:
    assert len(text) == plain_identity.SHORTEST
    assert plain_identity.names_its_secret(text)
    assert plain_identity.reference_shows_a_secret(text)


SAYS_A_SECRET = (
    *("PIN 4711", "PIN4711", "pin: 47 11", "P.I.N. 4711", "PIN-4711", "the pin is 4711"),
    *(
        "encryptedPin 9f1c00aa",
        "releasePIN=4711",
        "PINcode 4711",
        "EPIN 4711",
        "CONTAINERPIN 4711",
    ),
    *(
        "CONTAINERPIN 4711",
        "TCT 77A1",
        "TCT482913",
        "tct=482913",
        "codeTCT 482913",
        "TCTs 482913",
        "OTP 123456",
    ),
    *(
        "OTP123456",
        "Alfapass 000000012",
        "alfapass000000012",
        "code 4711",
        "code 482,913",
        "afhaalcode: A4711",
        "«PIN 4711»",
        "Authorization: Bearer abc4711def",
        "Password: Xa4711",
    ),
    *("code de sortie 482913", "driver 000000012", "driver: NX77AB", "chauffeur Jan 12345678"),
    *("cGluPTQ3MTE=", "https://h/?p%69n=4711", '{"pin": "4711"}', "HLCU 1234 PIN 4711"),
)
SAYS_NONE = (
    *("HLCUSHA2403OTP12", "HLCUSSZ2602TCT01", "HLCUSSZ2602PIN01", "HLCUPIN2602ABC01"),
    *("tctu1234565", "TCTU1234565", "PINU2602ABC01", "PIN2602ABC01", "OTPU260212345"),
    *("ALPINE TRANSPORT 2000 B.V.", "SPINNAKER 247 BV", "HAPPINESS LOGISTICS 365", "Driver24 BV"),
    *("DRIVER LOGISTICS 2000 BV", "PINTRANS 2000 B.V.", "CHOPIN 2000 SP Z O O", "AMSPIN01"),
    *("AMSTCT9", "SHIPPING PARTNERS 2000 BV", "PHILIPPINES 2000", "PHOTOPRINT 24", "PINGTAN 8801"),
    *("MRS/123456", "417093628", "MEDUUD123456", "Pink Spin 123", "OTPOR 2000 DOO"),
    *("Crépin 2000", "Transports Pépin 2000", "Bearer 24 BV", "PASSWORD 24"),
)


@pytest.mark.parametrize("text", SAYS_A_SECRET)
def test_a_secret_beside_its_name_is_one_in_a_number_and_in_a_name(text: str) -> None:
    assert plain_identity.names_its_secret(text)
    assert plain_identity.reference_shows_a_secret(text)


@pytest.mark.parametrize("text", SAYS_NONE)
def test_a_number_or_a_name_that_only_holds_the_letters_of_a_secret_shows_none(text: str) -> None:
    assert not plain_identity.names_its_secret(text)
    assert plain_identity.reference_shows_a_secret(text) == (text == "417093628")


@given(st.from_regex(r"[A-Z]{4}[A-Z0-9]{6,12}|[A-Z]{3}[0-9]{10}", fullmatch=True))
@settings(max_examples=examples(300))
def test_no_bill_of_lading_is_taken_for_a_secret(bill: str) -> None:
    assert not plain_identity.names_its_secret(bill)


@given(st.sampled_from(["pin", "tct", "otp"]), st.text("ABCDEPINTCO0123456789", max_size=12))
def test_a_carriers_prefix_makes_a_number_of_whatever_follows(letters: str, rest: str) -> None:
    for number in (f"HLCU{letters}{rest}", f"HLCU{rest}{letters.upper()}{rest}"):
        assert not plain_identity.names_its_secret(number), number


def test_no_number_is_read_as_the_bytes_that_a_decoder_makes_of_it() -> None:
    said = b"PIN 4711"

    assert plain_identity.names_its_secret(base64.b64encode(said + b"\n").decode())
    assert plain_identity.names_its_secret(said.hex())
    assert not plain_identity.names_its_secret(base64.b64encode(b"\xff " + said).decode())
    assert not plain_identity.names_its_secret((b"\x01 " + said).hex())
