"""A small port to try the law on: its parties, what they say, and given-when-then over facts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from ledger.directory.directory import Directory, directory_of
from ledger.law.answer import answer, pass_time
from ledger.law.context import Context, Question
from ledger.law.evolve import evolve, opened
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Cause, Fact, Outcome
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef, Role, SealedDriver
from schemas.organisations import Code, Organisation, Terminal
from schemas.stay import PickupRight, Stay, driver_of
from schemas.steps import Step
from schemas.value import altered

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
BOX, PORT, QUAY, OTHER_QUAY = "CPUU1000010", "BEANR", "1742", "524"

AGENT = "NXT21000000001"
RIVAL = "NXT21000000002"
FORWARDER = "NXT21000000003"
HAULIER = "NXT21000000004"
OTHER_HAULIER = "NXT21000000005"
BARGE = "NXT21000000006"
TERMINAL = "NXT21000000007"
NEIGHBOUR = "NXT21000000008"
CUSTOMS = "NXT21000000009"
AGENT_AND_HAULIER = "NXT21000000010"
PORTBASE = "NXT21000000011"
UNFINISHED = "NXT21000000012"
PORT_AUTHORITY = "NXT21000000013"
UNREGISTERED = "NXT21000000099"

SHARED_VAT = "BE0400000099"
DRIVER = SealedDriver(key_id="quay-1742", ciphertext="c2VhbGVk", mask="**12")
ANOTHER_DRIVER = SealedDriver(key_id="quay-1742", ciphertext="YW5vdGhlcg==", mask="**34")
THE_NUMBER, THE_BILLS = "REL1", ("BL1",)

_serial = count(1)
M = TypeVar("M", bound=ContainerMessage)


def _organisation(
    organisation: str,
    *roles: Role,
    vat: str | None = None,
    quay: str | None = None,
    system: str | None = None,
) -> Organisation:
    codes = () if vat is None else (Code(Scheme.VAT, vat),)
    terminals = () if quay is None else (Terminal(PORT, quay), Terminal("NLRTM", quay))
    return Organisation(organisation, 1, organisation, roles, codes, terminals, system)


def the_directory() -> Directory:
    """Everybody registered; the forwarder and the haulier are found by one VAT number."""
    return directory_of(
        (
            _organisation(AGENT, Role.SHIP_AGENT),
            _organisation(RIVAL, Role.SHIP_AGENT),
            _organisation(FORWARDER, Role.RELEASE_PARTY, vat=SHARED_VAT),
            _organisation(HAULIER, Role.TRANSPORT_OPERATOR, vat=SHARED_VAT),
            _organisation(OTHER_HAULIER, Role.TRANSPORT_OPERATOR),
            _organisation(BARGE, Role.TRANSPORT_OPERATOR, vat="NL000000001B01"),
            _organisation(TERMINAL, Role.TERMINAL_OPERATOR, quay=QUAY),
            _organisation(NEIGHBOUR, Role.TERMINAL_OPERATOR, quay=OTHER_QUAY),
            _organisation(CUSTOMS, Role.CUSTOMS),
            _organisation(AGENT_AND_HAULIER, Role.SHIP_AGENT, Role.TRANSPORT_OPERATOR),
            _organisation(PORTBASE, system="portbase"),
            _organisation(PORT_AUTHORITY, system="antwerp_cpu"),
            altered(
                _organisation(
                    UNFINISHED, Role.SHIP_AGENT, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR
                ),
                lacks=(Step.BILLING, Step.CPU_LOGIN),
            ),
        ),
        version=7,
    )


DIRECTORY = the_directory()


# --- what parties say ---------------------------------------------------------------------------


def party(organisation: str) -> PartyRef:
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


def say(kind: type[M], **said: Any) -> M:
    """The message *kind* about the box; what is not said is left out."""
    return kind(**{"container": BOX, "port": PORT, **said})


def release(**said: Any) -> m.Release:
    values = {
        "terminal": QUAY,
        "release_identification": THE_NUMBER,
        "bills_of_lading": THE_BILLS,
        **said,
    }
    return say(m.Release, **values)


def assign(**said: Any) -> m.AssignPickup:
    return say(m.AssignPickup, **{"modality": Modality.TRUCK, "driver": DRIVER, **said})


# --- what happened before -----------------------------------------------------------------------


def released(**values: Any) -> f.Released:
    return f.Released(
        **{
            "release_id": "the-release",
            "container": BOX,
            "port": PORT,
            "terminal": QUAY,
            "agent": AGENT,
            "bills_of_lading": THE_BILLS,
            "release_identification": THE_NUMBER,
            "valid_from": NOW - timedelta(days=2),
            "expires_at": NOW + timedelta(days=58),
            "expiry_given": False,
            **values,
        }
    )


def transferred(giver: str, receiver: str) -> f.Transferred:
    return f.Transferred(giver=giver, receiver=receiver)


def accepted(giver: str, receiver: str) -> f.Accepted:
    return f.Accepted(giver=giver, receiver=receiver)


def the_pickup(**values: Any) -> PickupRight:
    return PickupRight(
        **{
            "id": "the-pickup",
            "operator": HAULIER,
            "operator_vat": SHARED_VAT,
            "modality": Modality.TRUCK,
            "assigned_at": NOW - timedelta(hours=1),
            "driver": driver_of(DRIVER),
            "expires_at": NOW + timedelta(days=1),
            **values,
        }
    )


def assigned(**values: Any) -> f.PickupAssigned:
    return f.PickupAssigned(pickup=the_pickup(**values))


def ended(why: f.PickupEnd, at: datetime | None = None, **values: Any) -> f.PickupEnded:
    return f.PickupEnded(pickup=the_pickup(**values), terminal=QUAY, why=why, at=at)


TO_FORWARDER = (transferred(AGENT, FORWARDER), accepted(AGENT, FORWARDER))
TO_HAULIER = (*TO_FORWARDER, transferred(FORWARDER, HAULIER), accepted(FORWARDER, HAULIER))
CLEARED = f.CustomsStatusSet(status=m.CustomsStatus.RELEASED)
ALL_GREEN = (f.Discharged(), f.TerminalReleased(), CLEARED)


# --- given, when, then --------------------------------------------------------------------------


def told(fact: Fact) -> str:
    """A fact in one or two words: its type, and why where it says so."""
    match fact:
        case f.Refused():
            return f"no: {fact.reason}"
        case f.NominationRefused():
            return f"nomination_refused: {fact.reason}"
        case f.GivenUp():
            return f"given_up: {fact.reason}"
        case f.PickupEnded():
            return f"pickup_ended: {fact.why}"
        case f.FindingMade():
            return f"finding: {fact.finding}"
        case _:
            return fact.type


def stay_after(facts: Sequence[Fact]) -> Stay:
    first, *rest = facts
    assert isinstance(first, f.Released)
    stay = opened(first)
    for fact in rest:
        stay = evolve(stay, fact)
    return stay


@dataclass(frozen=True)
class Scene:
    """A container's file at a moment, under a policy."""

    file: File
    now: datetime = NOW
    policy: Policy = field(default_factory=Policy)
    directory: Directory = DIRECTORY

    def beside(self, *facts: Fact) -> "Scene":
        """Add another release of the container."""
        return replace(self, file=altered(self.file, stays=(*self.file.stays, stay_after(facts))))

    def later(self, **passed: float) -> "Scene":
        return replace(self, now=self.now + timedelta(**passed))

    def under(self, **settings: Any) -> "Scene":
        return replace(self, policy=replace(self.policy, **settings))

    @property
    def context(self) -> Context:
        return Context(self.directory, self.now, self.policy)

    @property
    def stay(self) -> Stay:
        return self.file.stays[0]

    def asked(
        self, sender: str, message: ContainerMessage, said: datetime | None = None
    ) -> Question:
        """The question as it stands on the log; *said* is the sender's own time."""
        cause = Cause(
            message_id=f"message-{next(_serial)}",
            message_type=message.TYPE,
            source=f"urn:test:{sender}",
            organisation=sender,
            occurred_at=said or self.now,
            log_offset=next(_serial),
            directory_version=self.directory.version,
            policy_version=self.policy.version,
        )
        return Question(message, cause)

    def when(
        self, sender: str, message: ContainerMessage, said: datetime | None = None
    ) -> "Heard":
        file, answers = answer(self.file, self.asked(sender, message, said), self.context)
        return Heard(replace(self, file=file), answers)

    def when_time_passes(self, **passed: float) -> "Heard":
        then = self.later(**passed)
        tick = then.asked("clock", ContainerMessage(container=BOX, port="-"))
        file, answers = pass_time(then.file, tick, then.context)
        return Heard(replace(then, file=file), answers)


@dataclass(frozen=True)
class Heard:
    """What was answered, and the scene after it."""

    scene: Scene
    answers: tuple[Answer, ...]

    @property
    def words(self) -> list[str]:
        return [told(given.fact) for given in self.answers]

    @property
    def first_outcomes(self) -> list[Outcome]:
        """The outcomes that count (I1): those of messages that did not wait before."""
        return [
            given.outcome
            for given in self.answers
            if given.outcome is not None and not given.cause.waited and not given.cause.resumed
        ]

    def then(self, *expected: str) -> Scene:
        """Check what was answered, in order; the scene goes on."""
        assert self.words == list(expected)
        return self.scene


def given(*facts: Fact) -> Scene:
    """A container with one release to which *facts* happened; none: nothing is known of it."""
    return Scene(File(stays=(stay_after(facts),) if facts else ()))
