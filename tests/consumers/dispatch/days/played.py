"""The day of each system, and how its fake answers: one row a system."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from producers.simulator.elsewhere import step_followed
from schemas import messages as m
from schemas.messages import Modality
from tests.adapters import fos, le_havre, rotterdam, schiphol
from tests.adapters.cargonaut.facts import ORDER
from tests.adapters.cargonaut.facts import sample as of_cargonaut
from tests.adapters.customs.ccrm import said as of_customs
from tests.adapters.customs.facts import a_story as with_customs
from tests.adapters.portbase.rounds import BILL, TRACKING, Round
from tests.adapters.scr import samples as scr
from tests.adapters.scr.test_tell_in_antwerp import directory as linked_to_scr
from tests.adapters.story import AGENT, CONTAINER, DRIVER, FORWARDER, HAULIER, TERMINAL, Story, to
from tests.consumers.dispatch.days.bus import Bus
from tests.consumers.dispatch.days.there import Answer, Call

ROW = {"equipmentNumber": CONTAINER}
TRUCK = {"modality": Modality.TRUCK, "driver": DRIVER}
TO_HAULIER = {"release_to": to(HAULIER)}


class Fake:
    """A system that takes everything and answers nothing."""

    def reacts(self, call: Call) -> Answer:
        """Answer a call."""
        del call
        return Answer()


def _json(said: object) -> bytes:
    return json.dumps(said).encode()


def release_of(quay: str) -> dict[str, Any]:
    return {
        "terminal": quay,
        "bills_of_lading": ("BLTEST0001",),
        "release_identification": "AGT-REL-0001",
        "valid_from": "2025-03-01T08:00:00Z",
        "release_to": to(FORWARDER),
    }


# --- Certified Pick up: the ledger decides, and everybody is told ---


async def in_antwerp(bus: Bus, _there: Any) -> None:
    bus.say(AGENT, m.Release, **release_of("1742"))
    await bus.next_hour()
    bus.say(FORWARDER, m.Accept)
    bus.say(FORWARDER, m.Transfer, **TO_HAULIER)
    await bus.next_hour()
    bus.say(HAULIER, m.Accept)
    bus.say(HAULIER, m.AssignPickup, **TRUCK)
    await bus.next_hour()
    bus.say(TERMINAL, m.ReportDischarge, terminal="1742")
    bus.say(TERMINAL, m.ReportTerminalRelease, terminal="1742")
    bus.say(TERMINAL, m.ReportGateOut, terminal="1742", picked_up_by=to(HAULIER))


# --- SCR: a webhook says that something happened, and is followed by a GET ---


@dataclass
class Scr(Fake):
    """Shows the release as it stands by now."""

    shown: dict[str, Any] = field(default_factory=dict)

    def reacts(self, call: Call) -> Answer:
        """Show the release."""
        assert call.method == "GET"
        return Answer(_json(self.shown))


async def through_scr(bus: Bus, there: Scr) -> None:
    transfer = {"release": scr.ADDRESS, "organization": scr.FORWARDER, "event": "TRANSFER"}
    for changes in ((3,), (3, 6)):
        there.shown = scr.shown(*changes)
        # Two events of one change, as SCR tells them.
        bus.there.to_say += [_json(transfer), _json({**transfer, "event": "update"})]
        await bus.next_hour()
    bus.say(HAULIER, m.AssignPickup, **TRUCK)
    bus.say(TERMINAL, m.ReportDischarge, terminal="1742")


# --- Portbase: calls, answers, and the whole bill by webhook ---


@dataclass
class Portbase(Fake):
    """Accepts what it is asked, and tells the whole bill whenever something of it changes."""

    bill: dict[str, Any] = field(default_factory=dict)
    operators: list[str] = field(default_factory=list)
    released: bool = False

    def reacts(self, call: Call) -> Answer:
        """Follow, release, nominate, pre-notify, or show the bill."""
        match call.path.partition("?")[0]:
            case "/cargo-controller/track-requests":
                tracked = {"trackedBLs": [{"id": TRACKING, "blNumber": BILL}], "notTrackedBLs": []}
                return Answer(_json(tracked))
            case "/cargo-declaration-import/commercial-releases":
                self.released = True
                step = {"blNumber": BILL, **ROW, "releaseStatus": "ACCEPTED"}
                return Answer(says=(_json(step), self.state()))
            case "/cargo-controller/nominations":
                self.operators = ["DEMO HAULIER B.V."]
                return Answer(says=(self.state(),))
            case "/hcn/visits":
                checks = {"commercialRelease": {"ok": True}, "customs": {"ok": True}, "tar": "T1"}
                return Answer(_json({**ROW, "status": "ACCEPTED", "checks": checks}))
            case _:
                shown = json.loads(self.state())
                del shown["eventType"]
                return Answer(_json([shown]))

    def state(self) -> bytes:
        """Return the bill as a webhook tells it."""
        released: dict[str, Any] = {} if self.released else {"commercialReleases": []}
        return _json(Round().state(operators=self.operators, **{**released, **self.bill}))


async def at_portbase(bus: Bus, there: Portbase) -> None:
    bus.say(AGENT, m.Release, **release_of(rotterdam.QUAY))
    await bus.next_hour()
    bus.say(FORWARDER, m.Transfer, **TO_HAULIER)
    await bus.next_hour()
    bus.say(HAULIER, m.AssignPickup, **TRUCK)
    await bus.next_hour()
    told = [there.state()]
    there.bill = {"dischargeReports": [ROW | {"actualDischargeDateTime": "2025-03-01T07:00:00Z"}]}
    told.append(there.state())
    left = [ROW | {"gateOut": "2025-03-01T08:00:00Z"}]
    there.bill |= {"hinterlandTerminalData": left, "commercialReleases": []}
    bus.there.to_say += [*told, there.state()]


# --- S)ONE: steps, an order of several states, and units that are told and read ---


@dataclass
class Sone(Fake):
    """Accepts every step and order; `events` is what came about of the unit."""

    events: list[dict[str, str]] = field(default_factory=list)
    order: str = "Submitted"

    def reacts(self, call: Call) -> Answer:
        """Accept, or show the unit or the order."""
        number = "CDE0000000001"
        if call.path.startswith("/steps/"):
            return Answer(_json(step_followed(json.loads(call.content), call.path)))
        if call.path.startswith("/tracking"):
            return Answer()
        if "customer-orders" in call.path and call.method == "POST":
            asked = json.loads(
                call.content[call.content.index(b"{") : call.content.rindex(b"}") + 1]
            )
            made = {"transportOrderNumber": asked["transportOrderNumber"], "type": "Master"}
            return Answer(_json({"id": number, **made, "segments": []}), etag='"1"')
        if "customer-orders" in call.path:
            read = {"customerOrderId": number, "type": "Master", "status": self.order}
            return Answer(_json(read), etag='"2"')
        codes = le_havre.CODES
        actors = {"freightAgent": codes[AGENT], "freightForwarder": codes[FORWARDER]}
        events = [{k[0].lower() + k[1:]: text for k, text in each.items()} for each in self.events]
        return Answer(le_havre.traced(actors=actors, events=events))

    def tells(self, kind: str, hour: int) -> bytes:
        """Let something come about of the unit, and return what is told of it."""
        event = le_havre.event(kind, f"2025-03-01T{hour:02}:00:00+00:00")
        self.events.append(event)
        return le_havre.webhook(event)


async def at_sone(bus: Bus, there: Sone) -> None:
    bus.say(AGENT, m.Release, **release_of(le_havre.QUAY))
    await bus.next_hour()
    bus.there.to_say.append(there.tells("BAD", 6))
    await bus.next_hour()
    bus.say(FORWARDER, m.Transfer, **TO_HAULIER)
    await bus.next_hour()
    there.order = "Accepted"
    await bus.ask_again()
    await bus.next_hour()
    bus.there.to_say += [there.tells("VAQ", 5), there.tells("BON_DE_DOUANE", 7)]
    await bus.next_hour()
    bus.say(HAULIER, m.AssignPickup, **TRUCK)
    await bus.next_hour()
    bus.there.to_say += [there.tells("AUTORISATION_DE_SORTIE", 8)]
    await bus.next_hour()
    bus.there.to_say += [there.tells("SORTIE", 9)]


# --- Ci5: requests, answers, and steps that are told once ---


class Ci5(Fake):
    """Accepts every request."""

    def reacts(self, call: Call) -> Answer:
        """Accept."""
        asked = json.loads(call.content)["demande"]
        return Answer(fos.sample("reponse", demande=asked, statut="accepte", motif=None))


async def at_ci5(bus: Bus, _there: Any) -> None:
    bus.say(AGENT, m.Release, **release_of(fos.QUAY), expires_at="2026-04-30T08:00:00Z")
    await bus.next_hour()
    bus.there.to_say += [fos.sample("bon_a_delivrer"), fos.sample("vu_a_quai")]
    await bus.next_hour()
    bus.say(FORWARDER, m.Transfer, **TO_HAULIER)
    await bus.next_hour()
    bus.say(HAULIER, m.Accept)
    await bus.next_hour()
    bus.say(HAULIER, m.AssignPickup, **TRUCK)
    await bus.next_hour()
    names = ("bon_de_douane", "nomination_transporteur", "autorisation_de_sortie")
    bus.there.to_say += map(fos.sample, names)
    await bus.next_hour()
    bus.there.to_say.append(fos.sample("sortie"))


# --- customs and Cargonaut: they tell, and are answered ---


async def of_the_customs(bus: Bus, _there: Any) -> None:
    bus.say(AGENT, m.Release, **release_of("1742"))
    await bus.next_hour()
    for number, (at, status) in enumerate(
        (("08:10", "DocumentaryControl"), ("08:20", "SelectedForScan"), ("08:40", "Released"))
    ):
        bus.there.to_say.append(of_customs(f"CCRM-{number}", at, CustomsStatus=status))


async def at_schiphol(bus: Bus, _there: Any) -> None:
    bus.there.to_say += map(of_cargonaut, ORDER)


def _essence_of_customs(call: Call) -> str:
    """Return which message is answered: one that was overtaken is told so."""
    return (
        call.content.decode().partition("<ReferencedMessageIdentification>")[2].partition("<")[0]
    )


def _essence_of_air(call: Call) -> str:
    """Return which message is answered; of what a party is told as it goes, nothing."""
    text = call.content.decode()
    return "" if text.startswith("FSU") else text.partition("CGN-")[2].partition("<")[0]


def _whole(call: Call) -> str:
    return call.content.decode(errors="replace")


@dataclass(frozen=True)
class Played:
    """A system's day. `essence` is what is equal of what it accepted, whatever came in between."""

    story: Callable[[], Story]
    fake: Callable[[], Fake]
    course: Callable[[Bus, Any], Awaitable[None]]
    essence: Callable[[Call], str] = _whole


