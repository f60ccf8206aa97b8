"""Planted bugs: the audit that finds nothing elsewhere finds each of these."""

import pytest

from tests.faults.audit import ACCOUNTED, CHAINED, CONSERVED, NEVER_BACK, PUBLISHED
from tests.faults.line import Line
from tests.faults.scenarios import AT_REST, Scene, intake_killed, killed, stopped_and_woken

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


async def test_no_fence_check_is_found(line: Line) -> None:
    found = await stopped_and_woken(Scene(line, bug="no_fence_check"), "with_a_tick_in_hand", 3)

    # The zombie's tick has moved the shard back to where it stood when it was stopped.
    assert found.rules() >= {CONSERVED, CHAINED, AT_REST}, found.findings


async def test_publishing_before_the_commit_is_found(line: Line) -> None:
    found = await killed(Scene(line, bug="publish_before_commit"), "before_commit")

    assert PUBLISHED in found.rules(), found.findings


async def test_an_offset_stored_before_the_entries_is_found(line: Line) -> None:
    found = await killed(Scene(line, bug="offset_before_entries"), "before_commit")

    assert found.rules() >= {CONSERVED, CHAINED, AT_REST}, found.findings


async def test_a_relay_without_transactions_is_found(line: Line) -> None:
    found = await stopped_and_woken(Scene(line, bug="relay_without_transactions"), "before_send")

    assert NEVER_BACK in found.rules(), found.findings


async def test_places_committed_before_the_log_has_the_messages_are_found(line: Line) -> None:
    found = await intake_killed(Scene(line, bug="places_before_log"), "before_logged")

    assert ACCOUNTED in found.rules(), found.findings
