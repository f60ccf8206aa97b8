"""A new transport company goes from nothing to picking up a container; no step can be left out."""

import asyncio
from collections.abc import Sequence

import pytest

from consumers.gate import Gate
from producers.client import Party
from producers.doors import Doors
from schemas import messages as m
from schemas import registrations as r
from schemas.facts import Outcome
from schemas.identifiers import Scheme
from schemas.messages import OrganisationMessage, PartyRef, Role
from schemas.notices import Answered
from schemas.onboarding_facts import OnboardingMoved
from schemas.registrations import BillingContact, Flow, Person
from schemas.steps import ENTRY, WALLET, Step
from schemas.topics import DEAD_LETTERS, DIRECTORY_FACTS
from tests.acceptance.test_line import (
    assignment,
    at_quay,
    at_the_quay,
    book_adds_up,
    heard,
    nxtport,
    release,
    told,
)
from tests.bus import FORWARDER, Bus, People, people, running_bus
from tests.engines import KafkaAtHand

NEW = "NXT26000000100"
STEPS = (*ENTRY, *WALLET)
ADMIN, INVOICES = "Nadia Nieuw", "facturen@nieuw.example"
# What a refusal must say of each step: the step or its door, and whom to ask.
NAMED = {
    Step.REGISTRATION: ("not registered", "C-point"),
    Step.VALIDATION: ("begun to validate", "the Customer Success Team"),
    Step.APPROVAL: ("not approved", "the Customer Success Team"),
    Step.ACTIVATION: ("not activated", "user name, which is no e-mail address"),
    Step.CONSOLE_LOGIN: ('console.nxtport.com, red button "C-point"', "the Customer Success Team"),
    Step.BILLING: ('button "Confirm"', "the Customer Success Team"),
    Step.CPU_LOGIN: ('cpu.nxtport.com, second factor "PIN code via e-mail"', "five minutes"),
    Step.WALLET_REQUEST: ('Portomundi, button "Register"', "request a wallet"),
    Step.WALLET_APPROVAL: ("not approved the company's wallet", "Portomundi"),
    Step.WALLET_FUNDS: ("no credits", "buy credits"),
    Step.WALLET_LINK: ("not linked", "link the wallet in the CPu UI"),
}


def way_of(organisation: str, vat: str) -> list[OrganisationMessage]:
    """Everything that a new transport company does, flow A, with every door's own message."""
    about = {"organisation": organisation}
    return [
        r.SubmitRegistration(
            organisation=organisation,
            flow=Flow.NEW,
            name="Transport Nieuw BV",
            roles=(Role.TRANSPORT_OPERATOR,),
            codes=(PartyRef(scheme=Scheme.VAT, code=vat),),
            language="nl",
            admin=Person(name=ADMIN),
        ),
        r.TakeUpRegistration.model_validate(about),
        r.ApproveRegistration.model_validate(about),
        r.ActivateAccount.model_validate(about),
        r.LogInToConsole.model_validate(about),
        r.ConfirmBilling(
            organisation=organisation, billing=BillingContact(name="Nieuw NV", email=INVOICES)
        ),
        r.FirstCpuLogin.model_validate(about),
        r.RequestWallet.model_validate(about),
        r.ApproveWallet.model_validate(about),
        r.FundWallet.model_validate(about),
        r.LinkWallet.model_validate(about),
    ]


