"""What a party asks on the bus is the call that Portbase knows, field by field, or none."""

import json
from typing import Any

import pytest

from adapters.portbase.calls import customer_code
from adapters.portbase.wire_chain import Authorisations, Nominations, Withdrawals
from adapters.portbase.wire_tracking import TrackRequests
from adapters.portbase.wire_visit import PreNotification
from ledger.directory.directory import Directory, directory_of
from schemas import messages as m
from schemas.messages import ContainerMessage
from schemas.organisations import Account, Organisation
from schemas.registrations import AccountStatus
from schemas.stay import Stay
from schemas.value import altered
from tests.adapters.portbase.rounds import TRACKING, Round, body, kinds
from tests.adapters.portbase.samples import members, sample
from tests.adapters.rotterdam import DIRECTOR, DIRECTORY, ORGANISATIONS
from tests.adapters.story import AGENT, DRIVER, FORWARDER, HAULIER, Story, to

BOX, BILL = "HLBU2055178", "HLCUSSZ2602ABC01"


def of_p4() -> Round:
    """The bill of P4, whose agent nobody here is: Portbase judges who may do what."""
    one = Round(Story(container=BOX, port="NLRTM", terminal="ECTDELTA", directory=DIRECTORY))
    one.hear(sample("P4"))
    return one


@pytest.mark.parametrize(
    ("number", "model"),
    [
        ("P1", TrackRequests),
        ("P5", Nominations),
        ("P7a", Authorisations),
        ("P7b", Withdrawals),
        ("P11a", PreNotification),
    ],
)
def test_a_sample_of_what_is_sent_reads_and_is_written_back(number: str, model: Any) -> None:
    read = model.model_validate_json(sample(number), by_alias=True, by_name=False)

    assert json.loads(read.written()) == members(number)


def test_p1_the_first_of_a_bill_asks_that_it_be_followed() -> None:
    one = Round(Story(container=BOX, port="NLRTM", terminal="RWG", directory=DIRECTORY))
    (call,) = one.release(bills_of_lading=(BILL,))

    assert body(call) == members("P1") | {"webhookUrl": "{door}/hooks/portbase"}
    assert dict(call.headers) == {
        "rb_profile": "secure-chain-2026-public unverified",
        "http-method": "POST",
        "http-path": "/cargo-controller/track-requests",
    }


def test_p5_a_transfer_to_an_operator_nominates_it_by_its_ean() -> None:
    one = of_p4()
    (call,) = one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    wanted = members("P5")
    del wanted["nominations"][0]["modality"]
    assert body(call) == wanted
    assert dict(call.headers)["on-behalf-of"] == FORWARDER


def test_p7_a_transfer_to_a_party_authorises_it_and_a_revoke_withdraws() -> None:
    one = of_p4()
    (call,) = one.ask(FORWARDER, m.Transfer, release_to=to(DIRECTOR))
    wanted = members("P7a")
    wanted["authorisations"][0]["equipmentNumber"] = BOX
    assert body(call) == wanted

    one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))
    shown = members("P6")
    shown["nominatedInlandOperators"][0]["inlandOperatorFullName"] = "Demo Haulier BV"
    one.hear(shown)
    (call,) = one.ask(FORWARDER, m.Revoke)

    wanted = members("P7b")
    wanted["withdrawals"][0]["reason"] = "WITHDRAW_INLAND_OPERATOR"
    assert body(call) == wanted


def test_p11_an_assigned_pickup_pre_notifies_the_visit_and_shows_no_driver() -> None:
    one = Round(Story(container="MEDU7319055", port="NLRTM", terminal="RWG", directory=DIRECTORY))
    one.hear(sample("P3"))
    released = members("P10")
    released["billOfLading"]["hinterlandTerminalData"] = []
    one.hear(released)
    soon = {"arrives_at": "2026-03-11T06:00:00+01:00"}
    (call,) = one.ask(HAULIER, m.AssignPickup, modality="truck", driver=DRIVER, **soon)

    wanted = members("P11a")
    # Who drives for the operator is nobody's that the bus knows.
    wanted["visit"]["executingCharterEan"] = wanted["visit"]["operatorEan"]
    assert body(call) == wanted


def test_the_release_goes_to_the_customer_code_of_its_carrier() -> None:
    one = Round()
    _, call = one.release(release_to=to(FORWARDER), expires_at="2025-04-01T10:00:00+02:00")

    assert body(call) == {
        "action": "RELEASE",
        "blNumber": "BLTEST0001",
        "equipmentNumber": "CPUU1000010",
        "terminalCode": "RWG",
        "releaseReference": "AGT-REL-0001",
        "releaseTo": {"customerCode": "CC-0042", "name": "Demo Forwarder BV"},
        "releaseValidFromDateTime": "2025-03-01T08:00:00Z",
        "releaseValidUntilDateTime": "2025-04-01T10:00:00+02:00",
    }


@pytest.fixture
def released() -> Round:
    """A container that the agent released to the forwarder."""
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.hear(one.state())
    return one


