"""The languages that people are told things in, and tables of texts in all of them."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias


class Language(StrEnum):
    """The languages of the ports and of their hinterland."""

    EN = "en"
    NL = "nl"
    FR = "fr"
    DE = "de"


Texts: TypeAlias = Mapping[Language, str]
"""One text in every language."""


def texts_in(row: Mapping[str, Any]) -> Texts:
    """Return the text of one row of a table; a language that lacks is a KeyError."""
    return {language: row[language.value] for language in Language}


def read_texts(written: str) -> Mapping[str, Texts]:
    """Return the texts of a table in TOML, by their keys."""
    return {key: texts_in(row) for key, row in tomllib.loads(written).items()}
