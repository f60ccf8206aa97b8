"""What became of an organisation on its way onto the bus: facts of the directory alone."""

from enum import StrEnum
from typing import TypeAlias

from schemas.fact_value import FactValue
from schemas.organisations import Account, Code
from schemas.registrations import Flow
from schemas.steps import Step
from schemas.value import Moment, Value, always


class Progress(StrEnum):
    """What happened to the registration; schemas/words/onboarding.toml has what is told of it."""

    SUBMITTED = "submitted"
    IN_VALIDATION = "in_validation"
    APPROVED = "approved"
    DENIED = "denied"
    UNCONFIRMED = "unconfirmed"
    ACTIVATED = "activated"
    CONSOLE_LOGIN = "console_login"
    BILLING_CONFIRMED = "billing_confirmed"
    CPU_LOGIN = "cpu_login"
    WALLET_REQUESTED = "wallet_requested"
    WALLET_APPROVED = "wallet_approved"
    WALLET_FUNDED = "wallet_funded"
    WALLET_LINKED = "wallet_linked"
    SUBSCRIBED = "subscribed"
    RENEWED = "renewed"
    SUBSCRIPTION_ENDED = "subscription_ended"
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"


class Onboarding(Value, frozen=True, kw_only=True):
    """How far one organisation is: what it has done, and what is waited for.

    `awaits_until` is until when the team's word is expected, `paid_until` until when the
    subscription runs before it renews itself. `admin` and `billing` are locked, and in the book
    alone. `brought` are the codes that the application added: a denial takes them back.
    """

    organisation: str
    taken: tuple[Step, ...] = always(default=())
    flow: Flow | None = None
    awaits_until: Moment | None = None
    paid_until: Moment | None = None
    subscription_ended: bool = False
    suspended: bool = False
    admin: str | None = None
    billing: str | None = None
    brought: tuple[Code, ...] = ()


class OnboardingMoved(FactValue, frozen=True, kw_only=True):
    """The organisation came a step further, or was stopped, and stands so now.

    `next_step` is what it lacks first, None where it lacks nothing.
    """

    organisation: str
    progress: Progress
    standing: Onboarding
    next_step: Step | None = None
    reason: str | None = None


class AccountLinked(FactValue, frozen=True, kw_only=True):
    """The organisation is known at another system by this code; one before it is closed."""

    organisation: str
    account: Account


class AccountClosed(FactValue, frozen=True, kw_only=True):
    """The code leads to the organisation no longer: it was linked to another."""

    organisation: str
    account: Account


OnboardingFact: TypeAlias = OnboardingMoved | AccountLinked | AccountClosed
"""What is told of onboarding beside how the organisation stands."""
