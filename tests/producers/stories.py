"""Facts for the tests of what is told: one of every kind, and whole stories by chance."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from schemas import facts as f
from schemas import key_facts as k
from schemas import messages as m
from schemas import onboarding_facts as o
from schemas.air_messages import ObserveConsignment
from schemas.facts import RecordedFact
from schemas.keys import Gateway, Key
from schemas.messages import ContainerMessage, Modality
from schemas.note_messages import AddNote, WithdrawNote
from schemas.organisations import Account
from schemas.override_facts import OperatorReinstated, OperatorSuspended, Overridden
from schemas.overrides import Override
from schemas.topics import REGISTER
from schemas.value import altered
from tests.adapters import schiphol
from tests.adapters.rotterdam import ORGANISATIONS as ALL
from tests.adapters.rotterdam import facts_of_rotterdam
from tests.adapters.story import (
    AGENT,
    CIPHERTEXT,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    ORGANISATIONS,
    RIVAL,
    TERMINAL,
    Story,
    facts_by_type,
    to,
)
from tests.schemas.samples import NOW

STRANGER = "NXT29000000099"
"""Nobody whom the directory knows."""

OF_THE_DRIVER = tuple(
    text.encode() for text in (CIPHERTEXT, DRIVER.mask, f'"{DRIVER.alias}"', DRIVER.key_id)
)
"""What must stand nowhere but on the terminal's own topic and in the internal facts."""

NAMES: Mapping[str, tuple[bytes, ...]] = {
    each.id: tuple(
        text.encode() for text in (each.id, each.name, *(code.value for code in each.codes))
    )
    for each in (*ALL, *schiphol.ORGANISATIONS[-1:])
}
"""How each organisation may be called, by its id."""

