"""What partners' messages come to in the law: from COREOR to CODECO, and the COPINO in between."""

from typing import Any

import pytest
from msgspec.structs import replace

from adapters.edifact.meaning.tell import told
from adapters.edifact.partners import Partner
from schemas import facts as f
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, Modality
from schemas.reasons import Finding, Reason
from tests.adapters.edifact.meaning.said import (
    COARRI,
    CODECO,
    COPINO,
    COREOR,
    altered,
    heard,
    partner,
)
from tests.adapters.story import AGENT, FORWARDER, HAULIER, PARTIES, TERMINAL, Story, to

NUMBER = "CPUU1000010"
QUAY = ("LOC", "LOC+11+BEANR:139:6+1742:TER:ZZZ")
ONLY = f"EQD+CN+{NUMBER}+45G1:102:5++3+5"
BILL = ("RFF+BM", "RFF+BM:BLTEST0001")
MESSAGES = {
    "COREOR": altered(COREOR, ("EQD", ONLY), QUAY, BILL, ("DTM", None)),
    "COARRI": (*altered(COARRI[:7], ("EQD", ONLY), QUAY, BILL), "CNT+16:1"),
    "CODECO": altered(CODECO, ("EQD", ONLY), BILL),
    "COPINO": altered(
        COPINO, ("EQD", ONLY), BILL, ("LOC", None), ("RFF+VA", "RFF+VA:NL000000001B01")
    ),
}
SENDERS = {"COREOR": AGENT, "COARRI": TERMINAL, "CODECO": TERMINAL, "COPINO": HAULIER}


def came(story: Story, kind: str, sender: str | None = None) -> list[Any]:
    """The facts that a partner's message comes to, as the gateway would have it asked."""
    quay = replace(partner("terminal"), terminal="1742") if kind == "CODECO" else None
    part = heard(kind, MESSAGES[kind], quay).parts[0]
    assert isinstance(part.message, ContainerMessage)
    members = part.message.model_dump(exclude_none=True)
    return [
        each.fact for each in story.say(sender or SENDERS[kind], type(part.message), **members)
    ]


def held() -> Story:
    """A container that an agent's COREOR released, and a haulier holds."""
    story = Story()
    (released,) = came(story, "COREOR")
    assert isinstance(released, f.Released)
    story.say(AGENT, m.Transfer, release_to=to(FORWARDER))
    story.say(FORWARDER, m.Accept)
    story.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    story.say(HAULIER, m.Accept)
    return story


def test_a_coreor_releases_to_nobody_until_the_agent_nominates() -> None:
    story = Story()
    (released,) = came(story, "COREOR")

    assert isinstance(released, f.Released)
    stay = story.facts[-1].stay
    assert stay
    assert (stay.accepted_holder, stay.pending, stay.pickup) == (None, None, None)


def test_a_copino_of_the_holder_says_the_means_and_assigns_nothing() -> None:
    story = held()

    assert came(story, "COPINO") == [f.MeansOfTransportSet(means_of_transport=Modality.BARGE)]
    assert story.facts[-1].stay
    assert story.facts[-1].stay.pickup is None


@pytest.mark.parametrize("sender", [FORWARDER, AGENT])
def test_a_copino_of_somebody_else_is_refused(sender: str) -> None:
    (refused,) = came(held(), "COPINO", sender)

    assert isinstance(refused, f.Refused)
    assert refused.reason in (Reason.NOT_THE_HOLDER, Reason.ROLE_NOT_ALLOWED)


def test_a_copino_beside_an_assigned_truck_is_found_and_changes_nothing_of_it() -> None:
    story = held()
    story.assigned()
    before = story.facts[-1].stay
    facts = came(story, "COPINO")
    after = story.facts[-1].stay

    assert [each.finding for each in facts if isinstance(each, f.FindingMade)] == [
        Finding.TRANSPORT_DIFFERS
    ]
    assert before
    assert after
    assert before.pickup == after.pickup


def test_discharge_and_gate_come_to_what_they_are() -> None:
    story = held()
    story.say(HAULIER, m.AssignPickup, modality=Modality.BARGE)
    (discharged,) = came(story, "COARRI")
    facts = came(story, "CODECO")

    assert isinstance(discharged, f.Discharged)
    assert any(isinstance(each, f.GatedOut) for each in facts)


def test_the_terminal_is_told_what_came_of_it() -> None:
    story = held()
    story.say(HAULIER, m.AssignPickup, modality=Modality.BARGE)
    terminal = replace(partner("terminal"), organisation=TERMINAL)

    assert [sent(each, terminal) for each in story.facts if sent(each, terminal)] == [
        ["COREOR"],
        ["COPINO"],
    ]


def sent(entry: RecordedFact, to_whom: Partner) -> list[str]:
    said = told(entry, to_whom, PARTIES, "")
    assert said.unsent == ()
    return [each.kind.type for each in said.messages]
