"""What S)ONE tells of a handling unit, field by field, however its webhooks come."""

import itertools
import json
from datetime import datetime

import pytest

from adapters.contract import NOTHING, Memory, Parsed
from adapters.sone import SYSTEM
from adapters.sone.memory import _earlier, recalled
from schemas.identifiers import Scheme
from schemas.messages import CustomsStatus, PartyRef
from schemas.observed import ObservedLight, ObservedStatus
from schemas.system_messages import ObserveRelease
from tests.adapters.le_havre import SPI, event, sample, traced, webhook
from tests.adapters.story import CONTAINER
from tests.rows import each_row

parse = SYSTEM.functions.parse


def heard(*bodies: bytes, memory: Memory = NOTHING, came: str = "") -> list[Parsed]:
    found = []
    for body in bodies:
        found.append(parse(body, {"ce_time": came}, memory))
        memory = found[-1].memory
    return found


def observed(parsed: Parsed, place: int = -1) -> ObserveRelease:
    message = parsed.messages[place].message
    assert isinstance(message, ObserveRelease)
    return message


def test_the_public_sample_says_where_the_container_is_and_no_more() -> None:
    (parsed,) = heard(sample("webhook"))

    (part,) = parsed.messages
    assert part.message.model_dump(exclude_defaults=True) == {
        "container": CONTAINER,
        "port": "FRLEH",
        "terminal": "TDF",
        "stay_number": SPI,
    }
    assert part.findings == ("event_word_unknown: $.HandlingUnit.Events[0].Type",)
    assert parsed.problems == ()


@pytest.mark.parametrize(("state", "alert"), [("Cancelled", "Creation"), ("Active", "Deletion")])
def test_a_step_that_is_dated_far_ahead_can_be_taken_back(state: str, alert: str) -> None:
    far, after = "2206-03-01T07:00:00+00:00", "2026-03-02T09:00:00+00:00"
    first, then = heard(
        webhook(event("BON_DE_DOUANE", far)),
        webhook(event("BON_DE_DOUANE", after, state=state, alert=alert)),
        came="2026-03-02T08:55:00Z",
    )

    assert observed(first).customs is CustomsStatus.RELEASED
    (part,) = first.messages
    assert part.findings == ("time_ahead: $.HandlingUnit.Events[0].AlertDate",)
    assert observed(first).confirmed_at == datetime.fromisoformat("2026-03-02T08:55:00+00:00")
    assert observed(then).customs is CustomsStatus.NOT_RELEASED


def test_after_a_webhook_the_unit_is_read() -> None:
    (parsed,) = heard(sample("webhook"))

    (asked,) = parsed.requests
    assert (asked.method, asked.correlation_id) == ("GET", CONTAINER)
    assert asked.path == (
        f"/tracing-code/v1/handling-units?reference={CONTAINER}&spi={SPI}&limit=10"
    )


@pytest.mark.parametrize(
    ("kind", "member", "value"),
    [
        ("VAQ", "discharged", True),
        ("BAD", "status", ObservedStatus.RELEASED),
        ("BON_DE_DOUANE", "customs", CustomsStatus.RELEASED),
        ("AUTORISATION_DE_SORTIE", "terminal_light", ObservedLight.RELEASED),
        ("SORTIE", "gate_out", True),
    ],
)
def test_an_event_comes_to_its_step(kind: str, member: str, value: object) -> None:
    (parsed,) = heard(webhook(event(kind)))

    assert getattr(observed(parsed), member) == value
    assert observed(parsed).confirmed_at is not None
    assert parsed.messages[0].findings == ()


@pytest.mark.parametrize(
    ("state", "alert"),
    [("Inactive", "Creation"), ("Active", "Deletion"), ("Weird", "Creation"), ("Active", "Weird")],
)
def test_a_delivery_order_that_does_not_hold_or_is_not_understood_releases_nothing(
    state: str, alert: str
) -> None:
    (parsed,) = heard(webhook(event("BAD", state=state, alert=alert)))

    assert observed(parsed).status is ObservedStatus.BLOCKED


@pytest.mark.parametrize("member", ["Type", "Location", "AlertDate", "AlertType", "State"])
def test_each_member_tells_events_apart(member: str) -> None:
    other = event("BAD") | {
        member: {"AlertDate": "2025-08-15T23:33:00+00:00", "Location": "QATL"}.get(member, "Else")
    }
    (first,) = heard(webhook(event("BAD")))
    (second,) = heard(webhook(other))

    assert first.messages[0].id != second.messages[0].id


