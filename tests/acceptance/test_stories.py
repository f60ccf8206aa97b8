"""One container's story in each port: message in to documents out, the documents on disk.

What each story leaves lies in tests/acceptance/stories/, one folder a story, and is held to the
byte. RELEASEBUS_STORIES=FOLDER writes them there: after a change that is meant, that folder.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from adapters.contract import Document, System
from adapters.registry import systems
from ledger.directory.directory import Directory, directory_of
from producers.simulator.cargonaut import Waybill, fsu, xfsu
from producers.simulator.elsewhere import step_followed
from schemas import messages as m
from schemas.air import AirMissing
from schemas.air_facts import ConsignmentObserved
from schemas.facts import PickupEnd
from schemas.messages import Modality, SealedDriver
from schemas.organisations import Account
from schemas.stay import ReleaseStatus
from schemas.value import altered
from tests.acceptance.telling import Teller
from tests.adapters import fos, le_havre, rotterdam, schiphol
from tests.adapters.antwerp_cpu.samples import PREFIX
from tests.adapters.antwerp_cpu.samples import sample as body
from tests.adapters.customs import ccrm
from tests.adapters.portbase.rounds import Round
from tests.adapters.schiphol import WAYBILL
from tests.adapters.scr import samples as scr
from tests.adapters.scr.test_tell_in_antwerp import EIGHT, T_MINING
from tests.adapters.scr.test_tell_in_antwerp import directory as linked_to_scr
from tests.adapters.story import (
    AGENT,
    CARD,
    CONTAINER,
    CUSTOMS,
    DRIVER,
    FORWARDER,
    HAULIER,
    ORGANISATIONS,
    TERMINAL,
    Story,
    to,
)

SCR = "NXT22000000099"
FOLDER = Path(__file__).parent / "stories"
VARIABLE = "RELEASEBUS_STORIES"
ROW = {"equipmentNumber": CONTAINER}
ON_QUAY = [ROW | {"actualDischargeDateTime": "2025-03-01T07:00:00Z"}]
LEFT: Mapping[str, Any] = {
    "hinterlandTerminalData": [ROW | {"gateOut": "2025-03-01T08:00:00Z"}],
    "commercialReleases": [],
}


def antwerp() -> Teller:
    """CPu's own bodies in, CPu's notifications out; the ledger decides."""
    at = Teller(
        "Antwerp: Certified Pick up",
        "The ledger decides. Agent, forwarder, haulier and terminal send CPu's own bodies "
        "(cpu.md §8), and each is told by CPu's notifications. Customs' green light comes by "
        "their own link, which is answered.",
        systems()["antwerp_cpu"],
        Story(directory=linked_to_customs()),
        {"customs": CUSTOMS},
        told=(systems()["customs"],),
    )
    at.body(AGENT, f"{PREFIX}CommercialReleaseAction", body("E1"))
    at.body(FORWARDER, f"{PREFIX}ReleaseRightAction", _accept())
    at.body(FORWARDER, f"{PREFIX}ReleaseRightAction", body("E4"))
    at.body(HAULIER, f"{PREFIX}ReleaseRightAction", _accept())
    at.say(FORWARDER, m.Revoke)  # refused: accepted already
    at.body(HAULIER, f"{PREFIX}SubmitPickupRight", _sealed(body("E11")))
    at.say(TERMINAL, m.ReportDischarge, terminal="1742")
    at.hear(systems()["customs"], ccrm.said(BillOfLading="BLTEST0001"), "released")
    assert at.missing == ["terminal_not_released"]
    at.say(TERMINAL, m.ReportTerminalRelease, terminal="1742")
    assert at.missing == []
    at.say(TERMINAL, m.ReportGateOut, terminal="1742", picked_up_by=to(HAULIER))
    return at


def linked_to_customs() -> Directory:
    """Return the usual cast, where customs speak by their own link."""
    everybody = [
        altered(each, system="customs") if each.id == CUSTOMS else each for each in ORGANISATIONS
    ]
    return directory_of(everybody, version=1)


def _accept() -> bytes:
    content = json.loads(body("E6"))
    return json.dumps({**content, "equipmentNumber": CONTAINER, "portLoCode": "BEANR"}).encode()


def _sealed(content: bytes) -> bytes:
    from adapters.antwerp_cpu.sealing import sealed  # noqa: PLC0415 - here alone

    def seal(card: str) -> SealedDriver:
        assert card == CARD
        return DRIVER

    found = sealed(content, seal)
    assert isinstance(found, bytes)
    return found


def scr_to_cpu(carrier: str, line: str) -> Teller:
    """A carrier hands the right over in SCR, and who may collect comes out of CPu."""
    cpu, above = systems()["antwerp_cpu"], systems()["scr"]
    directory = linked_to_scr(AGENT, FORWARDER, HAULIER)
    at = Teller(
        f"Antwerp through SCR: {carrier}",
        f"{carrier} hands the right to the first release party through SCR, who hands it on "
        "there. The ledger decides, and the final entitlement comes out of CPu.",
        cpu,
        Story(container="MSCU7029147", now=EIGHT, directory=directory),
        {"scr": T_MINING.id},
    )
    of_the_line = {"release_data": {"billOfLading": {"agent": carrier, "lineCode": line}}}
    event = {"release": scr.ADDRESS, "organization": scr.FORWARDER}
    at.hear(above, {**event, "event": "TRANSFER"}, "event TRANSFER")
    at.hear(above, scr.release(of_the_line), "the release, fetched", to=at.sent[-1])
    at.hear(above, {**event, "event": "transfer"}, "event transfer")
    at.hear(
        above, scr.release(of_the_line, scr.sample("S6_changed")), "the release", to=at.sent[-1]
    )
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    at.say(TERMINAL, m.ReportDischarge, terminal="1742")
    at.say(CUSTOMS, m.ReportCustomsStatus, status="released")
    at.story.wait(days=2)
    at.say(TERMINAL, m.ReportTerminalRelease, terminal="1742")
    assert at.missing == []
    final = at.entitlements[-1]
    assert (final.operator, final.may_leave) == (HAULIER, True)
    assert final.driver is not None
    assert final.driver.ciphertext == DRIVER.ciphertext
    at.say(TERMINAL, m.ReportGateOut, terminal="1742", picked_up_by=to(HAULIER))
    return at


def in_rotterdam(title: str, about: str) -> Teller:
    accounts = {AGENT: scr.CARRIER, FORWARDER: scr.FORWARDER, HAULIER: scr.TRUCKER}
    everybody = [
        altered(each, accounts=(*each.accounts, Account("scr", accounts[each.id])))
        if each.id in accounts
        else each
        for each in rotterdam.ORGANISATIONS
    ]
    at = rotterdam.in_rotterdam()
    at.directory = directory_of([*everybody, altered(T_MINING, id=SCR)], version=1)
    return Teller(
        title,
        about,
        systems()["portbase"],
        at,
        {"portbase": rotterdam.PORTBASE, "scr": SCR},
    )


def portbase() -> Teller:
    """Asked and answered at Portbase, from the agent's release to the gate."""
    at = in_rotterdam(
        "Rotterdam: Portbase Secure Chain",
        "Portbase decides: what the parties ask becomes its calls, and its whole-bill webhooks "
        "overwrite the picture of the ledger.",
    )
    there, bill = at.port_system, Round()
    at.say(AGENT, m.Release, **_release(rotterdam.QUAY))
    at.hear(there, _tracked(rotterdam.BILLS[0]), "tracked", to=at.sent[0], status="200")
    step = {"blNumber": rotterdam.BILLS[0], **ROW, "releaseStatus": "ACCEPTED"}
    at.hear(there, step, "the terminal accepted the release")
    at.hear(there, bill.state(), "state: released")
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    at.hear(there, bill.state(operators=["DEMO HAULIER B.V."]), "state: haulier nominated")
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    _visited(at, there)
    operators = {"operators": ["DEMO HAULIER B.V."], "dischargeReports": ON_QUAY}
    at.hear(there, bill.state(**operators), "state: discharged")
    assert at.missing == []
    at.hear(there, bill.state(**operators, **LEFT), "state: gate-out")
    return at


