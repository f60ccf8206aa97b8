"""What a gate answers from its view, and when it does not believe it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from consumers.gate.answers import (
    AtGate,
    CannotTell,
    Doubt,
    Leave,
    Stays,
    explained,
    said,
)
from consumers.gate.gate import Gate
from consumers.gate.view import View
from producers.sealing import new_terminal_key, seal
from schemas.facts import PickupEnd
from schemas.messages import Modality
from schemas.reasons import Missing
from schemas.stay import driver_of
from schemas.value import altered
from schemas.words import Language, Who
from tests.consumers.gate.examples import (
    BOX,
    DRIVER,
    GREEN,
    KEY,
    NOW,
    OLD_KEY,
    OTHER_BOX,
    SEALED,
    SHARD,
    VAT,
    KeyAndValue,
    apply,
    ask,
    beat,
    by_barge,
    record,
    right,
    settings,
    view_of,
    why,
)
from tests.rows import each_row

LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)
SECOND = {"release_id": "release-2", "pickup_id": "pickup-2"}
CANNOT = "cannot_tell"


def test_a_driver_with_the_right_leaves() -> None:
    answer = ask(view_of(right(7), beat(9)))

    assert isinstance(answer, Leave)
    assert (answer.release_id, answer.pickup_id, answer.as_of) == ("release-1", "pickup-1", NOW)


def test_an_unknown_container_has_no_entitlement() -> None:
    assert ask(view_of(beat(9))) == Stays(BOX, (AtGate.NO_ENTITLEMENT,))


def test_a_right_whose_customs_light_has_no_value_yet_is_read() -> None:
    dark = altered(GREEN, customs=None)

    assert why(ask(view_of(right(lights=dark), beat(9)))) == ("leaves",)


@pytest.mark.parametrize("spelling", ["cpuu 100001-0", "CPUU100001/0", " CPUU1000010 "])
def test_a_container_is_found_however_it_is_spelt(spelling: str) -> None:
    assert why(ask(view_of(right(), beat(9)), container=spelling)) == ("leaves",)


@pytest.mark.parametrize("text", ["", "CPUU10000\u00e9", "C" * 40])
def test_what_is_no_container_number_does_not_leave(text: str) -> None:
    assert why(ask(view_of(right(), beat(9)), container=text)) == ("container_unreadable",)


# --- one right: what it lacks, the gate's own clock, who came -----------------------------------

ONE_RIGHT: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("blocked", {"missing": (Missing.RELEASE_BLOCKED,)}, ("release_blocked",)),
    (
        "two things missing",
        {"missing": (Missing.NOT_DISCHARGED, Missing.CUSTOMS_NOT_CLEARED)},
        ("not_discharged", "customs_not_cleared"),
    ),
    ("a no without reason", {"may_leave": False}, ("not_confirmed",)),
    (
        "a yes with something missing",
        {"missing": (Missing.NOT_DISCHARGED,), "may_leave": True},
        ("not_discharged",),
    ),
    ("not valid yet", {"valid_from": LATER}, ("release_not_yet_valid",)),
    ("valid from now on", {"valid_from": NOW}, ("leaves",)),
    (
        "became valid since the ledger said no",
        {"valid_from": EARLIER, "missing": (Missing.RELEASE_NOT_YET_VALID,)},
        ("leaves",),
    ),
    (
        "became valid, and something else is missing",
        {
            "valid_from": EARLIER,
            "missing": (Missing.RELEASE_NOT_YET_VALID, Missing.NOT_DISCHARGED),
        },
        ("not_discharged",),
    ),
    ("expires in a second", {"expires_at": NOW + timedelta(seconds=1)}, ("leaves",)),
    ("expires now", {"expires_at": NOW}, ("right_expired",)),
    (
        "the ledger saw it expire",
        {"expires_at": EARLIER, "missing": (Missing.RELEASE_EXPIRED,)},
        ("release_expired",),
    ),
    (
        "ended",
        {"ended": PickupEnd.REVOKED, "missing": (Missing.NO_PICKUP_ASSIGNED,), "driver": None},
        ("pickup_ended", "no_pickup_assigned"),
    ),
    ("ended with a yes", {"ended": PickupEnd.PICKED_UP, "may_leave": True}, ("pickup_ended",)),
    ("by truck without driver", {"driver": None}, ("driver_not_named",)),
    ("by nothing known", {"modality": Modality.UNKNOWN}, ("modality_unknown",)),
]


@each_row(
    ("changed", "expected"), [row[1:] for row in ONE_RIGHT], ids=[row[0] for row in ONE_RIGHT]
)
def test_one_right(changed: dict[str, Any], expected: tuple[str, ...]) -> None:
    assert why(ask(view_of(right(7, **changed), beat(9)))) == expected


@pytest.mark.parametrize(
    ("presented", "expected"),
    [
        (DRIVER, ("leaves",)),
        (" 0000 00012\n", ("leaves",)),
        ("000000013", ("other_driver",)),
        ("0000000120", ("other_driver",)),
        ("7" * 200, ("other_driver",)),
        (None, ("identity_not_presented",)),
        ("  ", ("identity_not_presented",)),
    ],
)
def test_only_the_driver_who_is_named_leaves_by_truck(
    presented: str | None, expected: tuple[str, ...]
) -> None:
    answer = ask(view_of(right(), beat(9)), identity=presented, operator_vat=VAT)

    assert why(answer) == expected


@each_row("modality", [Modality.BARGE, Modality.RAIL])
@each_row(
    ("assigned", "presented", "expected"),
    [
        (VAT, VAT, ("leaves",)),
        (VAT, "be 0429.672.881", ("leaves",)),
        (VAT, "BE429672881", ("leaves",)),
        (VAT, "BE0400000001", ("other_operator",)),
        (VAT, "???", ("other_operator",)),
        (VAT, None, ("operator_vat_not_presented",)),
        (None, VAT, ("operator_without_vat",)),
        (None, None, ("operator_without_vat",)),
    ],
)
def test_only_the_assigned_operator_leaves_by_barge_or_rail(
    modality: Modality,
    assigned: str | None,
    presented: str | None,
    expected: tuple[str, ...],
) -> None:
    view = view_of(record(by_barge(modality=modality, operator_vat=assigned)), beat(9))

    assert why(ask(view, identity=DRIVER, operator_vat=presented)) == expected


def test_a_driver_sealed_for_the_key_before_still_leaves() -> None:
    sealed = driver_of(seal(DRIVER, OLD_KEY.public_key, OLD_KEY.key_id))

    assert why(ask(view_of(right(driver=sealed), beat(9)))) == ("leaves",)


def test_a_gate_without_the_key_cannot_tell() -> None:
    foreign = new_terminal_key()
    sealed = driver_of(seal(DRIVER, foreign.public_key, foreign.key_id))

    assert why(ask(view_of(right(driver=sealed), beat(9)))) == (CANNOT, "key_unknown")


@pytest.mark.parametrize("ciphertext", ["AAAA", "no base64!", "A" * 152])
def test_a_box_that_does_not_open_is_no_answer(ciphertext: str) -> None:
    sealed = altered(SEALED, ciphertext=ciphertext)

    assert why(ask(view_of(right(driver=sealed), beat(9)))) == (CANNOT, "driver_unreadable")


def test_a_box_that_does_not_open_hides_no_block() -> None:
    sealed = driver_of(seal(DRIVER, KEY.public_key, "lost key"))
    view = view_of(right(driver=sealed, missing=(Missing.RELEASE_BLOCKED,)), beat(9))

    assert why(ask(view)) == ("release_blocked",)


# --- several rights to one container -------------------------------------------------------------

SEVERAL: list[tuple[str, tuple[KeyAndValue, ...], tuple[str, ...]]] = [
    (
        "an older visit has ended",
        (right(5, ended=PickupEnd.PICKED_UP, missing=(Missing.ALREADY_GATED_OUT,)),),
        ("leaves",),
    ),
    ("the other is of another driver", (right(5, driver=None),), ("leaves",)),
    ("the other waits for discharge", (right(5, missing=(Missing.NOT_DISCHARGED,)),), ("leaves",)),
    (
        "the other was blocked and has run out",
        (right(5, missing=(Missing.RELEASE_BLOCKED,), expires_at=EARLIER),),
        ("leaves",),
    ),
    (
        "the other was deleted",
        (right(5, missing=(Missing.RELEASE_DELETED, Missing.RELEASE_BLOCKED)),),
        ("leaves",),
    ),
    (
        "the other is blocked",
        (right(5, missing=(Missing.RELEASE_BLOCKED, Missing.NOT_DISCHARGED)),),
        ("release_blocked",),
    ),
    ("disputed", (right(5, missing=(Missing.RELEASE_DISPUTED,)),), ("release_disputed",)),
    (
        "suspended",
        (right(5, missing=(Missing.ENTITLEMENT_SUSPENDED,)),),
        ("entitlement_suspended",),
    ),
    (
        "its system has not confirmed the other",
        (right(5, missing=(Missing.RIGHT_NOT_CONFIRMED,)),),
        ("right_not_confirmed",),
    ),
    (
        "customs hold the other",
        (right(5, missing=(Missing.CUSTOMS_NOT_CLEARED,)),),
        ("customs_not_cleared",),
    ),
    (
        "the other is for later",
        (right(5, valid_from=LATER, missing=(Missing.RELEASE_BLOCKED,)),),
        ("release_blocked",),
    ),
]


@each_row(("others", "expected"), [row[1:] for row in SEVERAL], ids=[row[0] for row in SEVERAL])
def test_beside_a_right_that_lets_it_leave(
    others: tuple[KeyAndValue, ...], expected: tuple[str, ...]
) -> None:
    assert why(ask(view_of(*others, right(6, **SECOND), beat(9)))) == expected


def test_rights_that_both_let_nothing_leave_give_all_reasons() -> None:
    view = view_of(
        right(5, missing=(Missing.NOT_DISCHARGED,)),
        right(6, **SECOND, missing=(Missing.TERMINAL_NOT_RELEASED,)),
        beat(9),
    )

    assert why(ask(view, identity="000000099")) == (
        "terminal_not_released",
        "other_driver",
        "not_discharged",
    )


def test_of_ended_rights_the_last_one_tells_why() -> None:
    view = view_of(
        right(6, **SECOND, ended=PickupEnd.REVOKED, missing=(Missing.NO_PICKUP_ASSIGNED,)),
        right(5, ended=PickupEnd.PICKED_UP, missing=(Missing.ALREADY_GATED_OUT,)),
        beat(9),
    )

    assert why(ask(view)) == ("pickup_ended", "no_pickup_assigned")


def test_an_unreadable_right_beside_a_good_one_is_no_answer() -> None:
    view = view_of(right(6), (f"{BOX}/release-2".encode(), b"{"), beat(9))

    assert why(ask(view)) == (CANNOT, "unreadable_entitlement")


def test_a_right_that_ended_for_a_cause_of_a_later_version_has_ended_all_the_same() -> None:
    """Else a gate that nobody upgraded would hold the box under its next right too."""
    view = view_of(of_a_later_version(right(5), ended="craned"), beat(9))
    assert why(ask(view))[0] == "pickup_ended"

    apply(view, right(10, **SECOND), beat(10))
    assert why(ask(view)) == ("leaves",)


def test_a_lack_that_only_a_later_version_knows_keeps_the_box_on_the_quay() -> None:
    """It may be one that holds the box under any right: nobody is let through beside it."""
    unheard = of_a_later_version(right(5), may_leave=False, missing=["no_crane"])
    view = view_of(right(6, **SECOND), unheard, beat(9))

    assert why(ask(view)) == (CANNOT, "unreadable_entitlement")


def of_a_later_version(given: KeyAndValue, **members: Any) -> KeyAndValue:
    key, value = given
    return key, json.dumps({**json.loads(value or b""), **members}).encode()


# --- how far the view is believed ----------------------------------------------------------------


def test_before_the_first_complete_read_nothing_is_answered() -> None:
    view = View(settings())
    apply(view, right(), beat(9))

    assert why(ask(view)) == why(ask(view, container="?")) == (CANNOT, "not_caught_up")


@pytest.mark.parametrize(
    ("age_seconds", "expected"),
    [
        (60, ("leaves",)),
        (60.001, (CANNOT, "stale")),
        (-10, ("leaves",)),
        (-10.001, (CANNOT, "clock_disagrees")),
    ],
)
def test_a_view_is_believed_for_sixty_seconds(
    age_seconds: float, expected: tuple[str, ...]
) -> None:
    view = view_of(right(), beat(9, at=NOW - timedelta(seconds=age_seconds)))

    answer = ask(view)
    assert why(answer) == expected
    if isinstance(answer, CannotTell):
        assert answer.age_seconds == pytest.approx(age_seconds)
        assert "ring the port's release desk" in said(answer, Language.EN)[-1]


def test_a_no_is_not_believed_for_longer_than_a_yes() -> None:
    view = view_of(right(missing=(Missing.RELEASE_BLOCKED,)), beat(9))

    assert why(ask(view, now=NOW + timedelta(seconds=61))) == (CANNOT, "stale")


def test_without_a_heartbeat_of_its_shard_a_right_is_not_believed() -> None:
    assert why(ask(view_of(right(), beat(9, shard="ledger-0")))) == (CANNOT, "stale")


def test_an_unknown_container_is_looked_for_in_the_shard_that_would_hold_it() -> None:
    silent = view_of(beat(9, at=EARLIER), beat(9, shard="ledger-0"), beat(9, shard="ledger-1"))

    assert why(ask(silent)) == (CANNOT, "stale")
    apply(silent, beat(9))
    assert why(ask(silent)) == ("no_entitlement",)


def test_a_right_of_an_unexpected_shard_needs_both_shards_to_beat() -> None:
    view = view_of(right(shard="ledger-99"), beat(9, shard="ledger-99"))

    assert why(ask(view)) == (CANNOT, "stale")
    apply(view, beat(9))
    assert why(ask(view)) == ("leaves",)


@pytest.mark.parametrize("old", [SHARD, "ledger-99"])
def test_of_two_shards_the_one_heard_of_longest_ago_says_how_old_the_answer_is(old: str) -> None:
    view = view_of(right(shard="ledger-99"))
    for shard in (SHARD, "ledger-99"):
        view.apply(*beat(9, shard=shard, at=NOW - timedelta(seconds=50 if shard == old else 0)))
    answer = ask(view)

    assert isinstance(answer, Leave)
    assert answer.as_of == NOW - timedelta(seconds=50)
    assert why(ask(view, now=NOW + timedelta(seconds=11))) == (CANNOT, "stale")


def test_a_heartbeat_that_is_behind_its_shard_refreshes_nothing() -> None:
    view = view_of(right(7), beat(9, at=EARLIER), beat(8))

    assert why(ask(view)) == (CANNOT, "stale")
    assert view.counts["not_newer"] == 1


def test_an_idle_shard_stays_fresh_by_beating_the_same_number() -> None:
    view = view_of(right(7), beat(9, at=EARLIER), beat(9))

    assert why(ask(view)) == ("leaves",)


def test_a_heartbeat_of_a_clock_that_is_behind_does_not_age_the_view() -> None:
    view = view_of(right(7), beat(9), beat(9, at=EARLIER))

    assert why(ask(view)) == ("leaves",)


def test_a_clock_that_jumped_ahead_for_a_moment_closes_the_gate_for_no_longer() -> None:
    ahead = NOW + timedelta(days=1)
    view = view_of(right(1), beat(1), beat(1, at=ahead))
    assert why(ask(view)) == (CANNOT, "clock_disagrees")
    view.apply(*beat(1))

    assert isinstance(ask(view), Leave)


def test_a_withdrawn_heartbeat_leaves_its_shard_unknown() -> None:
    view = view_of(right(7), beat(9), (f"heartbeat/{SHARD}".encode(), None))

    assert why(ask(view)) == (CANNOT, "stale")


def test_the_age_of_a_view_is_that_of_the_shard_heard_of_longest_ago() -> None:
    view = view_of(beat(9, shard="ledger-0", at=EARLIER), beat(9, shard="ledger-1"), shards=2)

    assert view.age_seconds(NOW) == 3600
    assert view_of(beat(9, shard="ledger-0"), shards=2).age_seconds(NOW) is None


# --- order, repetition, what cannot be read ------------------------------------------------------


def test_an_older_record_after_a_newer_one_is_dropped() -> None:
    blocked = right(8, missing=(Missing.RELEASE_BLOCKED,))
    view = view_of(right(7), blocked, beat(9), right(7), blocked)

    assert why(ask(view)) == ("release_blocked",)
    assert view.counts["not_newer"] == 2


def test_a_newer_record_counts_at_once() -> None:
    view = view_of(right(7, missing=(Missing.NOT_DISCHARGED,)), beat(9), right(10))

    assert why(ask(view)) == ("leaves",)


def test_a_record_behind_its_shard_counts_only_from_the_next_heartbeat() -> None:
    view = view_of(beat(9), right(7))

    assert why(ask(view)) == (CANNOT, "unconfirmed")
    apply(view, beat(8))
    assert why(ask(view)) == (CANNOT, "unconfirmed")
    apply(view, beat(9))
    assert why(ask(view)) == ("leaves",)


def test_what_was_read_before_the_end_was_reached_counts_from_the_next_heartbeat() -> None:
    view = View(settings())
    apply(view, beat(6), right(7))
    view.catch_up()

    assert why(ask(view)) == (CANNOT, "unconfirmed")
    apply(view, beat(7))
    assert why(ask(view)) == ("leaves",)


def test_a_withdrawn_right_is_none() -> None:
    view = view_of(right(7), beat(9), (f"{BOX}/release-1".encode(), None))

    assert why(ask(view)) == ("no_entitlement",)


def test_withdrawing_what_is_not_known_changes_nothing() -> None:
    view = view_of(right(7), beat(9), (f"{BOX}/release-9".encode(), None))
    apply(view, (f"{OTHER_BOX}/release-9".encode(), None))

    assert why(ask(view)) == ("leaves",)


UNREADABLE: list[tuple[str, bytes, str]] = [
    ("empty", b"", "empty"),
    ("no JSON", b"{", "truncated"),
    ("no text", b'{"a": "\xff"}', "not_utf8"),
    ("a name twice", b'{"a": 1, "a": 2}', "duplicate_key"),
    ("a list", b"[]", "value_not_of_its_kind"),
    ("a member too few", b"{}", "value_missing"),
    ("another right", right(8, release_id="release-9")[1] or b"", "other_key"),
    ("another container", right(8, container=OTHER_BOX)[1] or b"", "other_key"),
    ("another quay", right(8, terminal="913")[1] or b"", "other_terminal"),
    ("another port", right(8, port="NLRTM")[1] or b"", "other_terminal"),
    ("a heartbeat", beat(8)[1] or b"", "value_not_of_its_kind"),
    ("another shard", right(8, shard="ledger-99")[1] or b"", "other_shard"),
]


@each_row(("value", "code"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_an_unreadable_record_suspends_its_right_until_a_newer_one_is_confirmed(
    value: bytes, code: str
) -> None:
    key = f"{BOX}/release-1".encode()
    view = view_of(right(7), beat(9))

    unreadable = view.apply(key, value)
    assert unreadable is not None
    assert unreadable.code == code
    assert why(ask(view)) == (CANNOT, "unreadable_entitlement")
    apply(view, right(7), beat(9))
    assert why(ask(view)) == (CANNOT, "unreadable_entitlement")
    apply(view, right(10))
    assert why(ask(view)) == (CANNOT, "unconfirmed")
    apply(view, beat(10))
    assert why(ask(view)) == ("leaves",)
    assert view.counts["unreadable"] == 1


@pytest.mark.parametrize("key", [None, b"", b"/", b"CPUU1000010", b"CPUU1000010/", b"\xff/a"])
def test_a_record_whose_key_says_nothing_is_counted_and_changes_nothing(
    key: bytes | None,
) -> None:
    view = view_of(right(7), beat(9))

    assert view.apply(key, b"{}") is not None
    assert view.counts["unreadable"] == 1
    assert why(ask(view)) == ("leaves",)


@pytest.mark.parametrize("value", [b"{", beat(9, shard="ledger-99")[1]])
def test_an_unreadable_heartbeat_refreshes_nothing(value: bytes) -> None:
    view = view_of(right(7), beat(9, at=EARLIER))

    assert view.apply(f"heartbeat/{SHARD}".encode(), value) is not None
    assert why(ask(view)) == (CANNOT, "stale")


def test_what_is_said_of_an_unreadable_record_does_not_repeat_it() -> None:
    body = (right(8)[1] or b"").replace(b'"seq":8', b'"seq":"secret"')

    assert "secret" not in repr(view_of().apply(f"{BOX}/release-1".encode(), body))


def test_every_answer_has_its_words() -> None:
    for reason in (*AtGate, *Missing):
        assert explained(reason).sentence()
        assert explained(reason).who_can_fix()
    for doubt in Doubt:
        assert explained(doubt).sentence()


@pytest.mark.parametrize("language", Language)
def test_the_gate_speaks_the_language_of_its_settings(language: Language) -> None:
    gate = Gate(settings(language=language))
    stays = Stays(BOX, (Missing.CUSTOMS_NOT_CLEARED, AtGate.OTHER_DRIVER))

    customs, driver = gate.said(stays)

    assert customs.startswith(explained(Missing.CUSTOMS_NOT_CLEARED).sentence(language))
    assert explained(AtGate.OTHER_DRIVER).who_can_fix(language) in driver
    doubt, desk = gate.said(CannotTell(BOX, Doubt.STALE))
    assert explained(Doubt.STALE).sentence(language) in doubt
    assert desk.startswith(Who.TERMINAL.called(language))
