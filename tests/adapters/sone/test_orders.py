"""Transport orders: what each of eight states comes to, and changes under an ETag."""

import json

import pytest

from adapters.contract import HTTP_IF_MATCH, HTTP_METHOD, HTTP_PATH, ON_BEHALF_OF, Document
from adapters.sone import SYSTEM
from adapters.sone.memory import recalled
from adapters.sone.orders import OrderState
from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from schemas import messages as m
from schemas.messages import Modality
from schemas.stay import ReleaseStatus
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.adapters.le_havre import CODES, LeHavre, event, traced, webhook
from tests.adapters.story import AGENT, CONTAINER, DRIVER, FORWARDER, HAULIER, to
from tests.rows import each_row

ORDER = "CDE0000000001"


def at(hour: int) -> str:
    return f"2025-03-01T0{hour}:00:00+00:00"


def made_order(havre: LeHavre, document: Document) -> None:
    number = json.loads(content_of(document))["transportOrderNumber"]
    said = {"id": ORDER, "transportOrderNumber": number, "type": "Master", "segments": []}
    havre.hear(json.dumps(said).encode(), to=document, status="200")


def content_of(document: Document) -> bytes:
    start, end = document.content.index(b"{"), document.content.rindex(b"}")
    return document.content[start : end + 1]


def read_order(havre: LeHavre, state: str, etag: str = '"1"') -> list[object]:
    said = {"customerOrderId": ORDER, "type": "Master", "status": state}
    return [part.message for part in havre.hear(json.dumps(said).encode(), etag=etag).messages]


def transferred() -> tuple[LeHavre, str]:
    """The forwarder, whom S)ONE shows as holder, gives the right to a haulier."""
    havre = LeHavre()
    (*_, order_of_delivery) = havre.send(havre.story.released(release_to=to(FORWARDER)))
    havre.accept(order_of_delivery)
    actors = {"freightAgent": CODES[AGENT], "freightForwarder": CODES[FORWARDER]}
    released = {name[0].lower() + name[1:]: said for name, said in event("BAD", at(6)).items()}
    havre.hear(traced(actors=actors, events=[released]))
    (order,) = havre.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    made_order(havre, order)
    return havre, json.loads(content_of(order))["transportOrderNumber"]


def answers(messages: list[object]) -> list[tuple[str, bool]]:
    return [
        (each.request_id, each.accepted) for each in messages if isinstance(each, AnswerRequest)
    ]


def test_a_transfer_to_a_haulier_is_an_order_of_one_container() -> None:
    havre, request = transferred()
    order = havre.sent[-1]

    assert dict(order.headers)[HTTP_METHOD] == "POST"
    assert dict(order.headers)[HTTP_PATH] == "/customer-orders/v1/customer-orders"
    assert order.content_type.startswith("multipart/form-data")
    assert json.loads(content_of(order)) == {
        "transportOrderNumber": request,
        "processingIndicator": "Import",
        "contractor": {"code": "2308522", "name": "Demo Forwarder BV"},
        "carrier": {"name": "Demo Haulier BV"},
        "containers": [
            {
                "reference": CONTAINER,
                "billOfLading": "BLTEST0001",
                "events": [
                    {"type": "LadingImport", "location": "MTDF"},
                    {"type": "DeliveryImport"},
                ],
            }
        ],
    }
    assert havre.asked[-1].path == f"/customer-orders/v1/customer-orders/{ORDER}"


@each_row("number", ["../../admin", "a b", "x#y", "x?y=1", "é", ".", ""])
def test_an_orders_id_that_may_not_stand_in_a_path_is_a_problem(number: str) -> None:
    havre, request = transferred()
    said = {"id": number, "transportOrderNumber": request, "type": "Master"}
    parsed = havre.hear(json.dumps(said).encode())

    assert (parsed.messages, parsed.requests) == ((), ())
    assert [each.position for each in parsed.problems] == ["$.id"]


def test_an_order_that_has_no_id_yet_is_not_the_one_that_is_read_without_one() -> None:
    havre = LeHavre()
    (*_, order) = havre.send(havre.story.released(release_to=to(FORWARDER)))
    havre.accept(order)
    havre.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    said = {"customerOrderId": "", "type": "Master", "status": "Accepted"}
    parsed = havre.hear(json.dumps(said).encode())

    assert [each.code for each in parsed.problems] == ["order_unknown"]
    assert parsed.messages == ()


