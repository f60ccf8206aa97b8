"""Of a body nothing of what nobody knows goes on but harmless names."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.known import known_part
from adapters.antwerp_cpu.parse import parse
from adapters.contract import NOTHING
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, members, sample

CANARY = "417093628"
BODIES = {
    "E1": "CommercialReleaseAction",
    "E4": "ReleaseRightAction",
    "E10": "ReleaseRightBulkAction",
    "E12": "SubmitBargeRailPickupRight",
    "E13": "TerminalRelease",
    "E14": "UpdateMeansOfTransportRequest",
}


@pytest.mark.parametrize("number", BODIES)
def test_a_body_of_known_members_stays_as_it_came(number: str) -> None:
    assert known_part(BODIES[number], sample(number), {}) == sample(number)


anything = st.recursive(
    st.just(CANARY) | st.just(int(CANARY)),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)
names = st.sampled_from(["note", "x-remark", CANARY, f"note{CANARY}", "Ünbekannt", "a" * 65])


def planted(content: Any, name: str, value: Any, place: int) -> tuple[Any, int]:
    """Put an unknown member into one of the objects of *content*, counted from the outside."""
    if isinstance(content, list):
        for index, each in enumerate(content):
            content[index], place = planted(each, name, value, place)
    if isinstance(content, dict):
        for own, each in list(content.items()):
            content[own], place = planted(each, name, value, place)
        if place == 0:
            content[name] = value
        place -= 1
    return content, place


@given(st.sampled_from(sorted(BODIES)), names, anything, st.integers(0, 4))
def test_what_an_unknown_member_says_is_gone_wherever_it_stands(
    number: str, name: str, value: Any, place: int
) -> None:
    content, left = planted(members(number), name, value, place)
    body = json.dumps(content).encode()

    kept = known_part(BODIES[number], body, {})

    assert CANARY.encode() not in kept
    if left < 0 and name == "note":
        assert b'"note":null' in kept


@pytest.mark.parametrize("number", BODIES)
def test_what_is_left_reads_as_the_whole_did(number: str) -> None:
    headers = {"ce_type": PREFIX + BODIES[number], "ce_id": "m-1"}
    body = changed(number, note="x")

    whole = parse(body, headers, NOTHING)
    assert whole.messages
    assert parse(known_part(BODIES[number], body, {}), headers, NOTHING) == whole


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'"text"', b'{"portLoCode": 7}', b"\xff"])
def test_what_cannot_be_read_is_left_to_parse(data: bytes) -> None:
    bodies = ("ReleaseRightAction", "ReleaseRightBulkAction", "TerminalRelease", "Nothing")
    assert {known_part(name, data, {}) for name in bodies} == {data}


CALLED = {"port-locode": "BEANR", "equipment-number": "CPUU1000010"}


@pytest.mark.parametrize(
    ("body", "number", "missing"),
    [
        ("ReleaseRightAction", "E6", ("portLoCode", "equipmentNumber")),
        ("GateOut", "GATEOUT", ("portLoCode", "equipmentNumber", "terminalCode")),
        ("ReleaseRightBulkAction", "E10", ("portLoCode",)),
    ],
)
def test_what_stood_in_the_call_alone_stands_in_the_body_then(
    body: str, number: str, missing: tuple[str, ...]
) -> None:
    data = changed(number, **dict.fromkeys(missing))
    headers = {"ce_type": PREFIX + body, "ce_id": "m-1"}
    called = CALLED | ({"terminal-code": "1742"} if "terminalCode" in missing else {})

    whole = known_part(body, data, called)

    messages = [part.message for part in parse(whole, headers, NOTHING).messages]
    assert messages
    assert messages == [part.message for part in parse(data, headers | called, NOTHING).messages]