def hapag_lloyd() -> Teller:
    """SCR underneath, Portbase the regime: the release is followed, and not made twice."""
    at = in_rotterdam(
        "Rotterdam: Hapag-Lloyd, SCR underneath",
        "Hapag-Lloyd releases through SCR, which brings it to Portbase. What SCR shows of a port "
        "where a system decides moves nothing here, and what the agent publishes is no second "
        "release there: the bill is tracked, and Portbase's regime holds from then on.",
    )
    there, above, bill = at.port_system, systems()["scr"], Round()
    number = "HLCUSSZ2602ABC01"
    event = {"release": scr.ADDRESS, "organization": scr.FORWARDER, "event": "TRANSFER"}
    at.hear(above, event, "event TRANSFER")
    at.hear(above, scr.release(_of_hapag_lloyd(number)), "the release, fetched", to=at.sent[-1])
    at.say(AGENT, m.Release, **{**_release(rotterdam.QUAY), "bills_of_lading": (number,)})
    at.hear(there, _tracked(number), "tracked", to=_track(at), status="200")
    at.hear(there, _of_bill(bill.state(), number), "state: released, by SCR")
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    haulier: dict[str, Any] = {"operators": ["Demo Haulier BV"]}
    at.hear(there, _of_bill(bill.state(**haulier), number), "state: haulier nominated")
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    _visited(at, there)
    on_quay = haulier | {"dischargeReports": ON_QUAY}
    at.hear(there, _of_bill(bill.state(**on_quay), number), "state: discharged")
    assert at.missing == []
    at.hear(there, _of_bill(bill.state(**on_quay, **LEFT), number), "state: gate-out")
    return at


