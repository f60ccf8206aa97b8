"""Where a container's release can stand: each state by the facts that led there."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from schemas import facts as f
from schemas.facts import PickupEnd
from schemas.value import altered
from tests.ledger.law.world import (
    AGENT,
    ALL_GREEN,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_QUAY,
    QUAY,
    RIVAL,
    THE_BILLS,
    TO_FORWARDER,
    TO_HAULIER,
    Scene,
    assigned,
    ended,
    given,
    released,
    transferred,
)

READY = (released(), *TO_HAULIER, assigned(), *ALL_GREEN)
RUN_OUT = released(valid_from=NOW - timedelta(days=70), expires_at=NOW - timedelta(days=10))
AGAINST_RIVAL = f.Disputed(other_release_id="the-rival-release", other_agent=RIVAL)
AGAINST_AGENT = f.Disputed(other_release_id="the-release", other_agent=AGENT)
THE_RIVAL_RELEASE = released(
    release_id="the-rival-release",
    agent=RIVAL,
    release_identification="RIVAL1",
    bills_of_lading=THE_BILLS,
)
BY_ANOTHER_BILL = altered(THE_RIVAL_RELEASE, bills_of_lading=("BL2",))

MOVED = f.Updated(
    terminal=OTHER_QUAY,
    terminal_before=QUAY,
    quay_before_confirms_by=NOW + timedelta(minutes=15),
    bills_of_lading=THE_BILLS,
    valid_from=NOW - timedelta(days=2),
    expires_at=NOW + timedelta(days=58),
    expiry_given=False,
)


def _suspended() -> Scene:
    scene = given(*READY, f.Suspended())
    return replace(scene, file=altered(scene.file, parked=True))


STATES: Mapping[str, Scene] = {
    # nobody has released it
    "unknown": given(),
    # released, and the agent has not said to whom
    "ownerless": given(released()),
    # the right is on its way to the forwarder
    "offered": given(released(), transferred(AGENT, FORWARDER)),
    # the forwarder has accepted it
    "held": given(released(), *TO_FORWARDER),
    # the forwarder has passed it on, the haulier has not answered
    "passing": given(released(), *TO_FORWARDER, transferred(FORWARDER, HAULIER)),
    # the haulier has accepted it
    "carried": given(released(), *TO_HAULIER),
    # the haulier has assigned a pick-up; the lights are dark
    "assigned": given(released(), *TO_HAULIER, assigned()),
    # the same with all lights green: it may leave
    "ready": given(*READY),
    # the agent blocks what was ready
    "blocked": given(*READY, f.Blocked()),
    # the agent blocks what was offered
    "frozen": given(released(), transferred(AGENT, FORWARDER), f.Blocked()),
    # what was ready has passed its expiry date
    "expired": given(
        RUN_OUT,
        *TO_HAULIER,
        assigned(),
        *ALL_GREEN,
        f.Expired(),
        ended(PickupEnd.RELEASE_EXPIRED),
    ),
    # another agent has released what was ready
    "disputed": given(*READY, AGAINST_RIVAL).beside(THE_RIVAL_RELEASE, AGAINST_AGENT),
    # the same under another bill of lading: what the terminal or customs name may tell
    "contested": given(*READY, AGAINST_RIVAL).beside(BY_ANOTHER_BILL, AGAINST_AGENT),
    # the agent has sent what was ready to another quay, which the first has not confirmed
    "moved": given(*READY, ended(PickupEnd.TERMINAL_CHANGED, at=NOW), MOVED),
    # the agent has deleted what was ready
    "deleted": given(*READY, f.Deleted(parties=()), ended(PickupEnd.RELEASE_DELETED)),
    # it left an hour ago
    "left": given(
        *READY, f.GatedOut(left_at=NOW - timedelta(hours=1)), ended(PickupEnd.PICKED_UP)
    ),
    # a message about it broke our code
    "stuck": _suspended(),
}