def _scr_story() -> Story:
    directory = linked_to_scr(AGENT, FORWARDER, HAULIER)
    now = datetime(2026, 3, 4, 8, tzinfo=UTC)
    return Story(container="MSCU7029147", now=now, directory=directory)


def _story_at(place: Any, hour: int = 10, year: int = 2025) -> Story:
    now = datetime(year, 3, 1, hour, tzinfo=UTC)
    return Story(port=place.PORT, terminal=place.QUAY, directory=place.DIRECTORY, now=now)


def _air() -> Story:
    now = datetime(2026, 3, 1, 8, tzinfo=UTC)
    there = schiphol
    return Story(
        container=there.WAYBILL, port=there.PORT, terminal="", directory=there.DIRECTORY, now=now
    )


DAYS: Mapping[str, Played] = {
    "antwerp_cpu": Played(Story, Fake, in_antwerp),
    "scr": Played(_scr_story, Scr, through_scr),
    "portbase": Played(lambda: _story_at(rotterdam, 8), Portbase, at_portbase),
    "sone": Played(lambda: _story_at(le_havre), Sone, at_sone),
    "ci5": Played(lambda: _story_at(fos, 16, 2026), Ci5, at_ci5),
    "customs": Played(with_customs, Fake, of_the_customs, _essence_of_customs),
    "cargonaut": Played(_air, Fake, at_schiphol, _essence_of_air),
}
