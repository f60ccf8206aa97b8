"""A document is one call with one meaning, and each answer has one."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from adapters.contract import HTTP_IF_MATCH, HTTP_METHOD, HTTP_PATH
from consumers.dispatch.delivery.calls import (
    Again,
    Call,
    Delivered,
    NotACall,
    Rejected,
    call_of,
    verdict_on,
)
from tests.consumers.dispatch.delivery.made import NOON, a_document
from tests.rows import each_row

POST = Call("POST", "", {}, b"{}")
PUT = Call("PUT", "/orders/CDE1", {}, b"{}")


def test_a_document_that_says_nothing_else_is_posted_to_the_targets_address() -> None:
    call = call_of(a_document())

    assert (call.method, call.path, call.content) == ("POST", "", b'{"number": 1}')
    assert call.headers == {
        "Idempotency-Key": "ledger-3-1.portbase.request.portbase",
        "Content-Type": "application/json",
    }


def test_a_document_may_be_any_call_of_the_interface() -> None:
    document = a_document(
        headers=(
            (HTTP_METHOD, b"PUT"),
            (HTTP_PATH, b"/customer-orders/CDE0000000001?projection=true"),
            (HTTP_IF_MATCH, b'"7"'),
            ("rb_profile", b"none of the receiver's business"),
        )
    )

    call = call_of(document)

    assert (call.method, call.path) == ("PUT", "/customer-orders/CDE0000000001?projection=true")
    assert call.headers["If-Match"] == '"7"'
    assert "rb_profile" not in call.headers


def test_a_question_has_no_body_and_no_type_of_one() -> None:
    call = call_of(a_document(content=b"", headers=((HTTP_METHOD, b"GET"),)))

    assert "Content-Type" not in call.headers


@pytest.mark.parametrize(
    "headers",
    [
        ((HTTP_METHOD, b"BREW"),),
        ((HTTP_PATH, b"//elsewhere.example.org/"),),
        ((HTTP_PATH, b"https://elsewhere.example.org/"),),
        ((HTTP_PATH, b"/a/../../b"),),
        ((HTTP_PATH, b"/a b"),),
        ((HTTP_PATH, b"/a\r\nHost: b"),),
        ((HTTP_PATH, b"@elsewhere.example.org"),),
        ((HTTP_PATH, "/\u00e9".encode()),),
        ((HTTP_IF_MATCH, '"\u00e9"'.encode()),),
        ((HTTP_IF_MATCH, b'"7"\r\nHost: b'),),
    ],
)
def test_no_document_leaves_the_targets_address(headers: tuple[tuple[str, bytes], ...]) -> None:
    with pytest.raises(NotACall):
        call_of(a_document(headers=headers))


@each_row(
    ("call", "status", "kind"),
    [
        (POST, 200, Delivered),
        (POST, 202, Delivered),
        (POST, 204, Delivered),
        (POST, 102, Again),
        (POST, 301, Again),
        (POST, 304, Again),
        (POST, 400, Rejected),
        (POST, 409, Rejected),
        (POST, 412, Rejected),
        (POST, 422, Rejected),
        (POST, 401, Again),
        (POST, 403, Again),
        (POST, 408, Again),
        (POST, 425, Again),
        (POST, 429, Again),
        (POST, 500, Again),
        (POST, 503, Again),
        (POST, 599, Again),
        # At the address itself it is the address that is wrong; below it, what was asked for.
        (POST, 404, Again),
        (POST, 405, Again),
        (POST, 410, Again),
        (PUT, 404, Rejected),
        (PUT, 410, Rejected),
    ],
)
def test_every_status_means_one_thing(call: Call, status: int, kind: type[object]) -> None:
    assert isinstance(verdict_on(call, status, {}, NOON), kind)


def test_who_does_not_let_us_in_is_told_apart() -> None:
    verdict = verdict_on(POST, 401, {}, NOON)

    assert isinstance(verdict, Again)
    assert verdict.not_let_in
    assert "credentials" in verdict.why


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("99999999999999999999", 3600),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOON - timedelta(days=1), usegmt=True), 0),
        (format_datetime(datetime(2027, 1, 1, tzinfo=UTC), usegmt=True), 3600),
        ("soon", None),
        ("-5", None),
        ("20 Nov 99999999999999999999 19:12:08 GMT", None),
        ("Mon, 20 Nov 1995 19:12:08 +99999999999999999", None),
        ("", None),
    ],
)
def test_the_receiver_says_how_long_to_wait(said: str, seconds: float | None) -> None:
    verdict = verdict_on(POST, 503, {"retry-after": said}, NOON)

    assert isinstance(verdict, Again)
    assert verdict.wait_seconds == seconds
