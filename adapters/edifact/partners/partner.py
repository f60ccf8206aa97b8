"""A partner as agreed: who it is, what it may send and how, what it gets, what is tolerated."""

from collections.abc import Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import Final

from msgspec import Struct

from adapters.edifact.findings import Rule
from adapters.edifact.meaning.findings import ALWAYS_TOLD, NEVER_TOLERATED, ProfileRule
from schemas.messages import Modality
from schemas.words import Language

OWN_NUMBER: Final = "BGM"
"""Among qualifiers of references: the number of the document itself (1004)."""


class When(StrEnum):
    """When an acknowledgement is sent."""

    NEVER = "never"
    ERRORS = "errors"
    ASKED = "asked"
    ALWAYS = "always"


class Meaning(StrEnum):
    """What a message, or a status in one, says: the codes that say so are the partner's own."""

    RELEASE = "release"
    DISCHARGE = "discharge"
    LOAD = "load"
    GATE_IN = "gate_in"
    GATE_OUT = "gate_out"
    PICKUP = "pickup"
    STATUS = "status"
    TERMINAL_RELEASE = "terminal_release"
    TERMINAL_BLOCK = "terminal_block"


class Status(StrEnum):
    """What a partner can be told by IFTSTA of how a container stands; the code is its own."""

    RELEASED = "released"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    DELETED = "deleted"
    EXPIRED = "expired"
    DISCHARGED = "discharged"
    TERMINAL_RELEASED = "terminal_released"
    TERMINAL_BLOCKED = "terminal_blocked"
    CUSTOMS_RELEASED = "customs_released"
    CUSTOMS_HELD = "customs_held"
    GATED_IN = "gated_in"
    GATED_OUT = "gated_out"


class Withheld(StrEnum):
    """Why a terminal's order is taken back though its release was not deleted.

    `suspended` is the bus's own doubt, or that who would collect is suspended on the bus.
    """

    BLOCKED = "blocked"
    EXPIRED = "expired"
    DISPUTED = "disputed"
    SUSPENDED = "suspended"


class Function(StrEnum):
    """What a message does to an earlier one (data element 1225)."""

    ORIGINAL = "original"
    DELETION = "deletion"
    REPLACE = "replace"


class Identity(Struct, frozen=True):
    """How somebody is called in a UNB: code (0004, 0010) and qualifier (0007)."""

    code: str
    qualifier: str = ""

    def __str__(self) -> str:
        return f"{self.code}:{self.qualifier}" if self.qualifier else self.code

    @property
    def composite(self) -> tuple[str, ...]:
        """As it stands in S002 and S003."""
        return (self.code, self.qualifier) if self.qualifier else (self.code,)


class Spot(Struct, frozen=True):
    """Where in a message a code of a quay stands: `LOC+11:3223`, `NAD+TR:3039`."""

    tag: str
    qualifier: str
    item: str

    def __str__(self) -> str:
        return f"{self.tag}+{self.qualifier}:{self.item}"


class Sends(Struct, frozen=True):
    """How a partner writes one type of message; data elements are named by their numbers.

    `documents` says what a code of BGM 1001 means, `functions` one of 1225; others are not
    agreed. `release_references` and `bills` are qualifiers of RFF (1153) in order of preference,
    BGM standing for the document's own number. `references` and `parties` have to be there
    besides. `terminal` is where the quay is looked for, one after the other. `valid_from`,
    `expires_at` and `happened_at` are qualifiers of DTM (2005). `movements` are the codes of EQD
    8249 that the bus has to do with, empty for none. `means` are codes of TDT 8067, `statuses`
    of STS 9011. `vat_parties` are qualifiers of NAD (3035) that may hold the operator's VAT
    number, `vat_references` of RFF.
    """

    type: str
    directories: tuple[str, ...]
    documents: Mapping[str, Meaning]
    functions: Mapping[str, Function]
    release_references: tuple[str, ...] = ()
    bills: tuple[str, ...] = ()
    stay_references: tuple[str, ...] = ()
    order_references: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    terminal: tuple[Spot, ...] = ()
    valid_from: tuple[str, ...] = ()
    expires_at: tuple[str, ...] = ()
    happened_at: tuple[str, ...] = ()
    movements: frozenset[str] = frozenset()
    means: Mapping[str, Modality] = {}
    statuses: Mapping[str, Meaning] = {}
    vat_parties: tuple[str, ...] = ()
    vat_references: tuple[str, ...] = ()


