"""Whatever comes, and whatever is remembered, nothing is raised and nothing is left out."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.contract import NOTHING
from adapters.portbase import SYSTEM
from schemas.messages import Transfer
from tests.adapters.portbase.rounds import BILL, Round, kinds
from tests.adapters.portbase.samples import FOLDER, written
from tests.adapters.story import FORWARDER, HAULIER, to
from tests.chance import examples

BOX = "CPUU1000010"
SAMPLES = [json.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json"))]
BYTES = st.binary(max_size=50)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.just("9999-12-31T23:59:59-12:00"),
    st.just("0001-01-01T00:00:00+14:00"),
    st.just("1772445660"),
    st.just([]),
    st.just({}),
    st.just([None]),
)


def remembered_somewhere() -> list[str]:
    """Return memories of a bill on its way."""
    one = Round()
    memories = [NOTHING]
    one.release(release_to=to(FORWARDER))
    memories.append(one.memory[BILL])
    one.tracked()
    one.hear(one.state())
    return [*memories, one.memory[BILL]]


MEMORIES = remembered_somewhere()


def spoilt(content: Any, path: list[int], odd: Any) -> Any:
    """Return *content* with *odd* in one place, found by following *path*."""
    if not path or not content or not isinstance(content, dict | list):
        return odd
    names = list(content) if isinstance(content, dict) else list(range(len(content)))
    name = names[path[0] % len(names)]
    copy: Any = dict(content) if isinstance(content, dict) else list(content)
    copy[name] = spoilt(content[name], path[1:], odd)
    return copy


@settings(max_examples=examples(60))
@given(
    content=st.sampled_from([*SAMPLES, Round().state()]),
    path=st.lists(st.integers(0, 30), min_size=1, max_size=6),
    odd=ODD,
    memory=st.sampled_from(MEMORIES),
    reply_to=st.sampled_from(["", f"l-1.portbase.release.{BILL}.portbase", "x"]),
    status=st.sampled_from(["", "200", "422", "503", "abc"]),
)
def test_a_spoilt_sample_is_heard_or_told_of(
    content: Any, path: list[int], odd: Any, memory: str, reply_to: str, status: str
) -> None:
    data = written(spoilt(content, path, odd))
    headers = {"in-reply-to": reply_to, "http-status": status}
    clean = SYSTEM.functions.redact(data)

    SYSTEM.functions.correlation_of_bytes(clean, headers)
    parsed = SYSTEM.functions.parse(clean, headers, memory)

    assert SYSTEM.functions.parse(clean, headers, memory) == parsed
    again = SYSTEM.functions.parse(clean, headers, parsed.memory)
    assert not {part.id for part in parsed.messages} & {part.id for part in again.messages}


@given(data=BYTES, memory=st.sampled_from(MEMORIES), status=st.sampled_from(["", "204", "500"]))
def test_bytes_that_are_nothing_are_told_of(data: bytes, memory: str, status: str) -> None:
    parsed = SYSTEM.functions.parse(data, {"http-status": status}, memory)

    assert parsed.problems
    assert parsed.messages == ()


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "type_unknown"),
        ([], "type_unknown"),
        ({"billOfLading": {}}, "field_missing"),
        ({"id": 4, "billOfLading": {"blNumber": "X"}}, "field_invalid"),
        ({"releaseStatus": "ACCEPTED", "equipmentNumber": BOX}, "field_missing"),
        (
            {"blNumber": "X", "releaseStatus": "NEW", "equipmentNumber": BOX},
            "code_unknown",
        ),
        ({"notTrackedBLs": [{"blNumber": "X"}]}, "not_tracked"),
        ({"trackedBLs": [{"blNumber": "X"}]}, "field_missing"),
    ],
)
def test_what_is_wrong_is_told(said: object, code: str) -> None:
    parsed = SYSTEM.functions.parse(written(said), {}, NOTHING)

    assert [problem.code for problem in parsed.problems] == [code]
    assert parsed.messages == ()


def test_one_bad_state_of_an_array_spoils_no_other() -> None:
    good = Round().state()
    parsed = SYSTEM.functions.parse(written([good | {"id": 4}, good]), {}, NOTHING)

    assert [problem.position for problem in parsed.problems] == ["$[0].id"]
    assert len(parsed.messages) == 1


def test_a_bill_that_is_not_tracked_answers_what_waited_for_its_id() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.hear({"blNumber": BILL, "equipmentNumber": BOX, "releaseStatus": "ACCEPTED"})
    one.ask(FORWARDER, Transfer, release_to=to(HAULIER))
    facts = one.hear({"trackedBLs": [], "notTrackedBLs": [{"blNumber": BILL}]})

    assert [getattr(each.fact, "accepted", None) for each in facts] == [False]
    assert [problem.code for problem in one.problems] == ["not_tracked"]
    assert kinds(one.ask(FORWARDER, Transfer, release_to=to(HAULIER))) == ["track"]
