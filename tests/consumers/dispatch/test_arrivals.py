"""A fact as it arrives: read, or at least its place, or nothing at all can be believed."""

from types import SimpleNamespace
from typing import Any

import pytest

from consumers.dispatch.arrivals import NotAFact, arrival_of
from schemas.facts import written
from tests.consumers.dispatch.counting_system import a_fact


def record(value: bytes | None, *headers: tuple[str, bytes]) -> Any:
    return SimpleNamespace(
        topic="ledger.facts.v1",
        partition=3,
        offset=17,
        key=b"CPUU1000010",
        value=value,
        headers=headers,
    )


def test_a_fact_is_read_with_its_place() -> None:
    arrival = arrival_of(record(written(a_fact(4))))

    assert (arrival.shard, arrival.seq, arrival.partition, arrival.offset) == (
        "ledger-3",
        4,
        3,
        17,
    )
    assert arrival.recorded == a_fact(4)


@pytest.mark.parametrize("value", [b"{}", b"\xff", b"", None, b'{"fact":{"type":"unheard_of"}}'])
def test_a_fact_that_cannot_be_read_keeps_its_place_and_bytes(value: bytes | None) -> None:
    arrival = arrival_of(record(value, ("ce_id", b"ledger-3-4")))

    assert (arrival.shard, arrival.seq, arrival.container) == ("ledger-3", 4, "CPUU1000010")
    assert arrival.recorded is None
    assert arrival.body == (value or b"")


@pytest.mark.parametrize("identity", [b"", b"ledger", b"ledger-3-x", b"-4", b"\xff"])
def test_a_record_without_a_place_is_nobodys_fact(identity: bytes) -> None:
    with pytest.raises(NotAFact, match=r"ledger\.facts\.v1/3/17"):
        arrival_of(record(b"{}", ("ce_id", identity)))