# state | what the transfer's request is answered with, None: nothing yet | who holds it then
STATES = [
    (OrderState.DRAFT, None, None),
    (OrderState.VALID, None, None),
    (OrderState.SUBMITTED, True, None),
    (OrderState.IN_PROCESS, True, None),
    (OrderState.ACCEPTED, True, (FORWARDER, HAULIER)),
    (OrderState.REFUSED, False, None),
    (OrderState.REJECTED, False, None),
    (OrderState.CANCELLED, False, None),
]


def test_the_table_has_all_eight_states() -> None:
    assert [row[0] for row in STATES] == [
        "Draft", "Valid", "Submitted", "InProcess", "Accepted", "Refused", "Rejected", "Cancelled",
    ]  # fmt: skip
    assert {row[0] for row in STATES} == set(OrderState)


@pytest.mark.parametrize(("state", "accepted", "holders"), STATES)
def test_what_each_state_comes_to(
    state: OrderState, *, accepted: bool | None, holders: tuple[str, ...] | None
) -> None:
    havre, request = transferred()
    messages = read_order(havre, state)

    assert answers(messages) == ([] if accepted is None else [(request, accepted)])
    shown = [each for each in messages if isinstance(each, ObserveRelease)]
    assert [tuple(holder.code for holder in each.holders or ()) for each in shown] == (
        [] if holders is None else [holders]
    )
    assert read_order(havre, state) == []


def test_the_ledger_follows_an_order_to_the_haulier() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted")
    (stay,) = havre.story.file.stays
    assert stay.pending is not None
    assert stay.pending.receiver == HAULIER

    read_order(havre, "Accepted")

    (stay,) = havre.story.file.stays
    assert stay.accepted_holder == HAULIER


@pytest.mark.parametrize("state", ["Refused", "Cancelled"])
def test_an_order_that_ends_after_it_stood_leaves_the_right_where_it_was(state: str) -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted")
    read_order(havre, state)

    (stay,) = havre.story.file.stays
    assert stay.accepted_holder == FORWARDER
    assert stay.pending is None


def test_the_hauliers_word_is_put_under_the_etag_that_was_read() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted", etag='"7"')
    (document,) = havre.say(HAULIER, m.Accept)

    headers = dict(document.headers)
    assert (headers[HTTP_METHOD], headers[HTTP_IF_MATCH]) == ("PUT", '"7"')
    assert headers[HTTP_PATH] == f"/customer-orders/v1/customer-orders/{ORDER}"
    assert json.loads(document.content) == {"status": "Accepted"}

    request = recalled(havre.memory).order
    assert request is not None
    asked = request.change
    assert answers(read_order(havre, "Accepted", etag='"8"')) == [(asked, True)]
    (stay,) = havre.story.file.stays
    assert stay.accepted_holder == HAULIER


def test_a_change_that_met_an_older_state_is_put_again_under_the_newer() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted", etag='"7"')
    (document,) = havre.say(HAULIER, m.Accept)
    stale = b'{"code":"412","message":"The order changed."}'
    (read,) = havre.hear(stale, to=document, status="412").requests
    assert read.method == "GET"
    assert read.id not in {each.id for each in havre.asked[:-1]}

    read_order(havre, "Submitted", etag='"8"')

    put = havre.asked[-1]
    assert (put.method, put.content) == ("PUT", document.content)
    assert {SYSTEM.profile.header, (HTTP_IF_MATCH, '"8"')} <= set(put.headers)
    assert SYSTEM.profile.header in read.headers


def test_an_order_is_made_and_read_for_who_gave_it_and_changed_for_whoever_changes_it() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted", etag='"7"')
    made, (read,) = havre.sent[-1], [each for each in havre.asked if "/CDE" in each.path]
    (accepted,) = havre.say(HAULIER, m.Accept)
    waiting, _ = transferred()
    waiting.say(FORWARDER, m.Revoke)
    read_order(waiting, "Valid")
    (cancelled,) = [each for each in waiting.asked if each.method == "PUT"]
    havre.hear(b'{"code":"412"}', to=accepted, status="412")
    read_order(havre, "Submitted", etag='"8"')

    assert [
        dict(each.headers)[ON_BEHALF_OF]
        for each in (made, read, accepted, cancelled, havre.asked[-1])
    ] == [FORWARDER, FORWARDER, HAULIER, FORWARDER, HAULIER]