class Gets(Struct, frozen=True):
    """How one type of message is written to a partner.

    `documents` is BGM 1001 by what is said, `statuses` STS 9011 by what is told; what has no code
    is not told. `withdrawn_when` is when a COREOR is taken back, to come again afterwards.
    """

    type: str
    directory: str
    association: str = ""
    documents: Mapping[Meaning, str] = {}
    statuses: Mapping[Status, str] = {}
    withdrawn_when: frozenset[Withheld] = frozenset()

    @property
    def untold(self) -> tuple[str, ...]:
        """What such a message could tell and never does, as the partner's file leaves it out."""
        match self.type:
            case "COREOR":
                return tuple(each for each in Withheld if each not in self.withdrawn_when)
            case "CODECO":
                passages = (Meaning.GATE_IN, Meaning.GATE_OUT)
                return tuple(each for each in passages if each not in self.documents)
            case "IFTSTA":
                return tuple(each for each in Status if each not in self.statuses)
            case _:
                return ()


class Partner(Struct, frozen=True):
    """One partner. `name` is that of its file, its key on edi.in.v1 and its folder.

    `organisation` is the NxtPort id of whom it speaks for. `identities` are its names in UNB,
    `ours` are the bus's own towards it; the first of each is written. `aperak_references` are the
    qualifiers of RFF (1153) by which its APERAK names what of ours it answers, in order of
    preference, BGM standing for that it repeats our number as its own. `answer_minutes` is until
    when an acknowledgement of what was sent is waited for. `ports` are UN/LOCODEs, the first the
    one that a message means that names none; `terminals` the partner's codes of quays and the
    bus's. `terminal` is the quay of a partner that reports from one alone. `level` and `syntax`
    are those that it is written to in. `lenient` and `lenient_profile` are tolerated,
    `strict_profile` rejects although it is otherwise only told. `zone` is that of times without
    one. `unverified` says what nobody has confirmed.
    """

    name: str
    organisation: str
    identities: tuple[Identity, ...]
    ours: tuple[Identity, ...]
    ports: tuple[str, ...]
    zone: tzinfo
    language: Language = Language.EN
    level: str = "UNOC"
    syntax: str = "3"
    takes_tests: bool = False
    contrl: When = When.ASKED
    aperak: When = When.ERRORS
    aperak_directory: str = "D95B"
    aperak_references: tuple[str, ...] = ("ACW", "AGO")
    answer_minutes: int = 60
    lenient: frozenset[Rule] = frozenset()
    lenient_profile: frozenset[ProfileRule] = frozenset()
    strict_profile: frozenset[ProfileRule] = frozenset()
    terminal: str = ""
    terminals: Mapping[str, str] = {}
    sends: Mapping[str, Sends] = {}
    gets: Mapping[str, Gets] = {}
    unverified: tuple[str, ...] = ()

    @property
    def unheard(self) -> tuple[str, ...]:
        """What a terminal never hears of, whatever codes its file has; in words for a person."""
        if not (_OF_TERMINALS & self.sends.keys() or _TO_TERMINALS & self.gets.keys()):
            return ()
        no_order = () if "COREOR" in self.gets else (NO_ORDER,)
        return (*no_order, *((NO_STATUS,) if "IFTSTA" in self.gets else ()))

    def rejects(self, rule: ProfileRule) -> bool:
        """Tell whether a message that breaks *rule* is rejected."""
        if rule in ALWAYS_TOLD:
            return rule in self.strict_profile
        return rule in NEVER_TOLERATED or rule not in self.lenient_profile

    def is_called(self, code: str, qualifier: str = "") -> bool:
        """Tell whether a UNB that names *code* and *qualifier* names it."""
        return any(own in (Identity(code, qualifier), Identity(code)) for own in self.identities)


_OF_TERMINALS: Final = frozenset({"COARRI", "CODECO"})
_TO_TERMINALS: Final = frozenset({"COREOR", "COPINO"})
NO_ORDER: Final = (
    "it is a terminal and gets no COREOR: by EDIFACT it hears of no release, "
    "and of none that is blocked, expired, disputed, suspended or deleted"
)
NO_STATUS: Final = (
    "it is a terminal, and IFTSTA goes to the agent, the holders and who collects alone"
)

MAY_SAY: Final[Mapping[str, frozenset[Meaning]]] = {
    "COREOR": frozenset({Meaning.RELEASE}),
    "COARRI": frozenset({Meaning.DISCHARGE, Meaning.LOAD}),
    "CODECO": frozenset({Meaning.GATE_IN, Meaning.GATE_OUT}),
    "COPINO": frozenset({Meaning.PICKUP}),
    "IFTSTA": frozenset({Meaning.STATUS}),
}
"""What each message may say as a whole."""

REPORTED: Final = frozenset(
    {
        Meaning.DISCHARGE,
        Meaning.GATE_IN,
        Meaning.GATE_OUT,
        Meaning.TERMINAL_RELEASE,
        Meaning.TERMINAL_BLOCK,
    }
)
"""What a status of an IFTSTA may say."""

TAKES_BACK: Final = frozenset({"COREOR", "COPINO"})
"""Messages that a later one may replace or take back: what happened cannot be."""

ACKNOWLEDGEMENTS: Final = frozenset({"CONTRL", "APERAK"})
"""What answers a message and is no message itself."""
