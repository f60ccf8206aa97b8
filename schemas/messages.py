"""What parties ask of the ledger: one pydantic model a message, commands imperative."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from schemas.identifiers import Scheme

# Control characters are no text that a person or a terminal system could show or match.
Text = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\x00-\x1f\x7f]+$")]
Reason = Annotated[str, Field(max_length=2000)]
SignedText = Annotated[str, Field(max_length=8192, pattern=r"^[A-Za-z0-9._-]+$")]
Language = Annotated[str, Field(pattern=r"^(en|nl|fr|de)$")]

MOST_BILLS = 40
"""Of one container, and holders of one chain. A message without a limit here would grow, in upper
case and in each answer that repeats it, beyond what the bus's own topics take, and stop the log
for everybody."""


class Modality(StrEnum):
    """How the container leaves (cpu.md §2.6; `unknown` until the holder says)."""

    TRUCK = "truck"
    BARGE = "barge"
    RAIL = "rail"
    UNKNOWN = "unknown"


class Haulage(StrEnum):
    """Who arranges the inland leg; decides who is invoiced (cpu.md §7 rule 9)."""

    CARRIER = "carrier"
    MERCHANT = "merchant"


class CustomsStatus(StrEnum):
    """The customs light's values (cpu.md §2.2)."""

    NOT_RELEASED = "notreleased"
    SELECTED_FOR_SCAN = "selectedforscan"
    RELEASED = "released"
    TRANSHIPMENT = "transhipment"
    PORT_EQUALISATION = "portequalisation"
    FAVV = "favv"
    DOCUMENTARY_CONTROL = "documentarycontrol"


class Role(StrEnum):
    """What an organisation does in Certified Pick up (cpu.md §1.1); several a company."""

    SHIP_AGENT = "ship_agent"
    RELEASE_PARTY = "release_party"
    TRANSPORT_OPERATOR = "transport_operator"
    TERMINAL_OPERATOR = "terminal_operator"
    CUSTOMS = "customs"


class Wire(BaseModel):
    """What every model read from bytes has in common: frozen, unknown members kept apart."""

    model_config = ConfigDict(frozen=True, extra="allow", ser_json_inf_nan="strings")


class PartyRef(Wire):
    """A party named by one of its codes, as CPu's `Identification` (cpu.md §1.2)."""

    scheme: Scheme
    code: Text


class TerminalRef(Wire):
    """A terminal in the directory: port and code, with the key for what only it may read."""

    port: Text
    code: Text
    sealing_key_id: Text | None = None
    sealing_key: Text | None = None


class SealedDriver(Wire):
    """The driver's identity, sealed for one terminal's public key (design.md §8).

    `ciphertext` is base64 of a sealed box; `mask` is all that anyone else sees, e.g. `**12`.
    """

    key_id: Text
    ciphertext: Annotated[str, Field(min_length=1, max_length=2048)]
    mask: Annotated[str, Field(pattern=r"^\*{2}.{0,2}$")]
    alias: Annotated[str, Field(max_length=60)] | None = None


class Message(Wire):
    """Anything that may stand on a log. `TYPE` is its ce_type."""

    TYPE: ClassVar[str] = ""


class ContainerMessage(Message):
    """A message about one container in one port; the rest narrows down which stay."""

    container: Text
    port: Text
    terminal: Text | None = None
    bills_of_lading: Annotated[tuple[Text, ...], Field(max_length=MOST_BILLS)] = ()
    release_identification: Text | None = None
    stay_number: Text | None = None
    vessel_imo: Text | None = None


# --- the ship agent -----------------------------------------------------------------------


class Release(ContainerMessage):
    """The commercial release, and with `release_to` the first nomination (cpu.md §2.1)."""

    TYPE: ClassVar[str] = "releasebus.release"

    terminal: Text
    bills_of_lading: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_BILLS)]
    release_identification: Text
    release_to: PartyRef | None = None
    carrier: PartyRef | None = None
    valid_from: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    order_reference: Text | None = None
    equipment_type: Text | None = None
    haulage: Haulage | None = None


class Update(ContainerMessage):
    """New values for a release; `terminal` is the new quay (cpu.md §7 rule 14)."""

    TYPE: ClassVar[str] = "releasebus.update"

    valid_from: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    order_reference: Text | None = None
    equipment_type: Text | None = None


class Block(ContainerMessage):
    """Freeze the release; the chain is kept."""

    TYPE: ClassVar[str] = "releasebus.block"

    reason: Reason = ""


class Unblock(ContainerMessage):
    """Lift the agent's block."""

    TYPE: ClassVar[str] = "releasebus.unblock"


class Revoke(ContainerMessage):
    """Take back: by the agent the whole chain, by a holder its transfer before acceptance."""

    TYPE: ClassVar[str] = "releasebus.revoke"

    reason: Reason = ""


class Delete(ContainerMessage):
    """Withdraw the commercial release itself."""

    TYPE: ClassVar[str] = "releasebus.delete"

    reason: Reason = ""


# --- the parties of the chain ---------------------------------------------------------------


class Transfer(ContainerMessage):
    """Pass the release right on to `release_to`, who has to accept it."""

    TYPE: ClassVar[str] = "releasebus.transfer"

    release_to: PartyRef


class Accept(ContainerMessage):
    """Take the right that was transferred to the sender."""

    TYPE: ClassVar[str] = "releasebus.accept"


class Decline(ContainerMessage):
    """Refuse the right that was transferred to the sender."""

    TYPE: ClassVar[str] = "releasebus.decline"

    reason: Reason = ""


