"""What an organisation may lack before it may act, in a system or in a port."""

from enum import StrEnum


class Step(StrEnum):
    """One thing to be done, in the order in which it is done.

    The first thirteen are those of Certified Pick up (identity_scr_portbase.md §A.1, §A.2, §A.6);
    the others belong to other ports (§C.3, edifact_france.md §A.2, §B).
    """

    REGISTRATION = "registration"
    VALIDATION = "validation"
    APPROVAL = "approval"
    ACTIVATION = "activation"
    CONSOLE_LOGIN = "console_login"
    BILLING = "billing"
    CPU_LOGIN = "cpu_login"
    WALLET_REQUEST = "wallet_request"
    WALLET_APPROVAL = "wallet_approval"
    WALLET_FUNDS = "wallet_funds"
    WALLET_LINK = "wallet_link"
    SUBSCRIPTION = "subscription"
    REINSTATEMENT = "reinstatement"
    CUSTOMER_CODE = "customer_code"
    EAN = "ean"
    SONE_ACTOR = "sone_actor"
    CI5_ACCOUNT = "ci5_account"


ENTRY = (
    Step.REGISTRATION,
    Step.VALIDATION,
    Step.APPROVAL,
    Step.ACTIVATION,
    Step.CONSOLE_LOGIN,
    Step.BILLING,
    Step.CPU_LOGIN,
)
"""What every company does, one after the other (§A.1: "then for all")."""

WALLET = (Step.WALLET_REQUEST, Step.WALLET_APPROVAL, Step.WALLET_FUNDS, Step.WALLET_LINK)
"""What a company does besides that is a transport operator and nothing else (§A.6)."""
