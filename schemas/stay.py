"""The stay of a container in a port: what the law decides on and every fact shows as snapshot."""

from enum import StrEnum

from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, Haulage, Modality, SealedDriver
from schemas.notes import Note
from schemas.ports import Authority
from schemas.value import Moment, Value, always


class ReleaseStatus(StrEnum):
    """Where the commercial release stands (cpu.md §3.1)."""

    RELEASED = "released"
    BLOCKED = "blocked"
    EXPIRED = "expired"
    DELETED = "deleted"
    GATED_OUT = "gated_out"


class TerminalLight(StrEnum):
    """The terminal's own light (cpu.md §2.2 `terminalready`)."""

    UNKNOWN = "unknown"
    RELEASED = "released"
    BLOCKED = "blocked"
    SCANNING = "scanning"


class Gate(StrEnum):
    """What passed the gate (cpu.md §2.2 `gateoperation`)."""

    UNKNOWN = "unknown"
    GATE_IN = "gateinreceived"
    GATE_OUT = "gateoutreceived"


class Hop(Value, frozen=True):
    """One link of the ownership chain: a release right passed from one party to the next.

    `supplied`: SCR, which knows no acceptance, passed it on, and may take it back.
    """

    giver: str
    receiver: str
    accepted: bool = always(default=False)
    supplied: bool = False


LOCKED = "locked:"
LOCK_ID = slice(len(LOCKED), len(LOCKED) + 32)
"""Where the id of a key stands in what it has locked: `locked:<32 of hex>:<base64>`."""


class Driver(Value, frozen=True):
    """Who drives, sealed for one terminal's key: `ciphertext` is base64 of a sealed box.

    `mask` is all that anyone else sees (schemas/messages.py SealedDriver). As the ledger stores
    and publishes it, all three are locked in `ciphertext` under a key that is destroyed after a
    term, `mask` is `**` and there is no alias (ledger/book/personal.py).
    """

    key_id: str
    ciphertext: str
    mask: str
    alias: str | None = None

    @property
    def under(self) -> str | None:
        """The id of the key that it is locked under, None where it is open."""
        return self.ciphertext[LOCK_ID] if self.ciphertext.startswith(LOCKED) else None


class PickupRight(Value, frozen=True):
    """The digital key (cpu.md §2.4): who may collect, how, and the driver only sealed.

    `id` is new for every assignment: an ended right never comes back (I6). `shown`: the system
    that decides in the port named the operator itself, who then need not be the holder.
    """

    id: str
    operator: str
    modality: Modality
    assigned_at: Moment
    operator_vat: str | None = None
    driver: Driver | None = None
    expires_at: Moment | None = None
    shown: bool = False


class EndedRight(Value, frozen=True):
    """A pick-up right that is over, as long as its terminal is still told of its end.

    `confirms_by`: the release went to another quay, and until then it is waited for this one to
    confirm. `confirmed`: it has.
    """

    terminal: str
    at: Moment
    pickup_id: str | None = None
    confirms_by: Moment | None = None
    confirmed: bool = False


class PersonalParts(Value, frozen=True):
    """The keys that what is personal of a stay is locked under, and for how many days.

    The days count from when the container left, or the release was over otherwise. `ended_at` is
    when the last pick-up right ended.
    """

    keys: tuple[str, ...]
    days: int
    ended_at: Moment | None = None


class EvidenceOf(StrEnum):
    """Whose word on the papers of a container counts in a dispute (design.md §4)."""

    TERMINAL = "terminal"
    CUSTOMS = "customs"


class Evidence(Value, frozen=True):
    """The papers that the terminal's discharge data, or customs' manifest, name of a container."""

    of: EvidenceOf
    bills_of_lading: tuple[str, ...] = ()
    stay_number: str | None = None
    vessel_imo: str | None = None


MOST_EVIDENCE = 16
"""How many different papers of a container are remembered: so many settle nothing."""


class BillAtCustoms(Value, frozen=True):
    """What customs said last of the goods under one bill of lading."""

    bill: str
    status: CustomsStatus


class Carrier(Value, frozen=True):
    """Whose container it is to the ports, by the code that its agent named it by (cpu.md §1.2)."""

    scheme: Scheme
    code: str


