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
from producers.simulator.elsewhere import PLACES, Tour, tour_of
from schemas.identifiers import Unusable, read_container
from schemas.ports import DECIDED_BY_SYSTEM

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
        assert DECIDED_BY_SYSTEM[place.port] == place.system
        assert place.media in systems()[place.system].media_in
    numbers = [box.number for box in tour.boxes]
    assert len(set(numbers)) == len(numbers)
    assert not any(isinstance(read_container(number), Unusable) for number in numbers)


def test_what_each_fake_says_of_itself_is_understood_by_its_adapter(tour: Tour) -> None:
    rotterdam, le_havre, fos = (
        next(box for box in tour.boxes if box.place is place) for place in PLACES
    )
    said: list[tuple[str, Mapping[str, Any]]] = [
        ("portbase", says.bill(rotterdam, NOW, "Some Haulier", on_quay=NOW)),
        *(("sone", says.unit(le_havre, kind, NOW)) for kind in ("VAQ", "BON_DE_DOUANE", "SORTIE")),
        *(("ci5", says.step(fos, name, NOW)) for name in ("vu-a-quai", "bon-de-douane", "sortie")),
    ]
    for name, body in said:
        functions = systems()[name].functions
        data = json.dumps(body).encode()
        assert functions.redact(data) == data
        parsed = functions.parse(data, {}, NOTHING)
        assert parsed.problems == ()
        assert parsed.messages
