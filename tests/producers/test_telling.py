"""Who is told what: each its own and no more, nobody the driver, a stranger nothing at all."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import example, given, settings

from producers import telling
from producers.telling import board_line_of, entitlement_of, notices_of
from schemas import facts as f
from schemas import key_facts as k
from schemas import messages as m
from schemas import system_facts as s
from schemas.board import BOARD_LINE, BoardLine
from schemas.entitlement import ENTITLEMENT, confirmation_of
from schemas.facts import FACTS, PickupEnd, RecordedFact
from schemas.note_facts import NoteAdded, NoteWithdrawn
from schemas.note_messages import AddNote
from schemas.notices import NOTICE, Notice
from schemas.reasons import Reason
from schemas.stay import driver_of
from schemas.topics import REGISTER
from schemas.value import altered
from schemas.words import explained
from tests.adapters.rotterdam import PORTBASE
from tests.adapters.schiphol import CARGONAUT
from tests.adapters.story import (
    AGENT,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    RIVAL,
    TERMINAL,
    Story,
    to,
)
from tests.chance import examples
from tests.producers.stories import (
    NAMES,
    OF_THE_DRIVER,
    QUAY,
    STRANGER,
    assigned_stay,
    every_kind,
    stories,
)
from tests.rows import each_row

KINDS = every_kind()
CHAIN = (AGENT, FORWARDER, HAULIER)
NOBODY: tuple[str, ...] = ()
STANDS, ENDED, NONE = "stands", "ended", "none"

GATEWAY = "NXT21000000090"

# By hand: who is told the fact, in which order; who is answered (the sender, where the fact
# carries the outcome); what stands on the terminal's topic afterwards.
TABLE: dict[str, tuple[tuple[str, ...], str | None, str]] = {
    "released": ((AGENT,), AGENT, NONE),
    "nomination_refused": ((AGENT,), None, NONE),
    "updated": ((AGENT, FORWARDER), AGENT, NONE),
    "blocked": (CHAIN, AGENT, NONE),
    "unblocked": (CHAIN, AGENT, NONE),
    "chain_revoked": (CHAIN, AGENT, NONE),
    "deleted": ((AGENT, FORWARDER), AGENT, NONE),
    "expired": ((AGENT,), None, NONE),
    "transferred": ((AGENT, FORWARDER), None, NONE),
    "accepted": ((AGENT, FORWARDER), FORWARDER, NONE),
    "declined": ((AGENT, FORWARDER), FORWARDER, NONE),
    "transfer_revoked": ((HAULIER, FORWARDER), HAULIER, NONE),
    "pickup_assigned": ((HAULIER,), HAULIER, STANDS),
    "pickup_ended": ((HAULIER,), HAULIER, ENDED),
    "means_of_transport_set": (CHAIN, HAULIER, STANDS),
    "pickup_end_confirmed": (CHAIN, TERMINAL, NONE),
    "confirmation_lapsed": (CHAIN, None, NONE),
    "entitlement_withdrawn": (NOBODY, None, NONE),
    "personal_parts_erased": (NOBODY, None, NONE),
    "discharged": (CHAIN, TERMINAL, NONE),
    "terminal_released": (CHAIN, TERMINAL, NONE),
    "terminal_blocked": (CHAIN, TERMINAL, NONE),
    "scanning_ordered": (CHAIN, TERMINAL, NONE),
    "terminal_unblocked": (CHAIN, TERMINAL, NONE),
    "gated_in": (CHAIN, TERMINAL, STANDS),
    "gated_out": (CHAIN, TERMINAL, STANDS),
    "note_added": (CHAIN, HAULIER, STANDS),
    "note_withdrawn": (CHAIN, HAULIER, STANDS),
    "customs_status_set": (CHAIN, CUSTOMS, NONE),
    "finding_made": ((AGENT,), None, NONE),
    "disputed": ((RIVAL,), None, NONE),
    "dispute_settled": ((AGENT,), None, NONE),
    "request_made": (NOBODY, AGENT, NONE),
    "request_answered": ((AGENT,), PORTBASE, NONE),
    "request_overdue": ((HAULIER,), None, NONE),
    "release_observed": (CHAIN, PORTBASE, NONE),
    "consignment_observed": ((FORWARDER,), CARGONAUT, NONE),
    "confirmation_lost": ((AGENT, FORWARDER), None, NONE),
    "given_up": (NOBODY, FORWARDER, NONE),
    "suspended": ((AGENT,), None, NONE),
    "resumed": (NOBODY, None, NONE),
    "suspension_lifted": ((AGENT,), None, NONE),
    "refused": (NOBODY, FORWARDER, NONE),
    "waiting": (NOBODY, FORWARDER, NONE),
    "repeated": (NOBODY, FORWARDER, NONE),
    "parked": (NOBODY, FORWARDER, NONE),
    "organisation_registered": (NOBODY, REGISTER, NONE),
    "onboarding_moved": ((HAULIER,), None, NONE),
    "account_linked": ((HAULIER,), None, NONE),
    "account_closed": ((HAULIER,), None, NONE),
    "key_registered": ((HAULIER,), None, NONE),
    "key_revoked": ((HAULIER,), None, NONE),
    "gateway_appointed": ((HAULIER, FORWARDER), None, NONE),
    "gateway_dismissed": ((HAULIER, FORWARDER), None, NONE),
    "overridden": (NOBODY, None, NONE),
    "operator_suspended": ((HAULIER,), None, STANDS),
    "operator_reinstated": ((HAULIER,), None, STANDS),
}


def told(recorded: RecordedFact) -> dict[str, Notice]:
    """Return the notice of each party, once."""
    notices = [(party, NOTICE.read(notice)) for party, notice in notices_of(recorded)]
    assert len(dict(notices)) == len(notices), "an outbox drops the second notice of an entry"
    return dict(notices)


def standing(recorded: RecordedFact) -> str:
    """Say what is on the terminal's topic after the entry."""
    entitlement = entitlement_of(recorded)
    if entitlement is None:
        return NONE
    return STANDS if entitlement.ended is None else ENDED


