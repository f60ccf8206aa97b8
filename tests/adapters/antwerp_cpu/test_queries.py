"""What stands in the query of a call, by CPu's own names and in any case (cpu.md §4.2)."""

import pytest

from adapters.antwerp_cpu.lists import Filters, Page
from adapters.antwerp_cpu.queries import Again, detail_query, list_query, replay_query
from adapters.antwerp_cpu.reads import Which
from adapters.antwerp_cpu.wire_words import (
    ActionStatusFilter,
    Event,
    ReleaseRightStatus,
    ReleaseStatusFilter,
)
from schemas.unreadable import Unreadable


def test_every_filter_of_a_list_has_its_name() -> None:
    query = {
        "page": "2",
        "pageSize": "10",
        "status": "Active",
        "equipmentnumberfilter": "CPUU1",
        "billofladingnumberfilter": "BL1",
        "shippingagentnamefilter": "Demo",
        "shippingagenttinfilter": "BE0400000009",
        "terminalnamefilter": "Quay",
        "currentstakeholdernamefilter": "Haulier",
        "currentstakeholdertinfilter": "NL000000001B01",
        "releaserightstatusfilter": "accepted",
        "actionStatusFilter": "Transfer",
    }

    assert list_query(query) == (
        Filters(
            status=ReleaseStatusFilter.ACTIVE,
            equipment_number="CPUU1",
            bill_of_lading="BL1",
            shipping_agent_name="Demo",
            shipping_agent_tin="BE0400000009",
            terminal_name="Quay",
            current_stakeholder_name="Haulier",
            current_stakeholder_tin="NL000000001B01",
            release_right_status=ReleaseRightStatus.ACCEPTED,
            action_status=ActionStatusFilter.TRANSFER,
        ),
        Page(2, 10),
    )


def test_what_is_not_said_or_empty_filters_nothing() -> None:
    assert list_query({"status": "", "terminalnamefilter": " "}) == (Filters(), Page())
    assert list_query({"unheardof": "x"}) == (Filters(), Page())


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ({"status": "Sunny"}, "query status"),
        ({"actionStatusFilter": "Nap"}, "query actionstatusfilter"),
        ({"page": "two"}, "query page"),
        ({"pageSize": "-1"}, "query pagesize"),
        ({"page": "\u0662"}, "query page"),
        ({"page": "9" * 5000}, "query page"),
    ],
)
def test_what_cannot_be_asked_for_is_told(query: dict[str, str], position: str) -> None:
    refused = list_query(query)

    assert isinstance(refused, Unreadable)
    assert refused.position == position


def test_a_release_is_named_by_bills_in_one_text() -> None:
    query = {"billOfLadingNumbers": "bl2, BL1,", "releaseIdentification": "REL-1"}

    assert detail_query("CPUU1000010", query) == Which("CPUU1000010", ("BL1", "BL2"), "REL-1")
    assert detail_query("CPUU1000010", {}) == Which("CPUU1000010")


def test_notifications_are_asked_for_again() -> None:
    query = {
        "NotificationEvent": "transferred",
        "EquipmentNumber": "CPUU1000010",
        "PublicReferenceId": "6a0f6c0e-0000-4000-8000-000000000001",
        "DaysInBetween": "3",
    }

    assert replay_query(query) == Again(
        Event.TRANSFERRED, "CPUU1000010", "6a0f6c0e-0000-4000-8000-000000000001", 3
    )
    assert replay_query({}) == Again(None, None, None, 7)
    assert replay_query({"DaysInBetween": "365"}) == Again(None, None, None, 30)


@pytest.mark.parametrize("query", [{"NotificationEvent": "Nap"}, {"DaysInBetween": "1.5"}])
def test_notifications_that_cannot_be_are_told(query: dict[str, str]) -> None:
    assert isinstance(replay_query(query), Unreadable)
