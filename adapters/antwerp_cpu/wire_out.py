"""CPu's notifications as they stand on the wire: exact names, and what may be null.

As cpu.md §4.3 has them; members keep the order of CPu's own samples.
"""

from typing import Final

from pydantic import ValidationError, model_validator

from adapters.antwerp_cpu.wire_read import (
    CombinedLight,
    PagedContainers,
    PickupValidation,
    ReleaseDetail,
    ReleaseLights,
)
from adapters.antwerp_cpu.wire_words import (
    ActionType,
    Event,
    Guid,
    Mask,
    MeansOfTransport,
    Moment,
    NotificationType,
    Party,
    SevenDigits,
    Told,
)

ASSET_ID: Final = "00000000-0000-0001-0000-000000000037"
"""CPu's own id in every envelope (cpu.md §1.2)."""


class LightBody(Told):
    """A light that changed (cpu.md §4.3, E3)."""

    carrier: Party
    terminal_code: str
    port_lo_code: str
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str
    green_light_name: str
    original_value: str | None
    new_value: str
    means_of_transport: MeansOfTransport | None
    release_id: Guid
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None


class RightBody(Told):
    """What became of a release or its right (cpu.md §4.3, E5; from `actionType` on INFERRED)."""

    sender: Party | None
    carrier: Party
    release_from: Party | None
    release_to: Party | None
    action_type: ActionType | None
    terminal_code: str
    port_lo_code: str
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str
    release_id: Guid
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None


class TerminalBody(Told):
    """What the terminal reported (INFERRED: cpu.md §4.3 names the events, not the body)."""

    sender: Party | None
    carrier: Party
    terminal_code: str
    port_lo_code: str
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str
    means_of_transport: MeansOfTransport | None
    release_id: Guid
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None


class KeyParty(Told):
    """Who collects, as others may see it: the card masked (cpu.md §1.2; names INFERRED)."""

    party_type: MeansOfTransport
    alfapass_number_mask: Mask | None
    driver_alias: str | None


class KeyBody(Told):
    """The digital key: made, revoked or used (INFERRED: cpu.md §4.3 names the events only)."""

    carrier: Party
    transport_operator: Party
    pickup_party: KeyParty | None
    terminal_code: str
    port_lo_code: str
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str
    release_id: Guid
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None


class ValidationBody(PickupValidation):
    """What a gate asked to be told later (INFERRED: as at once, E15, with the card masked)."""

    alfapass_number_mask: Mask


class RejectedBody(Told):
    """The echo of a request that was not followed (cpu.md §4.3, E9): it has no action type."""

    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str | None


class Fault(Told):
    """One item of `errors` (INFERRED from a sister schema, cpu.md §4.5)."""

    error_code: str
    error_description: str


Body = (
    LightBody
    | RightBody
    | TerminalBody
    | KeyBody
    | RejectedBody
    | ReleaseDetail
    | PagedContainers
    | ReleaseLights
    | CombinedLight
    | ValidationBody
)

# Which body goes with which event. `Unknown` and `InactiveReleaseRights` are never sent: the first
# says nothing, and the ledger knows no inactivity.
BODIES: dict[Event, tuple[NotificationType, type[Body]]] = {
    Event.RELEASE_LIGHT_CHANGED: (NotificationType.RELEASE_LIGHT, LightBody),
    Event.RELEASE_LIGHT_REGISTERED: (NotificationType.RELEASE_LIGHT, LightBody),
    Event.RELEASE: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.UPDATE: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.DELETE: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.BLOCK: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.UNBLOCK: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.REVOKE: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.TRANSFERRED: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.ACCEPTED_BY_NEXT_PARTY: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.DECLINED_BY_NEXT_PARTY: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.REVOKED_BY_PREVIOUS_PARTY: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.EXPIRED_RELEASE_RIGHTS: (NotificationType.RELEASE_RIGHT, RightBody),
    Event.DIGITAL_KEY_CREATED: (NotificationType.RELEASE_RIGHT, KeyBody),
    Event.DIGITAL_KEY_REVOKED: (NotificationType.RELEASE_RIGHT, KeyBody),
    Event.PICKED_UP_BY_PARTY: (NotificationType.RELEASE_RIGHT, KeyBody),
    Event.NOT_VALIDATED: (NotificationType.RELEASE_RIGHT, RejectedBody),
    Event.THROWN_EXCEPTION: (NotificationType.RELEASE_RIGHT, RejectedBody),
    Event.TERMINAL_RELEASE: (NotificationType.TERMINAL_EVENT, TerminalBody),
    Event.TERMINAL_BLOCKED: (NotificationType.TERMINAL_EVENT, TerminalBody),
    Event.TERMINAL_SCAN: (NotificationType.TERMINAL_EVENT, TerminalBody),
    Event.GATE_OUT: (NotificationType.TERMINAL_EVENT, TerminalBody),
    # Answers to questions, to who asks alone (the types INFERRED: "generic", cpu.md §4.3).
    Event.GET_RELEASE_DETAIL: (NotificationType.RELEASE_RIGHT, ReleaseDetail),
    Event.GET_PAGED_CONTAINERS: (NotificationType.RELEASE_RIGHT, PagedContainers),
    Event.GET_ALL_RELEASE_LIGHTS: (NotificationType.RELEASE_LIGHT, ReleaseLights),
    Event.GET_COMBINED_GREEN_LIGHT: (NotificationType.RELEASE_LIGHT, CombinedLight),
    Event.ALFAPASS_PICK_UP_VALIDATION: (NotificationType.RELEASE_RIGHT, ValidationBody),
}


class Notification(Told):
    """The envelope of everything that CPu tells a party (cpu.md §4.3)."""

    asset_id: str
    body: Body
    errors: tuple[Fault, ...]
    event: Event
    external_reference_id: str | None
    id: str
    public_reference_id: Guid
    receiver_id: str
    sender_id: str | None
    timestamp: SevenDigits
    type: NotificationType
    warnings: tuple[Fault, ...]

    @model_validator(mode="after")
    def _body_of_its_event(self) -> "Notification":
        kind, body = BODIES.get(self.event, (None, None))
        if self.type is not kind or type(self.body) is not body:
            raise ValueError("the body is not that of the event and type")
        return self


def read_notification(data: bytes) -> Notification:
    """Return the notification in *data*; raise pydantic's ValidationError where it is none."""
    return Notification.model_validate_json(data, by_alias=True, by_name=False)


def faults_in(data: bytes) -> tuple[str, ...]:
    """Return what a receiver finds wrong in a notification; empty where it reads back whole."""
    try:
        read = read_notification(data)
    except ValidationError as error:
        return tuple(f"{fault['loc']}: {fault['type']}" for fault in error.errors())
    return () if written(read) == data else ("it is written otherwise",)


def written(notification: Notification) -> bytes:
    """Return the bytes of *notification*, by CPu's own names."""
    return notification.model_dump_json(by_alias=True).encode()
