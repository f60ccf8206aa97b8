"""What a message of ours is at CPu: the resource that cpu.md §4.2 has for it, and the verb."""

import pytest

from adapters.antwerp_cpu import SYSTEM
from schemas import messages as m
from schemas.message_types import BY_TYPE
from schemas.messages import Message


@pytest.mark.parametrize(
    ("message", "action"),
    [
        (m.Release, "CPu commercial-release Release"),
        (m.Unblock, "CPu commercial-release Unblock"),
        (m.Delete, "CPu commercial-release Delete"),
        (m.Transfer, "CPu release-rights Transfer"),
        (m.Accept, "CPu release-rights Accept"),
        # The agent's and a holder's alike: the row of the matrix that both have (cpu.md §3.2).
        (m.Revoke, "CPu release-rights Revoke"),
        (m.AssignPickup, "CPu pickup-rights Assign"),
        (m.ReportTerminalRelease, "CPu terminal-release Release"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.TYPE,
)
def test_a_message_is_called_as_at_cpu(message: type[Message], action: str) -> None:
    assert SYSTEM.actions[message.TYPE] == action


def test_what_cpu_takes_no_body_for_has_no_action() -> None:
    # Discharge, gates and customs come by EDIFACT and CCRM (cpu.md §5, §9 gap 6).
    unheard: set[type[Message]] = {
        m.ReportDischarge,
        m.ReportGateIn,
        m.ReportGateOut,
        m.ReportCustomsStatus,
    }

    assert not {each.TYPE for each in unheard} & SYSTEM.actions.keys()
    assert SYSTEM.actions.keys() <= BY_TYPE.keys()