def test_no_kind_of_fact_is_forgotten() -> None:
    assert set(TABLE) == set(KINDS) == {kind.__struct_config__.tag for kind in FACTS}


@each_row("kind", TABLE)
def test_who_is_told_what(kind: str) -> None:
    hear_the_fact, is_answered, right = TABLE[kind]
    recorded = KINDS[kind]
    notices = told(recorded)

    assert tuple(who for who, notice in notices.items() if notice.fact) == hear_the_fact
    answered = [is_answered] if is_answered else []
    assert [who for who, notice in notices.items() if notice.answer] == answered
    assert set(notices) == {*hear_the_fact, *answered}
    assert standing(recorded) == right


@each_row("kind", TABLE)
def test_an_answer_goes_by_the_senders_own_id_and_says_how_the_message_fared(kind: str) -> None:
    recorded = KINDS[kind]
    answers = [notice.answer for notice in told(recorded).values() if notice.answer]

    assert len(answers) == (TABLE[kind][1] is not None)
    for answer in answers:
        assert answer.message_id == recorded.cause.message_id
        assert answer.outcome == recorded.outcome
        assert (answer.waited, answer.resumed) == (recorded.cause.waited, False)


def test_the_operator_who_resumes_has_no_outbox_and_whose_message_was_parked_is_told() -> None:
    story = Story()
    story.released(release_to=to(FORWARDER))
    story.break_on(FORWARDER, m.Accept)

    resumed, accepted, lifted = story.resume()

    assert told(resumed) == {}
    answer = told(accepted)[FORWARDER].answer
    assert answer is not None
    assert (answer.outcome, answer.resumed) == ("applied", True)
    assert told(lifted).keys() == {AGENT, FORWARDER}


def test_a_refusal_says_why_and_who_can_put_it_right() -> None:
    answer = told(KINDS["refused"])[FORWARDER].answer

    assert answer is not None
    assert answer.reason == Reason.TRANSFER_ALREADY_ACCEPTED
    words = explained(Reason.TRANSFER_ALREADY_ACCEPTED)
    assert (answer.sentence, answer.who_can_fix, answer.code) == (
        words.sentence(),
        words.who_can_fix(),
        "CPU-004",
    )
    assert answer.sentence
    assert answer.who_can_fix


