"""SCR's events and releases, field by field, and whatever order and number they come in."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, NOTHING
from adapters.scr import SYSTEM
from adapters.scr.calls import release_of
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import PartyRef
from tests.adapters.scr.samples import (
    ADDRESS,
    CARRIER,
    FORWARDER,
    TRUCKER,
    Watched,
    over,
    release,
    said,
    sample,
    shown,
)
from tests.rows import each_row

RELEASED = ["carrier release", "carrier transfer forwarder", "forwarder accept"]
PAPERS: dict[str, Any] = {
    "container": "MSCU7029147",
    "port": "BEANR",
    "bills_of_lading": ("MEDUZZ123456",),
}


def seen(*numbers: int) -> Watched:
    """A release that was shown as it stands after these samples."""
    watched = Watched()
    watched.answered(shown(*numbers))
    return watched


def held_by_trucker() -> Watched:
    watched = seen(3)
    watched.answered(shown(3, 6))
    return watched


def at(hours: int) -> str:
    return (datetime(2026, 3, 4, tzinfo=UTC) + timedelta(hours=hours)).isoformat()


# --- the samples, one after the other -----------------------------------------------------------


def test_s1_an_event_asks_for_the_release_and_tells_nothing_by_itself() -> None:
    watched = Watched()

    parsed = watched.take(sample("S1_transfer"), {"ce_id": "event-1"})

    (request,) = parsed.requests
    assert (request.method, request.correlation_id) == ("GET", ADDRESS)
    assert request.path == f"/releases/{sample('S1_transfer')['release']}"
    assert (parsed.messages, parsed.problems) == ((), ())


def test_s2_the_first_look_is_a_release_with_the_accept_that_scr_does_not_know() -> None:
    released, transferred, accepted = Watched().answered(sample("S2_release")).messages

    assert released.message == m.Release(
        **PAPERS,
        terminal="1742",
        release_identification=ADDRESS,
        valid_from=datetime(2026, 3, 2, 6, tzinfo=UTC),
        expires_at=datetime(2026, 3, 12, 22, tzinfo=UTC),
        equipment_type="45R1",
        stay_number="260123",
        vessel_imo="9811000",
    )
    assert transferred.message == m.Transfer(
        **PAPERS, release_to=PartyRef(scheme=Scheme.EXTERNAL, code=FORWARDER)
    )
    assert accepted.message == m.Accept(**PAPERS)
    assert [part.accounts for part in (released, transferred, accepted)] == [
        {"on_behalf_of": CARRIER},
        {"on_behalf_of": CARRIER, "release_to": FORWARDER},
        {"on_behalf_of": FORWARDER},
    ]
    assert {part.occurred_at for part in (released, transferred, accepted)} == {
        datetime(2026, 3, 1, 9, 12, 7, tzinfo=UTC)
    }


def test_s3_an_update_says_what_is_new_alone_and_names_the_release_by_its_number() -> None:
    (part,) = seen().answered(shown(3)).messages

    assert part.message == m.Update(
        container="MSCU7029147",
        port="BEANR",
        release_identification=ADDRESS,
        terminal="913",
        expires_at=datetime(2026, 3, 15, 22, tzinfo=UTC),
    )
    assert part.accounts == {"on_behalf_of": CARRIER}


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ((), (3,), ["carrier update"]),
        ((3,), (3, 4), ["carrier block"]),
        ((3, 4), (3, 4, 5), ["carrier unblock"]),
        ((3,), (3, 6), ["forwarder transfer trucker", "trucker accept"]),
        # What NxtPort, and the terminal, told SCR they tell the ledger themselves.
        ((3, 6), (3, 6, 7), []),
        ((3, 6), (3, 6, 8), ["forwarder revoke"]),
        ((3,), (3, 9), []),
        ((3, 6), (3, 6, 10), ["carrier delete"]),
    ],
)
def test_what_each_sample_comes_to(
    before: tuple[int, ...], now: tuple[int, ...], expected: list[str]
) -> None:
    watched = seen()
    for length in range(1, len(before) + 1):
        watched.answered(shown(*before[:length]))

    assert said(watched.answered(shown(*now))) == expected


def test_every_message_but_an_update_finds_the_release_by_its_bill() -> None:
    watched = held_by_trucker()
    blocked = watched.answered(shown(3, 6, 4) | {"updatedAt": at(1)})
    revoked = watched.answered(shown(3, 6, 4, 8) | {"updatedAt": at(2)})

    for part in (*blocked.messages, *revoked.messages):
        message = part.message
        assert isinstance(message, m.ContainerMessage)
        assert message.bills_of_lading == ("MEDUZZ123456",)
        assert message.release_identification is None


# --- events: their case, bursts, and releases that are newer than they --------------------------


@pytest.mark.parametrize("name", ["TRANSFER", "transfer", "Transfer", " transfer "])
def test_the_case_of_an_event_does_not_count(name: str) -> None:
    watched = held_by_trucker()
    watched.event(name)

    # Handed back by a transfer, not taken back.
    back = watched.answered(shown(3, 6) | {"owner": FORWARDER, "updatedAt": at(1)})

    assert said(back) == ["trucker transfer forwarder", "forwarder accept"]


def test_an_event_that_was_looked_after_says_nothing_of_what_moves_later() -> None:
    watched = held_by_trucker()
    watched.event("revoke")
    watched.answered(shown(3, 6) | {"updatedAt": at(1)})
    watched.event("transfer")

    back = watched.answered(shown(3, 6) | {"owner": FORWARDER, "updatedAt": at(2)})

    assert said(back) == ["trucker transfer forwarder", "forwarder accept"]


@pytest.mark.parametrize("name", ["update", "greenlights", "something new"])
def test_every_event_leads_to_a_look_also_one_that_nobody_knows(name: str) -> None:
    assert len(Watched().event(name).requests) == 1


def test_events_of_one_look_are_asked_for_once_and_once_more_for_what_came_meanwhile() -> None:
    watched = seen(3)

    asked = [len(watched.event("update").requests) for _ in range(5)]
    first = watched.answered(shown(3, 6))
    second = watched.answered(shown(3, 6))

    assert asked == [1, 0, 0, 0, 0]
    assert said(first) == ["forwarder transfer trucker", "trucker accept"]
    assert (len(first.requests), said(second), second.requests) == (1, [], ())
    assert len(set(watched.asked)) == 2


def test_two_events_that_look_the_same_are_two() -> None:
    watched = Watched()
    watched.event("update")
    watched.answered(shown())

    again = watched.event("update")

    assert len(again.requests) == 1
    assert len(set(watched.asked)) == 2


def test_an_event_that_comes_again_asks_under_the_same_id() -> None:
    once, twice = Watched(), Watched()

    assert once.event("update").requests == twice.event("update").requests


def test_a_release_that_is_newer_than_its_event_tells_all_that_it_shows() -> None:
    watched = seen()
    watched.event("update")

    newer = watched.answered(shown(3, 6))
    watched.event("transfer")

    assert said(newer) == ["carrier update", "forwarder transfer trucker", "trucker accept"]
    assert said(watched.answered(shown(3, 6))) == []


def test_events_of_before_count_for_the_state_that_is_asked_for_again() -> None:
    watched = held_by_trucker()
    watched.event("transfer")
    watched.event("update")
    watched.answered(shown(3, 6))

    back = {"owner": FORWARDER, "previousOwner": TRUCKER, "updatedAt": at(60)}
    assert said(watched.answered(shown(3, 6) | back)) == [
        "trucker transfer forwarder",
        "forwarder accept",
    ]


def test_the_second_notice_of_a_transfer_makes_no_revoke_a_transfer_back() -> None:
    watched = seen(3)
    watched.event("transfer", FORWARDER)
    watched.event("transfer", TRUCKER)
    assert said(watched.answered(shown(3, 6))) == ["forwarder transfer trucker", "trucker accept"]

    # Shown before its own notice has come.
    assert said(watched.answered(shown(3, 6, 8))) == ["forwarder revoke"]
    watched.event("revoke")
    assert said(watched.answered(shown(3, 6, 8))) == []


def test_what_is_handed_back_at_once_has_notices_of_its_own() -> None:
    watched = seen(3)
    for organisation in (FORWARDER, TRUCKER, TRUCKER):
        watched.event("transfer", organisation)
    watched.answered(shown(3, 6))

    back = {"owner": FORWARDER, "previousOwner": TRUCKER, "updatedAt": at(60)}
    assert said(watched.answered(shown(3, 6) | back)) == [
        "trucker transfer forwarder",
        "forwarder accept",
    ]


def test_an_older_state_that_comes_late_tells_nothing_and_brings_nothing_back() -> None:
    watched = held_by_trucker()
    watched.answered(shown(3, 6, 8))

    assert said(watched.answered(shown(3, 6))) == []
    assert said(watched.answered(sample("S2_release"))) == []
    assert said(watched.answered(shown(3, 6, 8))) == []
    assert said(watched.answered(shown(3, 6, 8) | {"blocked": True})) == [], "it is as old"


def test_an_answer_to_an_older_question_leaves_the_last_one_open() -> None:
    watched = Watched()
    watched.event("update")

    late = watched.take(shown(), {IN_REPLY_TO: "another"})

    assert said(late) == RELEASED
    assert late.requests == ()
    assert SYSTEM.functions.poll(ADDRESS, watched.memory)[0].id == watched.asked[-1]


def test_what_is_asked_and_not_answered_is_asked_again_the_same() -> None:
    watched = Watched()
    (request,) = watched.event("update").requests

    assert SYSTEM.functions.poll(ADDRESS, watched.memory) == (request,)
    watched.answered(shown())
    assert SYSTEM.functions.poll(ADDRESS, watched.memory) == ()
    assert SYSTEM.functions.poll(ADDRESS, NOTHING) == ()


@pytest.mark.parametrize(
    ("status", "code", "asks_on"),
    [
        ("503", "call_failed", True),
        ("429", "call_failed", True),
        ("408", "call_failed", True),
        ("404", "call_refused", False),
        ("400", "call_refused", False),
    ],
)
def test_a_release_that_scr_does_not_give_is_a_problem(
    status: str, code: str, *, asks_on: bool
) -> None:
    watched = seen()
    watched.event("update")

    parsed = watched.take({"error": "x"}, {HTTP_STATUS: status, IN_REPLY_TO: watched.asked[-1]})

    assert [problem.code for problem in parsed.problems] == [code]
    assert bool(SYSTEM.functions.poll(ADDRESS, watched.memory)) is asks_on
    assert len(watched.event("update").requests) == (0 if asks_on else 1)
    watched.event("update")
    assert said(watched.answered(shown(3))) == ["carrier update"], "nothing of before is forgotten"


def test_an_answer_that_names_no_release_is_about_the_one_that_was_asked_for() -> None:
    (request,) = Watched().event("update").requests
    correlation = SYSTEM.functions.correlation_of_bytes

    assert correlation(b'{"error":"not found"}', {IN_REPLY_TO: request.id}) == ADDRESS
    assert correlation(b"no JSON", {IN_REPLY_TO: request.id}) == ADDRESS
    assert correlation(b'{"release":7}', {IN_REPLY_TO: "BUS-1"}) == ""
    assert correlation(b"[]", {}) == ""


def test_what_came_while_a_call_was_refused_asks_again() -> None:
    watched = seen()
    watched.event("update")
    watched.event("update")

    refused = watched.take({}, {HTTP_STATUS: "404", IN_REPLY_TO: watched.asked[-1]})

    assert len(refused.requests) == 1


# --- hops ---------------------------------------------------------------------------------------


def test_hops_that_nobody_saw_are_told_as_far_as_they_are_shown() -> None:
    parsed = Watched().answered(shown(3, 6))

    assert said(parsed) == [
        *RELEASED,
        "forwarder transfer trucker",
        "trucker accept",
    ]


def test_the_notices_of_a_revoke_to_the_whole_chain_are_one_effect_of_one_hop() -> None:
    watched = held_by_trucker()
    for organisation in (CARRIER, FORWARDER, TRUCKER):
        watched.event("REVOKE", organisation)

    looks = [watched.answered(shown(3, 6, 8)) for _ in range(3)]

    assert [said(look) for look in looks] == [["forwarder revoke"], [], []]


def test_the_carrier_takes_back_all_of_it_in_one() -> None:
    watched = held_by_trucker()
    watched.event("revoke")

    back = watched.answered(shown(3, 6) | {"owner": CARRIER, "updatedAt": at(1)})

    assert said(back) == ["carrier revoke"]


def test_a_release_that_its_carrier_holds_is_given_to_nobody() -> None:
    state = release(owner=CARRIER, previousOwner=None)

    assert said(Watched().answered(state)) == ["carrier release"]


def test_addresses_are_the_same_in_any_case() -> None:
    watched = held_by_trucker()
    state = shown(3, 6) | {"updatedAt": at(1)}
    shouted = state | {name: state[name].upper() for name in ("owner", "creator", "address")}

    assert said(watched.answered(shouted)) == []
    body = json.dumps({"release": ADDRESS.upper(), "event": "x"}).encode()
    assert SYSTEM.functions.correlation_of_bytes(body, {}) == ADDRESS
    assert SYSTEM.functions.correlation_of_bytes(json.dumps(shouted).encode(), {}) == ADDRESS


# --- blocks, deletions, dates -------------------------------------------------------------------


def test_a_block_comes_after_what_moved_before_it_and_an_unblock_before_what_moves_then() -> None:
    watched = seen(3)

    blocked = watched.answered(shown(3, 6, 4) | {"updatedAt": at(1)})
    free = watched.answered(shown(3, 6, 5) | {"owner": FORWARDER, "updatedAt": at(2)})

    assert said(blocked) == ["forwarder transfer trucker", "trucker accept", "carrier block"]
    assert said(free) == ["carrier unblock", "forwarder revoke"]


def test_a_release_that_is_blocked_when_it_is_first_seen_is_blocked() -> None:
    assert said(Watched().answered(shown(4))) == [*RELEASED, "carrier block"]


@pytest.mark.parametrize("status", ["blocked", "BLOCKED"])
def test_the_status_alone_blocks_and_both_have_to_be_clear_again(status: str) -> None:
    watched = seen(3)
    only_status = {"release_data": {"container": {"containerStatus": status}}}

    assert said(watched.answered(over(shown(3), only_status) | {"updatedAt": at(1)})) == [
        "carrier block"
    ]
    assert said(watched.answered(shown(3) | {"blocked": True, "updatedAt": at(2)})) == []
    assert said(watched.answered(shown(3) | {"updatedAt": at(3)})) == ["carrier unblock"]


def test_a_status_that_nobody_knows_is_a_finding() -> None:
    odd = {"release_data": {"container": {"containerStatus": "released, awaiting scan"}}}

    (first, *_) = Watched().answered(release(odd)).messages

    assert first.findings[-1] == "status_unknown: $.release_data.container.containerStatus"


def test_what_is_deleted_is_over_and_a_deletion_is_all_that_is_told_of_it() -> None:
    watched = seen(3)
    gone = shown(3, 6, 10)

    assert said(watched.answered(gone)) == ["carrier delete"]
    assert said(watched.answered(gone | {"updatedAt": at(50), "owner": TRUCKER})) == []
    assert said(Watched().answered(gone)) == ["carrier delete"]


def test_what_is_deleted_does_not_come_back() -> None:
    watched = seen(3)
    gone = shown(3, 6, 10)
    watched.answered(gone)
    for hour in (50, 51):
        back = gone | {"deleted": False, "owner": TRUCKER, "updatedAt": at(hour)}
        parsed = watched.answered(back)

        assert parsed.messages == ()
        assert [problem.code for problem in parsed.problems] == ["release_deleted"]


def test_the_same_papers_are_the_same_however_they_are_spelt() -> None:
    watched = seen()
    container = release()["release_data"]["container"]["containerNumber"]
    bill = release()["release_data"]["billOfLading"]["blNumber"]
    spelt = {
        "container": {"containerNumber": f"{container[:4].lower()} {container[4:]}",
                      "pickupLoCode": " be anr"},
        "billOfLading": {"blNumber": f" {bill.lower()}"},
    }  # fmt: skip
    parsed = watched.answered(release({"release_data": spelt}, blocked=True, updatedAt=at(1)))

    assert (parsed.problems, said(parsed)) == ((), ["carrier block"])


def test_a_date_that_is_taken_away_changes_nothing() -> None:
    without = {"release_data": {"container": {"validUntil": None}}}

    assert said(seen().answered(release(without, updatedAt=at(1)))) == []


# --- what is not asked of the ledger ------------------------------------------------------------


@pytest.mark.parametrize(
    "where", [{"pickupLoCode": "NLRTM"}, {"pickupLoCode": "frleh"}, {"moveType": "export"}]
)
def test_what_its_ports_system_decides_and_what_is_no_import_is_left_to_others(
    where: dict[str, str],
) -> None:
    watched = Watched()
    elsewhere = {"release_data": {"container": where}}

    first = watched.answered(release(elsewhere))
    then = watched.answered(release(elsewhere, sample("S6_changed")))

    assert (said(first), said(then)) == ([], [])


@pytest.mark.parametrize("move", ["IMPORT", "import", None, ""])
def test_an_import_is_one_however_it_is_written(move: str | None) -> None:
    state = release({"release_data": {"container": {"moveType": move}}})

    assert said(Watched().answered(state)) == RELEASED


# --- ids ----------------------------------------------------------------------------------------


def test_the_same_state_makes_the_same_messages_with_the_same_ids() -> None:
    assert Watched().answered(shown(3)) == Watched().answered(shown(3))


def test_ids_are_of_address_version_and_time_of_the_state() -> None:
    ids = [part.id for part in Watched().answered(shown(3)).messages]

    begin = f"{ADDRESS}/2/2026-03-02T08:00:00+00:00"
    assert ids == [f"{begin}/0-release", f"{begin}/1-transfer", f"{begin}/2-accept"]


def test_no_two_messages_of_a_release_share_an_id() -> None:
    watched = seen()
    parts = [
        part
        for numbers in ((3,), (3, 4), (3, 4, 5), (3, 6), (3, 6, 8), (3, 6, 8, 10))
        for part in watched.answered(shown(*numbers)).messages
    ]

    assert len({part.id for part in parts}) == len(parts) > 5
    assert all(len(part.id) <= 255 for part in parts)


# --- what cannot be read ------------------------------------------------------------------------


@each_row(
    ("change", "position"),
    [
        ({"owner": None}, "$.owner"),
        ({"owner": {"address": FORWARDER}}, "$.owner"),
        ({"creator": "../admin"}, "$.creator"),
        ({"blocked": "false"}, "$.blocked"),
        ({"deleted": None}, "$.deleted"),
        ({"version": "2"}, "$.version"),
        ({"version": -1}, "$.version"),
        ({"updatedAt": "1772445660"}, "$.updatedAt"),
        ({"updatedAt": "2026-03-01T09:12:07"}, "$.updatedAt"),
        ({"updatedAt": "0001-01-01T00:00:00+14:00"}, "$.updatedAt"),
        ({"release_data": {"container": {"validUntil": "soon"}}}, ".container.validUntil"),
        ({"release_data": {"container": {"containerNumber": "12345"}}}, ".containerNumber"),
        ({"release_data": {"container": {"pickupLoCode": ""}}}, ".pickupLoCode"),
        ({"release_data": {"container": {"pickupLocation": None}}}, ".pickupLocation"),
        ({"release_data": {"container": {"isoTypeCode": "45\tR1"}}}, ".isoTypeCode"),
        ({"release_data": {"container": {"validFrom": "1500-01-01T00:00:00Z"}}}, ".validFrom"),
        ({"release_data": {"billOfLading": {"blNumber": " "}}}, ".billOfLading.blNumber"),
    ],
)
def test_a_release_that_is_not_as_it_should_be_is_a_problem_where_it_is(
    change: dict[str, Any], position: str
) -> None:
    watched = Watched()

    parsed = watched.answered(release(change))

    assert parsed.messages == ()
    (problem,) = parsed.problems
    assert problem.position.endswith(position), problem
    assert said(watched.answered(release(updatedAt=at(1)))) == RELEASED, "it is not forgotten"


@pytest.mark.parametrize(
    "change",
    [
        {"creator": TRUCKER},
        {"release_data": {"container": {"containerNumber": "MSCU7029152"}}},
        {"release_data": {"container": {"pickupLoCode": "NLRTM"}}},
        {"release_data": {"billOfLading": {"blNumber": "ANOTHER"}}},
    ],
)
def test_another_release_under_the_same_address_is_not_taken_for_it(
    change: dict[str, Any],
) -> None:
    watched = seen()

    parsed = watched.answered(release(change, updatedAt=at(1)))

    assert [problem.code for problem in parsed.problems] == ["release_is_another"]
    assert said(watched.answered(shown(3) | {"updatedAt": at(2)})) == ["carrier update"]


@pytest.mark.parametrize("address", ["../admin", "0x1?all", "", "0x1/..", "a" * 81, 7])
def test_an_event_names_an_address_that_can_be_asked_for(address: object) -> None:
    parsed = Watched().take({"release": address, "event": "update"})

    assert parsed.requests == ()
    assert [problem.position for problem in parsed.problems] == ["$.release"]


def test_a_pin_that_was_not_redacted_is_refused_and_said_to_be_sensitive() -> None:
    parsed = Watched().take(release(encryptedPin="9f1c00aa"))

    (problem,) = parsed.problems
    assert (problem.code, problem.sensitive) == ("plain_identity", True)
    assert "9f1c00aa" not in parsed.memory


def test_members_that_nobody_knows_are_findings() -> None:
    odd = {"release_data": {"container": {"tare": 3900}}}

    (first, *others) = Watched().answered(release(odd, nextOwner=TRUCKER, shipper="x")).messages

    assert set(first.findings) >= {
        "unknown_member: $.release_data.container.tare",
        "unknown_member: $.shipper",
        "not_carried: $.nextOwner",
    }
    assert not any("unknown_member" in finding for part in others for finding in part.findings)


def test_a_number_that_fails_its_check_digit_is_a_finding_by_scrs_own_path() -> None:
    (first, *_) = (
        Watched()
        .answered(release({"release_data": {"container": {"containerNumber": "CSQU32345690"}}}))
        .messages
    )

    assert "container_format: $.release_data.container.containerNumber" in first.findings


def test_a_memory_of_another_version_is_none() -> None:
    of_another = seen(3).memory.replace('"v":1', '"v":2')
    assert of_another != seen(3).memory
    for memory in (of_another, "no JSON", '{"v":1,"seen":7}'):
        parsed = SYSTEM.functions.parse(json.dumps(shown()).encode(), {}, memory)
        assert said(parsed) == RELEASED


states = st.fixed_dictionaries(
    {},
    optional={
        "owner": st.sampled_from([CARRIER, FORWARDER, TRUCKER, None, 7]),
        "previousOwner": st.sampled_from([CARRIER, FORWARDER, TRUCKER, None]),
        "blocked": st.booleans(),
        "deleted": st.booleans(),
        "version": st.integers(-1, 4),
        "updatedAt": st.sampled_from([at(1), at(2), at(3), "", "9999-12-31T23:59:59-14:00"]),
        "release_data": st.just(
            {"container": {"isoTypeCode": ""}, "billOfLading": {"lloydsNumber": "\x00"}}
        ),
    },
)


@given(
    steps=st.lists(
        st.one_of(st.sampled_from(["transfer", "REVOKE", "update"]), states), max_size=8
    )
)
def test_whatever_comes_is_followed_or_a_problem_and_what_is_asked_is_answered_once(
    steps: list[str | dict[str, Any]],
) -> None:
    watched = Watched()
    for step in steps:
        parsed = watched.event(step) if isinstance(step, str) else watched.answered(release(step))
        assert not (parsed.messages and parsed.problems)
        assert len(parsed.requests) <= 1
        assert len(SYSTEM.functions.poll(ADDRESS, watched.memory)) <= 1
        assert len(watched.asked) == len(set(watched.asked))
    assert release_of(ADDRESS, "1").correlation_id == ADDRESS