def _visited(at: Teller, there: System) -> None:
    """Let the terminal accept the visit that the haulier gave notice of."""
    checks = {"commercialRelease": {"ok": True}, "customs": {"ok": True}, "tar": "TAR-1"}
    visit = {**ROW, "status": "ACCEPTED", "checks": checks}
    at.hear(there, visit, "the terminal accepted the visit", to=at.sent[-1], status="200")


def _track(at: Teller) -> Document:
    return next(
        each for each in at.sent if isinstance(each, Document) and each.type == "portbase.track"
    )


def _of_hapag_lloyd(number: str) -> dict[str, Any]:
    papers = {"blNumber": number, "agent": "HAPAG-LLOYD", "lineCode": "HLCU"}
    box = {
        "containerNumber": CONTAINER,
        "pickupLocation": rotterdam.QUAY,
        "pickupLoCode": rotterdam.PORT,
        "validFrom": "2025-03-01T06:00:00.000Z",
        "validUntil": "2025-04-01T08:00:00.000Z",
    }
    return {
        "release_data": {"billOfLading": papers, "container": box},
        "createdAt": "2025-03-01T07:12:04.000Z",
        "updatedAt": "2025-03-01T07:12:07.000Z",
    }


def _of_bill(state: Mapping[str, Any], number: str) -> dict[str, Any]:
    return {
        **state,
        "blNumber": number,
        "billOfLading": {**state["billOfLading"], "blNumber": number},
    }


def _tracked(bill: str) -> dict[str, Any]:
    tracking = "0f6d2c1e-7c55-4f0b-9a51-5b8d7d1f2a10"
    return {"trackedBLs": [{"id": tracking, "blNumber": bill}], "notTrackedBLs": []}


def _release(quay: str) -> dict[str, Any]:
    return {
        "terminal": quay,
        "bills_of_lading": ("BLTEST0001",),
        "release_identification": "AGT-REL-0001",
        "valid_from": "2025-03-01T08:00:00Z",
        "release_to": to(FORWARDER),
    }


def sone() -> Teller:
    """Handling-unit webhooks in, a transport order and the assumed steps out."""
    there = systems()["sone"]
    at = Teller(
        "Le Havre: S)ONE",
        "S)ONE decides. The transfer to the haulier is its transport order; release, haulier and "
        "exit are asked for by calls that nobody has confirmed, the haulier's by the forwarder "
        "who gave it the right. Which of S)ONE's steps the bus does not carry: "
        "adapters/sone/README.md.",
        there,
        Story(
            port=le_havre.PORT,
            terminal=le_havre.QUAY,
            directory=le_havre.DIRECTORY,
            now=_in_le_havre(5),
        ),
        {"sone": le_havre.SONE},
    )
    until = {"expires_at": "2025-03-08T18:00:00Z"}
    at.say(AGENT, m.Release, **_release(le_havre.QUAY), **until)
    at.hear(there, _followed(at.sent[-1]), "delivery order accepted", to=at.sent[-1])
    _comes_about(at, "VAQ", 6)
    _comes_about(at, "BAD", 7)
    _unit_read(at)
    _comes_about(at, "BON_DE_DOUANE", 8)
    at.story.now = _in_le_havre(9)
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    _order_accepted(at)
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    identification, leaving = at.sent[-2:]
    at.hear(there, _followed(identification), "identification accepted", to=identification)
    _comes_about(at, "IDENTIFICATION_TRANSPORTEUR", 10)
    at.hear(there, _followed(leaving), "exit accepted", to=leaving)
    assert at.missing == ["terminal_not_released"]
    _comes_about(at, "AUTORISATION_DE_SORTIE", 11)
    assert at.missing == []
    _comes_about(at, "SORTIE", 12)
    return at


