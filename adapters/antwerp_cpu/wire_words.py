"""CPu's words on the wire: its enums, its kinds of text, and what every answer is made of."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Guid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
SevenDigits = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$")]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$")]


Mask = Annotated[str, Field(pattern=r"^\*{2}.{0,2}$")]


class NotificationType(StrEnum):
    """The envelope's `type` (cpu.md §4.3)."""

    RELEASE_RIGHT = "ReleaseRight"
    RELEASE_LIGHT = "ReleaseLight"
    TERMINAL_EVENT = "TerminalEvent"


class Event(StrEnum):
    """The envelope's `event`: complete as of 2023 (cpu.md §4.3)."""

    UNKNOWN = "Unknown"
    RELEASE = "Release"
    UPDATE = "Update"
    DELETE = "Delete"
    BLOCK = "Block"
    UNBLOCK = "Unblock"
    REVOKE = "Revoke"
    TERMINAL_RELEASE = "TerminalRelease"
    TERMINAL_BLOCKED = "TerminalBlocked"
    TERMINAL_SCAN = "TerminalScan"
    TRANSFERRED = "Transferred"
    DECLINED_BY_NEXT_PARTY = "DeclinedByNextParty"
    ACCEPTED_BY_NEXT_PARTY = "AcceptedByNextParty"
    REVOKED_BY_PREVIOUS_PARTY = "RevokedByPreviousParty"
    NOT_VALIDATED = "NotValidated"
    THROWN_EXCEPTION = "ThrownException"
    GET_PAGED_CONTAINERS = "GetPagedContainers"
    PICKED_UP_BY_PARTY = "PickedUpByParty"
    GET_ALL_RELEASE_LIGHTS = "GetAllReleaseLights"
    GET_COMBINED_GREEN_LIGHT = "GetCombinedGreenLight"
    EXPIRED_RELEASE_RIGHTS = "ExpiredReleaseRights"
    INACTIVE_RELEASE_RIGHTS = "InactiveReleaseRights"
    GATE_OUT = "GateOut"
    DIGITAL_KEY_CREATED = "DigitalKeyCreated"
    DIGITAL_KEY_REVOKED = "DigitalKeyRevoked"
    GET_RELEASE_DETAIL = "GetReleaseDetail"
    RELEASE_LIGHT_CHANGED = "ReleaseLightChanged"
    RELEASE_LIGHT_REGISTERED = "ReleaseLightRegistered"
    ALFAPASS_PICK_UP_VALIDATION = "AlfapassPickUpValidation"


class ActionType(StrEnum):
    """The verb of a release right (cpu.md §2.3)."""

    TRANSFER = "Transfer"
    ACCEPT = "Accept"
    DECLINE = "Decline"
    REVOKE = "Revoke"
    RELEASE = "Release"
    UPDATE = "Update"
    BLOCK = "Block"
    UNBLOCK = "Unblock"
    DELETE = "Delete"


class MeansOfTransport(StrEnum):
    """How a container leaves (cpu.md §2.6)."""

    TRUCK = "Truck"
    BARGE = "Barge"
    RAIL = "Rail"
    UNKNOWN = "Unknown"


class LightColor(StrEnum):
    """The colour of a light (cpu.md §2.2 `LightColor`); CPu's orange is our yellow."""

    GREEN = "Green"
    RED = "Red"
    ORANGE = "Orange"
    GREY = "Grey"
    YELLOW = "Yellow"


class ReleaseRightStatus(StrEnum):
    """Where a release right stands (cpu.md §2.3)."""

    UNKNOWN = "Unknown"
    ASSIGNED = "Assigned"
    PENDING = "Pending"
    ACCEPTED = "Accepted"
    DECLINED = "Declined"
    REVOKED = "Revoked"
    ARCHIVED = "Archived"
    BLOCKED = "Blocked"
    EXPIRED = "Expired"
    UNBLOCKED = "Unblocked"


class ReleaseStatusFilter(StrEnum):
    """Which releases a list shows (cpu.md §2.3)."""

    ACTIVE = "Active"
    PENDING = "Pending"
    POLICE = "Police"
    TERMINAL = "Terminal"
    SHIPPING = "Shipping"


class ActionStatusFilter(StrEnum):
    """What who asks could do with a right (cpu.md §2.3)."""

    UNDEFINED = "Undefined"
    PENDING = "Pending"
    REVOKE = "Revoke"
    TRANSFER = "Transfer"


class Told(BaseModel):
    """What CPu answers with: every member is written, null where it has no value."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True
    )


class Party(Told):
    """A party block (cpu.md §1.2, §4.3)."""

    nxt_entity_id: str
    name: str
    eori: str | None
    tin: str | None
    apcs: str | None
    duns: str | None
    external_id: str | None
