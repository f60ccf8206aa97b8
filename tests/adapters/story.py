"""A ledger without a database for the adapters' tests: the law's own answers, recorded."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ledger.book.refile import set_aside
from ledger.directory.directory import Directory, directory_of
from ledger.law import answer as law
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from ledger.law.resume import resume
from schemas import facts as f
from schemas import messages as m
from schemas.facts import Cause, RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef, Role, SealedDriver
from schemas.note_messages import AddNote, WithdrawNote
from schemas.organisations import Code, Organisation, Terminal
from schemas.value import altered

AGENT = "NXT21000000001"
FORWARDER = "NXT21000000002"
HAULIER = "NXT21000000003"
RIVAL = "NXT21000000005"
TERMINAL = "NXT22000000007"
OTHER_TERMINAL = "NXT22000000008"
CUSTOMS = "NXT22000000009"

CONTAINER = "CPUU1000010"
CARD = "000000012"
CIPHERTEXT = "c2VhbGVkIGZvciB0aGUgdGVybWluYWwgYWxvbmUsIGFuZCBub2JvZHkgZWxzZSBhdCBhbGw="
DRIVER = SealedDriver(key_id="1742-a", ciphertext=CIPHERTEXT, mask="**12", alias="Jo")
EIGHT = datetime(2025, 3, 1, 8, 0, 2, 123456, UTC)


def _organisation(
    organisation_id: str,
    name: str,
    role: Role,
    codes: Mapping[Scheme, str] | None = None,
    quay: str | None = None,
) -> Organisation:
    return Organisation(
        id=organisation_id,
        version=1,
        name=name,
        roles=(role,),
        codes=tuple(Code(scheme, value) for scheme, value in (codes or {}).items()),
        terminals=() if quay is None else (Terminal("BEANR", quay),),
    )


ORGANISATIONS = (
    _organisation(
        AGENT,
        "Demo Agent NV",
        Role.SHIP_AGENT,
        {Scheme.EORI: "BE0400000009", Scheme.VAT: "BE0400000009", Scheme.APCS: "ZA0001"},
    ),
    _organisation(
        FORWARDER,
        "Demo Forwarder BV",
        Role.RELEASE_PARTY,
        {Scheme.VAT: "BE0400000001", Scheme.EXTERNAL: "EXT-2"},
    ),
    _organisation(
        HAULIER,
        "Demo Haulier BV",
        Role.TRANSPORT_OPERATOR,
        {Scheme.VAT: "NL000000001B01", Scheme.EXTERNAL: "EXT-3"},
    ),
    _organisation(RIVAL, "Rival Agent NV", Role.SHIP_AGENT),
    _organisation(TERMINAL, "Demo Terminal", Role.TERMINAL_OPERATOR, quay="1742"),
    _organisation(OTHER_TERMINAL, "Other Terminal", Role.TERMINAL_OPERATOR, quay="913"),
    _organisation(CUSTOMS, "Customs", Role.CUSTOMS),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))
PARTIES: Mapping[str, Organisation] = DIRECTORY.by_id


def to(organisation: str) -> PartyRef:
    """Name an organisation by its NxtPort id."""
    return PartyRef(scheme=Scheme.NXTPORT, code=organisation)


@dataclass(slots=True)
class Story:
    """One container's facts as they come about, with shard, seq and time as the book has them."""

    container: str = CONTAINER
    port: str = "BEANR"
    terminal: str = "1742"
    shard: str = "ledger-3"
    now: datetime = EIGHT
    directory: Directory = DIRECTORY
    file: File = field(default_factory=File)
    facts: list[RecordedFact] = field(default_factory=list)
    via: str | None = None
    ids: str = "BUS-"
    message_id: str = ""
    _asked: int = 0

    def say(
        self, sender: str, model: type[ContainerMessage], **members: object
    ) -> tuple[RecordedFact, ...]:
        """Ask the law, and return the facts that it answers with."""
        message = model.model_validate({"container": self.container, "port": self.port, **members})
        question = Question(message, self._cause(sender, model.TYPE))
        self.file, answers = law.answer(self.file, question, self._context())
        return self.record(answers)

    def wait(self, **passed: int) -> tuple[RecordedFact, ...]:
        """Let time pass, and return what it does by itself."""
        self.now += timedelta(**passed)
        # As the book does it: a tick is about no port.
        message = ContainerMessage(container=self.container, port="-")
        question = Question(message, self._cause("clock", m.Tick.TYPE))
        self.file, answers = law.pass_time(self.file, question, self._context())
        return self.record(answers)

    def break_on(
        self, sender: str, model: type[ContainerMessage], **members: object
    ) -> tuple[RecordedFact, ...]:
        """Let our own code fail on a message."""
        message = model.model_validate({"container": self.container, "port": self.port, **members})
        question = Question(message, self._cause(sender, model.TYPE))
        self.file, answers = law.park(self.file, question, self._context(), "KeyError")
        return self.record(answers)

    def resume(self) -> tuple[RecordedFact, ...]:
        """Let the operator of the bus resume, with our code mended."""
        message = ContainerMessage(container=self.container, port="-")
        question = Question(message, self._cause("operator", m.Resume.TYPE))
        found = resume(
            self.file,
            question,
            set_aside(self.facts),
            m.Resume(container=self.container, note="mended"),
            self._context(),
        )
        self.file = found.file
        return self.record(found.answers)

    def released(self, **more: object) -> tuple[RecordedFact, ...]:
        """Release the container, to nobody yet."""
        members = {
            "terminal": self.terminal,
            "bills_of_lading": ("BLTEST0001",),
            "release_identification": "AGT-REL-0001",
            "valid_from": datetime(2025, 3, 1, 8, tzinfo=UTC),
        }
        return self.say(AGENT, m.Release, **{**members, **more})

    def held_by_haulier(self) -> None:
        """Pass the right down the whole chain: agent, forwarder, haulier."""
        self.released(release_to=to(FORWARDER))
        self.say(FORWARDER, m.Accept)
        self.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
        self.say(HAULIER, m.Accept)

    def assigned(self) -> tuple[RecordedFact, ...]:
        """Let the haulier assign a driver."""
        return self.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)

    def of(self, fact_type: str) -> RecordedFact:
        """Return the last recorded fact of this type."""
        return next(fact for fact in reversed(self.facts) if fact.fact.type == fact_type)

    def record(self, answers: tuple[Answer, ...]) -> tuple[RecordedFact, ...]:
        recorded = tuple(
            answer.recorded(self.shard, len(self.facts) + place, self.now)
            for place, answer in enumerate(answers, start=1)
        )
        self.facts.extend(recorded)
        return recorded

    def _context(self) -> Context:
        return Context(self.directory, self.now, Policy())

    def _cause(self, sender: str, message_type: str) -> Cause:
        self._asked += 1
        return Cause(
            message_id=self.message_id or f"{self.ids}{self._asked:06}",
            message_type=message_type,
            source=f"urn:releasebus:organisation:{sender}",
            organisation=sender,
            occurred_at=self.now,
            log_offset=self._asked,
            directory_version=self.directory.version,
            policy_version="test",
            via=self.via,
        )


