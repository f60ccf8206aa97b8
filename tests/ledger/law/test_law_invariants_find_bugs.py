"""The search for what breaks an invariant finds a bug that is planted on purpose, one for each."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis.stateful import run_state_machine_as_test

from ledger.law import answer, disputes, pickup, quays, rights
from ledger.law.context import Case
from ledger.law.file import File
from ledger.law.ruling import Refusal, Ruling
from schemas import facts as f
from schemas import messages as m
from schemas.reasons import Reason
from schemas.stay import Stay
from schemas.value import altered
from tests.ledger.law.searches import search
from tests.ledger.law.test_law_invariants import Port

_update, _called_once = pickup.update_pickup, answer._called_once


def _a_second_right(*_args: Any) -> bool:
    return False


def _accepts_for_another(stay: Stay, _case: Case) -> Any:
    return stay.pending or Refusal(Reason.NO_TRANSFER_PENDING)


def _anybody_updates(stay: Stay, message: m.UpdatePickup, case: Case) -> Ruling:
    holder = case.context.directory.get(stay.accepted_holder or "")
    return _update(stay, message, case if holder is None else altered(case, sender=holder))


def _last_come_first_heard(file: File, context: Any) -> Any:
    after, answers = _called_once(altered(file, waiting=file.waiting[::-1]), context)
    return altered(after, waiting=after.waiting[::-1]), answers


def _under_the_old_id(stay: Stay, message: m.UpdatePickup, case: Case) -> Ruling:
    ruling = _update(stay, message, case)
    if isinstance(ruling, Refusal) or stay.pickup is None:
        return ruling
    same = stay.pickup.id
    return tuple(
        altered(fact, pickup=altered(fact.pickup, id=same))
        if isinstance(fact, f.PickupAssigned)
        else fact
        for fact in ruling
    )


def _old_quay_forgotten(_stay: Stay, _now: object) -> bool:
    return False


def _both_are_settled(_stay: Stay, _stays: object) -> bool:
    return True


BUGS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "I3: a box has two pick-up rights": (pickup, "assigned_elsewhere", _a_second_right),
    "I3: both claims are settled": (disputes, "_wins", _both_are_settled),
    "I4: a right is accepted by somebody else": (rights, "_hop_to_sender", _accepts_for_another),
    "I4: a pick-up is updated by anybody": (pickup, "update_pickup", _anybody_updates),
    "I5: the last who waited is heard first": (answer, "_called_once", _last_come_first_heard),
    "I6: an update revives the right that it ends": (pickup, "update_pickup", _under_the_old_id),
    "the old quay is not waited for": (quays, "unconfirmed", _old_quay_forgotten),
}


@pytest.mark.searches
@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, by = BUGS[bug]
    monkeypatch.setattr(owner, name, by)
    if name == "unconfirmed":
        monkeypatch.setattr("ledger.law.leave.unconfirmed", by)

    with pytest.raises((AssertionError, KeyError, ExceptionGroup)):
        run_state_machine_as_test(Port, settings=search(1200))
