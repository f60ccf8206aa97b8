"""Hinterland Container Notification: the pre-notification of a visit, and the terminal's answer.

The concepts are sourced (identity_scr_portbase.md §C.6, §C.4 steps 3 and 4): status request and
pre-notification, the operator's EAN, the executing charter, commercial window, TAR, the message
COR. The JSON is INFERRED (§F.2 P11). A real contract replaces this module.
"""

from enum import StrEnum
from typing import Any

from adapters.portbase.wire import Heard, Sent


class HandlingType(StrEnum):
    """What the visit is for; this bus knows import alone."""

    PICKUP = "PICKUP"


class VisitStatus(StrEnum):
    """What the terminal says to a pre-notification, or to its end."""

    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class Visit(Sent):
    """Who comes, and how; `executing_charter_ean` must be right, or the truck is not let in."""

    modality: str
    terminal_code: str
    eta: str | None = None
    operator_ean: str
    executing_charter_ean: str


class Handling(Sent):
    """One container; its bill of lading links it to the chain (§C.4 step 3)."""

    type: HandlingType
    equipment_number: str
    bl_number: str
    based_on_status_request: bool


class PreNotification(Sent):
    """P11, first."""

    visit: Visit
    handlings: tuple[Handling, ...]


class Cancellation(Sent):
    """The end of a pre-notification, which the terminal has to accept (§C.6 [B24])."""

    terminal_code: str
    equipment_number: str
    bl_number: str
    operator_ean: str


class Check(Heard):
    """One thing that the terminal looked at."""

    ok: bool | None = None
    reason: str | None = None


class Checks(Heard):
    """What the terminal looked at; `tar` is the number of the appointment."""

    commercial_release: Check | None = None
    customs: Check | None = None
    tar: str | None = None


class VisitAnswer(Heard):
    """P11, second."""

    bl_number: str | None = None
    equipment_number: str | None = None
    status: str | None = None
    checks: Checks | None = None
    commercial_window: Any = None