class Stay(Value, frozen=True):
    """One container in one port under one commercial release.

    `hops` is the living chain only; what was declined or revoked stands in the entries.
    `first_release_party` and `haulage` decide who pays (cpu.md §7 rule 9).
    `status_before` is what the release was when it expired or the container left, so that an
    update does not lift a block and a light does not turn green because a box is gone.
    `left_at` is when the container left, as far as that can be believed. `means_of_transport` is
    what the holder said, None until it does (cpu.md §2.6); the pick-up right has its own.
    Where a system is the authority, `confirmed_at` is when it last said how the right stands
    (None: it is not known), `observed_as_of` the system's own time of what it last said.
    `evidence` is each different word on its papers, the earliest first, MOST_EVIDENCE at most.
    `customs` is the light, of the worst bill; `customs_by_bill` is empty where it is of them all.
    `let_out`: two people settled the dispute for this claim, and no other claim came since.
    `operator_suspended`: who may collect is suspended on the bus, and its right lets nobody out.
    `notes` stand beside all this and change nothing of it (schemas/notes.py).
    """

    release_id: str
    container: str
    port: str
    terminal: str
    agent: str
    bills_of_lading: tuple[str, ...]
    release_identification: str
    status: ReleaseStatus
    valid_from: Moment
    expires_at: Moment
    expiry_given: bool = always(default=False)
    stay_number: str | None = None
    vessel_imo: str | None = None
    order_reference: str | None = None
    equipment_type: str | None = None
    haulage: Haulage | None = None
    carrier: Carrier | None = None
    hops: tuple[Hop, ...] = always(default=())
    first_release_party: str | None = None
    pickup: PickupRight | None = None
    means_of_transport: Modality | None = None
    customs: CustomsStatus | None = None
    discharged: bool = always(default=False)
    terminal_light: TerminalLight = always(default=TerminalLight.UNKNOWN)
    terminal_light_before: TerminalLight = always(default=TerminalLight.UNKNOWN)
    gate: Gate = always(default=Gate.UNKNOWN)
    status_before: ReleaseStatus | None = None
    left_at: Moment | None = None
    disputed: bool = always(default=False)
    suspended: bool = always(default=False)
    ended_rights: tuple[EndedRight, ...] = ()
    authority: Authority = "ledger"
    confirmed_at: Moment | None = None
    observed_as_of: Moment | None = None
    personal: PersonalParts | None = None
    evidence: tuple[Evidence, ...] = ()
    customs_by_bill: tuple[BillAtCustoms, ...] = ()
    operator_suspended: bool = False
    let_out: bool = False
    notes: tuple[Note, ...] = ()

    @property
    def live(self) -> bool:
        """Tell whether the release still counts: not deleted, not expired, not gone."""
        return self.status is ReleaseStatus.RELEASED or self.status is ReleaseStatus.BLOCKED

    @property
    def on_quay(self) -> bool:
        """Tell whether the container has not left: even an expired release is such a stay."""
        return self.status is not ReleaseStatus.GATED_OUT

    @property
    def blocked(self) -> bool:
        """Tell whether the agent's block holds, also beneath an expiry."""
        blocked = ReleaseStatus.BLOCKED
        return self.status is blocked or self.status_before is blocked

    @property
    def pending(self) -> Hop | None:
        """The transfer that waits for its receiver's answer, or None."""
        return self.hops[-1] if self.hops and not self.hops[-1].accepted else None

    @property
    def accepted_holder(self) -> str | None:
        """The last who accepted the right, or None while it is only the agent's to give."""
        for hop in reversed(self.hops):
            if hop.accepted:
                return hop.receiver
        return None

    @property
    def leaves_by(self) -> Modality | None:
        """How the container will leave, as last said: by its pick-up right, else by its holder."""
        return self.means_of_transport if self.pickup is None else self.pickup.modality

    @property
    def holder(self) -> str:
        """Who may pass the right on: the last who accepted it, else the agent."""
        return self.accepted_holder or self.agent

    @property
    def parties(self) -> tuple[str, ...]:
        """Everyone who is or may become a holder, the agent first."""
        return tuple(dict.fromkeys((self.agent, *(hop.receiver for hop in self.hops))))


def driver_of(sealed: SealedDriver) -> Driver:
    """Return the driver as the ledger keeps it."""
    return Driver(sealed.key_id, sealed.ciphertext, sealed.mask, sealed.alias)
