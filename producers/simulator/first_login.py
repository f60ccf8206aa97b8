"""The first log-in to the CPu UI: a PIN by e-mail; the bus hears only that it was right."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from schemas.registrations import FirstCpuLogin

VALID_FOR = timedelta(minutes=5)


class SecondFactor(StrEnum):
    """What the CPu UI lets one choose; the first time only the PIN by e-mail is taken (§A.1)."""

    PIN_BY_EMAIL = "pin_by_email"
    AUTHENTICATOR = "authenticator"


class LoginRefused(StrEnum):
    """Why nobody is logged in; in this order the first that holds is told."""

    OTHER_FACTOR = "other_factor"
    WHITE_SPACE = "white_space"
    CODE_WRONG = "code_wrong"
    CODE_EXPIRED = "code_expired"


@dataclass(frozen=True, slots=True)
class EmailedCode:
    """A code as it was sent; it is shown nowhere and travels in no message."""

    digits: str = field(repr=False)
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a person chose and typed, and when."""

    factor: SecondFactor
    typed: str = field(repr=False)
    at: datetime


def emailed_code(sent_at: datetime) -> EmailedCode:
    """Return a new code of six digits, by chance that nobody can guess."""
    return EmailedCode(f"{secrets.randbelow(1_000_000):06}", sent_at)


def first_login(
    organisation: str, sent: EmailedCode, attempt: Attempt
) -> FirstCpuLogin | LoginRefused:
    """Return what the CPu UI tells the bus of a first log-in, or why it lets nobody in.

    White space is told apart from a wrong code: who copies one out of a mail copies it along.
    """
    if attempt.factor is not SecondFactor.PIN_BY_EMAIL:
        return LoginRefused.OTHER_FACTOR
    if any(character.isspace() for character in attempt.typed):
        return LoginRefused.WHITE_SPACE
    if not secrets.compare_digest(attempt.typed.encode(), sent.digits.encode()):
        return LoginRefused.CODE_WRONG
    if not sent.sent_at <= attempt.at < sent.sent_at + VALID_FOR:
        return LoginRefused.CODE_EXPIRED
    return FirstCpuLogin(organisation=organisation)