def test_a_repeated_message_is_told_what_it_was_answered_the_first_time() -> None:
    answer = told(KINDS["repeated"])[FORWARDER].answer

    assert answer is not None
    assert answer.first == f.Outcome.APPLIED


def test_what_is_between_the_ledger_and_the_sender_says_nothing_of_the_stay() -> None:
    for kind in ("refused", "repeated"):
        recorded = KINDS[kind]
        assert recorded.stay is not None, "else there would be nothing to keep back"
        notice = told(recorded)[FORWARDER]
        assert notice.fact is None
        assert (notice.release_id, notice.status, notice.combined) == (None, None, None)
        assert (notice.light_changes, notice.missing) == ((), ())


def test_the_world_beside_the_chain_is_answered_and_told_nothing_of_the_stay() -> None:
    notice = told(KINDS["discharged"])[TERMINAL]

    assert notice.answer is not None
    assert notice.fact is None
    assert (notice.release_id, notice.status, notice.light_changes) == (None, None, ())


def test_a_party_is_told_how_the_release_stands() -> None:
    recorded = KINDS["blocked"]
    notice = told(recorded)[HAULIER]

    assert recorded.stay is not None
    assert recorded.lights is not None
    assert notice.release_id == recorded.stay.release_id
    assert notice.status == "blocked"
    assert notice.combined == recorded.lights.combined
    assert notice.light_changes == recorded.light_changes != ()
    assert notice.missing == recorded.missing != ()


def test_a_stranger_gets_no_outbox() -> None:
    story = Story()
    story.released(release_to=to(FORWARDER))
    (refused,) = story.say(STRANGER, m.Accept)

    assert isinstance(refused.fact, f.Refused)
    assert refused.fact.reason is Reason.SENDER_UNKNOWN
    assert refused.outcome is f.Outcome.REFUSED
    assert told(refused) == {}


@each_row("kind", TABLE)
def test_a_gateway_hears_the_answer_to_what_it_said_for_another_and_nothing_else(
    kind: str,
) -> None:
    recorded = KINDS[kind]
    by_gateway = altered(recorded, cause=altered(recorded.cause, via=GATEWAY))

    heard, heard_without = told(by_gateway), told(recorded)

    answers = [notice.answer for notice in heard_without.values() if notice.answer]
    own = heard.pop(GATEWAY, None)
    assert heard == heard_without
    assert ([own.answer] if own else []) == answers
    assert own is None or (own.fact, own.status, own.missing) == (None, None, ())


# --- what must never be read --------------------------------------------------------------------


def names_of_others(text: bytes, own: frozenset[str]) -> set[str]:
    """Return who is named in *text* beside those whose names may stand there."""
    allowed = {name for party in own for name in NAMES.get(party, ())}
    return {
        party
        for party, names in NAMES.items()
        if party not in own and any(name in text for name in names if name not in allowed)
    }


def own_hop(recorded: RecordedFact, party: str) -> frozenset[str]:
    """Return whose names *party* may read: its own, and those on both ends of its own hop."""
    match recorded.fact:
        case f.Transferred() | f.Accepted() | f.Declined() | f.TransferRevoked() as fact:
            hop = {fact.giver, fact.receiver}
            return frozenset(hop | {party} if party in hop else {party})
        case s.ReleaseObserved(hops=hops):
            own = [hop for hop in hops if party in {hop.giver, hop.receiver}]
            return frozenset({party, *(name for hop in own for name in (hop.giver, hop.receiver))})
        case f.Disputed(other_agent=other):
            # The two agents have to settle it between them.
            return frozenset({party, other})
        case k.GatewayAppointed() | k.GatewayDismissed() as fact:
            return frozenset({party, fact.organisation, fact.gateway.organisation})
        case _:
            return frozenset({party})