def test_a_change_that_is_taken_without_a_word_has_the_order_read() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted", etag='"7"')
    (document,) = havre.say(HAULIER, m.Accept)
    parsed = havre.hear(b"", to=document, status="204")

    assert [(each.method, each.correlation_id) for each in parsed.requests] == [("GET", CONTAINER)]
    assert parsed.problems == ()


def test_a_change_is_sent_once_however_often_the_order_is_read() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted", etag='"7"')
    havre.say(HAULIER, m.Accept)
    for etag in ('"7"', '"8"', '"9"'):
        read_order(havre, "InProcess", etag=etag)
    assert [each.method for each in havre.asked].count("PUT") == 0

    waiting, _ = transferred()
    waiting.say(FORWARDER, m.Revoke)
    for etag in ('"1"', '"2"', '"3"'):
        read_order(waiting, "Valid", etag=etag)
    assert [each.method for each in waiting.asked].count("PUT") == 1


def test_a_change_before_the_order_was_read_waits_for_its_etag() -> None:
    havre, _ = transferred()
    memory = recalled(havre.memory)
    assert memory.order is not None
    assert memory.order.etag == ""
    assert havre.say(FORWARDER, m.Revoke) == ()

    read_order(havre, "Valid", etag='"1"')

    put = havre.asked[-1]
    assert put.method == "PUT"
    assert json.loads(put.content)["status"] == "Cancelled"


def test_a_cancellation_that_s_one_refuses_is_refused() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted")
    (document,) = havre.say(FORWARDER, m.Revoke, reason="another haulier")
    fault = b'{"status":"BAD_REQUEST","code":"O001","message":"It is Submitted."}'
    parsed = havre.hear(fault, to=document, status="400")

    (part,) = parsed.messages
    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is False
    assert part.message.reason == "O001 It is Submitted."
    (stay,) = havre.story.file.stays
    assert stay.pending is not None


def test_a_carrier_who_answers_otherwise_than_it_was_asked_is_told_so() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted")
    havre.say(HAULIER, m.Accept)
    messages = read_order(havre, "Refused")

    assert [accepted for _, accepted in answers(messages)] == [False]
    (stay,) = havre.story.file.stays
    assert stay.accepted_holder == FORWARDER


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"customerOrderId": "CDE9", "status": "Valid"}, "order_unknown"),
        ({"customerOrderId": ORDER, "status": "Later"}, "code_unknown"),
        ({"customerOrderId": ORDER}, "field_missing"),
        ({"id": "CDE9", "transportOrderNumber": "TOC-02-03-2022"}, "order_unknown"),
    ],
)
def test_what_is_about_no_order_of_ours_is_a_problem(said: dict[str, str], code: str) -> None:
    havre, _ = transferred()
    before = havre.memory
    parsed = havre.hear(json.dumps(said).encode())

    assert [problem.code for problem in parsed.problems] == [code]
    assert havre.memory == before


def test_a_container_goes_from_the_quay_to_the_gate() -> None:
    havre, _ = transferred()
    read_order(havre, "Submitted")
    havre.say(HAULIER, m.Accept)
    read_order(havre, "Accepted", etag='"2"')
    for hour, kind in enumerate(("VAQ", "BON_DE_DOUANE")):
        havre.hear(webhook(event(kind, at(hour))))
    identification, leaving = havre.say(
        HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER
    )
    havre.accept(identification)
    havre.accept(leaving)
    (stay,) = havre.story.file.stays
    assert missing_to_leave(stay, havre.story.now, Policy()) != ()

    havre.hear(webhook(event("AUTORISATION_DE_SORTIE", at(4))))

    (stay,) = havre.story.file.stays
    assert missing_to_leave(stay, havre.story.now, Policy()) == ()
    assert stay.pickup is not None
    assert (stay.pickup.operator, stay.pickup.driver is not None) == (HAULIER, True)
    havre.hear(webhook(event("SORTIE", at(5))))
    (stay,) = havre.story.file.stays
    assert stay.status is ReleaseStatus.GATED_OUT
    findings = [each.fact.type for each in havre.story.facts if each.fact.type == "finding_made"]
    assert findings == []


def test_a_webhook_in_between_changes_no_order() -> None:
    havre, request = transferred()
    havre.hear(webhook(event("BON_DE_DOUANE", "2025-08-16T09:00:00+00:00")))

    assert answers(read_order(havre, "Submitted")) == [(request, True)]
