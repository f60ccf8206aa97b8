"""May the container leave, and if not why."""

from datetime import timedelta

import pytest

from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from schemas import facts as f
from schemas.messages import CustomsStatus
from schemas.reasons import Missing
from schemas.value import altered
from tests.ledger.law.states import READY
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    BARGE,
    FORWARDER,
    HAULIER,
    NOW,
    TO_FORWARDER,
    TO_HAULIER,
    assigned,
    released,
    stay_after,
    transferred,
)
from tests.rows import each_row

DISPUTED = f.Disputed(other_release_id="x", other_agent="y")


def missing(*facts: f.Fact) -> list[str]:
    return [str(lack) for lack in missing_to_leave(stay_after(facts), NOW, Policy())]


def test_nothing_is_missing_when_the_holder_assigned_and_all_lights_are_green() -> None:
    assert missing(*READY) == []


@each_row(
    ("facts", "lack"),
    [
        ((*READY, f.Blocked()), "release_blocked"),
        ((*READY, f.Expired()), "release_expired"),
        ((released(expires_at=NOW), *READY[1:]), "release_expired"),
        ((released(valid_from=NOW + timedelta(seconds=1)), *READY[1:]), "release_not_yet_valid"),
        ((*READY, DISPUTED), "release_disputed"),
        ((*READY, f.Suspended()), "entitlement_suspended"),
        ((released(), *ALL_GREEN), "no_holder"),
        ((released(), transferred(AGENT, FORWARDER), *ALL_GREEN), "transfer_pending"),
        ((released(), *TO_FORWARDER, *ALL_GREEN), "no_pickup_assigned"),
        (
            (released(), *TO_HAULIER, transferred(HAULIER, BARGE), *ALL_GREEN),
            "transfer_pending",
        ),
        ((released(), *TO_HAULIER, assigned(expires_at=NOW), *ALL_GREEN), "pickup_expired"),
        ((released(), *TO_HAULIER, assigned(), *ALL_GREEN[1:]), "not_discharged"),
        ((*READY, f.TerminalBlocked()), "terminal_not_released"),
        ((*READY, f.ScanningOrdered()), "terminal_not_released"),
        (
            (*READY, f.CustomsStatusSet(status=CustomsStatus.NOT_RELEASED)),
            "customs_not_cleared",
        ),
        ((*READY, f.GatedOut()), "already_gated_out"),
    ],
)
def test_each_lack_alone_keeps_the_box(facts: tuple[f.Fact, ...], lack: str) -> None:
    assert missing(*facts) == [lack]


@pytest.mark.parametrize(
    "facts",
    [
        # As it stands between two facts of one message: each goes out with an entitlement.
        (*READY, f.ChainRevoked(parties=())),
        (*READY, f.Deleted(parties=())),
        (released(), *TO_FORWARDER, assigned(operator=HAULIER), *ALL_GREEN),
        (released(), assigned(operator=AGENT), *ALL_GREEN),
        (released(), transferred(AGENT, HAULIER), assigned(), *ALL_GREEN),
    ],
)
def test_a_pickup_of_who_is_not_the_accepted_holder_lets_nothing_out(
    facts: tuple[f.Fact, ...],
) -> None:
    assert missing(*facts)


def test_what_is_missing_is_told_in_the_order_in_which_it_is_settled() -> None:
    everything = missing(
        released(valid_from=NOW + timedelta(days=1)),
        f.Blocked(),
        DISPUTED,
        f.Suspended(),
        f.Expired(),
    )

    assert everything == [
        *("release_blocked", "release_expired", "release_not_yet_valid", "release_disputed"),
        *("entitlement_suspended", "no_holder", "not_discharged", "customs_not_cleared"),
        "terminal_not_released",
    ]
    order = [str(lack) for lack in Missing]
    assert everything == sorted(everything, key=order.index)


def system_decides(*facts: f.Fact) -> list[str]:
    stay = altered(stay_after((released(), *facts)), authority="system", confirmed_at=NOW)
    return [str(lack) for lack in missing_to_leave(stay, NOW, Policy())]


@pytest.mark.parametrize(
    ("chain", "lack"),
    [
        ((), "no_holder"),
        (TO_FORWARDER, "no_pickup_assigned"),
        ((*TO_HAULIER, transferred(HAULIER, BARGE)), "transfer_pending"),
    ],
)
def test_where_a_system_decides_who_does_not_hold_collects_by_its_word_alone(
    chain: tuple[f.Fact, ...], lack: str
) -> None:
    assert system_decides(*chain, assigned(), *ALL_GREEN) == [lack]
    assert system_decides(*chain, assigned(shown=True), *ALL_GREEN) == []
