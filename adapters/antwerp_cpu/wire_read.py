"""What CPu answers to questions, as it stands on the wire (cpu.md §2.2, §2.3, §4.2; E15, E16)."""

from pydantic import Field, RootModel

from adapters.antwerp_cpu.wire_words import (
    ActionStatusFilter,
    Guid,
    LightColor,
    MeansOfTransport,
    Moment,
    ReleaseRightStatus,
    Told,
)


class Accepted(Told):
    """`BaseApiResponse`: a request was taken, and what becomes of it is told later (E2)."""

    public_reference_id: Guid
    external_reference_id: str | None


class Light(Told):
    """`GreenLightShortInfo`: a light of a release in detail (cpu.md §2.2)."""

    green_light_name: str
    green_light_value: str
    color: LightColor
    label: str
    date_last_updated: Moment | None


class TransportOperator(Told):
    """`IdentificationEntity` (cpu.md §2.3)."""

    name: str
    nxt_entity_id: str
    duns: str | None
    eori: str | None
    vat: str | None
    scac: str | None
    apcs: str | None
    external_id: str | None
    is_alternative_system: bool
    cpu_roles: tuple[str, ...]


class ReleaseDetail(Told):
    """`TerminalReleaseRightDetailResponse`: the bills are one text (cpu.md §7 rule 11; E16)."""

    release_id: Guid
    equipment_number: str
    release_identification: str
    bill_of_lading_numbers: str
    release_order_reference: str | None
    empty_return_reference: str | None
    terminal_name: str | None
    terminal_code: str
    port_lo_code: str
    lights: tuple[Light, ...]
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None
    shipping_agent_name: str
    # Sealed for the terminal, which alone is answered with it (cpu.md §6.1).
    encrypted_alfapass_number: str | None
    transport_operator: TransportOperator | None
    means_of_transport: MeansOfTransport | None
    public_reference_id: Guid
    external_reference_id: str | None


class ReleaseLights(Told):
    """All lights of a release (INFERRED: only the event's name is known, cpu.md §4.3)."""

    release_id: Guid
    equipment_number: str
    release_identification: str
    bill_of_lading_numbers: tuple[str, ...]
    terminal_code: str
    port_lo_code: str
    lights: tuple[Light, ...]


class CombinedLight(Told):
    """The combined light of a release (INFERRED: only the event's name is known, cpu.md §4.3)."""

    release_id: Guid
    equipment_number: str
    release_identification: str
    bill_of_lading_numbers: tuple[str, ...]
    terminal_code: str
    port_lo_code: str
    green_light_color: LightColor


class ContainerRow(Told):
    """One release in a list (INFERRED from the list's filters, cpu.md §4.2 row 3)."""

    release_id: Guid
    equipment_number: str
    release_identification: str
    bill_of_lading_numbers: tuple[str, ...]
    terminal_code: str
    terminal_name: str | None
    port_lo_code: str
    shipping_agent_name: str
    shipping_agent_tin: str | None
    current_stakeholder_name: str | None
    current_stakeholder_tin: str | None
    release_right_status: ReleaseRightStatus
    action_status: ActionStatusFilter
    green_light_color: LightColor
    release_date_time_utc: Moment
    expiration_date_time_utc: Moment | None


class PagedContainers(Told):
    """One page of a list, counted as the phone book counts (cpu.md §4.2 row 15)."""

    page: int = Field(ge=1)
    page_size: int = Field(ge=1)
    total_rows: int = Field(ge=0)
    total_pages: int = Field(ge=0)
    containers: tuple[ContainerRow, ...]


class LightResult(Told):
    """`GreenLightResult`: a light in a gate's validation (cpu.md §2.2, E15)."""

    green_light_name: str
    green_light_value: str
    green_light_color: LightColor


class PickupValidation(Told):
    """May one container leave with the card that was read (cpu.md §4.2 row 14, E15)."""

    is_valid: bool
    # One text, whatever its name says (cpu.md §7 rule 11).
    error_messages: str | None
    status: ReleaseRightStatus
    green_lights: tuple[LightResult, ...]
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]


class SyncValidation(Told):
    """The answer to a gate: `releaseIdentification` is an array here (cpu.md §7 rule 13, E15)."""

    alfapass_number: str = Field(repr=False)
    release_identification: tuple[PickupValidation, ...]


class StoredNotification(Told):
    """One notification as it is given again (cpu.md §4.2 row 16)."""

    nxt_entity_id: str
    equipment_number: str
    public_reference_id: Guid
    external_reference_id: str | None
    stored_on: Moment
    message: str
    type: str
    event: str


class StoredNotifications(RootModel[tuple[StoredNotification, ...]]):
    """The answer to `GET /notifications`: an array (cpu.md §4.2 row 16)."""


class TerminalPublicKey(Told):
    """The key that a card is sealed with for a quay, in the shape of row 9's answer.

    `keyId` is this bus's own: a sealed box names the key that opens it.
    """

    errors: tuple[str, ...]
    terminal_nxt_entity_id: str
    public_key: str
    key_id: str