def check_privacy(recorded: RecordedFact) -> None:
    """What holds of everything that leaves the ledger for others than the terminal."""
    board = BOARD_LINE.written(board_line_of(recorded))
    assert names_of_others(board, frozenset()) == set()
    assert not [secret for secret in OF_THE_DRIVER if secret in board]
    for party, notice in notices_of(recorded):
        assert party in NAMES or party == REGISTER, "a stranger was given an outbox"
        assert names_of_others(notice, own_hop(recorded, party)) == set()
        assert not [secret for secret in OF_THE_DRIVER if secret in notice]


@each_row("kind", TABLE)
def test_nobody_reads_the_driver_or_a_name_that_is_not_its_business(kind: str) -> None:
    check_privacy(KINDS[kind])


@given(stories())
@settings(max_examples=examples(60))
def test_whatever_is_said_nobody_reads_the_driver_or_others_names(
    facts: tuple[RecordedFact, ...],
) -> None:
    for recorded in facts:
        check_privacy(recorded)


def test_the_driver_is_there_to_be_found() -> None:
    assigned = f.written(KINDS["pickup_assigned"])

    assert all(secret in assigned for secret in OF_THE_DRIVER)
    assert names_of_others(assigned, frozenset()) == {AGENT, FORWARDER, HAULIER}


def test_who_collected_it_is_told_to_the_collector_alone() -> None:
    story = Story()
    story.held_by_haulier()
    left, *_ = story.say(TERMINAL, m.ReportGateOut, **QUAY, picked_up_by=to(HAULIER))
    notices = told(left)

    assert left.fact == f.GatedOut(picked_up_by=HAULIER, left_at=story.now)
    assert notices[HAULIER].fact == left.fact
    for other in (AGENT, FORWARDER):
        assert notices[other].fact == f.GatedOut(left_at=story.now)


def test_a_chain_that_is_taken_back_is_told_to_each_link_as_its_own() -> None:
    assert KINDS["chain_revoked"].fact == f.ChainRevoked(parties=(FORWARDER, HAULIER))
    notices = told(KINDS["chain_revoked"])

    assert {party: notice.fact for party, notice in notices.items()} == {
        party: f.ChainRevoked(parties=(party,)) for party in CHAIN
    }


def test_an_agent_that_takes_the_chain_back_does_not_learn_who_would_have_collected() -> None:
    story = Story()
    story.held_by_haulier()
    story.assigned()
    story.say(AGENT, m.Revoke)

    assert set(told(story.of("pickup_ended"))) == {HAULIER}


# --- the board ---------------------------------------------------------------------------------


def test_the_board_has_no_member_that_could_name_anybody() -> None:
    # By hand, so that whoever adds one has to stop here and think of §8.
    assert set(BoardLine.__struct_fields__) == {
        "shard", "seq", "recorded_at", "container", "port", "terminal", "fact", "finding",
        "reason", "outcome", "status", "lights", "missing",
    }  # fmt: skip


@each_row("kind", TABLE)
def test_the_board_shows_where_a_container_stands(kind: str) -> None:
    recorded = KINDS[kind]
    line = board_line_of(recorded)
    stay = recorded.stay

    assert (line.shard, line.seq, line.fact) == (recorded.shard, recorded.seq, kind)
    assert (line.container, line.outcome) == (recorded.container, recorded.outcome)
    assert (line.status, line.terminal) == ((stay.status, stay.terminal) if stay else (None, None))
    assert (line.lights, line.missing) == (recorded.lights, recorded.missing)
    assert (line.finding is None) == (kind != "finding_made")
    assert (line.reason is None) == (kind not in {"refused", "given_up", "nomination_refused"})


# --- the entitlement ----------------------------------------------------------------------------


def test_an_entitlement_says_what_the_gate_needs() -> None:
    recorded = assigned_stay()
    entitlement, stay = entitlement_of(recorded), recorded.stay

    assert entitlement is not None
    assert stay is not None
    assert entitlement.may_leave
    assert entitlement.driver == driver_of(DRIVER)
    assert (entitlement.operator, entitlement.operator_vat) == (HAULIER, "NL000000001B01")
    assert (entitlement.shard, entitlement.seq) == (recorded.shard, recorded.seq)
    assert (entitlement.container, entitlement.release_id) == (stay.container, stay.release_id)
    assert (entitlement.valid_from, entitlement.expires_at) == (stay.valid_from, stay.expires_at)
    assert entitlement.confirmed_at == recorded.recorded_at


