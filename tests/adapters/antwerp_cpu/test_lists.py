"""The list of releases: whose, by which filters, page by page (cpu.md §4.2 row 3)."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.lists import Filters, Page, paged_containers
from adapters.antwerp_cpu.reads import Reader
from adapters.antwerp_cpu.standing import Standing, standings
from adapters.antwerp_cpu.wire_out import faults_in, written
from adapters.antwerp_cpu.wire_words import (
    ActionStatusFilter,
    ReleaseRightStatus,
    ReleaseStatusFilter,
)
from schemas import messages as m
from tests.adapters.story import (
    AGENT,
    CIPHERTEXT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    PARTIES,
    RIVAL,
    TERMINAL,
    Story,
    to,
)
from tests.rows import each_row

NOON = datetime(2025, 3, 2, 12, tzinfo=UTC)
PENDING, ASSIGNED, BLOCKED, HELD, GONE = (f"CPUU100000{place}" for place in range(5))


def port() -> tuple[Standing, ...]:
    """Return five boxes: pending, assigned, blocked by the agent, held by customs, gone."""
    pending = Story(container=PENDING)
    pending.released(release_to=to(FORWARDER), release_identification="REL-PENDING")
    assigned = Story(container=ASSIGNED)
    assigned.held_by_haulier()
    assigned.assigned()
    blocked = Story(container=BLOCKED, terminal="913")
    blocked.released(release_to=to(FORWARDER))
    blocked.say(FORWARDER, m.Accept)
    blocked.say(AGENT, m.Block)
    held = Story(container=HELD)
    held.released(release_to=to(FORWARDER), bills_of_lading=("BLHELD01", "BLHELD02"))
    held.say(FORWARDER, m.Accept)
    held.say(CUSTOMS, m.ReportCustomsStatus, status="documentarycontrol")
    held.say(TERMINAL, m.ReportScanning, terminal="1742")
    gone = Story(container=GONE)
    gone.held_by_haulier()
    gone.say(TERMINAL, m.ReportGateOut, terminal="1742")
    stories = (pending, assigned, blocked, held, gone)
    return tuple(standing for story in stories for standing in standings(story.facts))


PORT = port()


def listed(
    organisation: str, filters: Filters | None = None, page: Page | None = None
) -> dict[str, Any]:
    reader = Reader(organisation, PARTIES, NOON, reference="ASK-1")
    answer = paged_containers(PORT, filters or Filters(), page or Page(), reader)
    assert faults_in(written(answer)) == ()
    whole: dict[str, Any] = json.loads(written(answer))
    assert (whole["event"], whole["receiverId"]) == ("GetPagedContainers", organisation)
    body: dict[str, Any] = whole["body"]
    return body


def containers(organisation: str, **filters: Any) -> list[str]:
    rows = listed(organisation, Filters(**filters))["containers"]
    return [row["equipmentNumber"] for row in rows]


def row(organisation: str, container: str) -> dict[str, Any]:
    rows = listed(organisation, Filters(equipment_number=container))["containers"]
    found: dict[str, Any] = rows[0]
    return found


# --- whose --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("organisation", "seen"),
    [
        (AGENT, [PENDING, ASSIGNED, BLOCKED, HELD, GONE]),
        (FORWARDER, [PENDING, ASSIGNED, BLOCKED, HELD, GONE]),
        (HAULIER, [ASSIGNED, GONE]),
        (TERMINAL, [PENDING, ASSIGNED, HELD, GONE]),
        (RIVAL, []),
        (CUSTOMS, []),
    ],
)
def test_each_sees_what_concerns_it(organisation: str, seen: list[str]) -> None:
    assert containers(organisation) == seen


def test_a_row_has_what_the_filters_ask_for() -> None:
    assert row(AGENT, ASSIGNED) == {
        "releaseId": row(HAULIER, ASSIGNED)["releaseId"],
        "equipmentNumber": ASSIGNED,
        "releaseIdentification": "AGT-REL-0001",
        "billOfLadingNumbers": ["BLTEST0001"],
        "terminalCode": "1742",
        "terminalName": "Demo Terminal",
        "portLoCode": "BEANR",
        "shippingAgentName": "Demo Agent NV",
        "shippingAgentTin": "BE0400000009",
        "currentStakeholderName": "Demo Haulier BV",
        "currentStakeholderTin": "NL000000001B01",
        "releaseRightStatus": "Assigned",
        "actionStatus": "Undefined",
        "greenLightColor": "Red",
        "releaseDateTimeUtc": "2025-03-01T08:00:00Z",
        "expirationDateTimeUtc": "2025-04-30T08:00:00Z",
    }


def test_a_terminal_is_not_shown_the_chain() -> None:
    assert row(TERMINAL, ASSIGNED)["currentStakeholderName"] is None


def test_who_passed_it_on_sees_whom_it_passed_it_to() -> None:
    assert row(FORWARDER, ASSIGNED)["currentStakeholderName"] == "Demo Haulier BV"
    assert row(FORWARDER, PENDING)["currentStakeholderName"] is None


@pytest.mark.parametrize("organisation", [AGENT, FORWARDER, HAULIER, TERMINAL])
def test_no_list_has_a_driver(organisation: str) -> None:
    assert CIPHERTEXT not in json.dumps(listed(organisation))


# --- the filters --------------------------------------------------------------------------------

BY_FILTER: list[tuple[dict[str, Any], list[str]]] = [
    ({"status": ReleaseStatusFilter.ACTIVE}, [PENDING, ASSIGNED, BLOCKED, HELD]),
    ({"status": ReleaseStatusFilter.PENDING}, [PENDING]),
    ({"status": ReleaseStatusFilter.POLICE}, [HELD]),
    ({"status": ReleaseStatusFilter.TERMINAL}, [HELD]),
    ({"status": ReleaseStatusFilter.SHIPPING}, [BLOCKED]),
    ({"equipment_number": " cpuu1000001"}, [ASSIGNED]),
    ({"bill_of_lading": "held02"}, [HELD]),
    ({"shipping_agent_name": "demo agent"}, [PENDING, ASSIGNED, BLOCKED, HELD, GONE]),
    ({"shipping_agent_name": "rival"}, []),
    ({"shipping_agent_tin": "BE0400000009", "bill_of_lading": "BLHELD"}, [HELD]),
    ({"terminal_name": "other"}, [BLOCKED]),
    ({"current_stakeholder_name": "Forwarder"}, [BLOCKED, HELD]),
    ({"current_stakeholder_tin": "NL000000001B01"}, [ASSIGNED, GONE]),
    ({"release_right_status": ReleaseRightStatus.PENDING}, [PENDING]),
    ({"release_right_status": ReleaseRightStatus.ASSIGNED}, [ASSIGNED]),
    ({"release_right_status": ReleaseRightStatus.BLOCKED}, [BLOCKED]),
    ({"release_right_status": ReleaseRightStatus.ACCEPTED}, [HELD]),
    ({"release_right_status": ReleaseRightStatus.ARCHIVED}, [GONE]),
    ({"action_status": ActionStatusFilter.REVOKE}, [PENDING]),
    ({"action_status": ActionStatusFilter.UNDEFINED}, [PENDING, ASSIGNED, BLOCKED, HELD, GONE]),
    ({"status": ReleaseStatusFilter.ACTIVE, "terminal_name": "other"}, [BLOCKED]),
]


@each_row(("filters", "expected"), BY_FILTER)
def test_each_filter(filters: dict[str, Any], expected: list[str]) -> None:
    assert containers(AGENT, **filters) == expected


def test_what_can_be_done_depends_on_who_asks() -> None:
    assert containers(FORWARDER, action_status=ActionStatusFilter.PENDING) == [PENDING]
    assert containers(FORWARDER, action_status=ActionStatusFilter.TRANSFER) == [HELD]
    assert containers(AGENT, action_status=ActionStatusFilter.TRANSFER) == []


# --- pages --------------------------------------------------------------------------------------


@given(number=st.integers(-2, 9), size=st.integers(-5, 200))
def test_pages_are_parts_of_the_list_and_all_of_it(number: int, size: int) -> None:
    body = listed(AGENT, page=Page(number, size))
    everything = listed(AGENT)["containers"]

    start = (body["page"] - 1) * body["pageSize"]
    assert body["containers"] == everything[start : start + body["pageSize"]]
    assert body["totalRows"] == len(everything)
    assert body["totalPages"] == -(-len(everything) // body["pageSize"])
    assert 1 <= body["pageSize"] <= 100
