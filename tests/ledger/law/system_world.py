"""Rotterdam, where Portbase decides: where a request can stand, and what can come then."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from schemas import messages as m
from schemas import system_facts as s
from schemas.messages import ContainerMessage
from schemas.observed import ObservedLight, ObservedStatus
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.ledger.law.world import (
    AGENT,
    FORWARDER,
    HAULIER,
    NOW,
    OTHER_HAULIER,
    PORTBASE,
    QUAY,
    TERMINAL,
    THE_BILLS,
    THE_NUMBER,
    Heard,
    Scene,
    assign,
    given,
    party,
    release,
    say,
)

PORT = "NLRTM"
PAPERS = {"terminal": QUAY, "bills_of_lading": THE_BILLS}
GREEN = {
    "customs": m.CustomsStatus.RELEASED,
    "discharged": True,
    "terminal_light": ObservedLight.RELEASED,
}


def there(kind: type[ContainerMessage], **said: Any) -> ContainerMessage:
    """A message about the box in Rotterdam."""
    return say(kind, port=PORT, **said)


def shows(scene: Scene, **said: Any) -> Heard:
    """Portbase says how the release stands."""
    return scene.when(PORTBASE, there(ObserveRelease, **{**PAPERS, **said}))


def held(**said: Any) -> Scene:
    """Portbase has shown the release, held by the forwarder."""
    told = {
        "status": ObservedStatus.RELEASED,
        "release_identification": THE_NUMBER,
        "agent": party(AGENT),
        "holders": (party(FORWARDER),),
        "expires_at": NOW + timedelta(days=20),
        "confirmed_at": NOW - timedelta(hours=1),
        **said,
    }
    return shows(given(), **told).scene


def request_in(heard: Heard) -> str:
    """The id of the request that was made."""
    (made,) = [each.fact for each in heard.answers if isinstance(each.fact, s.RequestMade)]
    return made.request_id


def answers(scene: Scene, request_id: str, *, accepted: bool, **said: Any) -> Heard:
    """Portbase answers a request."""
    answer = there(AnswerRequest, request_id=request_id, accepted=accepted, **said)
    return scene.when(PORTBASE, answer)


def carried() -> Scene:
    """Portbase has shown the release, held by the haulier, all lights green."""
    return held(holders=(party(FORWARDER), party(HAULIER)), **GREEN)


TO_HAULIER = there(m.Transfer, release_to=party(HAULIER))
NONE = "no-such-request"
Standing = tuple[Scene, str]


def _asked() -> Standing:
    heard = held().when(FORWARDER, TO_HAULIER)
    return heard.scene, request_in(heard)


def _assigned() -> Standing:
    heard = carried().when(HAULIER, assign(port=PORT))
    request = request_in(heard)
    return answers(heard.scene, request, accepted=True).scene, request


def _after(step: Callable[[Scene, str], Heard]) -> Standing:
    scene, request = _asked()
    return step(scene, request).scene, request


REQUESTS: Mapping[str, Standing] = {
    # nobody has asked anything
    "unasked": (held(), NONE),
    # the forwarder has asked to pass the right to the haulier
    "sent": _asked(),
    # and has no answer for half an hour
    "overdue": _after(lambda scene, _: scene.when_time_passes(minutes=31)),
    # and Portbase has shown since that nothing has changed
    "seen": _after(lambda scene, _: shows(scene, status=ObservedStatus.RELEASED)),
    # and Portbase has shown since that the haulier holds it
    "done": _after(
        lambda scene, _: shows(
            scene, status=ObservedStatus.RELEASED, holders=(party(FORWARDER), party(HAULIER))
        )
    ),
    # Portbase has accepted
    "accepted": _after(lambda scene, request: answers(scene, request, accepted=True)),
    # Portbase has rejected
    "rejected": _after(lambda scene, request: answers(scene, request, accepted=False)),
    # the haulier holds it, all lights green, and Portbase has accepted its pick-up
    "assigned": _assigned(),
    # it left before Portbase answered
    "gone": _after(
        lambda scene, _: scene.when(TERMINAL, there(m.ReportGateOut, terminal=QUAY)),
    ),
}
RELEASED = ObservedStatus.RELEASED
COMES: Mapping[str, Callable[[Scene, str], Heard]] = {
    "portbase accepts": lambda scene, request: answers(scene, request, accepted=True),
    "portbase rejects": lambda scene, request: answers(scene, request, accepted=False),
    "portbase shows_it_moved": lambda scene, _: shows(
        scene, status=RELEASED, holders=(party(FORWARDER), party(HAULIER))
    ),
    "portbase shows_another_holder": lambda scene, _: shows(
        scene, status=RELEASED, holders=(party(FORWARDER), party(OTHER_HAULIER))
    ),
    "portbase shows_no_holder": lambda scene, _: shows(scene, status=RELEASED, holders=()),
    "portbase shows_it_offered": lambda scene, _: shows(
        scene, status=RELEASED, offered_to=party(OTHER_HAULIER)
    ),
    "portbase shows_it_expired": lambda scene, _: shows(scene, status=ObservedStatus.EXPIRED),
    "portbase shows_it_blocked": lambda scene, _: shows(scene, status=ObservedStatus.BLOCKED),
    "portbase shows_it_withdrawn": lambda scene, _: shows(scene, status=ObservedStatus.DELETED),
    "portbase shows_a_light": lambda scene, _: shows(scene, customs=m.CustomsStatus.RELEASED),
    "portbase shows_the_past": lambda scene, _: shows(
        scene, status=ObservedStatus.BLOCKED, confirmed_at=NOW - timedelta(hours=2)
    ),
    "portbase shows_it_left": lambda scene, _: shows(scene, gate_out=True),
    "portbase shows_it_there": lambda scene, _: shows(scene, gate_out=False),
    "forwarder transfers": lambda scene, _: scene.when(FORWARDER, TO_HAULIER),
    "forwarder transfers_to_nobody": lambda scene, _: scene.when(
        FORWARDER, there(m.Transfer, release_to=party("NXT21000000098"))
    ),
    "agent blocks": lambda scene, _: scene.when(AGENT, there(m.Block)),
    "forwarder blocks": lambda scene, _: scene.when(FORWARDER, there(m.Block)),
    "agent releases": lambda scene, _: scene.when(AGENT, release(port=PORT)),
    "other_haulier assigns": lambda scene, _: scene.when(OTHER_HAULIER, assign(port=PORT)),
    "terminal gates_out": lambda scene, _: scene.when(
        TERMINAL, there(m.ReportGateOut, terminal=QUAY)
    ),
    "terminal blocks": lambda scene, _: scene.when(
        TERMINAL, there(m.ReportTerminalBlock, terminal=QUAY)
    ),
    "time passes": lambda scene, _: scene.when_time_passes(minutes=31),
    "time passes_the_expiry": lambda scene, _: scene.when_time_passes(days=21),
}


def later(scene: Scene, **passed: float) -> Scene:
    """The same scene with the clock moved on."""
    return replace(scene, now=scene.now + timedelta(**passed))