@each_row("kind", sorted(set(TABLE) - {"pickup_ended", "entitlement_withdrawn"}))
def test_while_a_right_stands_every_fact_of_its_stay_renews_it(kind: str) -> None:
    assigned = assigned_stay()
    recorded = altered(KINDS[kind], stay=assigned.stay, lights=assigned.lights)

    assert standing(recorded) == STANDS


def test_a_right_lasts_no_longer_than_the_release_nor_than_it_was_given_for() -> None:
    recorded = assigned_stay()
    stay = recorded.stay
    assert stay is not None
    assert stay.pickup is not None
    sooner, later = stay.expires_at - timedelta(days=1), stay.expires_at + timedelta(days=1)

    for given_until, expected in ((sooner, sooner), (later, stay.expires_at)):
        pickup = altered(stay.pickup, expires_at=given_until)
        entitlement = entitlement_of(altered(recorded, stay=altered(stay, pickup=pickup)))
        assert entitlement is not None
        assert entitlement.expires_at == expected


def test_what_is_missing_keeps_the_container_and_stands_in_the_entitlement() -> None:
    story = Story()
    story.held_by_haulier()
    (assigned,) = story.assigned()
    entitlement = entitlement_of(assigned)

    assert entitlement is not None
    assert not entitlement.may_leave
    assert entitlement.missing == assigned.missing != ()


@each_row("why", PickupEnd)
def test_an_ended_right_is_a_value_that_says_why_and_no_driver(why: PickupEnd) -> None:
    # Nothing else is in the container's way: only its right is over.
    green = assigned_stay()
    assert green.stay is not None
    assert green.stay.pickup is not None
    fact = f.PickupEnded(pickup=green.stay.pickup, terminal="913", why=why)
    recorded = altered(green, fact=fact, stay=altered(green.stay, pickup=None), missing=())
    entitlement = entitlement_of(recorded)

    assert entitlement is not None
    assert entitlement.ended is why
    assert entitlement.terminal == "913", "told to the quay where it stood, wherever the stay is"
    assert not entitlement.may_leave
    assert entitlement.driver is None
    written = ENTITLEMENT.written(entitlement)
    assert not [secret for secret in OF_THE_DRIVER if secret in written]


def test_a_right_that_ends_with_the_quay_is_ended_where_it_stood() -> None:
    story = Story()
    story.held_by_haulier()
    story.assigned()
    story.say(AGENT, m.Update, terminal="913")
    ended = entitlement_of(story.of("pickup_ended"))

    assert ended is not None
    assert (ended.terminal, ended.ended) == ("1742", PickupEnd.TERMINAL_CHANGED)
    assert not [one for one in map(entitlement_of, story.facts) if one and one.terminal == "913"]


@given(stories())
@settings(max_examples=examples(60))
def test_whatever_is_said_a_right_that_ended_lets_nobody_out(
    facts: tuple[RecordedFact, ...],
) -> None:
    over: set[str] = set()
    for entitlement in filter(None, map(entitlement_of, facts)):
        assert entitlement.pickup_id not in over
        assert entitlement.may_leave == (not entitlement.missing and not entitlement.ended)
        if entitlement.ended:
            over.add(entitlement.pickup_id)


# --- one notice for many ------------------------------------------------------------------------


def alone(recorded: RecordedFact, party: str) -> bytes:
    """Return the notice of *party* put together for it alone, nothing shared."""
    fact = telling._as_told(telling._without_driver(recorded.fact), party)
    concerned = party in telling.concerned_by(recorded.fact, recorded.stay)
    answer = None
    if recorded.outcome is not None and recorded.cause.organisation == party:
        answer = telling._answered(recorded)
    return NOTICE.written(telling._notice(recorded, answer, fact if concerned else None))


@given(stories())
@example(tuple(KINDS.values()))
@settings(max_examples=examples(60))
def test_a_notice_that_is_shared_is_the_same_as_one_written_for_each_alone(
    facts: tuple[RecordedFact, ...],
) -> None:
    for recorded in facts:
        for party, notice in notices_of(recorded):
            assert notice == alone(recorded, party)


