"""What people are told, in the languages of the ports: one catalogue for every reason."""

from schemas.words.catalogue import (
    COLON,
    Explanation,
    Remedy,
    Told,
    Who,
    explained,
    phrase,
    remedy,
    said,
    table,
)
from schemas.words.language import Language, Texts, read_texts

__all__ = [
    "COLON",
    "Explanation",
    "Language",
    "Remedy",
    "Texts",
    "Told",
    "Who",
    "explained",
    "phrase",
    "read_texts",
    "remedy",
    "said",
    "table",
]
