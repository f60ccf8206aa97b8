"""The words of Ci5's assumed profile, and AP+'s for the same: data, read once."""

import tomllib
import unicodedata
from collections.abc import Mapping
from importlib import resources
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from adapters.exit_steps.steps import Step
from schemas.messages import Modality


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    ports: frozenset[str]
    step: Mapping[str, Step]
    alias: Mapping[str, str]
    state: Mapping[str, bool]
    status: Mapping[str, Literal["accepted", "refused", "pending"]]
    mode: Mapping[str, Modality]


_WORDS: Final = _Words.model_validate(
    tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))
)

PORTS: Final = _WORDS.ports
STATES: Final = _WORDS.state
STATUSES: Final = _WORDS.status
MODES: Final = _WORDS.mode
ALIASES: Final = _WORDS.alias


def step_of(word: str) -> Step | None:
    """Return the step that *word* names, in Ci5's assumed words or AP+'s, in any case; or None."""
    plain = spelt(word)
    return _WORDS.step.get(_WORDS.alias.get(plain, plain))


def spelt(word: str) -> str:
    """Return a word without accents and capitals, its spaces as hyphens: `Vu à quai`."""
    letters = unicodedata.normalize("NFD", word.strip().lower())
    plain = "".join(each for each in letters if not unicodedata.combining(each))
    return "-".join(plain.replace("_", " ").split())


def word_of(modality: Modality) -> str | None:
    """Return the profile's word for a modality, None where it has none."""
    return next((word for word, known in MODES.items() if known is modality), None)
