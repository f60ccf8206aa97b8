"""The search where a system decides finds each bug that is planted on purpose."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from ledger.law import commercial, observed
from ledger.law.context import Case
from schemas import system_facts as s
from schemas.facts import PickupEnd
from schemas.stay import PickupRight, ReleaseStatus, Stay
from schemas.system_messages import ObserveRelease
from tests.ledger.law.searches import search
from tests.ledger.law.test_system_port_invariants import Rotterdam

_release_over = observed._release_over


def _never(*_args: Any) -> Any:
    return ()


def _whoever_holds_it(
    _stay: Stay, pickup: PickupRight, _said: s.ReleaseObserved, message: ObserveRelease, case: Case
) -> PickupEnd | None:
    """The chain is not looked at."""
    other = message.pickup is not None and not observed._same(pickup, message, case)
    return PickupEnd.REVOKED if message.no_pickup or other else None


def _expired_or_not(stay: Stay, said: s.ReleaseObserved, case: Case) -> PickupEnd | None:
    if said.status is ReleaseStatus.EXPIRED:
        return None
    why = _release_over(stay, said, case)
    return None if why is PickupEnd.RELEASE_EXPIRED else why


BUGS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "who held it before still collects": (observed, "_collects_no_more", _whoever_holds_it),
    "a pick-up outlives that it expired": (observed, "_release_over", _expired_or_not),
    "a later date shown brings a pick-up back": (observed, "lapsed", _never),
    "an accepted update brings a pick-up back": (commercial, "lapsed", _never),
}


@pytest.mark.searches
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, by = BUGS[bug]
    monkeypatch.setattr(owner, name, by)

    with pytest.raises((AssertionError, ExceptionGroup)):
        run_state_machine_as_test(Rotterdam, settings=search(800))
