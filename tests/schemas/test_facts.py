"""A fact stands in the ledger as bytes: what is written is read back."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import NoneType
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from schemas import facts as f
from schemas import key_facts as k
from schemas import onboarding_facts as o
from schemas import system_facts as s
from schemas.air import AirMissing, AirStep
from schemas.air_facts import AirTally, ConsignmentObserved
from schemas.fact_value import FactValue
from schemas.facts import Cause, Outcome, PickupEnd, RecordedFact, read, written
from schemas.identifiers import Scheme
from schemas.keys import Gateway, Key
from schemas.lights import Colour, CommercialLight, LightChange, LightName, Lights
from schemas.messages import CustomsStatus, Haulage, Modality, Role
from schemas.note_facts import NoteAdded, NoteWithdrawn
from schemas.notes import Note, NoteState
from schemas.organisations import Account, Code, Organisation, Terminal
from schemas.override_facts import OperatorReinstated, OperatorSuspended, Overridden
from schemas.overrides import Override
from schemas.reasons import Finding, Missing, Reason
from schemas.registrations import AccountStatus, Flow
from schemas.stay import (
    Carrier,
    Driver,
    Evidence,
    EvidenceOf,
    Gate,
    Hop,
    PickupRight,
    ReleaseStatus,
    Stay,
    TerminalLight,
)
from schemas.steps import Step
from schemas.value import Misformed, Value

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
DRIVER = Driver(key_id="k1", ciphertext="c2VhbGVk", mask="**12", alias="Jan")
PICKUP = PickupRight(
    id="p", operator="H", modality=Modality.TRUCK, assigned_at=NOW, driver=DRIVER, expires_at=NOW
)
BARE_PICKUP = PickupRight(id="p", operator="H", modality=Modality.BARGE, assigned_at=NOW)
KEY = Key("k1", "11qY", NOW, "P-7", NOW, NOW)
GATEWAY = Gateway("G", NOW, NOW)
ACCOUNT = Account("portbase", "CC-123", "HLCU", AccountStatus.PENDING, 2)
RELEASED = f.Released(
    release_id="r",
    container="CPUU1000010",
    port="BEANR",
    terminal="1742",
    agent="A",
    bills_of_lading=("BL1", "BL2"),
    release_identification="REL1",
    valid_from=NOW,
    expires_at=NOW + timedelta(days=60),
    expiry_given=False,
    haulage=Haulage.CARRIER,
)
UPDATED = f.Updated(
    terminal="524",
    terminal_before="1742",
    bills_of_lading=(),
    valid_from=NOW,
    expires_at=datetime.max.replace(tzinfo=UTC),
    expiry_given=True,
    revived=True,
)
ORGANISATION = Organisation(
    "A",
    2,
    "Agent",
    (Role.SHIP_AGENT, Role.TERMINAL_OPERATOR),
    (Code(Scheme.VAT, "BE1"),),
    (Terminal("BEANR", "1742"), Terminal("BEANR", "913", "k1", "a2V5")),
    lacks=(Step.BILLING, Step.CPU_LOGIN),
    address="Kaai 1, 2000 Antwerpen, BE",
    language="nl",
    accounts=(ACCOUNT, Account("scr", "0xab01")),
)
EVIDENCE = Evidence(EvidenceOf.CUSTOMS, ("BL1", "BL2"), "V1", "9321483")
NOTE = Note(
    state=NoteState.CUSTOMS_DOCUMENT_ANNOUNCED,
    by="F",
    reference="26BE1",
    at=NOW,
    un_numbers=("1203",),
    document_type="EX",
    office_of_exit="BE101000",
    remark="x",
)
EXAMPLES: tuple[FactValue, ...] = (
    RELEASED,
    UPDATED,
    f.Blocked(reason="unpaid"),
    f.Unblocked(),
    f.ChainRevoked(parties=("F", "H")),
    f.Deleted(parties=(), reason="Ünïcode ✓"),
    f.Expired(),
    f.Transferred(giver="A", receiver="F"),
    f.Accepted(giver="A", receiver="F"),
    f.Declined(giver="A", receiver="F", reason="not ours"),
    f.TransferRevoked(giver="A", receiver="F"),
    f.PickupAssigned(pickup=PICKUP),
    f.PickupAssigned(pickup=PICKUP, driver_kept_days=90),
    f.PickupAssigned(pickup=BARE_PICKUP),
    *(f.MeansOfTransportSet(means_of_transport=means) for means in Modality),
    f.PickupEndConfirmed(terminal="1742", pickup_id="p"),
    f.ConfirmationLapsed(terminal="1742"),
    f.EntitlementWithdrawn(terminal="1742"),
    f.PersonalPartsErased(keys=("0" * 32,)),
    *(f.PickupEnded(pickup=BARE_PICKUP, terminal="1742", why=why, at=NOW) for why in PickupEnd),
    f.Discharged(),
    f.Discharged(evidence=(EVIDENCE,)),
    f.TerminalReleased(),
    f.TerminalBlocked(),
    f.ScanningOrdered(),
    f.TerminalUnblocked(),
    f.GatedIn(),
    f.GatedOut(),
    f.GatedOut(picked_up_by="H", modality=Modality.RAIL, left_at=NOW),
    *(f.CustomsStatusSet(status=status) for status in CustomsStatus),
    *(f.FindingMade(finding=finding, text="") for finding in Finding),
    f.Disputed(other_release_id="s", other_agent="B"),
    f.CustomsStatusSet(status=CustomsStatus.RELEASED, evidence=(EVIDENCE,)),
    f.CustomsStatusSet(status=CustomsStatus.RELEASED, bills_of_lading=("BL1",)),
    f.DisputeSettled(),
    f.DisputeSettled(evidence=EVIDENCE),
    f.DisputeSettled(let_out=True),
    f.GivenUp(reason=Reason.NO_RELEASE_CAME, why="its time is over"),
    f.Suspended(),
    f.Resumed(note="mended"),
    f.SuspensionLifted(),
    ConsignmentObserved(
        system="cargonaut",
        tallies=tuple(AirTally(step, 2, NOW) for step in AirStep),
        held=1,
        may_leave=1,
        missing=tuple(AirMissing),
        pieces=3,
        origin="FRA",
        destination="AMS",
        discrepancies=("MSCA",),
        notified="F",
        as_of=NOW,
    ),
    s.RequestMade(request_id="q", system="portbase", message="{}", due_at=NOW, receiver="F"),
    s.RequestAnswered(
        request_id="q",
        system="portbase",
        accepted=False,
        asked_by="F",
        message_id="m",
        at=NOW,
        reason="no",
        again=True,
    ),
    f.NominationRefused(reason=Reason.RECEIVER_UNKNOWN, detail="vat BE9"),
    s.RequestOverdue(request_id="q", system="portbase", asked_by="F", message_id="m"),
    s.ReleaseObserved(
        system="portbase",
        status=ReleaseStatus.RELEASED,
        terminal="RWG",
        terminal_before="RWG",
        agent="A",
        bills_of_lading=("BL1",),
        release_identification="",
        valid_from=NOW,
        expires_at=NOW,
        hops=(Hop("A", "F", accepted=True), Hop("F", "H")),
        stay_number="V1",
        at=NOW,
        as_of=NOW,
    ),
    s.ConfirmationLost(system="portbase"),
    *(f.Refused(reason=reason, detail="x") for reason in Reason),
    f.Waiting(until=NOW, message='{"container":"CPUU1000010"}'),
    f.Repeated(first_shard="ledger-3", first_seq=2**53, first=Outcome.WAITING),
    f.Parked(error="KeyError('x')", message="{}"),
    f.OrganisationRegistered(organisation=ORGANISATION),
    *(
        o.OnboardingMoved(
            organisation="F", progress=progress, standing=o.Onboarding(organisation="F")
        )
        for progress in o.Progress
    ),
    o.OnboardingMoved(
        organisation="F",
        progress=o.Progress.SUBMITTED,
        standing=o.Onboarding(
            organisation="F",
            taken=tuple(Step),
            flow=Flow.NEW,
            awaits_until=NOW,
            paid_until=NOW,
            subscription_ended=True,
            suspended=True,
            admin="y",
            billing="z",
        ),
        next_step=Step.VALIDATION,
        reason="x",
    ),
    o.AccountLinked(organisation="F", account=ACCOUNT),
    o.AccountClosed(organisation="F", account=ACCOUNT),
    k.KeyRegistered(organisation="F", key=KEY),
    k.KeyRevoked(organisation="F", key=KEY, reason="x"),
    k.GatewayAppointed(organisation="F", gateway=GATEWAY),
    k.GatewayDismissed(organisation="F", gateway=GATEWAY),
    *(
        Overridden(
            override=override,
            subject="F",
            detail="x",
            proposed_by="ada",
            confirmed_by="ben",
            signed=("a.b.c", "d.e.f"),
        )
        for override in Override
    ),
    OperatorSuspended(operator="H"),
    OperatorReinstated(operator="H"),
    *(NoteAdded(note=Note(state=state, by="H")) for state in NoteState),
    NoteAdded(note=NOTE),
    NoteWithdrawn(note=NOTE),
)
BARE_STAY = Stay(
    release_id="r",
    container="CPUU1000010",
    port="BEANR",
    terminal="1742",
    agent="A",
    bills_of_lading=(),
    release_identification="REL1",
    status=ReleaseStatus.RELEASED,
    valid_from=NOW,
    expires_at=NOW,
)
FULL_STAY = Stay(
    release_id="r",
    container="CPUU1000010",
    port="BEANR",
    terminal="1742",
    agent="A",
    bills_of_lading=("BL1", "BL2"),
    release_identification="REL1",
    status=ReleaseStatus.GATED_OUT,
    valid_from=NOW,
    expires_at=NOW,
    expiry_given=True,
    stay_number="V1",
    vessel_imo="9321483",
    order_reference="DO",
    equipment_type="45G1",
    haulage=Haulage.MERCHANT,
    carrier=Carrier(Scheme.SCAC, "MSCU"),
    hops=(Hop("A", "F", accepted=True), Hop("F", "H")),
    first_release_party="F",
    pickup=PICKUP,
    means_of_transport=Modality.RAIL,
    customs=CustomsStatus.FAVV,
    discharged=True,
    terminal_light=TerminalLight.BLOCKED,
    terminal_light_before=TerminalLight.SCANNING,
    gate=Gate.GATE_OUT,
    status_before=ReleaseStatus.BLOCKED,
    left_at=NOW,
    disputed=True,
    suspended=True,
    authority="system",
    confirmed_at=NOW,
    observed_as_of=NOW,
)
LIGHTS = Lights(
    commercial_release=CommercialLight.OK,
    customs=None,
    terminal_operation=False,
    terminal_ready=TerminalLight.UNKNOWN,
    gate_operation=Gate.UNKNOWN,
    combined=Colour.RED,
)
CAUSE = Cause(
    message_id="m",
    message_type="releasebus.accept",
    source="urn:x",
    organisation="A",
    occurred_at=NOW,
    log_offset=0,
    directory_version=1,
    policy_version="2026-11",
)


def recorded(fact: Any, **values: Any) -> RecordedFact:
    known = {"shard": "ledger-0", "seq": 1, "recorded_at": NOW, "container": "C", "port": "P"}
    return RecordedFact(**{**known, "fact": fact, "cause": CAUSE, **values})


@pytest.mark.parametrize("stay", [None, BARE_STAY, FULL_STAY], ids=["none", "bare", "full"])
def test_every_fact_reads_back_as_it_was_written(stay: Stay | None) -> None:
    for fact in EXAMPLES:
        entry = recorded(
            fact,
            stay=stay,
            lights=LIGHTS,
            light_changes=(LightChange(LightName.CUSTOMS, None, "released"),),
            missing=tuple(Missing),
            outcome=Outcome.APPLIED,
        )

        assert read(written(entry)) == entry
        assert written(read(written(entry))) == written(entry)


def test_every_fact_has_an_example_and_a_name_of_its_own() -> None:
    assert {type(fact) for fact in EXAMPLES} == set(f.FACTS)
    names = {fact.type for fact in EXAMPLES}
    assert len(names) == len(f.FACTS)


@given(st.text(), st.text())
def test_any_text_reads_back_or_is_no_text(reason: str, detail: str) -> None:
    """A lone surrogate cannot be JSON: it is refused when the entry is written, never later."""
    entry = recorded(f.Deleted(parties=(), reason=reason), port=detail)
    try:
        body = written(entry)
    except ValueError:
        return

    assert read(body) == entry


def test_what_is_none_is_left_out_of_the_bytes() -> None:
    assert b"null" not in written(recorded(f.GatedOut(), stay=BARE_STAY, lights=LIGHTS))


def test_enumerations_are_written_as_their_values() -> None:
    body = json.loads(written(recorded(f.Refused(reason=Reason.NOT_THE_HOLDER), stay=FULL_STAY)))

    assert body["fact"]["reason"] == "not_the_holder"
    assert body["stay"]["gate"] == "gateoutreceived"
    assert body["stay"]["pickup"]["modality"] == "truck"


NO_FACTS = [b"", b"{}", b"null", b'{"fact":{"type":"unheard_of"}}', b'{"shard":"\xff"}']


@pytest.mark.parametrize("body", NO_FACTS)
def test_what_is_no_fact_does_not_read_as_one(body: bytes) -> None:
    with pytest.raises(Misformed):
        read(body)


def test_a_member_that_a_later_version_adds_is_no_error() -> None:
    body = json.loads(written(recorded(f.Discharged())))
    body["fact"]["crane"] = body["weather"] = "x"

    assert read(json.dumps(body).encode()) == recorded(f.Discharged())


def test_a_fact_cannot_be_changed() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        RELEASED.agent = "B"  # type: ignore[misc]  # that it is frozen is what is shown


def shapes(kind: Any) -> Iterator[Any]:
    """Every kind of value that an entry is made of."""
    if isinstance(kind, type) and issubclass(kind, Value):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from shapes(hint)
    else:
        for part in get_args(kind):
            yield from shapes(part)


def optional_without_default(kind: Any) -> list[str]:
    required = {one.name for one in fields(kind) if one.required}
    hints = get_type_hints(kind)
    return [f"{kind.__name__}.{name}" for name in required if NoneType in get_args(hints[name])]


def test_what_may_be_none_has_none_as_its_default() -> None:
    """None is left out when an entry is written, so without a default it cannot be read again."""
    kinds = set(shapes(RecordedFact))

    assert {Stay, PickupRight, Lights, Organisation, Cause} <= kinds
    assert [name for kind in kinds for name in optional_without_default(kind)] == []
