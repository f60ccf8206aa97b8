"""A container's whole story in Certified Pick up's own words: its bodies in, its answers out.

No engine: each step is the function that intake, apply, the relay, dispatch and the gate call.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from adapters.antwerp_cpu.parse import parse
from adapters.antwerp_cpu.reads import Reader, terminal_detail
from adapters.antwerp_cpu.redact import redact
from adapters.antwerp_cpu.render import render
from adapters.antwerp_cpu.sealing import sealed
from adapters.antwerp_cpu.standing import standings
from adapters.antwerp_cpu.wire_out import faults_in
from adapters.contract import NOTHING
from consumers.gate.gate import Gate
from consumers.gate.validation import validate_now
from consumers.gate.view import View
from producers.sealing import new_terminal_key, seal
from producers.telling import entitlement_of
from schemas import messages as m
from schemas.facts import RecordedFact
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, sample
from tests.adapters.story import (
    AGENT,
    CARD,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PARTIES,
    TERMINAL,
    Story,
)
from tests.consumers.gate.examples import beat, record, settings

KEY = new_terminal_key()


@dataclass(slots=True)
class Port:
    """The bus as CPu's users meet it: what they send, what they are told, and the gate."""

    story: Story = field(default_factory=Story)
    told: list[dict[str, Any]] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)

    def send(self, sender: str, body: str, data: bytes, **headers: str) -> None:
        """Send one of CPu's bodies."""
        assert redact(data) == data  # nothing in it has to go before the first topic
        self.kept.append(data)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        parsed = parse(data, {"ce_type": PREFIX + body, "ce_id": "BUS-1", **named}, NOTHING)
        assert parsed.problems == ()
        for part in parsed.messages:
            message = part.message
            assert isinstance(message, m.ContainerMessage)
            members = message.model_dump(exclude={"container", "port"}, exclude_none=True)
            self.hear(self.story.say(sender, type(message), **members))

    def hear(self, facts: tuple[RecordedFact, ...]) -> None:
        """Dispatch what came of it."""
        for fact in facts:
            for document in render(fact, PARTIES, NOTHING).documents:
                assert faults_in(document.content) == ()
                self.kept.append(document.content)
                self.told.append(json.loads(document.content))

    def at_the_gate(self, question: bytes) -> dict[str, Any]:
        """Present a card."""
        gate = Gate(
            settings(private_keys={KEY.key_id: KEY.private_key}, clock=lambda: self.story.now)
        )
        gate._reader.view = self.view(gate)
        answer = validate_now(gate, question)
        assert isinstance(answer, bytes)
        result: dict[str, Any] = json.loads(answer)["releaseIdentification"][0]
        return result

    def view(self, gate: Gate) -> View:
        """Return what stands on the terminal's topic."""
        view = View(gate.settings)
        rights = (entitlement_of(fact) for fact in self.story.facts)
        for right in (each for each in rights if each is not None):
            view.apply(*record(right))
        for shard in range(12):
            view.apply(*beat(999, shard=f"ledger-{shard}", at=self.story.now))
        view.catch_up()
        return view

    def events(self, receiver: str) -> list[str]:
        """Return what one was told, lights aside."""
        return [
            each["event"]
            for each in self.told
            if each["receiverId"] == receiver and each["type"] != "ReleaseLight"
        ]


def assigned() -> Port:
    """Pass the right down by E1, E6, E4, E6, and name the driver by E11."""
    port = Port()
    port.send(AGENT, "CommercialReleaseAction", sample("E1"))
    port.send(FORWARDER, "ReleaseRightAction", sample("E6"))
    port.send(FORWARDER, "ReleaseRightAction", sample("E4"))
    port.send(HAULIER, "ReleaseRightAction", sample("E6"))
    body = sealed(sample("E11"), lambda card: seal(card, KEY.public_key, KEY.key_id))
    assert isinstance(body, bytes)
    port.send(HAULIER, "SubmitPickupRight", body)
    return port


def lit() -> Port:
    port = assigned()
    ready = changed("E13", actionType="Release", equipmentNumber="CPUU1000010")
    port.send(TERMINAL, "TerminalRelease", ready)
    port.hear(port.story.say(TERMINAL, m.ReportDischarge, terminal="1742"))
    port.hear(port.story.say(CUSTOMS, m.ReportCustomsStatus, status="released"))
    return port


def test_a_container_leaves_in_cpus_own_words() -> None:
    port = lit()

    result = port.at_the_gate(sample("E15a"))
    assert (result["isValid"], result["errorMessages"]) == (True, None)
    assert {each["greenLightColor"] for each in result["greenLights"]} == {"Green"}

    port.send(TERMINAL, "GateOut", sample("GATEOUT"), terminal_code="1742")
    assert port.events(HAULIER) == [
        "Transferred",
        "DigitalKeyCreated",
        "TerminalRelease",
        "PickedUpByParty",
        "GateOut",
    ]
    assert port.events(TERMINAL) == []
    assert port.at_the_gate(sample("E15a"))["status"] == "Archived"


def test_until_every_light_is_green_the_gate_says_what_is_missing() -> None:
    result = assigned().at_the_gate(sample("E15a"))

    assert result["isValid"] is False
    for words in ("not discharged", "Customs", "terminal"):
        assert words in result["errorMessages"]
    assert result["status"] == "Accepted"


def test_another_card_does_not_leave_and_an_update_makes_it_the_right_one() -> None:
    port = lit()
    question = changed("E15a", alfapassNumber="000000034")
    assert port.at_the_gate(question)["isValid"] is False

    other = {"partyType": "Truck", "identificationType": "Alfapass"}
    party = {**other, "identificationCode": "000000034"}
    update = changed("E11", actionType="Update", pickupParty=party)
    body = sealed(update, lambda card: seal(card, KEY.public_key, KEY.key_id))
    assert isinstance(body, bytes)
    port.send(HAULIER, "SubmitPickupRight", body)

    assert port.at_the_gate(question)["isValid"] is True
    assert port.at_the_gate(sample("E15a"))["isValid"] is False
    assert port.events(HAULIER)[-2:] == ["DigitalKeyRevoked", "DigitalKeyCreated"]


def test_the_card_lies_open_nowhere_and_sealed_for_the_terminal_alone() -> None:
    port = lit()
    stay = port.story.file.stays[0]
    assert stay.pickup is not None
    assert stay.pickup.driver is not None
    reader = Reader(TERMINAL, PARTIES, port.story.now)

    detail = terminal_detail(standings(port.story.facts), stay.release_id, reader)

    assert detail is not None
    assert detail.encrypted_alfapass_number == stay.pickup.driver.ciphertext
    assert all(CARD.encode() not in each for each in port.kept)
    said = [json.dumps(each) for each in port.told]
    assert all(stay.pickup.driver.ciphertext not in each for each in said)
