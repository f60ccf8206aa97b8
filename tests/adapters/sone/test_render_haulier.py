"""Who identifies a haulier at S)ONE, with which fields, and asks for its exit."""

import json
from typing import Any

from adapters.contract import HTTP_PATH, NOTHING, ON_BEHALF_OF, Document
from adapters.sone import SYSTEM
from schemas import messages as m
from schemas.messages import Modality, Role
from schemas.value import altered
from tests.adapters.le_havre import PARTIES, LeHavre
from tests.adapters.sone.test_orders import read_order, transferred
from tests.adapters.sone.test_render import asked, asked_with
from tests.adapters.story import AGENT, CONTAINER, DRIVER, FORWARDER, HAULIER, to

TRUCK: dict[str, Any] = {"modality": Modality.TRUCK, "driver": DRIVER}
BY_FORWARDER = {"code": "2308522", "name": "Demo Forwarder BV"}
BY_AGENT = {"code": "CDEM", "name": "Demo Agent NV"}


def handed_on() -> LeHavre:
    """The right went from the agent to the forwarder, and by an order to the haulier."""
    havre, _ = transferred()
    read_order(havre, "Accepted")
    return havre


def said_in(document: Document) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(document.content)
    return said


def assigned(**more: object) -> tuple[LeHavre, tuple[Document, ...]]:
    havre = handed_on()
    documents = havre.say(HAULIER, m.AssignPickup, **(TRUCK | more))
    for each in documents:
        havre.accept(each)
    return havre, documents


def test_the_forwarder_identifies_the_haulier_field_by_field() -> None:
    _, (identification, leaving) = assigned(expires_at="2025-03-02T18:00:00Z")

    said = said_in(identification)
    assert len(said.pop("externalReference")) == 36
    assert said == {
        "handlingUnit": {"reference": CONTAINER, "spi": "CNI0000000001"},
        "place": {"place": "FRLEH", "location": "MTDF"},
        "requester": BY_FORWARDER,
        "carrier": {"name": "Demo Haulier BV"},
        "billsOfLading": ["BLTEST0001"],
        "releaseReference": "AGT-REL-0001",
        "validTo": "2025-03-02T18:00:00+00:00",
        "mode": 3,
    }
    assert said_in(leaving)["requester"] == BY_FORWARDER
    assert "carrier" not in said_in(leaving)
    assert [dict(each.headers)[ON_BEHALF_OF] for each in (identification, leaving)] == [
        FORWARDER, FORWARDER,
    ]  # fmt: skip


def test_the_agent_identifies_a_haulier_to_whom_it_released_itself() -> None:
    havre = LeHavre()
    havre.send(havre.story.released(release_to=to(HAULIER)))
    havre.accept(havre.sent[-1])
    identification, leaving = havre.say(HAULIER, m.AssignPickup, **TRUCK)

    assert [said_in(each)["requester"] for each in (identification, leaving)] == [BY_AGENT] * 2
    assert said_in(identification)["carrier"] == {"name": "Demo Haulier BV"}
    assert dict(leaving.headers)[ON_BEHALF_OF] == AGENT


def test_who_asked_for_the_exit_asks_for_its_invalidation() -> None:
    havre, _ = assigned()
    (document,) = havre.say(HAULIER, m.RevokePickup, reason="no truck")

    said = said_in(document)
    assert dict(document.headers)[HTTP_PATH] == "/steps/v1/invalidation-de-sortie/creer"
    assert (said["requester"], said["comment"]) == (BY_FORWARDER, "no truck")
    assert "carrier" not in said
    assert dict(document.headers)[ON_BEHALF_OF] == FORWARDER


def test_what_changes_of_an_identification_leaves_the_rest_as_it_was() -> None:
    havre, _ = assigned(expires_at="2025-03-02T18:00:00Z")
    (of_driver,) = havre.say(HAULIER, m.UpdatePickup, driver=DRIVER)
    (of_mode,) = havre.say(HAULIER, m.SetMeansOfTransport, means_of_transport=Modality.RAIL)

    for each, mode in ((of_driver, 3), (of_mode, 2)):
        said = said_in(each)
        assert (said["requester"], said["mode"]) == (BY_FORWARDER, mode)
        assert said["carrier"] == {"name": "Demo Haulier BV"}
        assert said["validTo"] == "2025-03-02T18:00:00+00:00"


def test_an_identification_ends_with_the_release_where_the_haulier_names_no_end() -> None:
    havre = LeHavre()
    end = "2025-04-01T08:00:00Z"
    havre.send(havre.story.released(release_to=to(HAULIER), expires_at=end))
    havre.accept(havre.sent[-1])
    identification, _ = havre.say(HAULIER, m.AssignPickup, **TRUCK)
    _, (unbounded, _) = assigned()

    assert said_in(identification)["validTo"] == "2025-04-01T08:00:00+00:00"
    # The bus's own end of a release without one is nothing that anybody said.
    assert "validTo" not in said_in(unbounded)


def test_a_forwarder_with_trucks_of_its_own_identifies_itself() -> None:
    both = altered(PARTIES[FORWARDER], roles=(Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR))
    memory = SYSTEM.functions.render(asked(), PARTIES, NOTHING).memory
    parties = {**PARTIES, FORWARDER: both}
    recorded = asked_with(m.AssignPickup)
    identification, _ = SYSTEM.functions.render(recorded, parties, memory).documents

    said = said_in(identification)
    assert (said["requester"], said["carrier"]) == (BY_FORWARDER, BY_FORWARDER)
