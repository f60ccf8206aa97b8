"""A TCT does not pass, in a member or in words; what only looks like one does (§A.3)."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.exit_steps.secrets import REDACTED, redact, shows_a_code, words_without
from tests.adapters.le_havre import SAMPLES
from tests.rows import each_row

TCT = "482913"
WIDE = "".join(chr(ord(digit) + 0xFEE0) for digit in TCT)
"""The same digits as wide as an ideograph."""


def redacted(content: object) -> str:
    return redact(json.dumps(content, ensure_ascii=False).encode()).decode()


@each_row(
    "content",
    [
        {"tct": TCT},
        {"TCT": 482913},
        {"codeTCT": "A1"},
        {"x" * 300 + "Tct": "A1"},
        {"Token": TCT},
        {"HandlingUnit": {"Events": [{"Comment": f"code {TCT} pour la sortie"}]}},
        {"comment": "Le code est 482 913."},
        {"comment": "Le code est 482-913."},
        {"comment": WIDE},
        {"comment": "482\u200b913"},
        {"anything": 482913},
        {"references": [{"type": "Rank", "value": TCT}]},
        {"reference": TCT},
        {TCT: "x"},
        ["a", [TCT]],
        TCT,
        {"message": f"TCT={TCT}"},
        {"chauffeur": "Jean"},
        {"email": "j@example.org"},
    ],
)
def test_a_code_or_a_person_is_taken_out(content: object) -> None:
    clean = redacted(content)

    assert not any(each in clean for each in (TCT, "482 913", "482-913", WIDE, "A1"))
    assert "Jean" not in clean
    assert "example.org" not in clean
    assert REDACTED in clean


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.glob("*.json")))
def test_what_s_one_says_of_itself_is_untouched(name: str) -> None:
    data = (SAMPLES / name).read_bytes()

    assert redact(data) == data


@pytest.mark.parametrize(
    "content",
    [
        {"commodityCode": "870899"},
        {"measures": {"weight": {"value": 100500}}},
        {"freightForwarder": "2308522"},
        {"AlertDate": "2025-08-15T23:32:00.482913+00:00"},
        {"spi": "CNI0000063978"},
        {"externalReference": "d1c0e8a4-6a35-5c0e-9f0e-482913a1b7a5"},
        {"tct": None, "pinRetrieved": True},
    ],
)
def test_what_only_looks_like_a_code_passes(content: object) -> None:
    assert redacted(content) == json.dumps(content)


def test_what_cannot_be_taken_apart_is_a_digest() -> None:
    assert TCT.encode() not in redact(b"TCT 482913")
    assert redact(b"TCT 482913").startswith(b'{"redacted":"sha256:')


# Their digests begin with nine digits, and with six.
@pytest.mark.parametrize("number", [9, 16])
def test_the_digest_of_what_was_taken_out_is_no_code_itself(number: int) -> None:
    once = redact(b"no JSON: %d" % number)

    assert redact(once) == once


def test_words_keep_what_is_no_code() -> None:
    assert words_without("Retard du navire de 3 jours") == "Retard du navire de 3 jours"
    assert words_without(f"sortie avec {TCT}") == REDACTED


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.just(TCT),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["tct", "value", "comment", TCT, "x"]), inner)
        ),
    )
)
def test_no_six_digits_pass_wherever_they_stand(content: object) -> None:
    once = redacted(content)

    assert redact(once.encode()) == once.encode()
    texts = json.loads(once)
    assert not any(shows_a_code(each) for each in _texts(texts))


def _texts(content: object) -> list[str]:
    match content:
        case str():
            return [content]
        case list():
            return [text for each in content for text in _texts(each)]
        case dict():
            return [*content, *(text for each in content.values() for text in _texts(each))]
        case _:
            return []


@pytest.mark.parametrize("name", ["connaissements", "bills", "billOfLading"])
def test_a_bill_of_lading_keeps_its_number_and_no_secret_passes_for_one(name: str) -> None:
    for bill in ("MRS/123456", "FOS-123456", "123456789", "HLCUSHA2403OTP12", "tctu1234565"):
        assert redacted({name: [bill]}) == json.dumps({name: [bill]})
        assert redacted({name: bill}) == json.dumps({name: bill})
    for secret in (TCT, f" {TCT} ", "482 913", "482-913", f"TCT{TCT}", f"TCT {TCT}", "PIN 4711"):
        assert redacted({name: [secret]}) == f'{{"{name}":["{REDACTED}"]}}'


@each_row(
    ("told", "kept"),
    [
        ({"type": "TCT", "value": 482913}, {"type": REDACTED, "value": REDACTED}),
        ({"type": "TCT", "value": "A1"}, {"type": REDACTED, "value": REDACTED}),
        ({"nature": "PIN", "valeur": 47}, {"nature": REDACTED, "valeur": REDACTED}),
        ({"code": "TCT", "value": [482913]}, {"code": "TCT", "value": REDACTED}),
        (["TCT", 4829], [REDACTED, REDACTED]),
        ({"type": "Rank", "value": 482913}, {"type": "Rank", "value": 482913}),
        ({"type": "PIN", "reference": "MSCU1"}, {"type": REDACTED, "reference": "MSCU1"}),
    ],
)
def test_a_code_that_a_kind_tells_is_taken_out(told: object, kept: object) -> None:
    assert json.loads(redacted({"references": [told]})) == {"references": [kept]}


@pytest.mark.parametrize(
    "told",
    [
        *(
            "482 913",
            "482-913",
            "482.913",
            "482_913",
            "482,913",
            "48 29 13",
            "48_29_13",
            "4-8-2-9-1-3",
        ),
        *("482\u2013913", "482\u2014913", "482\u2212913", "482\u00a0913", "482\u2011913"),
        "".join(chr(ord(digit) - ord("0") + 0x660) for digit in TCT),
        "".join(chr(ord(digit) - ord("0") + 0x966) for digit in TCT),
    ],
)
def test_six_digits_are_one_code_however_they_are_parted_or_written(told: str) -> None:
    for words in (told, f"Le code est {told}.", f"({told})"):
        assert words_without(words) == REDACTED


@pytest.mark.parametrize(
    "told",
    [[4, 8, 2, 9, 1, 3], ["48", "29", "13"], ["482", 913], ["4", 8, "2", 9, "1", 3]],
)
def test_a_code_in_the_parts_of_a_list_is_taken_out(told: list[object]) -> None:
    assert json.loads(redacted({"c": told})) == {"c": [REDACTED] * len(told)}


@pytest.mark.parametrize(
    "words",
    [
        *("15.08.25", "2026-03", "49,4867", "1,234.56 EUR", "1 234,56", "20,5 t", "12,5 et 34,7"),
        *("100/200", "ABC482_913", "1,234,567 pcs", "3-2-1", "22G1, 45R1", "2026-03-01"),
    ],
)
def test_a_day_an_amount_and_a_longer_number_are_no_code(words: str) -> None:
    assert words_without(words) == words


@pytest.mark.parametrize("content", [{"c": [4, 8, 2]}, {"total": [482, 913]}, {"c": [1, 2.5, 34]}])
def test_a_list_of_other_numbers_is_none(content: object) -> None:
    assert redacted(content) == json.dumps(content)
