"""A terminal that reads EDIFACT alone hears whether its order stands."""

from typing import Any

import pytest
from msgspec.structs import replace

from adapters.contract import NOTHING, Memory
from adapters.edifact.meaning.tell import told
from adapters.edifact.partners import Partner, Withheld
from schemas import facts as f
from schemas import override_facts as o
from schemas.stay import ReleaseStatus
from tests.adapters.edifact.meaning.said import partner
from tests.adapters.edifact.meaning.test_tell import (
    PARTIES,
    QUAY,
    RELEASED,
    UPDATED,
    in_one_line,
    recorded,
)

TERMINAL = partner("terminal")
DISPUTED = f.Disputed(other_release_id="r2", other_agent="NXT20000000009")
WITHHELD: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "blocked": (f.Blocked(), f.Unblocked(), {"status": ReleaseStatus.BLOCKED}),
    "expired": (
        f.Expired(),
        replace(UPDATED, revived=True),
        {"status": ReleaseStatus.EXPIRED, "status_before": ReleaseStatus.RELEASED},
    ),
    "disputed": (DISPUTED, f.DisputeSettled(), {"disputed": True}),
    "suspended": (f.Suspended(), f.SuspensionLifted(), {"suspended": True}),
    "its operator is suspended": (
        o.OperatorSuspended(operator="NXT20000000003"),
        o.OperatorReinstated(operator="NXT20000000003"),
        {"operator_suspended": True},
    ),
}


class Heard:
    """What one terminal was told, fact by fact, with what is remembered of it."""

    def __init__(self, terminal: Partner = TERMINAL) -> None:
        self.terminal = terminal
        self.memory: Memory = NOTHING
        self.seq = 6

    def of(self, fact: Any, by: str = "SOMEBODY", **stay: Any) -> str:
        """Return number, function and number of the earlier one; nothing where it is told none."""
        self.seq += 1
        entry = recorded(fact, by, self.seq, **stay)
        said = told(entry, self.terminal, PARTIES, self.memory)
        self.memory = said.memory
        assert said.unsent == ()
        if not said.messages:
            return ""
        text = in_one_line(said.messages[0])
        earlier = text.partition("RFF+ACW:")[2].partition("'")[0]
        return " ".join(filter(None, (text.partition("'")[0], earlier)))


@pytest.mark.parametrize(("begins", "ends", "meanwhile"), WITHHELD.values(), ids=[*WITHHELD])
def test_an_order_that_is_not_to_be_followed_is_taken_back_and_given_again(
    begins: Any, ends: Any, meanwhile: dict[str, Any]
) -> None:
    heard = Heard()

    assert heard.of(RELEASED) == "BGM+12+3-7+9"
    assert heard.of(begins, **meanwhile) == "BGM+12+3-8+3 3-7"
    assert heard.of(f.Discharged(), **meanwhile) == ""
    assert heard.of(UPDATED, **meanwhile) == "", "there is nothing to replace"
    assert heard.of(ends) == "BGM+12+3-11+9", "an original takes the place of none"
    assert heard.of(UPDATED) == "BGM+12+3-12+5 3-11"


def test_it_is_given_again_when_nothing_withholds_it_any_more() -> None:
    heard = Heard()
    both: dict[str, Any] = {"disputed": True, "status": ReleaseStatus.BLOCKED}
    heard.of(RELEASED)

    assert heard.of(DISPUTED, disputed=True) == "BGM+12+3-8+3 3-7"
    assert heard.of(f.Blocked(), **both) == ""
    assert heard.of(f.DisputeSettled(), status=ReleaseStatus.BLOCKED) == ""
    assert heard.of(f.Unblocked()) == "BGM+12+3-11+9"


def test_what_is_taken_back_is_not_deleted_once_more_and_of_what_left_nothing_is_said() -> None:
    heard, gone = Heard(), Heard()
    for each in (heard, gone):
        each.of(RELEASED)

    assert heard.of(f.Blocked(), status=ReleaseStatus.BLOCKED) == "BGM+12+3-8+3 3-7"
    assert heard.of(f.Deleted(parties=()), status=ReleaseStatus.DELETED) == ""
    assert gone.of(f.GatedOut(), status=ReleaseStatus.GATED_OUT) == ""
    assert gone.of(DISPUTED, status=ReleaseStatus.GATED_OUT, disputed=True) == ""


def test_a_terminal_that_was_told_no_order_may_have_one_from_the_agent() -> None:
    blocked: dict[str, Any] = {"status": ReleaseStatus.BLOCKED}

    assert Heard().of(f.Blocked(), **blocked) == "BGM+12+3-7+3"
    assert Heard().of(f.Discharged(), **blocked) == "", "nothing new of the release"
    assert Heard().of(replace(UPDATED, terminal_before="1742"), **blocked) == ""
    assert Heard().of(f.Unblocked()) == "BGM+12+3-7+9"


def test_a_container_that_comes_back_to_a_quay_is_ordered_there_anew() -> None:
    heard = Heard()
    heard.of(RELEASED)

    assert heard.of(replace(UPDATED, terminal="1742"), terminal="1742") == "BGM+12+3-8+3 3-7"
    assert heard.of(f.Blocked(), terminal="1742", status=ReleaseStatus.BLOCKED) == ""
    assert heard.of(replace(UPDATED, terminal_before="1742")) == "BGM+12+3-10+9"


def test_what_nobody_said_is_told_to_the_terminal_whose_report_brought_it_about() -> None:
    heard = Heard()
    heard.of(RELEASED)

    assert heard.of(DISPUTED, QUAY, disputed=True) == "BGM+12+3-8+3 3-7"
    assert heard.of(f.Discharged(), QUAY) == ""
    assert heard.of(f.DisputeSettled(), QUAY) == "BGM+12+3-10+9"


def test_an_order_is_taken_back_when_the_partners_file_says_so_alone() -> None:
    order = replace(TERMINAL.gets["COREOR"], withdrawn_when=frozenset({Withheld.BLOCKED}))
    heard = Heard(replace(TERMINAL, gets={"COREOR": order}))
    heard.of(RELEASED)

    assert heard.of(DISPUTED, disputed=True) == ""
    assert heard.of(f.Blocked(), disputed=True, status=ReleaseStatus.BLOCKED) != ""
    assert order.untold == ("expired", "disputed", "suspended")