def a_day() -> Story:
    """Tell of a container from its release to its leaving, all lights and answers on the way."""
    story = Story()
    where = {"terminal": "1742"}
    story.held_by_haulier()
    story.say(FORWARDER, m.Revoke)  # refused: accepted already
    story.say(AGENT, m.Block, reason="unpaid")
    story.say(AGENT, m.Unblock)
    story.say(TERMINAL, m.ReportDischarge, **where)
    story.say(TERMINAL, m.ReportTerminalRelease, **where)
    story.say(TERMINAL, m.ReportTerminalBlock, **where)
    story.say(TERMINAL, m.ReportTerminalUnblock, **where)
    story.say(TERMINAL, m.ReportScanning, **where)
    story.say(TERMINAL, m.ReportTerminalRelease, **where)
    story.say(CUSTOMS, m.ReportCustomsStatus, status="released")
    story.assigned()
    story.say(HAULIER, m.RevokePickup)
    story.assigned()
    story.say(HAULIER, m.SetMeansOfTransport, means_of_transport="truck")
    story.say(TERMINAL, m.ReportGateIn, **where)
    story.say(TERMINAL, m.ReportGateOut, **where, picked_up_by=to(HAULIER))
    return story


def _other_quays() -> Iterator[Story]:
    for confirms in (True, False):
        moved = Story()
        moved.held_by_haulier()
        (assigned,) = moved.assigned()
        moved.say(AGENT, m.Update, terminal="913", release_identification="AGT-REL-0001")
        if confirms and assigned.stay is not None and assigned.stay.pickup is not None:
            ended = assigned.stay.pickup.id
            moved.say(TERMINAL, m.ConfirmPickupEnd, terminal="1742", pickup_id=ended)
        moved.wait(minutes=16)
        yield moved


