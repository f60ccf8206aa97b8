"""Whatever comes is a message or a problem, and nothing with a secret is read."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.contract import IN_REPLY_TO, NOTHING
from adapters.sone import SYSTEM
from tests.adapters.le_havre import SAMPLES, event, webhook
from tests.adapters.story import CONTAINER

parse = SYSTEM.functions.parse
correlation = SYSTEM.functions.correlation_of_bytes

words = st.sampled_from(
    ["HandlingUnit", "Events", "items", "reference", "Reference", "Spi", "pswId", "events",
     "customerOrderId", "status", "externalReference", "trackedHandlingUnits", "message",
     "transportOrderNumber", "id", "huLocation", "place", "location", "actors"]
)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.just(CONTAINER),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=6),
)


@given(anything, st.sampled_from(["", "ledger-1-2.sone.track.CPUU1000010.sone", "x"]))
def test_nothing_raises_and_nothing_is_lost(content: object, reply: str) -> None:
    parsed = parse(json.dumps(content).encode(), {IN_REPLY_TO: reply}, NOTHING)

    said_nothing = not (parsed.messages or parsed.problems or parsed.requests)
    assert not said_nothing or ".track" in reply or content_is_quiet(content)


def content_is_quiet(content: object) -> bool:
    """A document without units, told as tracked, comes to nothing."""
    return isinstance(content, dict) and content.get("trackedHandlingUnits") == []


@given(st.data())
def test_a_sample_with_one_member_gone_wrong_raises_nothing(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(path.name for path in SAMPLES.glob("*.json"))))
    content = json.loads((SAMPLES / name).read_bytes())
    holder = content
    while isinstance(holder, dict) and holder:
        key = data.draw(st.sampled_from(sorted(holder)))
        if data.draw(st.booleans()):
            holder[key] = data.draw(anything)
            break
        holder = holder[key][0] if isinstance(holder[key], list) and holder[key] else holder[key]

    parse(json.dumps(content).encode(), {}, NOTHING)


def test_what_was_not_redacted_is_not_read() -> None:
    body = webhook(event("BAD") | {"Comment": "TCT 482913"})
    (problem,) = parse(body, {}, NOTHING).problems

    assert problem.code == "plain_identity"
    assert problem.sensitive
    (part,) = parse(SYSTEM.functions.redact(body), {}, NOTHING).messages
    assert part.findings == ("unknown_member: $.HandlingUnit.Events[0].Comment",)


def test_bytes_that_may_hold_a_code_become_a_sensitive_problem() -> None:
    (problem,) = parse(b"TCT 482913", {}, NOTHING).problems

    assert problem.sensitive


@pytest.mark.parametrize(
    ("name", "container"),
    [
        ("webhook", CONTAINER),
        ("handling_units", CONTAINER),
        ("order_read", ""),
        ("step_answered", ""),
    ],
)
def test_what_comes_names_its_container_where_it_does(name: str, container: str) -> None:
    assert correlation((SAMPLES / f"{name}.json").read_bytes(), {}) == container


def test_an_answer_belongs_to_the_container_of_its_call() -> None:
    reply = {IN_REPLY_TO: f"ledger-3-12.sone.order.{CONTAINER}.sone"}

    assert correlation(b'"TRK0000000001"', reply) == CONTAINER
    assert correlation((SAMPLES / "order_read.json").read_bytes(), reply) == CONTAINER


def test_a_memory_that_is_none_is_a_problem_not_a_fresh_start() -> None:
    for memory in ("{", '{"version":99}', '{"tracked":"no"}'):
        parsed = parse(webhook(event("BAD")), {}, memory)

        assert [problem.code for problem in parsed.problems] == ["memory_unreadable"]
        assert parsed.memory == memory


def test_a_tracking_that_was_made_leads_to_a_first_reading() -> None:
    there = parse(webhook(event("VAQ")), {}, NOTHING).memory
    reply = {IN_REPLY_TO: f"ledger-3-12.sone.track.{CONTAINER}.sone"}
    parsed = parse(b'"TRK0000000001"', reply, there)

    assert [each.method for each in parsed.requests] == ["GET"]
    assert (parsed.messages, parsed.problems, parsed.memory) == ((), (), there)
