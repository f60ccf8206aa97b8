"""Whatever the law answers can be told, in a strict envelope, and no driver is in any of it."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.antwerp_cpu.lists import Filters, Page, paged_containers
from adapters.antwerp_cpu.profile import TYPE_PREFIX
from adapters.antwerp_cpu.reads import (
    Reader,
    Which,
    combined_light,
    release_detail,
    release_lights,
    terminal_detail,
)
from adapters.antwerp_cpu.render import RENDERED, render
from adapters.antwerp_cpu.standing import standings
from adapters.antwerp_cpu.wire_out import faults_in, read_notification, written
from adapters.antwerp_cpu.wire_words import Event
from adapters.contract import NOTHING, Document
from adapters.parties import organisations_named, quays_named
from producers.sealing import new_terminal_key, seal
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, CustomsStatus, Modality, PartyRef
from tests.adapters.story import (
    AGENT,
    CARD,
    CONTAINER,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    ORGANISATIONS,
    OTHER_TERMINAL,
    PARTIES,
    RIVAL,
    TERMINAL,
    Story,
    to,
)
from tests.chance import examples

pytestmark = pytest.mark.searches  # long stories by chance

KEY = new_terminal_key()
DRIVERS = [seal(card, KEY.public_key, KEY.key_id, "Jo") for card in (CARD, "000000034")]
CIPHERTEXTS = [driver.ciphertext for driver in DRIVERS]
NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
TERMINALS = {TERMINAL, OTHER_TERMINAL}

ANYBODY = (AGENT, RIVAL, FORWARDER, HAULIER, TERMINAL, OTHER_TERMINAL, CUSTOMS, "NXT99000000000")
# Who has the right to it as things stand, so that the law is not only heard to refuse.
THE_HOLDER, THE_RECEIVER, THE_QUAY = "the holder", "the receiver", "the quay"
RECEIVERS = (to(FORWARDER), to(HAULIER), to(AGENT))
STRANGER = PartyRef.model_validate({"scheme": "vat", "code": "FR00000000000"})
DAYS = [datetime(2025, 3, day, tzinfo=UTC) for day in (1, 9, 28)]
BILLS = (("BLTEST0001",), ("BL2",), ("BL2", "BLTEST0001"))
NEW_RELEASE: dict[str, Any] = {
    "terminal": "1742",
    "bills_of_lading": ("BL2",),
    "release_identification": "REL2",
    "release_to": to(HAULIER),
}


def _modality(chance: Random) -> Modality:
    return chance.choice(list(Modality))


def _pickup(chance: Random) -> dict[str, Any]:
    if chance.random() < 0.7:
        return {"modality": Modality.TRUCK, "driver": chance.choice(DRIVERS)}
    expires_at = chance.choice([None, *DAYS])
    return {"modality": _modality(chance), "expires_at": expires_at}


# What may be said, how often, by whom, and with what: a function of chance.
Members = Callable[[Random], dict[str, Any]]
SAID: list[tuple[int, str, type[ContainerMessage], Members]] = [
    (2, AGENT, m.Release, lambda _: dict(NEW_RELEASE)),
    (1, RIVAL, m.Release, lambda c: {**NEW_RELEASE, "release_to": c.choice(RECEIVERS)}),
    (2, AGENT, m.Update, lambda c: {"terminal": c.choice(["1742", "913"])}),
    (2, AGENT, m.Update, lambda c: {"expires_at": c.choice(DAYS)}),
    (2, AGENT, m.Block, lambda _: {"reason": "unpaid"}),
    (3, AGENT, m.Unblock, lambda _: {}),
    (1, AGENT, m.Revoke, lambda _: {}),
    (1, AGENT, m.Delete, lambda _: {}),
    (6, THE_HOLDER, m.Transfer, lambda c: {"release_to": c.choice(RECEIVERS)}),
    (6, THE_HOLDER, m.Revoke, lambda _: {}),
    (6, THE_RECEIVER, m.Accept, lambda _: {}),
    (2, THE_RECEIVER, m.Decline, lambda _: {"reason": "not ours"}),
    (6, THE_HOLDER, m.AssignPickup, _pickup),
    (2, THE_HOLDER, m.UpdatePickup, lambda c: {"driver": c.choice(DRIVERS)}),
    (2, THE_HOLDER, m.RevokePickup, lambda _: {}),
    (2, THE_HOLDER, m.SetMeansOfTransport, lambda c: {"means_of_transport": _modality(c)}),
    (3, THE_QUAY, m.ReportDischarge, lambda _: {}),
    (3, THE_QUAY, m.ReportTerminalRelease, lambda _: {}),
    (2, THE_QUAY, m.ReportTerminalBlock, lambda _: {}),
    (2, THE_QUAY, m.ReportTerminalUnblock, lambda _: {}),
    (2, THE_QUAY, m.ReportScanning, lambda _: {}),
    (1, THE_QUAY, m.ReportGateIn, lambda _: {}),
    (1, THE_QUAY, m.ReportGateOut, lambda c: {"picked_up_by": c.choice([*RECEIVERS, STRANGER])}),
    (1, THE_QUAY, m.ReportGateOut, lambda c: {"modality": _modality(c)}),
    (4, CUSTOMS, m.ReportCustomsStatus, lambda c: {"status": c.choice(list(CustomsStatus))}),
]


def played(seed: int) -> Story:
    """Return the story of this seed: mostly what may be said, by who may, and some time."""
    chance, story = Random(seed), Story()
    match chance.randrange(5):
        case 0:
            pass
        case 1 | 2:
            story.released(release_to=to(FORWARDER))
        case _:
            story.held_by_haulier()
    weights = [weight for weight, *_ in SAID]
    for _ in range(chance.randint(3, 25)):
        if chance.random() < 0.04:
            story.wait(days=chance.randint(0, 70))
            continue
        ((_, sender, model, members),) = chance.choices(SAID, weights)
        who, quay = _resolved(story, sender)
        who = chance.choice(ANYBODY) if chance.random() < 0.05 else who
        papers = {"bills_of_lading": chance.choice(BILLS)} if chance.random() < 0.15 else {}
        story.say(who, model, **(papers | members(chance) | quay))
    if chance.random() < 0.2:
        story.wait(days=40)
    if chance.random() < 0.05:
        story.break_on(chance.choice(ANYBODY), m.Accept)
    return story


def _resolved(story: Story, sender: str) -> tuple[str, dict[str, str]]:
    """Return who is meant by the holder, the receiver, the quay, and the quay's code."""
    if sender not in {THE_HOLDER, THE_RECEIVER, THE_QUAY}:
        return sender, {}
    if not story.file.stays:
        return (TERMINAL, {"terminal": "1742"}) if sender == THE_QUAY else (FORWARDER, {})
    stay = story.file.stays[-1]
    if sender == THE_QUAY:
        return TERMINAL if stay.terminal == "1742" else OTHER_TERMINAL, {"terminal": stay.terminal}
    pending = stay.pending
    receiver = pending.receiver if pending else stay.holder
    return receiver if sender == THE_RECEIVER else stay.holder, {}