def _noted() -> Story:
    noted = Story()
    noted.held_by_haulier()
    noted.assigned()
    said = {"reference": "BTS-4711", "at": "2025-03-02T14:00:00Z"}
    noted.say(HAULIER, AddNote, state="barge_slot_requested", **said)
    noted.say(TERMINAL, AddNote, terminal="1742", state="barge_slot_confirmed", **said)
    noted.say(HAULIER, WithdrawNote, about="barge_slot", reference="BTS-4711")
    return noted


def _other_endings() -> Iterator[Story]:
    declined = Story()
    declined.released(release_to=to(FORWARDER))
    declined.say(FORWARDER, m.Decline, reason="not ours")
    yield declined
    to_nobody = Story()
    to_nobody.released(release_to=to("NXT21000000099"))
    yield to_nobody
    taken_back = Story()
    taken_back.held_by_haulier()
    taken_back.say(HAULIER, m.Transfer, release_to=to(FORWARDER))
    taken_back.say(HAULIER, m.Revoke)
    taken_back.say(AGENT, m.Revoke)
    yield taken_back
    deleted = Story()
    deleted.released(release_to=to(FORWARDER))
    deleted.say(
        RIVAL,
        m.Release,
        terminal="1742",
        bills_of_lading=("BLX",),
        release_identification="RIVAL-1",
    )
    deleted.say(AGENT, m.Update, terminal="913", release_identification="AGT-REL-0001")
    deleted.say(AGENT, m.Delete, release_identification="AGT-REL-0001")
    yield deleted
    expired = Story()
    expired.released()
    expired.wait(days=61)
    yield expired
    long_ago = a_day()
    long_ago.wait(days=31)
    yield long_ago
    yield from _other_quays()
    in_vain = Story()
    in_vain.say(FORWARDER, m.Accept)
    in_vain.wait(days=4)
    yield in_vain
    broken = Story()
    broken.released()
    broken.break_on(FORWARDER, m.Accept)
    broken.resume()
    yield broken
    overruled = Story()
    overruled.released()
    overruled.say(TERMINAL, m.ReportGateOut, terminal="1742")
    yield overruled


def facts_by_type() -> dict[str, RecordedFact]:
    """Return one fact of every type that a container can have, as the law recorded it."""
    found: dict[str, RecordedFact] = {}
    for story in (a_day(), *_other_endings(), _noted()):
        for recorded in story.facts:
            found.setdefault(recorded.fact.type, recorded)
    day = found["refused"]
    repeated = f.Repeated(first_shard=day.shard, first_seq=1, first=f.Outcome.APPLIED)
    found["repeated"] = altered(day, fact=repeated)
    return found
