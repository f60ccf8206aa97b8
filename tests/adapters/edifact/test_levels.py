"""Each level reads its own characters, and tells of others."""

import pytest

from adapters.edifact.items import Message
from adapters.edifact.levels import ANY_LEVEL, LEVELS, level_named
from adapters.edifact.read import read

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


@pytest.mark.parametrize("level", OWN)
def test_a_level_reads_its_own_characters(level: str) -> None:
    message = next(read([said(level, OWN[level])]))

    assert isinstance(message, Message)
    assert message.body[0].value(1) == OWN[level]
    assert [each.rule for each in message.findings] == ["directory_not_there"]


@pytest.mark.parametrize(
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
