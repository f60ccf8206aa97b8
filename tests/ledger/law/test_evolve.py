"""What a fact makes of a stay."""

import pytest

from ledger.law.evolve import evolve
from schemas import facts as f
from schemas.facts import Outcome
from schemas.reasons import Finding, Reason
from schemas.stay import ReleaseStatus, Stay, TerminalLight
from tests.ledger.law.states import READY
from tests.ledger.law.world import NOW, released, stay_after
from tests.rows import each_row

R, B, S, U = f.TerminalReleased(), f.TerminalBlocked(), f.ScanningOrdered(), f.TerminalUnblocked()


@each_row(
    ("facts", "light"),
    [
        ((), "unknown"),
        ((R,), "released"),
        ((B,), "blocked"),
        ((S,), "scanning"),
        # An unblock gives back what was before the block, and lifts nothing else.
        ((U,), "unknown"),
        ((R, U), "released"),
        ((R, B, U), "released"),
        ((R, B, B, U), "released"),
        ((R, B, U, U), "released"),
        ((B, U), "unknown"),
        ((S, U), "scanning"),
        ((R, S, U), "scanning"),
        ((R, S, B, U), "scanning"),
        ((R, B, S, U), "scanning"),
        ((R, B, S, B, U), "scanning"),
        # A release ends a block and a scan alike (cpu.md §3.4).
        ((B, R), "released"),
        ((S, R), "released"),
        ((R, B, R, U), "released"),
        ((S, R, B, U), "released"),
    ],
)
def test_the_terminals_light(facts: tuple[f.Fact, ...], light: str) -> None:
    assert stay_after((released(), *facts)).terminal_light == TerminalLight(light)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ((f.Blocked(), f.Unblocked()), "released"),
        ((f.Blocked(), f.Expired()), "expired"),
        ((f.Expired(), "revived"), "released"),
        ((f.Blocked(), f.Expired(), "revived"), "blocked"),
        ((f.Blocked(), f.Expired(), "revived", f.Unblocked(), f.Expired(), "revived"), "released"),
        ((f.Deleted(parties=()),), "deleted"),
        ((f.GatedOut(), f.GatedOut()), "gated_out"),
    ],
)
def test_where_the_release_stands(facts: tuple[f.Fact | str, ...], status: str) -> None:
    stay = stay_after((released(),))
    for fact in facts:
        stay = evolve(stay, revival(stay) if isinstance(fact, str) else fact)

    assert stay.status == ReleaseStatus(status)


def revival(stay: Stay) -> f.Updated:
    return f.Updated(
        terminal=stay.terminal,
        terminal_before=stay.terminal,
        bills_of_lading=stay.bills_of_lading,
        valid_from=stay.valid_from,
        expires_at=stay.expires_at,
        expiry_given=True,
        revived=True,
    )


def test_what_left_stays_as_it_was_when_it_left() -> None:
    stay = stay_after((*READY, f.GatedOut(left_at=NOW)))

    assert evolve(stay, f.GatedOut()) is stay
    assert evolve(stay, f.GatedIn()) is stay


@pytest.mark.parametrize(
    "fact",
    [
        f.FindingMade(finding=Finding.ABSURD_TIME, text=""),
        f.Refused(reason=Reason.NOT_THE_HOLDER),
        f.Waiting(until=NOW, message="{}"),
        f.Repeated(first_shard="ledger-0", first_seq=1, first=Outcome.APPLIED),
        f.GivenUp(reason=Reason.NO_RELEASE_CAME, why=""),
        f.Parked(error="", message="{}"),
        f.Resumed(),
    ],
    ids=lambda fact: fact.type,
)
def test_what_is_no_change_of_the_stay_leaves_it_as_it_is(fact: f.Fact) -> None:
    stay = stay_after(READY)

    assert evolve(stay, fact) is stay