def test_a_notice_that_says_the_same_is_written_once() -> None:
    notices = dict(notices_of(KINDS["discharged"]))

    assert notices[AGENT] is notices[FORWARDER] is notices[HAULIER]
    assert notices[TERMINAL] != notices[AGENT]


def test_no_notice_has_members_without_a_value() -> None:
    def bare(value: Any) -> bool:
        members = value.values() if isinstance(value, dict) else ()
        return None in members or any(bare(member) for member in members)

    for recorded in KINDS.values():
        assert not [party for party, notice in notices_of(recorded) if bare(json.loads(notice))]


def test_what_a_terminal_makes_of_an_ended_entitlement_is_the_word_that_the_ledger_takes() -> None:
    story = Story()
    story.held_by_haulier()
    story.assigned()
    ended, _ = story.say(AGENT, m.Update, terminal="913", bills_of_lading=("BLTEST0001",))
    entitlement = entitlement_of(ended)
    assert entitlement is not None
    assert entitlement.ended is PickupEnd.TERMINAL_CHANGED

    word = confirmation_of(entitlement)
    (confirmed,) = story.say(TERMINAL, type(word), **word.model_dump(exclude_none=True))

    assert confirmed.fact == f.PickupEndConfirmed(terminal="1742", pickup_id=entitlement.pickup_id)


def test_who_asked_is_told_the_end_of_it_and_of_the_stay_only_as_a_party_to_it() -> None:
    answered = KINDS["request_answered"]
    stay = KINDS["release_observed"].stay
    assert stay is not None
    assert isinstance(answered.fact, s.RequestAnswered)

    party_to_it = told(altered(answered, stay=stay))[AGENT]
    stranger = altered(answered.fact, asked_by=STRANGER)
    outsider = told(altered(answered, fact=stranger, stay=stay))[STRANGER]

    assert party_to_it.release_id == stay.release_id
    assert (outsider.release_id, outsider.status, outsider.missing) == (None, None, ())
    assert isinstance(outsider.fact, s.RequestAnswered)


def test_an_asked_message_names_its_request_and_is_not_called_done() -> None:
    asked = KINDS["request_made"]
    assert isinstance(asked.fact, s.RequestMade)

    answer = told(asked)[AGENT].answer

    assert answer is not None
    assert (answer.outcome, answer.request_id) == ("applied", asked.fact.request_id)
    assert answer.sentence.startswith("It was asked of the port's system")


def test_the_entitlement_of_a_systems_port_says_when_the_system_confirmed() -> None:
    stay = assigned_stay()
    assert stay.stay is not None
    earlier = stay.recorded_at - timedelta(hours=1)
    there = altered(stay.stay, authority="system", confirmed_at=earlier)

    of_ledger = entitlement_of(stay)
    of_system = entitlement_of(altered(stay, stay=there))

    assert of_ledger is not None
    assert of_system is not None
    assert (of_ledger.authority, of_ledger.confirmed_at) == ("ledger", stay.recorded_at)
    assert (of_system.authority, of_system.confirmed_at) == ("system", earlier)


def test_whose_note_it_is_is_told_to_nobody_but_itself() -> None:
    for kind in ("note_added", "note_withdrawn"):
        for party, notice in told(KINDS[kind]).items():
            assert isinstance(notice.fact, NoteAdded | NoteWithdrawn)
            assert notice.fact.note.by == (HAULIER if party == HAULIER else "")
            assert notice.fact.note.reference == "BTS-4711"


def test_the_terminal_reads_the_notes_beside_the_right_and_may_leave_as_before() -> None:
    story = Story()
    story.held_by_haulier()
    (assigned,) = story.assigned()
    (noted,) = story.say(HAULIER, AddNote, state="barge_slot_requested", reference="V1")

    before, after = entitlement_of(assigned), entitlement_of(noted)

    assert before is not None
    assert after is not None
    (note,) = after.notes
    assert (before.notes, note.by, note.reference) == ((), "", "V1")
    assert (after.may_leave, after.missing) == (before.may_leave, before.missing)
