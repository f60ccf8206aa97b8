"""Doubled, reordered and late: of the same goods the newest word holds, and red where in doubt."""

import itertools

import pytest

from adapters import safe_xml
from adapters.contract import NOTHING
from adapters.customs import SYSTEM
from adapters.customs.memory import MOST, recalled
from adapters.customs.wire import faults_of
from schemas.unreadable import Unreadable
from tests.adapters.customs.ccrm import NOON, Link, said
from tests.rows import each_row

RED, GREEN, ORANGE = "NotReleased", "Released", "SelectedForScan"


def test_the_same_bytes_are_the_same_message_however_often_they_come() -> None:
    link = Link()
    (first,) = link.hear(said("CCRM-1", CustomsStatus=RED)).messages
    link.hear(said("CCRM-2", "09:40"))
    again = link.hear(said("CCRM-1", CustomsStatus=RED))

    # The ledger knows it by its id, and answers that it came before.
    assert again.messages == (first,)
    assert again.requests == ()


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_in_whatever_order_they_come_the_newest_is_what_the_ledger_is_told_last(
    order: tuple[int, ...],
) -> None:
    messages = [
        said("CCRM-1", "09:00", CustomsStatus=RED),
        said("CCRM-2", "09:10", CustomsStatus=ORANGE),
        said("CCRM-3", "09:20", CustomsStatus=GREEN),
    ]

    assert Link().statuses(*(messages[each] for each in order))[-1] == "released"


def test_what_is_overtaken_is_answered_once_and_not_told_to_the_ledger() -> None:
    link = Link()
    link.hear(said("CCRM-2", "09:40", CustomsStatus=RED))
    late = [link.hear(said("CCRM-1", "09:00")) for _ in range(2)]

    for parsed in late:
        assert (parsed.messages, parsed.problems) == ((), ())
        (request,) = parsed.requests
        root = safe_xml.read(request.content)
        assert not isinstance(root, Unreadable)
        assert not faults_of(request.content)
        texts = [each.text for each in root]
        assert texts[2:5] == ["CCRM-1", "CPUU1000010", "Overtaken"]
    assert late[0].requests == late[1].requests


@each_row(
    ("newer", "late", "told"),
    [
        # Of other goods, of another visit or at another quay nothing newer is known.
        ({"BillOfLading": "BL1"}, {"BillOfLading": "BL2"}, True),
        ({"StayNumber": "V1"}, {"StayNumber": "V2"}, True),
        ({"VesselImo": "9321483"}, {"VesselImo": "9811000"}, True),
        ({"Terminal": "913"}, {}, True),
        ({"Port": "BEZEE"}, {}, True),
        # All that it is about was spoken of since.
        ({}, {"BillOfLading": "BL1"}, False),
        ({"BillOfLading": "BL1 BL2"}, {"BillOfLading": "BL2"}, False),
        ({}, {"StayNumber": "V1"}, False),
        ({"BillOfLading": "BL1"}, {"BillOfLading": "BL1"}, False),
        # Of some of it: a late green might clear what is red since.
        ({"BillOfLading": "BL1"}, {}, False),
        ({"BillOfLading": "BL1"}, {"BillOfLading": "BL1 BL2"}, False),
        ({"StayNumber": "V1"}, {}, False),
    ],
)
def test_a_late_green_counts_only_where_nothing_newer_may_be_about_its_goods(
    newer: dict[str, str], late: dict[str, str], *, told: bool
) -> None:
    link = Link()
    link.hear(said("CCRM-2", "09:40", **newer, CustomsStatus=RED))

    assert bool(link.hear(said("CCRM-1", "09:00", **late)).messages) is told


@each_row(
    ("newer", "late", "told"),
    [
        ({}, {}, False),
        ({}, {"BillOfLading": "BL1"}, False),
        ({"BillOfLading": "BL1 BL2"}, {"BillOfLading": "BL1"}, False),
        # It holds goods of which the newer word says nothing.
        ({"BillOfLading": "BL1"}, {}, True),
        ({"BillOfLading": "BL1"}, {"BillOfLading": "BL1 BL2"}, True),
        ({"StayNumber": "V1"}, {}, True),
        ({"Terminal": "913"}, {}, True),
    ],
)
@each_row("red", [RED, "DocumentaryControl", "PartiallyCleared", "Seized"])
def test_a_late_red_counts_wherever_the_newer_word_does_not_speak_of_all_its_goods(
    newer: dict[str, str], late: dict[str, str], red: str, *, told: bool
) -> None:
    link = Link()
    link.hear(said("CCRM-2", "09:40", **newer))

    assert bool(link.hear(said("CCRM-1", "09:00", **late, CustomsStatus=red)).messages) is told


def test_of_two_of_the_very_same_time_the_hold_is_the_newer() -> None:
    green, red = said("CCRM-1"), said("CCRM-2", CustomsStatus=RED)
    part = said("CCRM-3", CustomsStatus=RED, BillOfLading="BL1")

    assert Link().statuses(green, red) == ["released", "notreleased"]
    assert Link().statuses(red, green) == ["notreleased"]
    assert Link().statuses(part, green) == ["notreleased"]
    assert Link().statuses(green, said("CCRM-4")) == ["released", "released"]
    assert Link().statuses(red, said("CCRM-5", "11:59")) == ["notreleased", "released"]


@pytest.mark.parametrize(
    "headers", [NOON, {}, {"ce_time": "noon"}, {"ce_time": "2025-03-01T12:00:00"}]
)
def test_a_clock_that_is_ahead_or_that_nobody_can_check_silences_no_later_hold(
    headers: dict[str, str],
) -> None:
    """A time from far ahead would overtake all that customs say until then."""
    at = "13:16" if headers is NOON else "09:30"  # 12:16 UTC
    ahead = SYSTEM.functions.parse(said("CCRM-1", at), headers, NOTHING)
    assert ahead.messages

    hold = SYSTEM.functions.parse(said("CCRM-2", "09:00", CustomsStatus=RED), NOON, ahead.memory)
    assert hold.messages


def test_a_quarter_of_an_hour_ahead_is_still_believed() -> None:
    link = Link()
    link.hear(said("CCRM-1", "13:15"))

    assert not link.hear(said("CCRM-2", "13:14", CustomsStatus=RED)).messages


def test_the_latest_alone_are_remembered_and_of_the_same_goods_one() -> None:
    link = Link()
    for n in range(3 * MOST):
        link.hear(said(f"CCRM-{n}", f"{9 + n // 60:02}:{n % 60:02}", BillOfLading=f"BL{n}"))
    many = recalled(link.memory)
    link.hear(said("CCRM-LAST", "11:59"))
    one = recalled(link.memory)

    assert (len(many.heard), len(many.passed_on)) == (MOST, MOST)
    assert [each.bills for each in one.heard] == [()]


def test_a_late_hold_that_counts_does_not_make_what_is_newer_forgotten() -> None:
    link = Link()
    link.hear(said("CCRM-3", "09:40", BillOfLading="BL1"))
    assert link.hear(said("CCRM-1", "09:00", CustomsStatus=RED)).messages

    # Older than the word on BL1, and younger than the hold on all of it.
    assert not link.hear(said("CCRM-2", "09:20", BillOfLading="BL1")).messages


def test_what_is_said_in_another_port_does_not_make_it_forgotten_either() -> None:
    link = Link()
    link.hear(said("CCRM-2", "09:40", CustomsStatus=RED))
    link.hear(said("CCRM-3", "09:50", Port="BEZEE"))

    assert not link.hear(said("CCRM-1", "09:00")).messages
