"""Bugs planted in the law on purpose, to show that the checker finds what it is there for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ledger.law import answer, commercial, disputes, hearing, leave, physical, pickup, rights
from ledger.law.ruling import Refusal
from schemas import facts as f
from schemas.reasons import Reason
from schemas.stay import Stay
from schemas.value import altered


@dataclass(frozen=True, slots=True)
class Bug:
    """What `owner` calls `name` is `by` something else."""

    owner: object
    name: str
    by: Callable[..., Any]


def _nothing(*_args: object, **_named: object) -> tuple[()]:
    return ()


def _never(*_args: object, **_named: object) -> None:
    return None


def _untrue(*_args: object, **_named: object) -> bool:
    return False


def _whoever_asks(stay: Stay, _case: object) -> Any:
    hop = stay.pending
    return hop if hop is not None else Refusal(Reason.NO_TRANSFER_PENDING)


def _takes_back_what_was_accepted(stay: Stay, message: Any, case: Any) -> Any:
    for hop in stay.hops[-1:]:
        if hop.giver == case.sender.id:
            return (f.TransferRevoked(giver=hop.giver, receiver=hop.receiver),)
    return _revoke_transfer(stay, message, case)


_revoke_transfer = rights.revoke_transfer


def _anything_from_customs(stay: Stay, _policy: object) -> bool:
    return stay.customs is not None


def _keeps_the_driver(standing: Any, message: Any, stay: Stay) -> Any:
    renewed = _renewed(standing, message, stay)
    return altered(renewed, driver=standing.driver or renewed.driver)


_renewed = pickup._renewed


def _forgets_who_waited(file: Any, _context: object) -> Any:
    return file, ()


def _no_dispute(*_args: object) -> Iterator[Any]:
    return iter(())


def _always(*_args: object) -> bool:
    return True


BUGS: dict[str, Bug] = {
    "the right is accepted by whoever asks": Bug(rights, "_hop_to_sender", _whoever_asks),
    "a block does not stop the chain": Bug(rights, "frozen", _never),
    "a pick-up is assigned while the release is blocked": Bug(pickup, "frozen", _never),
    "the right moves on under a pick-up": Bug(rights, "_pickup_given_up", _nothing),
    "an accepted transfer is taken back": Bug(
        rights, "revoke_transfer", _takes_back_what_was_accepted
    ),
    "the driver that was replaced still collects": Bug(pickup, "_renewed", _keeps_the_driver),
    "the key outlives the release": Bug(commercial, "pickup_ended", _nothing),
    "a leaving without a right raises no alarm": Bug(physical, "_findings", _nothing),
    "customs control lets the box out": Bug(leave, "customs_clear", _anything_from_customs),
    "two agents claim a box and nobody is told": Bug(disputes, "arising", _no_dispute),
    "of two claims both are let out": Bug(disputes, "_wins", _always),
    "who waited is not called": Bug(answer, "call_the_waiting", _forgets_who_waited),
    "a late report lights up the next visit": Bug(hearing, "visit_that_ended", _nothing),
    "an expiry date passes unseen": Bug(answer, "lapsed", _nothing),
    "an update takes the papers of another release": Bug(commercial, "_clash", _never),
    "a box is assigned twice, by two releases": Bug(pickup, "assigned_elsewhere", _untrue),
    "other means of transport are not told": Bug(pickup, "differing", _nothing),
}