def _in_le_havre(hour: int, minute: int = 0) -> datetime:
    return datetime(2025, 3, 1, hour, minute, tzinfo=UTC)


def _comes_about(at: Teller, kind: str, hour: int) -> None:
    """Let S)ONE tell of an event a minute after it came about."""
    at.story.now = _in_le_havre(hour, 1)
    at.hear(at.port_system, le_havre.webhook(_event(kind, hour)), f"event {kind}")


def _unit_read(at: Teller) -> None:
    """Let the unit be read after its delivery order: a webhook does not say whose it is."""
    actors = {
        "freightAgent": le_havre.CODES[AGENT],
        "freightForwarder": le_havre.CODES[FORWARDER],
    }
    events = [
        {name[0].lower() + name[1:]: each for name, each in event.items()}
        for event in (_event("VAQ", 6), _event("BAD", 7))
    ]
    unit = le_havre.traced(actors=actors, events=events)
    at.hear(at.port_system, unit, "handling unit", to=at.sent[-1], status="200")


def _order_accepted(at: Teller) -> None:
    asked = json.loads(_json_in(at.sent[-1].content))
    made = {
        "id": "CDE0000000001",
        "transportOrderNumber": asked["transportOrderNumber"],
        "type": "Master",
        "segments": [],
    }
    at.hear(at.port_system, made, "order made", to=at.sent[-1], status="200")
    reading = at.sent[-1]
    for state in ("Submitted", "Accepted"):
        read = {"customerOrderId": "CDE0000000001", "type": "Master", "status": state}
        at.hear(at.port_system, read, f"order {state}", to=reading, status="200")


def _event(kind: str, hour: int) -> dict[str, str]:
    return le_havre.event(kind, _in_le_havre(hour).isoformat())


def _json_in(content: bytes) -> bytes:
    return content[content.index(b"{") : content.rindex(b"}") + 1]


def _followed(sent: Any) -> dict[str, Any]:
    return step_followed(json.loads(sent.content), sent.type)


def ci5() -> Teller:
    """Ci5's steps by the assumed profile."""
    there = systems()["ci5"]
    at = Teller(
        "Marseille-Fos: Ci5",
        "Ci5 decides, on an assumed profile: its steps from the quay to the gate, each by its "
        "name, AP+'s AMD among them, and one request for what a party asks.",
        there,
        Story(
            port=fos.PORT,
            terminal=fos.QUAY,
            directory=fos.DIRECTORY,
            now=datetime(2026, 3, 1, 16, tzinfo=UTC),
        ),
        {"ci5": fos.CI5},
    )
    until = {"expires_at": "2026-04-30T08:00:00Z"}
    at.say(AGENT, m.Release, **_release(fos.QUAY), **until)
    at.hear(there, _of_ci5(at.sent[-1]), "accepté", to=at.sent[-1])
    at.hear(there, fos.sample("bon_a_delivrer"), "bon à délivrer")
    at.hear(there, fos.sample("vu_a_quai"), "vu à quai")
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    at.hear(there, _of_ci5(at.sent[-1]), "accepté", to=at.sent[-1])
    at.say(HAULIER, m.Accept)
    at.hear(there, _of_ci5(at.sent[-1]), "accepté", to=at.sent[-1])
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    at.hear(there, _of_ci5(at.sent[-1]), "accepté", to=at.sent[-1])
    at.hear(there, fos.sample("bon_de_douane"), "bon de douane")
    at.hear(there, fos.sample("nomination_transporteur"), "AMD")
    assert at.missing == ["terminal_not_released"]
    at.hear(there, fos.sample("autorisation_de_sortie"), "autorisation de sortie")
    assert at.missing == []
    at.hear(there, fos.sample("sortie"), "sortie")
    return at


def _of_ci5(sent: Any) -> bytes:
    asked = json.loads(sent.content)["demande"]
    return fos.sample("reponse", demande=asked, statut="accepte", motif=None)


