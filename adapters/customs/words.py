"""The words of the assumed profile: data, read once."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Final

from pydantic import BaseModel, ConfigDict

from schemas.messages import CustomsStatus


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ports: frozenset[str]
    status: Mapping[str, CustomsStatus]


_WORDS: Final = _Words.model_validate(
    tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
)

PORTS: Final = _WORDS.ports


def status_of(word: str) -> CustomsStatus | None:
    """Return the status that *word* names in any case, None where nobody knows it."""
    return _WORDS.status.get(word.strip().lower())