class AssignPickup(ContainerMessage):
    """Make the pick-up right: by truck with a sealed driver, by barge or rail without.

    `modality` unknown is that of the means of transport that was set (cpu.md §2.4: the body for
    barge and rail does not say which of the two). `arrives_at` is for a port's system that asks
    when they will come; the ledger holds nobody to it.
    """

    TYPE: ClassVar[str] = "releasebus.assign_pickup"

    modality: Modality
    driver: SealedDriver | None = None
    expires_at: AwareDatetime | None = None
    arrives_at: AwareDatetime | None = None


class UpdatePickup(ContainerMessage):
    """Make the pick-up right anew with another driver, modality or expiry (cpu.md §3.3).

    What is left out stays as it was; a driver only where the container still goes by truck.
    """

    TYPE: ClassVar[str] = "releasebus.update_pickup"

    modality: Modality | None = None
    driver: SealedDriver | None = None
    expires_at: AwareDatetime | None = None
    arrives_at: AwareDatetime | None = None


class RevokePickup(ContainerMessage):
    """End the pick-up right that the sender assigned."""

    TYPE: ClassVar[str] = "releasebus.revoke_pickup"

    reason: Reason = ""


class SetMeansOfTransport(ContainerMessage):
    """Say how the container will leave, before or after a pick-up is assigned (cpu.md §2.6)."""

    TYPE: ClassVar[str] = "releasebus.set_means_of_transport"

    means_of_transport: Modality


# --- the terminal and customs: what happened, never refused -----------------------------------


class ReportDischarge(ContainerMessage):
    """The container stands on the quay."""

    TYPE: ClassVar[str] = "releasebus.report_discharge"

    terminal: Text


class ReportTerminalRelease(ContainerMessage):
    """The terminal's own light goes green."""

    TYPE: ClassVar[str] = "releasebus.report_terminal_release"

    terminal: Text


class ReportTerminalBlock(ContainerMessage):
    """The terminal holds the container."""

    TYPE: ClassVar[str] = "releasebus.report_terminal_block"

    terminal: Text


class ReportScanning(ContainerMessage):
    """The terminal puts the container aside for a scan."""

    TYPE: ClassVar[str] = "releasebus.report_scanning"

    terminal: Text


class ReportTerminalUnblock(ContainerMessage):
    """The terminal lifts its hold; its light is as it was before (v3.11, cpu.md §2.5)."""

    TYPE: ClassVar[str] = "releasebus.report_terminal_unblock"

    terminal: Text


class ReportGateIn(ContainerMessage):
    """A truck for the container passed the gate inward."""

    TYPE: ClassVar[str] = "releasebus.report_gate_in"

    terminal: Text


class ReportGateOut(ContainerMessage):
    """The container left; `picked_up_by` where the terminal knows the operator."""

    TYPE: ClassVar[str] = "releasebus.report_gate_out"

    terminal: Text
    picked_up_by: PartyRef | None = None
    modality: Modality | None = None
    overruled: bool = False


class ConfirmPickupEnd(ContainerMessage):
    """The terminal knows that a pick-up right for it ended: it lets nobody out under it.

    `pickup_id` is the ended entitlement's. It is asked for where the release went to another
    quay, whose own right may let nobody out before (ledger/law/quays.py).
    """

    TYPE: ClassVar[str] = "releasebus.confirm_pickup_end"

    terminal: Text
    pickup_id: Text


class ReportCustomsStatus(ContainerMessage):
    """Customs set their light (CCRM, cpu.md §5; matched as cpu.md §7 rule 1)."""

    TYPE: ClassVar[str] = "releasebus.report_customs_status"

    status: CustomsStatus


# --- organisations and time ---------------------------------------------------------------


class OrganisationMessage(Message):
    """A message about one organisation, named by its NxtPort id."""

    organisation: Text


class RegisterOrganisation(OrganisationMessage):
    """An organisation as the register knows it; a later one replaces it as a new version.

    `system` is the community system that it speaks for (schemas/ports.py); it needs no role then.
    `language` is the one that it is written to in.
    """

    TYPE: ClassVar[str] = "releasebus.register_organisation"

    name: Text
    roles: tuple[Role, ...]
    codes: tuple[PartyRef, ...] = ()
    terminals: tuple[TerminalRef, ...] = ()
    system: Text | None = None
    address: Text | None = None
    language: Language | None = None


class Resume(Message):
    """Hear again what is parked of a container: the bus's operator alone, on the log itself.

    `note` says for the record what was mended. Where it needs four eyes, `proposal` and
    `confirmation` are what two people signed for it (schemas/overrides.py).
    """

    TYPE: ClassVar[str] = "releasebus.resume"

    container: Text
    port: Text | None = None
    note: Reason = ""
    proposal: SignedText | None = None
    confirmation: SignedText | None = None


class Tick(Message):
    """Time passes: written to every partition of the log, so that expiry has its place there."""

    TYPE: ClassVar[str] = "releasebus.tick"

    at: AwareDatetime


AGENT_MESSAGES = (Release, Update, Block, Unblock, Revoke, Delete, Transfer)
CHAIN_MESSAGES = (
    Transfer,
    Accept,
    Decline,
    Revoke,
    AssignPickup,
    UpdatePickup,
    RevokePickup,
    SetMeansOfTransport,
)
TERMINAL_REPORTS = (
    ReportDischarge,
    ReportTerminalRelease,
    ReportTerminalBlock,
    ReportScanning,
    ReportTerminalUnblock,
    ReportGateIn,
    ReportGateOut,
)
TERMINAL_MESSAGES = (*TERMINAL_REPORTS, ConfirmPickupEnd)
PHYSICAL_FACTS = (*TERMINAL_REPORTS, ReportCustomsStatus)