def cargonaut() -> Teller:
    """Status by status until the consignee collects, with customs' hold on the way."""
    there = systems()["cargonaut"]
    day = datetime(2026, 2, 28, tzinfo=ZoneInfo("Europe/Amsterdam"))
    at = Teller(
        "Schiphol: Cargonaut",
        "Air is status only: no right moves, and nobody but Cargonaut is heard. It tells how the "
        "waybill's pieces stand, the air gate says how many may leave, and each status message is "
        "answered. Who was notified hears of it by an FSU from then on.",
        there,
        Story(container=WAYBILL, port="NLSPL", terminal="", directory=schiphol.DIRECTORY),
        {"cargonaut": schiphol.CARGONAUT},
    )
    waybill, notified = Waybill(WAYBILL, 3), ("AMSFWD1", "Demo Forwarder BV")

    def say(what: str, code: str, hour: float, **more: Any) -> None:
        came = day + timedelta(hours=hour)
        at.story.now = came.astimezone(UTC) + timedelta(seconds=5)
        at.hear(there, xfsu(waybill, f"CGN-{len(at.steps) + 1:06}", code, came, **more), what)

    say("received, all three", "RCF", 8.5)
    say("cleared", "CCD", 10.25)
    say("the forwarder is notified", "NFD", 10.5, notified=notified)
    assert _may_leave(at) == (3, ())
    say("customs take one piece", "TGC", 11, pieces=1)
    assert _may_leave(at) == (2, (AirMissing.HELD_BY_CUSTOMS,))
    say("customs let it go", "CCD", 11.75, pieces=1)
    assert _may_leave(at) == (3, ())
    collected = day + timedelta(hours=13)
    at.story.now = collected.astimezone(UTC) + timedelta(seconds=5)
    at.hear(there, fsu(waybill, "DLV", collected, "DEMO DRIVER"), "collected")
    assert _may_leave(at) == (0, (AirMissing.ALREADY_DELIVERED,))
    return at


def _may_leave(at: Teller) -> tuple[int, tuple[AirMissing, ...]]:
    fact = at.story.facts[-1].fact
    assert isinstance(fact, ConsignmentObserved)
    return fact.may_leave, fact.missing


STORIES: Mapping[str, Callable[[], Teller]] = {
    "antwerp_cpu": antwerp,
    "antwerp_scr_msc": lambda: scr_to_cpu("MSC BELGIUM", "MSC"),
    "antwerp_scr_cma_cgm": lambda: scr_to_cpu("CMA CGM BELGIUM", "CMA"),
    "rotterdam_portbase": portbase,
    "rotterdam_hapag_lloyd": hapag_lloyd,
    "le_havre_sone": sone,
    "marseille_fos_ci5": ci5,
    "schiphol_cargonaut": cargonaut,
}


@pytest.mark.parametrize("name", STORIES)
def test_a_containers_story_leaves_the_documents_that_lie_in_its_folder(name: str) -> None:
    left = STORIES[name]().folder()
    wanted = os.environ.get(VARIABLE)
    if wanted:
        _write(Path(wanted) / name, left)

    kept = {file.name: file.read_bytes() for file in (FOLDER / name).iterdir()}

    assert sorted(left) == sorted(kept)
    for file, content in left.items():
        assert content.decode() == kept[file].decode(), f"{name}/{file}"


@pytest.mark.parametrize("name", STORIES)
def test_a_story_ends_as_it_should_without_a_secret_or_anything_odd(name: str) -> None:
    told = STORIES[name]()

    assert all("rb_profile" in dict(each.headers) for each in told.sent)
    assert [each.fact for each in told.story.facts if each.fact.type == "finding_made"] == []
    assert not any(CARD.encode() in content for content in told.folder().values())
    if name == "schiphol_cargonaut":  # an air consignment is no stay, and no right moves
        assert told.story.file.stays == ()
        return
    assert told.entitlements[-1].ended == PickupEnd.PICKED_UP
    (stay,) = told.story.file.stays
    assert (stay.hops[-1].receiver, stay.status) == (HAULIER, ReleaseStatus.GATED_OUT)


def test_in_le_havre_steps_come_in_their_order_under_ids_of_their_own_kind() -> None:
    """As far as edifact_france.md §A.4 has them."""
    bodies = [json.loads(file.read_bytes()) for file in sorted(_said_by_sone())]
    told = [each["HandlingUnit"]["Events"][0] for each in bodies if "HandlingUnit" in each]
    ids = [each.get("id", "")[:3] for each in bodies if "externalReference" in each]

    assert [each["Type"] for each in told] == [
        "VAQ", "BAD", "BON_DE_DOUANE", "IDENTIFICATION_TRANSPORTEUR", "AUTORISATION_DE_SORTIE",
        "SORTIE",
    ]  # fmt: skip
    dates = [each["AlertDate"] for each in told]
    assert dates == sorted(set(dates))
    assert ids == ["", "ICI", "DSO"]


def _said_by_sone() -> Iterator[Path]:
    return (FOLDER / "le_havre_sone").glob("*-in-sone-*.json")


def _write(folder: Path, left: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.iterdir():
        stale.unlink()
    for file, content in left.items():
        (folder / file).write_bytes(content)