@pytest.mark.parametrize(
    ("sender", "model", "more", "kind"),
    [
        (AGENT, m.Update, {"expires_at": "2025-05-01T08:00:00Z"}, "update"),
        (AGENT, m.Delete, {}, "withdraw-release"),
        (AGENT, m.Revoke, {}, "withdraw-release"),
        (AGENT, m.Transfer, {"release_to": to(FORWARDER)}, "release-to"),
        (FORWARDER, m.Transfer, {"release_to": to(HAULIER)}, "nominate"),
        (FORWARDER, m.Transfer, {"release_to": to(DIRECTOR)}, "authorise"),
        # What Portbase has no call for, and what cannot be asked: how it stands is looked up.
        (AGENT, m.Transfer, {"release_to": to(DIRECTOR)}, "tracked-bls"),
        (FORWARDER, m.Revoke, {}, "tracked-bls"),
        (FORWARDER, m.Accept, {}, "tracked-bls"),
        (FORWARDER, m.Decline, {}, "tracked-bls"),
        (AGENT, m.Block, {}, "tracked-bls"),
        (AGENT, m.Unblock, {}, "tracked-bls"),
    ],
)
def test_each_message_has_its_call(
    released: Round,
    sender: str,
    model: type[ContainerMessage],
    more: dict[str, object],
    kind: str,
) -> None:
    assert kinds(released.ask(sender, model, **more)) == [kind]


def test_an_update_says_what_is_new_and_nothing_else(released: Round) -> None:
    (call,) = released.ask(AGENT, m.Update, expires_at="2025-05-01T08:00:00Z")

    assert body(call) == {
        "action": "UPDATE",
        "blNumber": "BLTEST0001",
        "equipmentNumber": "CPUU1000010",
        "releaseValidUntilDateTime": "2025-05-01T08:00:00Z",
    }


def test_a_new_date_in_the_state_answers_the_update(released: Round) -> None:
    released.ask(AGENT, m.Update, expires_at="2025-05-01T08:00:00Z")
    row = {"equipmentNumber": "CPUU1000010", "releaseValidUntilDateTime": "2025-05-01T08:00:00Z"}
    facts = released.hear(released.state(commercialReleases=[row]))

    assert "request_answered" in [each.fact.type for each in facts]


def test_a_withdrawal_is_answered_when_the_release_is_gone(released: Round) -> None:
    released.ask(AGENT, m.Delete)
    assert released.hear(released.state()) == []

    facts = released.hear(released.state(commercialReleases=[]))

    assert next(each.fact.type for each in facts) == "request_answered"
    assert released.stay.status == "deleted"


def test_a_nomination_says_how_it_is_collected_where_that_was_set() -> None:
    one = of_p4()
    (stay,) = one.story.file.stays
    by_barge: Stay = altered(stay, means_of_transport=m.Modality.BARGE)
    one.story.file = altered(one.story.file, stays=(by_barge,))

    (call,) = one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert body(call)["nominations"][0]["modality"] == "BARGE"
    assert body(call)["id"] == TRACKING


def without_codes(*, accounts: bool) -> Directory:
    """Return the directory with nobody's EAN, and with customer codes or without."""
    changed = [
        altered(each, codes=(), accounts=each.accounts if accounts else ())
        for each in ORGANISATIONS
    ]
    return directory_of(changed, version=1)


def test_who_has_no_ean_is_neither_nominated_nor_may_it_pre_notify() -> None:
    one = of_p4()
    one.story.directory = without_codes(accounts=True)
    refused = "Demo Haulier BV has no EAN code: Secure Logistics gives one, and nobody is named"

    assert kinds(one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))) == ["tracked-bls"]
    assert kinds(one.ask(HAULIER, m.AssignPickup, modality="truck")) == ["tracked-bls"]
    answered = [each.fact for each in one.hear(sample("P4"))]

    assert [getattr(each, "accepted", None) for each in answered] == [False, False]
    assert all(getattr(each, "reason", "").startswith(refused) for each in answered)


def test_a_release_to_whom_the_carrier_knows_by_no_code_is_not_made() -> None:
    one = Round()
    one.story.directory = without_codes(accounts=False)

    assert kinds(one.release(release_to=to(FORWARDER))) == ["track"]
    one.tracked()
    facts = one.reply([one.state(commercialReleases=[])])

    assert [getattr(each.fact, "reason", "") for each in facts] == [
        "Demo Forwarder BV has no customer code that BLTE accepted: it registers one at Portbase."
    ]


def test_without_knowing_how_it_leaves_nothing_is_pre_notified() -> None:
    one = of_p4()
    one.ask(HAULIER, m.AssignPickup, modality="unknown")

    (told,) = one.hear(sample("P4"))

    assert getattr(told.fact, "reason", "").startswith("Portbase wants to know whether")


def test_a_release_anew_is_not_the_one_that_is_being_withdrawn(released: Round) -> None:
    released.ask(AGENT, m.Delete)
    released.release(release_to=to(FORWARDER))
    assert released.hear(released.state()) == []

    gone = released.hear(released.state(commercialReleases=[]))
    assert [each.fact.type for each in gone].count("request_answered") == 1
    anew = released.hear(released.state())

    assert [each.fact.type for each in anew].count("request_answered") == 1
    live = [stay for stay in released.story.file.stays if stay.live]
    assert [stay.accepted_holder for stay in live] == [FORWARDER]


@pytest.mark.parametrize(
    ("account", "found"),
    [
        (Account("portbase", "CC-1", "HLCU"), "CC-1"),
        (Account("portbase", "CC-1", "hlcu"), "CC-1"),
        (Account("portbase", "CC-1", "HLCU", AccountStatus.PENDING), None),
        (Account("portbase", "CC-1", "HLCU", AccountStatus.REJECTED), None),
        (Account("portbase", "CC-1", "MAEU"), None),
        (Account("portbase", "CC-1"), None),
        (Account("sone", "CC-1", "HLCU"), None),
    ],
)
def test_a_customer_code_counts_once_its_own_carrier_accepted_it(
    account: Account, found: str | None
) -> None:
    organisation = Organisation("NXT21000000099", 1, "X", (), accounts=(account,))

    assert customer_code(organisation, frozenset({"HLCU", ""})) == found
