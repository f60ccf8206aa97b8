"""What the doors say of an organisation's way onto the bus: one pydantic model a step.

The order is that of identity_scr_portbase.md §A.1 and §A.2. No PIN, password or one-time code
travels: that a person passed is all that the bus is told.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.doors import Door
from schemas.key_messages import KEY_MESSAGES
from schemas.messages import (
    Language,
    Message,
    OrganisationMessage,
    PartyRef,
    Reason,
    RegisterOrganisation,
    Role,
    Text,
    Wire,
)


class Flow(StrEnum):
    """How a company comes to Certified Pick up (§A.1): A new, B existing, C it does not know."""

    NEW = "new"
    EXISTING = "existing"
    UNKNOWN = "unknown"


class AccountStatus(StrEnum):
    """How far another system's registration got (§C.3: a customer code is verified)."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Person(Wire):
    """Who acts for a company; kept in the book alone, locked, and on no topic of facts."""

    name: Text
    email: Text | None = None


class BillingContact(Wire):
    """Whom the yearly subscription is invoiced to, or who is to be asked."""

    name: Text
    address: Text | None = None
    email: Text | None = None
    vat: Text | None = None


# --- C-point ----------------------------------------------------------------------------------


class SubmitRegistration(OrganisationMessage):
    """A company asks for Certified Pick up and its roles (§A.1 steps A.1 to A.4, or B).

    `admin` is a person who may represent the company. With flow `existing` the company is known
    and its admin asks; what is left out then stays as it is known.
    """

    TYPE: ClassVar[str] = "releasebus.submit_registration"

    flow: Flow
    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(Role))]
    codes: Annotated[tuple[PartyRef, ...], Field(max_length=40)] = ()
    address: Text | None = None
    language: Language | None = None
    admin: Person | None = None


class TakeUpRegistration(OrganisationMessage):
    """The Customer Success Team began to validate the registration."""

    TYPE: ClassVar[str] = "releasebus.take_up_registration"


class ApproveRegistration(OrganisationMessage):
    """The team approved it, and sent the e-mail with which the account is activated."""

    TYPE: ClassVar[str] = "releasebus.approve_registration"


class DenyRegistration(OrganisationMessage):
    """The team denied it."""

    TYPE: ClassVar[str] = "releasebus.deny_registration"

    reason: Reason = ""


class ActivateAccount(OrganisationMessage):
    """A user name, which is no e-mail address, and a password were set."""

    TYPE: ClassVar[str] = "releasebus.activate_account"


# --- the NxtPort Console ------------------------------------------------------------------------


class LogInToConsole(OrganisationMessage):
    """The company's admin logged in by the button "C-point", for the first time."""

    TYPE: ClassVar[str] = "releasebus.log_in_to_console"


class ConfirmBilling(OrganisationMessage):
    """Billing and contact details were confirmed; they may differ from the general ones."""

    TYPE: ClassVar[str] = "releasebus.confirm_billing"

    billing: BillingContact
    contact: BillingContact | None = None


class StartSubscription(OrganisationMessage):
    """The yearly subscription began, or began again; it renews itself (§A.5)."""

    TYPE: ClassVar[str] = "releasebus.start_subscription"


class EndSubscription(OrganisationMessage):
    """The subscription was ended."""

    TYPE: ClassVar[str] = "releasebus.end_subscription"

    reason: Reason = ""


# --- the CPu UI, the wallet, SCR, and the other systems -----------------------------------------


class FirstCpuLogin(OrganisationMessage):
    """Somebody of the company logged in to the CPu UI for the first time, with a second factor."""

    TYPE: ClassVar[str] = "releasebus.first_cpu_login"


class RequestWallet(OrganisationMessage):
    """The company asked for a wallet (cinvio, now Portomundi)."""

    TYPE: ClassVar[str] = "releasebus.request_wallet"


class ApproveWallet(OrganisationMessage):
    """The wallet's account was approved."""

    TYPE: ClassVar[str] = "releasebus.approve_wallet"


class FundWallet(OrganisationMessage):
    """Credits were bought."""

    TYPE: ClassVar[str] = "releasebus.fund_wallet"


class LinkWallet(OrganisationMessage):
    """The wallet was paired to Certified Pick up."""

    TYPE: ClassVar[str] = "releasebus.link_wallet"


class LinkScrAccount(OrganisationMessage):
    """An SCR account was linked to the company by the external id that both share (§A.7)."""

    TYPE: ClassVar[str] = "releasebus.link_scr_account"

    account: Text
    external_id: Text


class RegisterAtSystem(OrganisationMessage):
    """The company is registered at another port's system, by a code of that system.

    `carrier` is who issued it, where carriers do: Portbase's customer codes (§C.3).
    """

    TYPE: ClassVar[str] = "releasebus.register_at_system"

    system: Text
    code: Text
    carrier: Text | None = None
    status: AccountStatus = AccountStatus.ACCEPTED


DOORS: dict[type[Message], Door] = {
    RegisterOrganisation: Door.REGISTER,
    RegisterAtSystem: Door.REGISTER,
    SubmitRegistration: Door.C_POINT,
    TakeUpRegistration: Door.C_POINT,
    ApproveRegistration: Door.C_POINT,
    DenyRegistration: Door.C_POINT,
    ActivateAccount: Door.C_POINT,
    LogInToConsole: Door.CONSOLE,
    ConfirmBilling: Door.CONSOLE,
    StartSubscription: Door.CONSOLE,
    EndSubscription: Door.CONSOLE,
    FirstCpuLogin: Door.CPU_UI,
    RequestWallet: Door.WALLET,
    ApproveWallet: Door.WALLET,
    FundWallet: Door.WALLET,
    LinkWallet: Door.WALLET,
    LinkScrAccount: Door.SCR_ADMIN,
}
"""From which door alone each of them comes."""

REGISTRATION_MESSAGES: tuple[type[Message], ...] = (*DOORS, *KEY_MESSAGES)
"""What comes on registrations.v1."""
