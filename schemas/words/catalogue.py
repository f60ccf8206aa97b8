"""The catalogue: what each reason means, who can put it right and how, and CPu's code for it.

The tables beside this file are its data, one a kind; they are read once, when first asked for.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from schemas.air import AirMissing
from schemas.facts import PickupEnd
from schemas.overrides import NotAgreed
from schemas.reasons import Finding, Missing, Reason
from schemas.steps import Step
from schemas.words.language import Language, Texts, read_texts, texts_in

Told: TypeAlias = Reason | Missing | AirMissing | Finding | PickupEnd | Step | NotAgreed
"""What the ledger gives as a reason."""

TABLES: dict[type[StrEnum], str] = {
    Reason: "refusals",
    Missing: "missing",
    AirMissing: "air_missing",
    Finding: "findings",
    PickupEnd: "pickup_ends",
    Step: "onboarding_steps",
    NotAgreed: "four_eyes",
}


SAID_BY_DETAIL: Mapping[Reason, type[Step] | type[NotAgreed]] = {
    Reason.ONBOARDING_INCOMPLETE: Step,
    Reason.RECEIVER_ONBOARDING_INCOMPLETE: Step,
    Reason.STEP_MISSING: Step,
    Reason.FOUR_EYES_NEEDED: NotAgreed,
}
"""Refusals whose detail has words of its own: the missing step, or what lacks for four eyes."""


# French sets a space before it, where no line may break.
COLON = dict.fromkeys(Language, ":") | {Language.FR: "\u00a0:"}
SEMICOLON = dict.fromkeys(Language, ";") | {Language.FR: "\u00a0;"}


class Who(StrEnum):
    """Who can put a thing right, by their part in the release."""

    SENDER = "sender"
    SHIP_AGENT = "ship_agent"
    HOLDER = "holder"
    RECEIVER = "receiver"
    TRANSPORT_OPERATOR = "transport_operator"
    TERMINAL = "terminal"
    DECLARANT = "declarant"
    DRIVER = "driver"
    REGISTER = "register"
    BUS = "bus"
    SYSTEM = "system"
    COMPANY = "company"
    ADMIN = "admin"
    CUSTOMER_SUCCESS = "customer_success"
    WALLET = "wallet"
    HANDLER = "handler"
    NOBODY = "nobody"

    def called(self, language: Language) -> str:
        """Return what they are called, with the article."""
        return _texts("roles")[self.value][language]


@dataclass(frozen=True, slots=True)
class Remedy:
    """What one of those who can put it right has to do; `message` is what they publish then."""

    who: Who
    does: Texts
    message: str | None = None

    def said(self, language: Language, name: str = "") -> str:
        """Return who has to do what; *name* is who that is, where it is known."""
        who = self.who.called(language)
        named = f"{who} ({name})" if name else who
        return f"{named}{COLON[language]} {self.does[language]}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A reason for a person: a sentence, the remedies in order, and CPu's code (cpu.md §4.5)."""

    sentences: Texts
    remedies: tuple[Remedy, ...]
    code: str | None = None

    def sentence(self, language: Language = Language.EN) -> str:
        """Return what it means."""
        return self.sentences[language]

    def whole(self, language: Language) -> str:
        """Return what it means and who can put it right, where anybody can."""
        if not self.remedies:
            return self.sentence(language)
        fix = phrase("can_fix", language, who=self.who_can_fix(language))
        return f"{self.sentence(language)} {fix}"

    def who_can_fix(self, language: Language = Language.EN) -> str:
        """Return who can put it right and how; nobody where it is over."""
        said = (remedy.said(language) for remedy in self.remedies)
        return f"{SEMICOLON[language]} ".join(said) or Who.NOBODY.called(language)


def explained(reason: Told, detail: str = "") -> Explanation:
    """Return *reason* in words; of a missing step, that *detail* names, also door and button."""
    words = table(TABLES[type(reason)])[reason]
    kind = SAID_BY_DETAIL.get(reason) if isinstance(reason, Reason) else None
    if kind is None or detail not in set(kind):
        return words
    more = explained(kind(detail))
    both = {each: f"{words.sentences[each]} {more.sentences[each]}" for each in Language}
    return Explanation(both, more.remedies, words.code)


@cache
def table(name: str) -> Mapping[str, Explanation]:
    """Return the explanations of the table *name*, by reason, in the table's order."""
    return {key: _explanation(row) for key, row in _rows(name).items()}


def remedy(who: Who, step: str) -> Remedy:
    """Return what *who* has to do by the step *step* of the table of steps."""
    return Remedy(who, _texts("steps")[step], _rows("steps")[step].get("message"))


def _explanation(row: Mapping[str, Any]) -> Explanation:
    remedies = (remedy(Who(who), step) for who, step in row["can_fix"].items())
    return Explanation(texts_in(row), tuple(remedies), row.get("code"))


def said(name: str, key: str, language: Language, **filled: object) -> str:
    """Return the text *key* of the table *name*, with what is *filled* in."""
    return _texts(name)[key][language].format(**filled)


def phrase(key: str, language: Language, **filled: object) -> str:
    """Return the phrase *key*, that frames reasons."""
    return said("phrases", key, language, **filled)


@cache
def _texts(name: str) -> Mapping[str, Texts]:
    return read_texts(_written(name))


@cache
def _rows(name: str) -> Mapping[str, Any]:
    return tomllib.loads(_written(name))


def _written(name: str) -> str:
    return files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