def test_the_passage_tells_events_apart_and_the_spelling_of_the_body_does_not() -> None:
    (first,) = heard(webhook(event("BAD")))
    (other,) = heard(webhook(event("BAD"), spi="CNI0000000002"))
    respelt = json.dumps(json.loads(webhook(event("BAD"))), indent=2, sort_keys=True)
    (again,) = heard(respelt.encode())

    assert first.messages[0].id != other.messages[0].id
    assert first.messages[0].id == again.messages[0].id


def test_a_doubled_webhook_says_nothing_twice() -> None:
    first, again = heard(webhook(event("BAD")), webhook(event("BAD")))

    assert len(first.messages) == 1
    assert (again.messages, again.requests, again.problems) == ((), (), ())
    assert again.memory == first.memory


EVENTS = (
    event("VAQ", "2025-08-15T10:00:00+00:00"),
    event("BAD", "2025-08-15T11:00:00+00:00"),
    event("BAD", "2025-08-15T12:00:00+00:00", state="Inactive"),
    event("BON_DE_DOUANE", "2025-08-15T15:00:00+02:00"),
)


@each_row("order", list(itertools.permutations(range(4))))
def test_however_webhooks_overtake_each_other_they_come_to_the_same(order: tuple[int]) -> None:
    last = heard(*(webhook(EVENTS[place]) for place in order))[-1]

    said = observed(last)
    assert said.status is ObservedStatus.BLOCKED
    assert said.discharged is True
    assert said.customs is CustomsStatus.RELEASED
    assert said.confirmed_at is not None
    assert said.confirmed_at.isoformat() == "2025-08-15T13:00:00+00:00"


def test_each_event_of_a_webhook_is_a_part_or_a_problem() -> None:
    bad = event("BAD", "yesterday")
    (parsed,) = heard(webhook(event("VAQ"), bad, event("BON_DE_DOUANE")))

    assert len(parsed.messages) == 2
    (problem,) = parsed.problems
    assert (problem.code, problem.position) == (
        "field_invalid",
        "$.HandlingUnit.Events[1].AlertDate",
    )


@each_row(
    ("body", "code"),
    [
        (webhook(event("VAQ", location="NOWHERE")), "place_unknown"),
        (webhook(event("VAQ") | {"Direction": "Export"}), "not_an_import"),
        (webhook(event("VAQ"), FreightFamily="Vehicle"), "not_a_container"),
        (webhook(event("VAQ"), Reference="4711"), "identifier_unusable"),
        (webhook(event("VAQ"), Reference=""), "field_invalid"),
        (webhook(event("VAQ"), spi="9" * 300), "field_invalid"),
        (webhook(event("VAQ"), spi="a\nb"), "field_invalid"),
        (traced(actors={"freightAgent": "x" * 300}), "field_invalid"),
        (webhook(), "nothing_told"),
        (webhook({"Type": "VAQ"}), "field_missing"),
        (webhook(event("VAQ", "2025-08-15T10:00:00")), "field_invalid"),
        (b'{"items":[]}', "nothing_told"),
    ],
)
def test_what_is_about_nothing_here_is_a_problem(body: bytes, code: str) -> None:
    (parsed,) = heard(body)

    assert [problem.code for problem in parsed.problems] == [code]
    assert parsed.messages == ()


def test_a_place_that_is_no_quay_leaves_the_container_where_it_was() -> None:
    _, parsed = heard(webhook(event("VAQ")), webhook(event("BON_DE_DOUANE", location="FR002300")))

    assert observed(parsed).terminal == "TDF"
    assert parsed.messages[0].findings == ("location_unknown: $.HandlingUnit.Events[0].Location",)


def test_an_unknown_member_is_a_finding() -> None:
    (parsed,) = heard(webhook(event("VAQ") | {"Sequence": "1"}, Colour="red"))

    assert parsed.messages[0].findings == (
        "unknown_member: $.HandlingUnit.Colour",
        "unknown_member: $.HandlingUnit.Events[0].Sequence",
    )


def test_a_later_passage_begins_anew_and_an_earlier_one_is_over() -> None:
    _, later, late = heard(
        webhook(event("SORTIE"), spi="CNI0000000009"),
        webhook(event("VAQ"), spi="CNI0000000010"),
        webhook(event("BAD"), spi="CNI0000000009"),
    )

    assert observed(later).gate_out is None
    assert observed(later).stay_number == "CNI0000000010"
    assert [problem.code for problem in late.problems] == ["passage_over"]


def test_passages_follow_each_other_however_many_digits_their_numbers_have() -> None:
    assert _earlier("CNI9", "CNI10")
    assert _earlier("CNI0009", "CNI10")
    assert not _earlier("CNI10", "CNI9")
    assert not _earlier("CNI9", "XNI10")
    # Python reads no number of so many digits, and going back over them would take hours.
    assert _earlier("1" * 100_000, "2" * 100_000)
    assert not _earlier("1" * 100_000 + "x", "2")


