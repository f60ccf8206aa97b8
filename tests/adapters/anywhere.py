"""A story in the port of any system that decides there: the law's own answers, no format of it."""

from collections.abc import Mapping
from typing import Final

from adapters.contract import System
from ledger.directory.directory import Directory, directory_of
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, Modality, Role
from schemas.organisations import Account, Organisation, Terminal
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.value import altered
from tests.adapters import rotterdam
from tests.adapters.story import AGENT, DRIVER, FORWARDER, HAULIER, Story, to

THE_SYSTEM: Final = "NXT22000000090"
OPERATOR: Final = "NXT22000000091"
QUAY: Final = "QUAY1"
BILLS: Final = ("BLTEST0001",)

ASKED: Final[Mapping[type[ContainerMessage], tuple[str, Mapping[str, object]]]] = {
    m.Release: (AGENT, {"release_to": to(FORWARDER)}),
    m.Update: (AGENT, {"terminal": QUAY, "expires_at": "2025-04-20T08:00:00Z"}),
    m.Block: (AGENT, {"reason": "unpaid"}),
    m.Unblock: (AGENT, {}),
    m.Delete: (AGENT, {}),
    m.Revoke: (AGENT, {}),
    m.Transfer: (FORWARDER, {"release_to": to(HAULIER)}),
    m.Accept: (FORWARDER, {}),
    m.Decline: (FORWARDER, {"reason": "not ours"}),
    m.AssignPickup: (HAULIER, {"modality": Modality.TRUCK, "driver": DRIVER}),
    m.UpdatePickup: (HAULIER, {"modality": Modality.BARGE}),
    m.RevokePickup: (HAULIER, {}),
    m.SetMeansOfTransport: (HAULIER, {"means_of_transport": Modality.RAIL}),
}
"""What a party may ask in a port, who asks it, and with what in it."""


def directory_at(system: System) -> Directory:
    """Return everybody with an account at *system*, and who speaks for it in the directory."""
    linked = (
        altered(each, accounts=(*each.accounts, Account(system.name, f"A{each.id[-4:]}")))
        for each in rotterdam.ORGANISATIONS
        if each.system is None
    )
    found = (
        *linked,
        Organisation(THE_SYSTEM, 1, system.title[:35], (), system=system.name),
        Organisation(
            OPERATOR, 1, "Demo Quay", (Role.TERMINAL_OPERATOR,),
            terminals=tuple(Terminal(port, QUAY) for port in sorted(system.ports)),
        ),
    )  # fmt: skip
    return directory_of(found, version=len(found))


def story_at(system: System) -> Story:
    """Begin a story in the first of *system*'s ports."""
    return Story(port=min(system.ports), terminal=QUAY, directory=directory_at(system))


def ask(story: Story, kind: type[ContainerMessage]) -> tuple[RecordedFact, ...]:
    """Let the party whose part it is ask."""
    sender, members = ASKED[kind]
    if kind is m.Release:
        return story.released(**members)
    return story.say(sender, kind, **members)


def show(story: Story, *holders: str, **said: object) -> tuple[RecordedFact, ...]:
    """Let the system show a release that these hold, the last of them now."""
    members = {"terminal": QUAY, "bills_of_lading": BILLS, "status": "released"}
    chain = tuple(map(to, holders))
    return story.say(THE_SYSTEM, ObserveRelease, **members, agent=to(AGENT), holders=chain, **said)


def asked_of(system: System, kind: type[ContainerMessage]) -> tuple[RecordedFact, RecordedFact]:
    """Return the agent's release as it was asked of *system*, and what of *kind* is asked then."""
    story = story_at(system)
    (released,) = ask(story, m.Release)
    if kind is m.Release:
        return released, released
    sender, _ = ASKED[kind]
    show(story, *((FORWARDER, HAULIER) if sender == HAULIER else (FORWARDER,)))
    return released, ask(story, kind)[0]


def a_day_at(system: System) -> Story:
    """Tell of a container from its release to its leaving, asked and confirmed on the way."""
    story = story_at(system)
    answer(story, ask(story, m.Release)[0])
    answer(story, ask(story, m.Accept)[0])
    (asked,) = ask(story, m.Transfer)
    answer(story, asked, accepted=False, reason="no such operator")
    answer(story, asked)  # and then it is accepted, which contradicts
    lights = {"customs": "released", "discharged": True, "terminal_light": "released"}
    show(story, FORWARDER, HAULIER, expires_at="2025-04-01T08:00:00Z", **lights)
    (asked,) = ask(story, m.AssignPickup)
    story.wait(hours=1)
    answer(story, asked)
    story.say(OPERATOR, m.ReportGateOut, terminal=QUAY, picked_up_by=to(HAULIER))
    return story


def facts_at(system: System) -> dict[str, RecordedFact]:
    """Return one fact of each type that comes about in a port of *system*."""
    found: dict[str, RecordedFact] = {}
    for recorded in a_day_at(system).facts:
        found.setdefault(recorded.fact.type, recorded)
    return found


def answer(
    story: Story, asked: RecordedFact, *, accepted: bool = True, reason: str = ""
) -> tuple[RecordedFact, ...]:
    """Let the system answer a request."""
    assert isinstance(asked.fact, s.RequestMade)
    request = asked.fact.request_id
    return story.say(
        THE_SYSTEM, AnswerRequest, request_id=request, accepted=accepted, reason=reason
    )
