"""The tour of other ports: the same again whenever it is planned, and read by each adapter."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.contract import NOTHING
from adapters.registry import systems
from producers.simulator import cast_of
from producers.simulator import elsewhere as says
from producers.simulator.cargonaut import Waybill, fsu, xfsu
from producers.simulator.elsewhere import PLACES, Tour, tour_of
from schemas.identifiers import Unusable, read_container, read_waybill
from schemas.ports import AIRPORTS, DECIDED_BY_SYSTEM

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def tour() -> Tour:
    return tour_of(cast_of(1), 1, 4)


def test_the_same_seed_is_the_same_tour(tour: Tour) -> None:
    assert tour_of(cast_of(1), 1, 4).boxes == tour.boxes
    assert tour_of(cast_of(1), 2, 4).boxes != tour.boxes


def test_each_port_has_its_containers_and_one_stays(tour: Tour) -> None:
    for place in PLACES:
        leaves = [box.leaves for box in tour.boxes if box.place is place]
        assert leaves == [True, True, True, False]
        speaks = AIRPORTS[place.port].system if place.is_airport else DECIDED_BY_SYSTEM[place.port]
        assert speaks == place.system
        assert place.media in systems()[place.system].media_in
    numbers = [box.number for box in tour.boxes]
    assert len(set(numbers)) == len(numbers)
    for box in tour.boxes:
        read = (read_waybill if box.place.is_airport else read_container)(box.number)
        assert not isinstance(read, Unusable)
        assert read.findings == ()


def test_what_each_fake_says_of_itself_is_understood_by_its_adapter(tour: Tour) -> None:
    rotterdam, le_havre, fos, schiphol = (
        next(box for box in tour.boxes if box.place is place) for place in PLACES
    )
    said: list[tuple[str, Mapping[str, Any]]] = [
        ("portbase", says.bill(rotterdam, NOW, "Some Haulier", on_quay=NOW)),
        *(("sone", says.unit(le_havre, kind, NOW)) for kind in ("VAQ", "BON_DE_DOUANE", "SORTIE")),
        *(("ci5", says.step(fos, name, NOW)) for name in ("vu-a-quai", "bon-de-douane", "sortie")),
    ]
    waybill, named = Waybill(schiphol.number, 3), ("KMPFWD1", "Some Forwarder")
    of_air = (
        xfsu(waybill, "CGN-1", "NFD", NOW, notified=named),
        fsu(waybill, "DLV", NOW, "SOME DRIVER"),
    )
    for name, body in [*said, *(("cargonaut", each) for each in of_air)]:
        functions = systems()[name].functions
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        clean = functions.redact(data)
        assert (clean == data) is (name != "cargonaut")  # whose messages name people
        parsed = functions.parse(clean, {"ce_time": NOW.isoformat()}, NOTHING)
        assert parsed.problems == ()
        assert parsed.messages
        assert name != "cargonaut" or [part.findings for part in parsed.messages] == [()]
