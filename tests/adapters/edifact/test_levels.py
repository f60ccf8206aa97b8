"""Each level reads its own characters, and tells of others."""

import re

import pytest

from adapters.edifact.items import Message
from adapters.edifact.levels import ANY_LEVEL, LEVELS, level_named
from adapters.edifact.read import read
from tests.rows import each_row

OWN = {
    "UNOA": 'A-Z 0-9 .,()/=!"%&*;<>',
    "UNOB": "a-z and A-Z",
    "UNOC": "Möbel, façade, ÿ",
    "UNOD": "Łódź, Ústí",
    "UNOE": "Мебель",
    "UNOF": "Πειραιάς",
    "UNOG": "Ħamrun, Ġgantija",
    "UNOH": "Rīga, Šiauliai",
    "UNOI": "ميناء",
    "UNOJ": "נמל",
    "UNOK": "İstanbul, Muğla, Şile",
    "UNOY": "港 порт 🚢",
}


def said(level: str, text: str) -> bytes:
    codec = level_named(level).codec or "latin-1"
    whole = f"UNB+{level}:3+A+B+261128:1200+1'UNH+1+X:D:41A:UN'FTX+{text}'UNT+3+1'UNZ+1+1'"
    return whole.encode(codec)


@each_row("level", OWN)
def test_a_level_reads_its_own_characters(level: str) -> None:
    message = next(read([said(level, OWN[level])]))

    assert isinstance(message, Message)
    assert message.body[0].value(1) == OWN[level]
    assert [each.rule for each in message.findings] == ["directory_not_there"]


@each_row(
    ("level", "stranger"),
    [
        ("UNOA", "a"), ("UNOA", "#"), ("UNOA", "\x01"), ("UNOA", "é"),
        ("UNOB", "@"), ("UNOB", "é"), ("UNOC", "\x85"), ("UNOC", "\t"),
        ("UNOY", "\x7f"), ("UNOY", "\udcff"), ("UNOE", "\udcff"), ("", "\x00"),
    ],
)  # fmt: skip
def test_a_level_tells_of_the_first_character_that_it_has_not(level: str, stranger: str) -> None:
    assert level_named(level).stranger(f"A{stranger}B") == stranger


def test_every_level_is_tried_or_not_supported() -> None:
    assert {*OWN} == {name for name, level in LEVELS.items() if level.is_supported}
    assert level_named("IATB") is ANY_LEVEL


UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,-()/=!\"%&*;<>'+:?"
BYTES = [chr(byte) for byte in range(256)]
CONTROLS = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))}
WHOLE = {
    # ISO 9735, annex A: level A, level B, and ISO 8859-1 without its control characters.
    "UNOA": {*UPPER},
    "UNOB": {*UPPER, *UPPER.lower()},
    "UNOC": {*BYTES} - CONTROLS,
}


@pytest.mark.parametrize("level", WHOLE)
def test_a_level_has_every_character_that_the_standard_gives_it_and_no_other(level: str) -> None:
    known = level_named(level)

    assert {each for each in BYTES if not known.stranger(each)} == WHOLE[level]
    marks = {*"'+:?*"}
    pattern = re.compile(known.characters)
    assert {each for each in BYTES if pattern.fullmatch(each)} == WHOLE[level] - marks


def test_unoy_has_all_of_unicode_but_control_characters_and_what_is_none() -> None:
    level = level_named("UNOY")
    surrogates = {*map(chr, range(0xDC80, 0xDD00))}
    whole = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))

    assert level.stranger("".join(each for each in whole if each not in CONTROLS)) == ""
    assert all(level.stranger(each) == each for each in CONTROLS | surrogates)
