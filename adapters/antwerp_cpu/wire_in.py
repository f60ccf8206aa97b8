"""CPu's request bodies as they stand on the wire: exact names, and nothing required.

NxtPort's OpenAPI marks no member as required (cpu.md §2, §4.2): what a message of ours needs is
for parse.py to ask for. Validate by alias only: our own spelling is not CPu's.
"""

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from schemas.messages import SealedDriver


class Asked(BaseModel):
    """A request body: nothing is required, and what nobody knows is kept apart."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_name=True, extra="allow", frozen=True
    )


class Identification(Asked):
    """A party by one of its codes (cpu.md §1.2)."""

    identification_type: str | None = None
    identification_code: str | None = None


class ReleaseRightIdentifier(Asked):
    """Which release is meant (cpu.md §2.3)."""

    bill_of_lading_numbers: list[str] | None = None
    equipment_number: str | None = None
    release_identification: str | None = None


class CommercialReleaseAction(Asked):
    """The ship agent's release and what it does with it (cpu.md §2.1, E1; of 2020)."""

    release_identification: str | None = None
    release_order_reference: str | None = None
    equipment_number: str | None = None
    equipment_type: str | None = None
    bill_of_lading_numbers: list[str] | None = None
    port_lo_code: str | None = None
    terminal_code: str | None = None
    action_type: str | None = None
    carrier: Identification | None = None
    release_to: Identification | None = None
    release_date_time_utc: str | None = None
    expiration_date_time_utc: str | None = None


class ReleaseRightAction(Asked):
    """One call, many verbs (cpu.md §2.3, E4, E6 to E8)."""

    action_type: str | None = None
    release_identification: str | None = None
    terminal_code: str | None = None
    reason_for_action: str | None = None
    bill_of_lading_numbers: list[str] | None = None
    release_from: Identification | None = None
    release_to: Identification | None = None
    carrier: Identification | None = None
    release_date_time_utc: str | None = None
    expiration_date_time_utc: str | None = None
    valid_from: str | None = None
    equipment_number: str | None = None
    port_lo_code: str | None = None


class ReleaseRightBulkIdentifier(ReleaseRightIdentifier):
    """One right of a bulk action (cpu.md §2.3)."""

    release_from: Identification | None = None
    release_to: Identification | None = None
    terminal_code: str | None = None


class ReleaseRightBulkAction(Asked):
    """One verb for many rights (cpu.md §4.2 row 2, E10)."""

    port_lo_code: str | None = None
    action_type: str | None = None
    release_rights: list[ReleaseRightBulkIdentifier] | None = None


class PickupParty(Asked):
    """Who collects; for a truck the code is the driver's card (cpu.md §2.4).

    Until January 2021 a telephone number stood for it. `driver` is this bus's own member: the
    identity sealed for the terminal (sealing.py).
    """

    party_type: str | None = None
    identification_type: str | None = None
    identification_code: str | None = None
    mobile_phone_number: str | None = None
    driver: SealedDriver | None = None


class SubmitPickupRight(Asked):
    """The pick-up right by truck (cpu.md §2.4, E11)."""

    terminal_code: str | None = None
    bill_of_lading_numbers: list[str] | None = None
    release_identification: str | None = None
    pickup_party: PickupParty | None = None
    timestamp: str | None = None
    action_type: str | None = None
    equipment_number: str | None = None
    port_lo_code: str | None = None


class SubmitBargeRailPickupRight(Asked):
    """The pick-up right by barge or rail, without any driver (cpu.md §2.4, E12)."""

    terminal_code: str | None = None
    release_identifier: ReleaseRightIdentifier | None = None
    data_broker_nxt_entity_id: str | None = None
    action_type: str | None = None


class TerminalRelease(Asked):
    """The terminal's light (cpu.md §2.5, E13); the stay number came with v3.11."""

    terminal_code: str | None = None
    action_type: str | None = None
    release_date_time_utc: str | None = None
    equipment_number: str | None = None
    port_lo_code: str | None = None
    stay_number: str | None = None


class TerminalReleaseBulkAction(Asked):
    """The terminal's light for many containers (cpu.md §2.5)."""

    port_lo_code: str | None = None
    terminal_code: str | None = None
    action_type: str | None = None
    release_rights: list[ReleaseRightIdentifier] | None = None


class GateOut(Asked):
    """The container left (cpu.md §2.5, of 2020); the quay and the stay number came later."""

    port_lo_code: str | None = None
    equipment_number: str | None = None
    bill_of_lading_numbers: list[str] | None = None
    timestamp: str | None = None
    terminal_code: str | None = None
    stay_number: str | None = None


class IdentificationRequest(Asked):
    """A gate asks whether somebody is known (cpu.md §4.2 row 12)."""

    identification_type: str | None = None
    identification_code: str | None = Field(default=None, repr=False)


class PickupValidationRequest(Asked):
    """A gate asks whether containers may leave with a card (cpu.md §4.2 rows 13, 14; E15)."""

    port_lo_code: str | None = None
    alfapass_number: str | None = Field(default=None, repr=False)
    release_identification: list[ReleaseRightIdentifier] | None = None


class UpdateMeansOfTransportRequest(Asked):
    """How the container will leave (cpu.md §2.6, E14)."""

    identifier: ReleaseRightIdentifier | None = None
    means_of_transport: str | None = None
