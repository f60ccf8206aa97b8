"""The way of a company onto the bus: in one order, each step once, none left out."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.directory.answer import answer
from ledger.directory.onboarding import Known, reinstate, suspend
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from schemas import registrations as r
from schemas.facts import OrganisationRegistered
from schemas.keys import Gateway, Key
from schemas.messages import OrganisationMessage, Role
from schemas.onboarding_facts import OnboardingMoved
from schemas.organisations import Account, Organisation
from schemas.registrations import DOORS, Flow
from schemas.steps import ENTRY, WALLET, Step
from schemas.value import altered
from tests.ledger.directory.company import (
    COMPANY,
    EORI,
    EXTERNAL,
    NOW,
    OF_THE_WALLET,
    OTHER,
    VAT,
    WAY,
    Office,
    known_to_c_point,
    step,
    submits,
    whole_way,
)
from tests.rows import each_row

TOLD = [
    "submitted",
    "in_validation",
    "approved",
    "activated",
    "console_login",
    "billing_confirmed",
    "cpu_login",
]
TOLD_OF_WALLET = ["wallet_requested", "wallet_approved", "wallet_funded", "wallet_linked"]


def test_a_haulier_that_takes_every_step_may_act() -> None:
    office = Office()

    assert office.all(whole_way()) == [*TOLD, *TOLD_OF_WALLET]
    assert office.lacks() == ()


def test_a_release_party_needs_no_wallet_and_has_none() -> None:
    office = Office()

    assert office.all(whole_way(Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR)) == TOLD
    assert office.lacks() == ()
    assert office.say(step(r.RequestWallet)) == "no: step_not_awaited wallet_request"


@each_row("left_out", range(11))
def test_a_step_left_out_is_named_by_every_later_one(left_out: int) -> None:
    office, way = Office(), whole_way()
    if left_out:
        office.all(way[:left_out])
    missing = (*ENTRY, *WALLET)[left_out]

    answers = office.all(way[left_out + 1 :])

    said = "organisation_unknown NXT26000000001" if left_out == 0 else f"step_missing {missing}"
    assert set(answers) <= {f"no: {said}"}
    if left_out:
        assert office.lacks()[0] is missing
        assert len(office.lacks()) == 11 - left_out


@each_row("place", range(11))
def test_a_step_is_taken_once(place: int) -> None:
    office, way = Office(), whole_way()
    office.all(way[: place + 1])

    again = office.say(way[place])

    taken = (*ENTRY, *WALLET)[place]
    assert again == f"no: step_not_awaited {taken}"


# --- Hypothesis: whatever is said, in whatever order ---------------------------------------------

EVERY = [
    *whole_way(),
    submits(Flow.EXISTING, Role.RELEASE_PARTY),
    submits(Flow.UNKNOWN, Role.TRANSPORT_OPERATOR),
    step(r.DenyRegistration),
    step(r.StartSubscription),
    step(r.EndSubscription),
    known_to_c_point(Role.TRANSPORT_OPERATOR),
    known_to_c_point(Role.RELEASE_PARTY),
    known_to_c_point(Role.CUSTOMS),
    known_to_c_point(),
]
TAKES = {
    r.SubmitRegistration: Step.REGISTRATION,
    r.TakeUpRegistration: Step.VALIDATION,
    r.ApproveRegistration: Step.APPROVAL,
    r.ActivateAccount: Step.ACTIVATION,
    r.LogInToConsole: Step.CONSOLE_LOGIN,
    r.ConfirmBilling: Step.BILLING,
    r.FirstCpuLogin: Step.CPU_LOGIN,
    r.RequestWallet: Step.WALLET_REQUEST,
    r.ApproveWallet: Step.WALLET_APPROVAL,
    r.FundWallet: Step.WALLET_FUNDS,
    r.LinkWallet: Step.WALLET_LINK,
}


class Witness:
    """A second, simpler count of what was followed: it knows no order, only what must be there."""

    def __init__(self) -> None:
        self.followed: set[Step] = set()
        self.known = False
        self.existing: bool | None = None
        self.ended = False

    def saw(self, message: OrganisationMessage, told: str) -> None:
        if told.startswith("no: "):
            return
        match message:
            case r.SubmitRegistration():
                self.followed = {Step.REGISTRATION}
                if self.existing is None:
                    self.existing = self.known  # how it asks again changes nothing of it
            case r.DenyRegistration():
                self.followed = set()
            case r.EndSubscription():
                self.ended = True
            case r.StartSubscription():
                self.ended = False
            case _ if type(message) in TAKES:
                self.followed.add(TAKES[type(message)])
            case _:
                self.known = True  # the register says who it is, not what it did

    def may_act(self, company: Organisation) -> bool:
        needed = {*ENTRY, *WALLET} if company.roles == (Role.TRANSPORT_OPERATOR,) else {*ENTRY}
        if self.existing:
            needed.discard(Step.ACTIVATION)  # the user is there already
        return needed <= self.followed and not self.ended


GIVES = {Role.SHIP_AGENT, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR}


DENIED = (submits(Flow.NEW, Role.RELEASE_PARTY), step(r.DenyRegistration))
ANEW = [
    [*before, submits(flow, Role.RELEASE_PARTY), *(step(kind) for kind in way)]
    for before in ((known_to_c_point(Role.RELEASE_PARTY),), DENIED)
    for flow in Flow
    for way in (WAY, [kind for kind in WAY if kind is not r.ActivateAccount])
]


@st.composite
def talk(draw: st.DrawFn) -> list[OrganisationMessage]:
    """Draw what doors say: the right way with messages left out, doubled and put in between."""
    said = list(draw(st.sampled_from([whole_way(), whole_way(Role.RELEASE_PARTY), *ANEW])))
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(said)))
        if draw(st.booleans()) and place < len(said):
            del said[place]
        else:
            said.insert(place, draw(st.sampled_from(EVERY)))
    return said


@given(st.one_of(talk(), st.lists(st.sampled_from(EVERY), max_size=30)))
def test_nobody_may_act_who_skipped_a_step(said: list[OrganisationMessage]) -> None:
    office, witness = Office(), Witness()
    for message in said:
        witness.saw(message, office.say(message))
        company = office.directory.get(COMPANY)
        if company is not None and GIVES & set(company.roles):
            assert (company.lacks == ()) == witness.may_act(company), company


# --- C-point: the flows A, B and C ---------------------------------------------------------------


def test_flow_a_makes_a_new_company_that_lacks_the_rest() -> None:
    office = Office()

    assert office.say(submits(Flow.NEW, codes=(VAT, EORI))) == "submitted"
    assert office.company().version == 1
    assert office.company().code(VAT.scheme) == VAT.code
    assert office.lacks() == (*ENTRY[1:], *WALLET)
    assert office.standings[COMPANY].admin == "locked"


def test_flow_b_is_for_a_company_that_is_known_and_its_account_is_active_by_approval() -> None:
    office = Office()
    assert office.say(submits(Flow.EXISTING)) == f"no: organisation_unknown {COMPANY}"
    office.say(known_to_c_point(Role.TERMINAL_OPERATOR))

    assert office.say(submits(Flow.EXISTING, Role.RELEASE_PARTY)) == "submitted"
    assert office.company().roles == (Role.RELEASE_PARTY, Role.TERMINAL_OPERATOR)
    office.all([step(r.TakeUpRegistration), step(r.ApproveRegistration)])
    assert office.lacks()[0] is Step.CONSOLE_LOGIN
    assert office.say(step(r.ActivateAccount)) == "no: step_not_awaited activation"


FLOWS = [
    # who is known, as what it asks, in which flow, and what it comes to
    ((COMPANY, (VAT, EORI)), (COMPANY, (VAT, EORI)), Flow.UNKNOWN, "submitted", Flow.EXISTING),
    ((OTHER, (VAT, EORI)), (COMPANY, (VAT, EORI)), Flow.UNKNOWN, "no: company_known", None),
    ((OTHER, (VAT, EORI)), (COMPANY, (VAT, EORI)), Flow.NEW, "no: company_known", None),
    ((OTHER, ()), (COMPANY, (VAT, EORI)), Flow.UNKNOWN, "submitted", Flow.NEW),
    ((OTHER, (EORI,)), (COMPANY, (VAT,)), Flow.UNKNOWN, "submitted", Flow.NEW),
    ((COMPANY, (VAT,)), (COMPANY, (VAT,)), Flow.NEW, "no: company_known", None),
    # by one of the two alone nobody is recognised, and the code is another's
    ((OTHER, (VAT,)), (COMPANY, (VAT, EORI)), Flow.UNKNOWN, "no: code_taken", None),
]


@pytest.mark.parametrize(("known", "asks", "flow", "told", "taken"), FLOWS)
def test_who_does_not_know_is_told_by_vat_and_eori(
    known: tuple[str, tuple[object, ...]],
    asks: tuple[str, tuple[object, ...]],
    flow: Flow,
    told: str,
    taken: Flow | None,
) -> None:
    office = Office()
    who, codes = known
    office.say(known_to_c_point(Role.TRANSPORT_OPERATOR, organisation=who, codes=codes))  # type: ignore[arg-type]  # a table's cells are of any kind
    who, codes = asks

    said = office.say(submits(flow, organisation=who, codes=codes))  # type: ignore[arg-type]  # the same

    assert said.startswith(told)
    assert (office.standings[COMPANY].flow if COMPANY in office.standings else None) is taken


# --- denied, and nothing heard -------------------------------------------------------------------


@pytest.mark.parametrize("taken_up", [False, True])
def test_who_was_denied_begins_anew_and_its_codes_keep_nobody_out(taken_up: bool) -> None:  # noqa: FBT001  a parameter of the test
    office = Office()
    office.say(submits(Flow.NEW, codes=(VAT,)))
    if taken_up:
        office.say(step(r.TakeUpRegistration))

    assert office.say(step(r.DenyRegistration)) == "denied"
    assert office.say(step(r.ApproveRegistration)) == "no: step_missing registration"
    assert office.say(submits(Flow.NEW, organisation=OTHER, codes=(VAT,))) == "submitted"
    assert office.say(submits(Flow.NEW)) == "submitted"


@pytest.mark.parametrize("flow", list(Flow))
def test_who_came_as_new_and_was_denied_activates_its_account_however_it_asks_again(
    flow: Flow,
) -> None:
    office = Office()
    office.all([*DENIED, submits(flow, Role.RELEASE_PARTY)])

    office.all([step(r.TakeUpRegistration), step(r.ApproveRegistration)])

    assert office.say(step(r.LogInToConsole)) == "no: step_missing activation"


@pytest.mark.parametrize("known", [(), (Role.TERMINAL_OPERATOR,)])
def test_a_role_that_was_denied_does_not_come_with_the_next_approval(
    known: tuple[Role, ...],
) -> None:
    office = Office()
    flow = Flow.EXISTING if known else Flow.NEW
    if known:
        office.say(known_to_c_point(*known))
    office.all([submits(flow, Role.SHIP_AGENT), step(r.DenyRegistration)])

    office.say(submits(Flow.EXISTING, Role.RELEASE_PARTY))

    assert set(office.company().roles) == {Role.RELEASE_PARTY, *known}


def test_a_code_that_was_denied_keeps_nobody_out_and_its_own_stay() -> None:
    office = Office()
    office.say(known_to_c_point(Role.RELEASE_PARTY, codes=(VAT,)))
    office.say(submits(Flow.EXISTING, Role.RELEASE_PARTY, codes=(VAT, EORI)))

    office.say(step(r.DenyRegistration))

    assert office.company().code(VAT.scheme) == VAT.code
    assert office.company().code(EORI.scheme) is None
    assert office.say(submits(Flow.NEW, organisation=OTHER, codes=(EORI,))) == "submitted"


def test_nobody_becomes_customs_by_asking_for_it() -> None:
    office = Office()

    assert office.say(submits(Flow.NEW, Role.RELEASE_PARTY, Role.CUSTOMS)) == (
        "no: role_not_allowed customs"
    )
    assert office.directory.get(COMPANY) is None


def test_nobody_is_denied_who_is_approved() -> None:
    office = Office()
    office.all(whole_way()[:3])

    assert office.say(step(r.DenyRegistration)) == "no: step_not_awaited denied"


def test_where_nothing_was_heard_in_time_that_is_told_once() -> None:
    office = Office()
    office.say(submits())

    assert office.wait(days=6) == []
    assert office.wait(days=1) == ["unconfirmed"]
    assert office.wait(days=30) == []
    # It still may be approved: the team was late.
    assert office.all([step(kind) for kind in WAY[:2]]) == ["in_validation", "approved"]


@pytest.mark.parametrize("word", [r.ApproveRegistration, r.DenyRegistration])
def test_of_who_had_its_word_nothing_is_overdue(word: type[OrganisationMessage]) -> None:
    office = Office()
    office.all([submits(), step(r.TakeUpRegistration), step(word)])

    assert office.wait(days=60) == []


# --- the subscription, and suspension ------------------------------------------------------------


def test_a_subscription_renews_itself_every_year_until_it_is_ended() -> None:
    office = Office()
    office.all(whole_way())

    assert office.wait(days=364) == []
    assert office.wait(days=1) == ["renewed"]
    assert office.wait(days=730) == ["renewed", "renewed"]
    assert office.lacks() == ()
    assert office.say(step(r.EndSubscription)) == "subscription_ended"
    assert office.lacks() == (Step.SUBSCRIPTION,)
    assert office.wait(days=365) == []
    assert office.say(step(r.EndSubscription)) == "no: step_not_awaited subscription_ended"
    assert office.say(step(r.StartSubscription)) == "subscribed"
    assert office.lacks() == ()
    assert office.say(step(r.StartSubscription)) == "no: step_not_awaited subscription"
    assert office.wait(days=365) == ["renewed"]


def test_who_is_suspended_may_not_act_until_reinstated_and_stands_where_it_stood() -> None:
    office = Office()
    office.all(whole_way()[:6])
    before = office.lacks()

    assert office.keep(suspend(office.company(), "fraud", office.known(COMPANY))) == "suspended"
    assert office.lacks() == (*before, Step.REINSTATEMENT)
    again = suspend(office.company(), "", office.known(COMPANY))
    assert office.keep(again) == "no: step_not_awaited suspended"
    # The steps go on meanwhile.
    assert office.say(step(r.FirstCpuLogin)) == "cpu_login"
    assert office.keep(reinstate(office.company(), "", office.known(COMPANY))) == "reinstated"
    assert office.lacks() == before[1:]
    again = reinstate(office.company(), "", office.known(COMPANY))
    assert office.keep(again) == "no: step_not_awaited reinstatement"


# --- roles, and who stood here before ------------------------------------------------------------


def stood_here(*roles: Role) -> Office:
    """A directory of before there was onboarding: one company, of which no step is known."""
    office = Office()
    company = Organisation(COMPANY, 3, "Transport Oud BV", roles)
    office.directory = office.directory.joined_by(company, 7)
    return office


def test_who_stood_here_before_there_was_onboarding_lacks_nothing() -> None:
    office = stood_here(Role.TRANSPORT_OPERATOR)

    assert office.say(submits(Flow.EXISTING)) == "no: step_not_awaited registration"
    assert office.say(step(r.FirstCpuLogin)) == "no: step_not_awaited cpu_login"
    office.say(known_to_c_point(Role.TRANSPORT_OPERATOR, Role.RELEASE_PARTY))
    assert office.lacks() == ()


def test_who_stood_here_before_can_be_stopped_all_the_same() -> None:
    office = stood_here(Role.RELEASE_PARTY)

    assert office.say(step(r.EndSubscription)) == "subscription_ended"
    assert office.lacks() == (Step.SUBSCRIPTION,)
    office.keep(suspend(office.company(), "", office.known(COMPANY)))
    assert office.lacks() == (Step.SUBSCRIPTION, Step.REINSTATEMENT)


def test_by_a_role_that_gives_rights_customs_and_terminals_have_to_be_onboarded() -> None:
    office = Office()
    office.say(known_to_c_point(Role.TERMINAL_OPERATOR))
    assert office.lacks() == ()
    asked = submits(Flow.EXISTING, Role.TERMINAL_OPERATOR)
    assert office.say(asked) == "no: step_not_awaited registration"

    office.say(known_to_c_point(Role.TERMINAL_OPERATOR, Role.RELEASE_PARTY))

    assert office.lacks() == ENTRY


def test_who_becomes_a_transport_operator_only_needs_a_wallet() -> None:
    office = Office()
    office.all(whole_way(Role.RELEASE_PARTY))

    office.say(known_to_c_point(Role.TRANSPORT_OPERATOR))

    assert office.lacks() == WALLET
    assert office.all([step(kind) for kind in OF_THE_WALLET]) == TOLD_OF_WALLET
    assert office.lacks() == ()


def test_the_register_alone_makes_nobody_eligible() -> None:
    office = Office()
    office.say(known_to_c_point(Role.RELEASE_PARTY, codes=(EXTERNAL,)))
    office.say(known_to_c_point(Role.RELEASE_PARTY))

    assert office.lacks() == ENTRY
    assert office.company().version == 2


def test_every_message_has_a_door_and_every_step_its_message() -> None:
    assert {*TAKES.values()} == {*ENTRY, *WALLET}
    assert set(TAKES) < set(DOORS)
    assert Known(Office().directory, NOW, Policy()).standing is None
    assert Policy().subscription_runs == timedelta(days=365)


# --- what is told, and what stays as it was ------------------------------------------------------


def facts_of(office: Office, ruling: Ruling) -> tuple[OnboardingMoved, Organisation | None]:
    """Return that the company moved, and how it stands where that is told."""
    assert not isinstance(ruling, Refusal)
    told, *stands = ruling
    assert isinstance(told, OnboardingMoved)
    registered = [each for each in stands if isinstance(each, OrganisationRegistered)]
    office.keep(ruling)
    return told, registered[0].organisation if registered else None


def says(
    office: Office, message: OrganisationMessage
) -> tuple[OnboardingMoved, Organisation | None]:
    return facts_of(office, answer(message, office.known(message.organisation)))


def test_each_step_tells_the_next_one_and_the_company_stands_anew() -> None:
    office = Office()
    for version, message in enumerate(whole_way(), 1):
        told, stands = says(office, message)
        assert stands is not None
        assert told.next_step == next(iter(stands.lacks), None)
        assert stands.version == version
    assert office.lacks() == ()


def test_what_changes_nothing_of_what_it_lacks_is_no_new_version() -> None:
    office = Office()
    office.all(whole_way(Role.RELEASE_PARTY))
    office.say(step(r.EndSubscription))
    office.keep(suspend(office.company(), "", office.known(COMPANY)))
    office.say(known_to_c_point(Role.CUSTOMS))

    told, stands = says(office, step(r.StartSubscription))

    assert (told.progress, stands) == ("subscribed", None)


@pytest.mark.parametrize(
    "message",
    [
        r.DenyRegistration(organisation=COMPANY, reason="no such company"),
        r.EndSubscription(organisation=COMPANY, reason="no such company"),
    ],
)
def test_why_it_was_denied_or_ended_is_told(message: OrganisationMessage) -> None:
    office = Office()
    way = whole_way(Role.RELEASE_PARTY)
    office.all(way[:2] if isinstance(message, r.DenyRegistration) else way)

    told, _ = says(office, message)

    assert told.reason == "no such company"


def test_why_it_was_suspended_and_reinstated_is_told() -> None:
    office = Office()
    office.all(whole_way(Role.RELEASE_PARTY))

    told, stands = facts_of(office, suspend(office.company(), "fraud", office.known(COMPANY)))
    assert (told.reason, told.next_step) == ("fraud", Step.REINSTATEMENT)
    assert stands is not None
    again, _ = facts_of(office, reinstate(office.company(), "cleared", office.known(COMPANY)))
    assert (again.reason, again.next_step) == ("cleared", None)


@pytest.mark.parametrize("role", [Role.SHIP_AGENT, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR])
def test_whoever_gives_holds_or_uses_rights_has_to_be_onboarded(role: Role) -> None:
    office = Office()
    office.say(known_to_c_point(role))

    assert office.lacks()[: len(ENTRY)] == ENTRY


@pytest.mark.parametrize("role", [Role.CUSTOMS, Role.TERMINAL_OPERATOR])
def test_of_who_reports_a_suspension_counts_and_nothing_else(role: Role) -> None:
    office = Office()
    office.all(whole_way(Role.RELEASE_PARTY))
    office.say(step(r.EndSubscription))
    office.say(known_to_c_point(role))
    assert office.lacks() == ()

    office.keep(suspend(office.company(), "", office.known(COMPANY)))

    assert office.lacks() == (Step.REINSTATEMENT,)


def test_who_stood_here_as_customs_has_to_be_onboarded_for_anything_more() -> None:
    office = stood_here(Role.CUSTOMS)

    office.say(known_to_c_point(Role.CUSTOMS, Role.RELEASE_PARTY))

    assert office.lacks() == ENTRY


def test_whom_it_bills_is_kept_with_its_standing() -> None:
    office = Office()
    office.all(whole_way()[:5])
    assert office.standings[COMPANY].billing is None

    office.say(step(r.ConfirmBilling))

    assert office.standings[COMPANY].billing == "locked"


def test_nobody_is_denied_who_has_not_asked() -> None:
    office = Office()
    office.say(known_to_c_point(Role.RELEASE_PARTY))

    assert office.say(step(r.DenyRegistration)) == "no: step_not_awaited denied"


def test_no_subscription_ends_that_has_not_begun() -> None:
    office = Office()
    office.all(whole_way()[:5])

    assert office.say(step(r.EndSubscription)) == "no: step_not_awaited subscription_ended"


def test_who_is_known_and_denied_keeps_its_codes() -> None:
    office = Office()
    office.say(known_to_c_point(Role.RELEASE_PARTY, codes=(VAT,)))
    office.say(submits(Flow.EXISTING, Role.RELEASE_PARTY))

    assert office.say(step(r.DenyRegistration)) == "denied"

    assert office.company().code(VAT.scheme) == VAT.code
    assert office.say(submits(Flow.NEW, organisation=OTHER, codes=(VAT,))) == (
        f"no: code_taken vat:{VAT.code}"
    )


def test_who_was_denied_takes_every_step_anew() -> None:
    office = Office()
    office.all([submits(), step(r.TakeUpRegistration), step(r.DenyRegistration), submits()])

    assert office.standings[COMPANY].taken == (Step.REGISTRATION,)
    assert office.lacks() == (*ENTRY[1:], *WALLET)


def test_asking_anew_lifts_no_suspension() -> None:
    office = Office()
    office.say(submits())
    office.keep(suspend(office.company(), "fraud", office.known(COMPANY)))
    office.say(step(r.DenyRegistration))

    assert office.say(submits()) == "submitted"

    assert office.lacks()[-1] is Step.REINSTATEMENT


def test_who_asks_anew_without_naming_its_admin_keeps_whom_it_named() -> None:
    office = Office()
    office.all([submits(), step(r.DenyRegistration)])

    known = altered(office.known(COMPANY), locked=None)
    office.keep(answer(submits(), known))

    assert office.standings[COMPANY].admin == "locked"


def test_an_overdue_word_is_awaited_anew_by_who_asks_anew() -> None:
    office = Office()
    office.all([submits(), step(r.DenyRegistration)])
    assert office.wait(days=30) == []

    office.say(submits())

    assert office.wait(days=7) == ["unconfirmed"]


def test_a_subscription_is_renewed_from_its_end_and_not_from_when_that_was_seen() -> None:
    office = Office()
    office.all(whole_way())
    ends = office.standings[COMPANY].paid_until
    assert ends is not None

    office.wait(days=400)

    assert office.standings[COMPANY].paid_until == ends + Policy().subscription_runs


def test_who_subscribes_anew_has_paid_for_a_year_from_then() -> None:
    office = Office()
    office.all([*whole_way(), step(r.EndSubscription)])
    office.wait(days=100)

    office.say(step(r.StartSubscription))

    assert office.standings[COMPANY].paid_until == office.now + Policy().subscription_runs


# --- what the register and C-point say of who it is ----------------------------------------------


def test_a_company_that_asks_in_flow_b_keeps_what_it_does_not_say() -> None:
    office = Office()
    office.say(
        known_to_c_point(Role.TERMINAL_OPERATOR, codes=(VAT,)).model_copy(
            update={"address": "Kaai 1", "language": "nl"}
        )
    )

    office.say(submits(Flow.EXISTING, Role.RELEASE_PARTY, codes=(EORI,)))

    stands = office.company()
    assert stands.roles == (Role.RELEASE_PARTY, Role.TERMINAL_OPERATOR)
    assert [code.key for code in stands.codes] == [f"vat:{VAT.code}", f"eori:{EORI.code}"]
    assert (stands.address, stands.language) == ("Kaai 1", "nl")


def test_a_new_company_that_asks_anew_has_the_roles_of_now_alone() -> None:
    office = Office()
    office.all([submits(Flow.NEW, Role.RELEASE_PARTY), step(r.DenyRegistration)])

    office.say(submits(Flow.NEW, Role.SHIP_AGENT))

    assert office.company().roles == (Role.SHIP_AGENT,)


def test_two_codes_of_two_companies_recognise_neither() -> None:
    office = Office()
    office.say(known_to_c_point(Role.RELEASE_PARTY, organisation=OTHER, codes=(VAT,)))
    third = "NXT26000000003"
    office.say(known_to_c_point(Role.RELEASE_PARTY, organisation=third, codes=(EORI,)))

    told = office.say(submits(Flow.UNKNOWN, codes=(VAT, EORI)))

    assert told.startswith("no: code_taken")


def test_what_the_register_says_leaves_keys_gateways_accounts_and_standing_alone() -> None:
    office = Office()
    office.all(whole_way(Role.RELEASE_PARTY))
    before = altered(
        office.company(),
        keys=(Key("k1", "x", NOW),),
        gateways=(Gateway(OTHER, NOW),),
        accounts=(Account("scr", "0xab01"),),
    )
    office.directory = office.directory.joined_by(before, 99)

    told = known_to_c_point(Role.RELEASE_PARTY).model_copy(
        update={"address": "Kaai 2", "language": "fr"}
    )
    office.say(told)

    stands = office.company()
    assert (stands.keys, stands.gateways) == (before.keys, before.gateways)
    assert (stands.accounts, stands.lacks) == (before.accounts, ())
    assert (stands.address, stands.language) == ("Kaai 2", "fr")
    assert stands.version == before.version + 1