def _release(story: Story, sender: str) -> None:
    story.say(
        sender,
        m.Release,
        terminal="1742",
        bills_of_lading=("BL2",),
        release_identification="REL2",
        release_to=to(HAULIER),
    )


def told(recorded: RecordedFact) -> tuple[Document, ...]:
    """Render a fact with just those organisations that dispatch would hand over."""
    named, quays = organisations_named(recorded), quays_named(recorded)
    handed = {
        each.id: each
        for each in ORGANISATIONS
        if each.id in named or any(each.runs(*quay) for quay in quays)
    }
    return render(recorded, handed, NOTHING).documents


SEEDS = st.integers(0, 2**32)
MANY = settings(max_examples=examples(120), suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(seed=SEEDS)
def test_every_fact_is_told_strictly_to_organisations_and_without_any_driver(seed: int) -> None:
    story = played(seed)
    references: Counter[str] = Counter()
    for recorded in story.facts:
        for document in told(recorded):
            assert faults_in(document.content) == (), document
            assert document.receiver in PARTIES
            assert CARD.encode() not in document.content
            assert not any(each.encode() in document.content for each in CIPHERTEXTS)
            notification = read_notification(document.content)
            assert document.type == f"{TYPE_PREFIX}{notification.event}"
            assert notification.receiver_id == document.receiver
            assert recorded.fact.type in RENDERED
            references[notification.public_reference_id] += 1
    assert set(references.values()) <= {1}


@MANY
@given(seed=SEEDS)
def test_who_is_not_concerned_is_told_nothing_and_a_terminal_nothing_of_the_chain(
    seed: int,
) -> None:
    story = played(seed)
    to_terminals = {
        Event.RELEASE_LIGHT_CHANGED,
        Event.RELEASE_LIGHT_REGISTERED,
        Event.UPDATE,
        # Its own message was not followed, or broke: the answer.
        Event.NOT_VALIDATED,
        Event.THROWN_EXCEPTION,
    }
    everything = [(each, document) for each in story.facts for document in told(each)]
    for recorded, document in everything:
        event = read_notification(document.content).event
        if document.receiver in TERMINALS:
            assert event in to_terminals
        if document.receiver in {RIVAL, CUSTOMS} and event is not Event.NOT_VALIDATED:
            own = recorded.stay is not None and document.receiver in recorded.stay.parties
            assert own or document.receiver == recorded.cause.organisation


@MANY
@given(seed=SEEDS, asker=st.sampled_from(sorted(PARTIES)))
def test_every_question_is_answered_strictly_and_only_a_quay_gets_its_sealed_driver(
    seed: int, asker: str
) -> None:
    story = played(seed)
    releases, which = standings(story.facts), Which(CONTAINER)
    reader = Reader(asker, PARTIES, NOON, "ASK-1")
    answers = [
        release_detail(releases, which, reader),
        release_lights(releases, which, reader),
        combined_light(releases, which, reader),
        paged_containers(releases, Filters(), Page(), reader),
    ]

    for answer in answers:
        assert faults_in(written(answer)) == ()
        assert CARD.encode() not in written(answer)
        if asker not in TERMINALS:
            assert not any(each.encode() in written(answer) for each in CIPHERTEXTS)
    for standing in releases:
        stay = standing.stay
        detail = terminal_detail(releases, stay.release_id, reader)
        assert (detail is not None) is PARTIES[asker].runs(stay.port, stay.terminal)
        if detail is not None and detail.encrypted_alfapass_number is not None:
            assert stay.pickup is not None
            assert stay.pickup.driver is not None
            assert detail.encrypted_alfapass_number == stay.pickup.driver.ciphertext


def test_the_stories_come_to_every_fact_that_is_told() -> None:
    """A storm in which most things never happen would show little."""
    seen = {recorded.fact.type for seed in range(300) for recorded in played(seed).facts}

    not_told = {"entitlement_withdrawn", "disputed", "finding_made", "waiting"}
    assert (RENDERED | not_told) - seen == set()


@pytest.mark.parametrize("sender", [AGENT, FORWARDER, TERMINAL])
def test_what_broke_our_code_is_told_to_who_sent_it_alone(sender: str) -> None:
    story = Story()
    story.held_by_haulier()
    broken = story.break_on(sender, m.Accept)

    events = [json.loads(doc.content)["event"] for each in broken for doc in told(each)]
    assert events == ["ThrownException"]