# --- read to reconcile ---------------------------------------------------------------------------


def test_a_unit_that_is_read_says_all_that_its_webhooks_did_not() -> None:
    (parsed,) = heard(sample("handling_units"))

    (part,) = parsed.messages
    said = observed(parsed)
    assert (said.container, said.port, said.terminal) == (CONTAINER, "FRLEH", "TDF")
    assert said.stay_number == SPI
    assert said.status is ObservedStatus.RELEASED
    assert said.discharged is True
    assert said.agent == PartyRef(scheme=Scheme.SCAC, code="CMDU")
    assert said.holders == (PartyRef(scheme=Scheme.EXTERNAL, code="sone:2308522"),)
    assert part.findings == (
        "unknown_member: $.items[0].sizeType",
        "unknown_member: $.items[0].packagingCode",
        "unknown_member: $.items[0].measures",
        "unknown_member: $.items[0].references",
    )


def test_what_was_read_before_is_not_said_again() -> None:
    first, again = heard(sample("handling_units"), sample("handling_units"))

    assert len(first.messages) == 1
    assert (again.messages, again.problems) == ((), ())


def test_a_lost_webhook_is_made_up_for_and_when_it_comes_after_all_says_nothing() -> None:
    body = traced()
    lost = event("VAQ", "2025-08-15T23:40:00+00:00")
    _, read, late = heard(webhook(event("DIR")), body, webhook(lost))

    assert observed(read).discharged is True
    assert late.messages == ()


def test_what_changes_and_changes_back_has_three_ids() -> None:
    here = traced(huLocation={"place": "FRLEH", "location": "MTDF"})
    there = traced(huLocation={"place": "FRLEH", "location": "QATL"})
    found = heard(here, there, here)

    assert [observed(each).terminal for each in found] == ["TDF", "QATL", "TDF"]
    assert len({each.messages[0].id for each in found}) == 3


def test_who_holds_the_right_is_said_once_and_again_of_another() -> None:
    other = traced(actors={"freightAgent": "CCGM", "freightForwarder": "2300001"})
    moved = traced(huLocation={"place": "FRLEH", "location": "QATL"})
    first, second, third = heard(traced(), moved, other)

    assert observed(first).holders is not None
    assert observed(second).holders is None
    assert observed(third).holders == (PartyRef(scheme=Scheme.EXTERNAL, code="sone:2300001"),)


def test_without_its_delivery_order_a_forwarder_holds_nothing() -> None:
    (parsed,) = heard(traced(events=[]))

    assert observed(parsed).holders is None
    assert observed(parsed).status is None


def test_a_quay_in_no_row_of_the_crosswalk_is_known_by_s_ones_code() -> None:
    (parsed,) = heard(traced(huLocation={"place": "FRURO", "location": "MXYZ"}, events=[]))

    assert (observed(parsed).port, observed(parsed).terminal) == ("FRURO", "MXYZ")
    assert "location_unknown: $.items[0].huLocation.location" in parsed.messages[0].findings


@each_row("place", ["NLRTM", "BEANR", "ZZZZZ", "nowhere"])
def test_a_port_that_is_none_of_s_ones_is_a_problem(place: str) -> None:
    (known,) = heard(traced())
    # Whatever quay is told with it, and whether one was known before.
    for quay, memory in itertools.product(("MXYZ", "MTDF", None), (NOTHING, known.memory)):
        there = {"place": place, "location": quay}
        (parsed,) = heard(traced(huLocation=there, events=[]), memory=memory)

        assert parsed.messages == (), quay
        assert [(each.code, each.position) for each in parsed.problems] == [
            ("port_unknown", "$.items[0].huLocation.place")
        ], quay


def test_another_container_in_the_answer_is_a_problem() -> None:
    _, parsed = heard(traced(), traced(reference="CPUU1000026"))

    assert [problem.code for problem in parsed.problems] == ["another_container"]


def test_each_unit_of_a_document_is_read_by_its_own_container() -> None:
    (parsed,) = heard(sample("document_tracked"))

    assert [each.correlation_id for each in parsed.requests] == ["CPUU1000010", "CPUU1000026"]
    assert len({each.id for each in parsed.requests}) == 2


def test_events_beyond_what_is_remembered_are_few_enough() -> None:
    memory = NOTHING
    for minute in range(60):
        for kind in "ABCD":
            at = f"2025-08-15T10:{minute:02}:00+00:00"
            memory = parse(webhook(event(kind, at)), {}, memory).memory

    assert len(recalled(memory).seen) == 200
    assert len(memory) < 16_000