@pytest.mark.searches
async def test_a_new_company_comes_from_nothing_to_a_container_and_no_step_can_be_left_out(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with running_bus(kafka.bootstrap_servers, database_url, namespace) as bus:
        async with (
            people(bus) as cast,
            Doors(bus.address) as doors,
            Party(bus.address, NEW) as company,
            Gate(at_the_quay(bus)) as gate,
        ):
            await gate.ready(60)
            assert await told(cast.carrier, release(to=FORWARDER)) == Outcome.APPLIED
            assert await told(cast.forwarder, at_quay(m.Accept)) == Outcome.APPLIED
            await each_step_left_out_is_named(cast, doors)
            await the_whole_way(cast, doors)
            await it_was_told_every_step(company)
            await it_picks_up(cast, company, bus, gate)
        assert await bus.records(DEAD_LETTERS) == []
        facts = await bus.records(DIRECTORY_FACTS)
        assert facts
        assert not any(
            secret in record.value for record in facts for secret in (b"Nadia", b"facturen")
        )
    book_adds_up(database_url)


async def each_step_left_out_is_named(cast: People, doors: Doors) -> None:
    """Eleven companies skip one step each: later steps are refused, and so is the right."""
    for place, left_out in enumerate(STEPS):
        organisation = f"NXT2600000020{place:X}"
        way = way_of(organisation, f"NL0000002{place:02}B01")
        del way[place]
        answers = await said_at_the_doors(doors, way)
        assert [each.outcome for each in answers[:place]] == [Outcome.APPLIED] * place
        assert {each.outcome for each in answers[place:]} <= {Outcome.REFUSED}
        if place:
            assert {each.detail for each in answers[place:]} <= {left_out}
        await the_right_is_refused(cast, organisation, left_out)


async def the_right_is_refused(cast: People, organisation: str, left_out: Step) -> None:
    onward = at_quay(m.Transfer, release_to=nxtport(organisation))
    answer = await cast.forwarder.outcome(await cast.forwarder.publish(onward), final=False)

    assert answer.outcome == Outcome.REFUSED
    if left_out is Step.REGISTRATION:
        assert answer.reason == "receiver_unknown"
    else:
        assert (answer.reason, answer.detail) == ("receiver_onboarding_incomplete", left_out)
    step, ask = NAMED[left_out]
    assert step in answer.sentence
    assert ask in answer.who_can_fix


async def the_whole_way(cast: People, doors: Doors) -> None:
    """The same company is refused until its last step, and then is given the right."""
    onward = at_quay(m.Transfer, release_to=nxtport(NEW))
    way = way_of(NEW, "NL000000300B01")
    for message in way:
        assert await told(cast.forwarder, onward) in {
            "receiver_unknown",
            "receiver_onboarding_incomplete",
        }
        (answer,) = await said_at_the_doors(doors, [message])
        assert answer.outcome == Outcome.APPLIED, answer
    assert await told(cast.forwarder, onward) == Outcome.APPLIED


async def it_was_told_every_step(company: Party) -> None:
    """Its outbox has a text for every step, in four languages, and nobody's name or address."""
    steps: list[tuple[OnboardingMoved, dict[str, str] | None]] = []
    async with asyncio.timeout(30):
        while len(steps) < len(STEPS):
            steps = _steps(company)
            await asyncio.sleep(0.02)
    for fact, texts in steps:
        assert fact.organisation == NEW
        assert (fact.standing.admin, fact.standing.billing) == (None, None)
        assert set(texts or ()) == {"en", "nl", "fr", "de"}
    assert "user name, not an e-mail address" in (steps[2][1] or {})["en"]
    assert 'niet "C-point (2FA)"' in (steps[3][1] or {})["nl"]


def _steps(company: Party) -> list[tuple[OnboardingMoved, dict[str, str] | None]]:
    return [
        (notice.fact, notice.texts)
        for notice in company._outbox.notices
        if isinstance(notice.fact, OnboardingMoved)
    ]


async def it_picks_up(cast: People, company: Party, bus: Bus, gate: Gate) -> None:
    assert await told(company, at_quay(m.Accept)) == Outcome.APPLIED
    assert await told(company, assignment(bus)) == Outcome.APPLIED
    assert await told(cast.terminal, at_quay(m.ReportDischarge)) == Outcome.APPLIED
    assert await told(cast.terminal, at_quay(m.ReportTerminalRelease)) == Outcome.APPLIED
    cleared = at_quay(m.ReportCustomsStatus, status="released")
    assert await told(cast.customs, cleared) == Outcome.APPLIED
    await heard(gate, "leaves")
    assert await told(cast.terminal, at_quay(m.ReportGateOut)) == Outcome.APPLIED


async def said_at_the_doors(
    doors: Doors, messages: Sequence[OrganisationMessage]
) -> list[Answered]:
    """Say everything at its door, in order, and return the answers."""
    ids = [await doors.publish(message) for message in messages]
    return [
        await doors.outcome(message_id, message)
        for message_id, message in zip(ids, messages, strict=True)
    ]
