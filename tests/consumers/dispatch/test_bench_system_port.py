"""A port where a system decides: who is told of what, and the whole round of a request."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from adapters.antwerp_cpu import SYSTEM as ANTWERP
from adapters.contract import NOTHING, System
from adapters.registry import PortUnknown
from consumers.dispatch import bench
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.bench import Bench, Made
from ledger.book.draft import Entry
from ledger.record import LogRecord
from producers.log import log_record
from schemas import messages as m
from schemas.envelope import Envelope, Header
from schemas.logged import Attestation
from schemas.messages import Message, Modality, Role, TerminalRef
from schemas.stay import Stay
from tests.adapters.fake_portbase import PORTBASE
from tests.adapters.rotterdam import a_day_in_rotterdam
from tests.adapters.story import Story, a_day
from tests.books import new_sqlite_book
from tests.ledger.book.log import (
    AGENT,
    DIRECTORY,
    FORWARDER,
    HAULIER,
    LEDGER,
    REGISTER,
    Clerk,
    clerk_of,
    party,
    release,
)

BOX, PORT, QUAY = "CPUU1000010", "NLRTM", "RWG"
GATEWAY, OPERATOR = "NXT21000000007", "NXT21000000008"


@pytest.fixture(autouse=True)
def two_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Antwerp's system and the made-up one, each with its own ports."""

    def systems_of(port: str) -> tuple[System, ...] | PortUnknown:
        serving = tuple(each for each in (ANTWERP, PORTBASE) if port in each.ports)
        return serving or PortUnknown(port, ("BEANR",))

    monkeypatch.setattr(bench, "systems_of", systems_of)


@pytest.mark.parametrize(
    ("day", "system"), [(a_day, "antwerp_cpu"), (a_day_in_rotterdam, "portbase")]
)
def test_a_system_is_told_of_its_own_ports_and_of_no_other(
    day: Callable[[], Story], system: str
) -> None:
    facts = day().facts

    assert {each.name for fact in facts for each in bench.serving(fact)} == {system}


@dataclass
class Round:
    """The book, the bench and Portbase, one after the other; what Portbase was sent."""

    clerk: Clerk
    sent: list[Made] = field(default_factory=list)

    def ask(self, sender: str, message: Message) -> None:
        """Say something to the ledger, and render what it answers."""
        self._dispatch(self.clerk.say(sender, message))

    def say(self, **said: object) -> list[Entry]:
        """Let Portbase say something, as bytes: to the parser, onto the log, into the book."""
        data = json.dumps({"container": BOX, "port": PORT, **said}).encode()
        parsed = PORTBASE.functions.parse(PORTBASE.functions.redact(data), {}, NOTHING)
        assert parsed.problems == ()
        (part,) = parsed.messages
        gateway = self.clerk.book._directory.speaking_for(PORTBASE.name)
        assert gateway is not None
        envelope = Envelope(
            part.id,
            f"urn:releasebus:system:{PORTBASE.name}",
            part.message.TYPE,
            self.clerk.log.now,
        )
        record = log_record(
            envelope, part.message, Attestation(gateway.id, "off", "", "dispatch"), ""
        )
        entries = self.clerk.settle([self._placed(record.headers, record.value or b"")])
        self._dispatch(entries)
        return entries

    def answer(self, *, accepted: bool) -> list[Entry]:
        """Let Portbase answer the last document that it was sent."""
        request = json.loads(self.sent[-1].document.content)["request"]
        return self.say(says="answer", request_id=request, accepted=accepted)

    def _placed(self, headers: tuple[Header, ...], value: bytes) -> LogRecord:
        offset = self.clerk.log.next_offset.get(LEDGER, 0)
        self.clerk.log.next_offset[LEDGER] = offset + 1
        return LogRecord(LEDGER, offset, self.clerk.log.now, headers, value)

    def _dispatch(self, entries: list[Entry]) -> None:
        on_bench = Bench(self.clerk.book._directory, {}, set())
        for entry in entries:
            recorded = entry.recorded
            arrival = Arrival(LEDGER, recorded.seq, 0, recorded.seq, BOX, entry.body, recorded)
            on_bench.take(arrival)
        assert on_bench.aside == []
        self.sent.extend(on_bench.made)


@pytest.fixture
def rotterdam(tmp_path: Path) -> Iterator[Round]:
    engine = new_sqlite_book(tmp_path / "book.db")
    clerk = clerk_of(engine)
    gateway = m.RegisterOrganisation(
        organisation=GATEWAY, name="Portbase", roles=(), system="portbase"
    )
    quay = m.RegisterOrganisation(
        organisation=OPERATOR,
        name="RWG",
        roles=(Role.TERMINAL_OPERATOR,),
        terminals=(TerminalRef(port=PORT, code=QUAY),),
    )
    clerk.settle([clerk.log.say(REGISTER, each, shard=DIRECTORY) for each in (gateway, quay)])
    yield Round(clerk)
    clerk.book.forget()
    engine.dispose()


def the_stay(entries: list[Entry]) -> Stay:
    stay = entries[-1].recorded.stay
    assert stay is not None
    return stay


def test_a_request_goes_to_the_system_and_its_answer_moves_the_stay(rotterdam: Round) -> None:
    asked = release(BOX).model_copy(update={"port": PORT, "terminal": QUAY})
    rotterdam.ask(AGENT, asked)
    (made,) = rotterdam.sent
    assert (made.system, made.document.receiver) == ("portbase", "portbase")
    assert json.loads(made.document.content)["ask"] == "release"

    opened = rotterdam.answer(accepted=True)

    assert the_stay(opened).authority == "system"
    assert the_stay(opened).pending is not None
    shown = rotterdam.say(
        says="state",
        terminal=QUAY,
        bills_of_lading=["BL1"],
        status="released",
        holders=[party(each).model_dump() for each in (FORWARDER, HAULIER)],
        customs="released",
        discharged=True,
        terminal_light="released",
    )
    assert the_stay(shown).accepted_holder == HAULIER

    rotterdam.ask(HAULIER, m.AssignPickup(container=BOX, port=PORT, modality=Modality.TRUCK))
    refused = rotterdam.answer(accepted=False)
    assert the_stay(refused).pickup is None
    rotterdam.ask(HAULIER, m.AssignPickup(container=BOX, port=PORT, modality=Modality.TRUCK))
    assigned = rotterdam.answer(accepted=True)

    assert the_stay(assigned).pickup is not None
    assert assigned[-1].recorded.missing == ()
    assert [json.loads(each.document.content)["ask"] for each in rotterdam.sent] == [
        "release", "assign_pickup", "assign_pickup"
    ]  # fmt: skip


def test_the_same_bytes_twice_have_one_effect(rotterdam: Round) -> None:
    asked = release(BOX).model_copy(update={"port": PORT, "terminal": QUAY})
    rotterdam.ask(AGENT, asked)
    rotterdam.answer(accepted=True)

    again = rotterdam.answer(accepted=True)

    assert [entry.recorded.fact.type for entry in again] == ["repeated"]


def test_what_is_said_in_antwerp_goes_to_antwerps_system_alone(rotterdam: Round) -> None:
    rotterdam.ask(AGENT, release(BOX))

    assert {made.system for made in rotterdam.sent} == {"antwerp_cpu"}