QUAY: dict[str, Any] = {"terminal": "1742"}
PAPERS = {"bills_of_lading": ("BLX",), "release_identification": "RIVAL-1"}
Deed = tuple[str, type[ContainerMessage], dict[str, Any]]
DEEDS: tuple[Deed, ...] = (
    (RIVAL, m.Release, QUAY | PAPERS),
    (RIVAL, m.Delete, {"release_identification": "RIVAL-1"}),
    (AGENT, m.Update, {"terminal": "913"}),
    (AGENT, m.Update, QUAY),
    (AGENT, m.Block, {"reason": "unpaid"}),
    (AGENT, m.Unblock, {}),
    (AGENT, m.Revoke, {}),
    (AGENT, m.Delete, {}),
    (AGENT, m.Transfer, {"release_to": to(FORWARDER)}),
    (FORWARDER, m.Transfer, {"release_to": to(HAULIER)}),
    (HAULIER, m.Transfer, {"release_to": to(FORWARDER)}),
    (FORWARDER, m.Transfer, {"release_to": to(STRANGER)}),
    *((party, kind, {}) for party in (FORWARDER, HAULIER) for kind in (m.Accept, m.Decline)),
    (FORWARDER, m.Revoke, {}),
    (HAULIER, m.AssignPickup, {"modality": Modality.TRUCK, "driver": DRIVER}),
    (HAULIER, m.UpdatePickup, {"modality": Modality.BARGE}),
    (HAULIER, m.RevokePickup, {}),
    (HAULIER, m.SetMeansOfTransport, {"means_of_transport": Modality.RAIL}),
    *((TERMINAL, kind, QUAY) for kind in m.TERMINAL_REPORTS),
    (TERMINAL, m.ConfirmPickupEnd, QUAY | {"pickup_id": "nobody's"}),
    (TERMINAL, m.ReportGateOut, QUAY | {"picked_up_by": to(HAULIER)}),
    (TERMINAL, m.ReportGateOut, QUAY | {"picked_up_by": to(FORWARDER)}),
    (CUSTOMS, m.ReportCustomsStatus, {"status": "released"}),
    (HAULIER, AddNote, {"state": "barge_slot_requested", "reference": "V1"}),
    (HAULIER, WithdrawNote, {"about": "barge_slot", "reference": "V1"}),
    (AGENT, AddNote, {"state": "dangerous_goods_aboard", "un_numbers": ("1203",)}),
    (STRANGER, m.Accept, {}),
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[RecordedFact, ...]:
    """Draw what is said of one container; the law answers."""
    story = Story()
    if draw(st.booleans()):
        story.released(release_to=to(FORWARDER))
    if draw(st.booleans()):
        story.held_by_haulier()
        story.assigned()
    for sender, kind, members in draw(st.lists(st.sampled_from(DEEDS), max_size=12)):
        story.say(sender, kind, **members)
    if draw(st.booleans()):
        story.wait(days=61)
    if draw(st.booleans()):
        story.break_on(FORWARDER, m.Accept)
        if draw(st.booleans()):
            story.resume()
    return tuple(story.facts)


def registered() -> RecordedFact:
    """Return how it is recorded that the terminal's operator joined."""
    (operator,) = [each for each in ORGANISATIONS if each.id == TERMINAL]
    refused = facts_by_type()["refused"]
    return altered(
        refused,
        shard="directory-0",
        seq=5,
        container="",
        port="",
        fact=f.OrganisationRegistered(organisation=operator),
        cause=altered(refused.cause, organisation=REGISTER),
        outcome=f.Outcome.APPLIED,
        stay=None,
        lights=None,
        light_changes=(),
        missing=(),
    )


KEY = Key("k1", "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", NOW)
GATEWAY = Gateway(FORWARDER, NOW)


def onboarded() -> dict[str, RecordedFact]:
    """Return what is recorded of a company on its way onto the bus."""
    account = Account("scr", "0xab01")
    known = registered()
    facts = (
        o.OnboardingMoved(
            organisation=HAULIER,
            progress=o.Progress.SUBMITTED,
            standing=o.Onboarding(organisation=HAULIER, admin="locked", billing="locked"),
        ),
        o.AccountLinked(organisation=HAULIER, account=account),
        o.AccountClosed(organisation=HAULIER, account=account),
        k.KeyRegistered(organisation=HAULIER, key=KEY),
        k.KeyRevoked(organisation=HAULIER, key=KEY, reason="lost"),
        k.GatewayAppointed(organisation=HAULIER, gateway=GATEWAY),
        k.GatewayDismissed(organisation=HAULIER, gateway=GATEWAY),
        Overridden(
            override=Override.SUSPEND_ORGANISATION,
            subject=HAULIER,
            proposed_by="ada",
            confirmed_by="ben",
            signed=("a.b.c", "d.e.f"),
        ),
    )
    return {fact.type: altered(known, fact=fact, outcome=None) for fact in facts}


def every_kind() -> dict[str, RecordedFact]:
    """Return one fact of every kind there is."""
    kinds = facts_by_type()
    erased = f.PersonalPartsErased(keys=("0" * 32,))
    return {
        **facts_of_rotterdam(),
        **kinds,
        **onboarded(),
        "organisation_registered": registered(),
        "consignment_observed": at_schiphol(),
        "personal_parts_erased": altered(kinds["entitlement_withdrawn"], fact=erased),
        **{
            fact.type: altered(assigned_stay(), fact=fact, outcome=None)
            for fact in (
                OperatorSuspended(operator=HAULIER),
                OperatorReinstated(operator=HAULIER),
            )
        },
    }


def at_schiphol() -> RecordedFact:
    """Return the fact that an air consignment is there, and that a forwarder was told so."""
    told = {"scheme": "external", "code": schiphol.NOTIFIED}
    story = Story(
        container=schiphol.WAYBILL, port=schiphol.PORT, terminal="", directory=schiphol.DIRECTORY
    )
    return story.say(schiphol.CARGONAUT, ObserveConsignment, pieces=3, counts=(), notified=told)[0]


def assigned_stay() -> RecordedFact:
    """Return the fact that a driver was assigned, all lights green."""
    story = Story()
    story.held_by_haulier()
    for kind in (m.ReportDischarge, m.ReportTerminalRelease):
        story.say(TERMINAL, kind, **QUAY)
    story.say(CUSTOMS, m.ReportCustomsStatus, status="released")
    (assigned,) = story.assigned()
    return assigned
