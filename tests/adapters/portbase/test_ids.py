"""A bill of lading is found in whatever names it: a fact, a body, the id of a call."""

import pytest

from adapters.portbase import SYSTEM
from adapters.portbase.ids import bill_in_id, correlation_of, kind_in_id
from adapters.portbase.render import RENDERED
from tests.adapters.portbase.samples import sample, written
from tests.adapters.rotterdam import a_day_in_rotterdam
from tests.rows import each_row

BILL = "HLCUSSZ2602ABC01"


@each_row(
    ("said", "bill"),
    [
        (sample("P2"), BILL),
        (sample("P3"), "MEDUXY778899"),
        (sample("P4"), BILL),
        (written({"billOfLading": {"blNumber": " hlcussz2602abc01 "}}), BILL),
        (written({"notTrackedBLs": [{"blNumber": BILL}]}), BILL),
        (written([{"blNumber": BILL}, {"blNumber": "OTHER"}]), ""),
        (written({"blNumber": 4}), ""),
        (written({"blNumber": ""}), ""),
        (b"<html/>", ""),
        (b"", ""),
    ],
)
def test_the_bill_in_a_body(said: bytes, bill: str) -> None:
    assert SYSTEM.functions.correlation_of_bytes(said, {}) == bill


@pytest.mark.parametrize(
    ("identity", "kind", "bill"),
    [
        (f"ledger-3-9.portbase.nominate.{BILL}.portbase", "nominate", BILL),
        ("ledger-3-9.portbase.track.A.B.C.portbase", "track", "A.B.C"),
        (f"ledger-3-9.portbase.nominate.{BILL}.other", "", ""),
        (f"ledger-3-9.sone.nominate.{BILL}.sone", "", ""),
        ("portbase", "", ""),
        (".portbase..portbase", "", ""),
        ("", "", ""),
    ],
)
def test_the_bill_in_the_id_of_a_call(identity: str, kind: str, bill: str) -> None:
    assert (kind_in_id(identity), bill_in_id(identity)) == (kind, bill)


def test_a_reply_without_a_body_is_about_the_bill_of_its_call() -> None:
    headers = {"in-reply-to": f"ledger-3-9.portbase.nominate.{BILL}.portbase"}

    assert SYSTEM.functions.correlation_of_bytes(b"", headers) == BILL


def test_an_absurdly_long_bill_has_a_short_id_of_its_own() -> None:
    one, other = correlation_of("A" * 200), correlation_of("A" * 201)

    assert one != other
    assert max(len(one), len(other)) < 100
    assert correlation_of("A" * 100) == "A" * 100


def test_each_fact_that_is_rendered_names_its_bill() -> None:
    for recorded in a_day_in_rotterdam().facts:
        if recorded.fact.type in RENDERED:
            assert SYSTEM.functions.correlation_of_fact(recorded) == "BLTEST0001"


def test_what_names_no_bill_is_ordered_by_its_container() -> None:
    facts = a_day_in_rotterdam().facts
    bare = next(each for each in facts if each.fact.type == "request_answered")

    assert bare.stay is None
    assert SYSTEM.functions.correlation_of_fact(bare) == bare.container
