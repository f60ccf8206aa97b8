"""What a system answered to a call, as a record of its topic."""

from dataclasses import replace

import pytest

from adapters.contract import HTTP_ETAG, HTTP_STATUS, IN_REPLY_TO
from adapters.portbase import SYSTEM
from adapters.registry import systems
from consumers.dispatch.delivery.bounded import NOT_KEPT
from consumers.dispatch.delivery.calls import Delivered
from consumers.dispatch.delivery.carriers import INTO_A_FOLDER, Brought
from consumers.dispatch.delivery.replies import LONGEST_ETAG, Replies
from ledger.directory.directory import Directory
from tests.consumers.dispatch.delivery.made import NOON, a_document


def test_an_answer_tells_what_it_answers_how_and_the_state_of_the_thing() -> None:
    replies, document = Replies({"portbase": SYSTEM}, Directory), a_document()
    for headers in ({"etag": '"7"'}, {}):
        record = replies.record(document, Brought(Delivered(200), headers), 200, NOON)

        assert record is not None
        told = {name: value.decode() for name, value in record.headers}
        assert (told[IN_REPLY_TO], told[HTTP_STATUS]) == (document.id, "200")
        assert told.get(HTTP_ETAG) == headers.get("etag")


@pytest.mark.parametrize("name", sorted(systems()))
def test_what_lies_in_a_folder_was_answered_by_nobody(name: str) -> None:
    document = replace(a_document(), system=name, receiver=name)
    brought = Brought(Delivered(INTO_A_FOLDER))

    assert Replies(systems(), Directory).record(document, brought, INTO_A_FOLDER, NOON) is None


NUMBERS = b",".join([b"1e15"] * 100_000)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("portbase", b'{"pin":"4711","a":[' + NUMBERS + b"]}"),
        ("sone", b'{"pin":"4711","total":[' + NUMBERS + b"]}"),
        ("cargonaut", b"<a><ID>" + b">" * 500_000 + b"</ID><b>x</b></a>"),
    ],
)
def test_an_answer_that_is_longer_redacted_than_its_topic_takes_is_told_without(
    name: str, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    document = replace(a_document(), system=name, receiver=name)
    brought = Brought(Delivered(200), {}, data)

    record = Replies(systems(), Directory).record(document, brought, 200, NOON)

    assert record is not None
    assert record.value == NOT_KEPT
    assert f"An answer of {name} is not kept: its topic takes less" in caplog.text


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("portbase", b'{"blNumber":"BL1","pin":"4711"}'),
        ("sone", b'{"message":"TCT 4711","code":"R001"}'),
        ("ci5", b'{"statut":"PIN 4711"}'),
        ("scr", b'{"release_data":{"encryptedPin":"4711"}}'),
        ("antwerp_cpu", b'{"pin":"4711"}'),
        ("cargonaut", b"<a><Pin>4711</Pin></a>"),
        ("customs", b"PIN 4711"),
    ],
)
def test_what_a_system_answers_is_redacted_before_it_is_on_its_topic(
    name: str, data: bytes
) -> None:
    document = replace(a_document(), system=name, receiver=name)

    record = Replies(systems(), Directory).record(
        document, Brought(Delivered(200), {}, data), 200, NOON
    )

    assert record is not None
    assert record.value == systems()[name].functions.redact(data)
    assert b"4711" not in record.value


def test_what_a_party_answers_to_news_is_not_said_in_its_systems_name() -> None:
    document = replace(a_document(), receiver="NXT20000000001")
    brought = Brought(Delivered(200), {}, b'{"blNumber":"BL1"}')

    assert Replies({"portbase": SYSTEM}, Directory).record(document, brought, 200, NOON) is None


def test_what_a_party_answers_is_no_word_of_its_system() -> None:
    replies, news = Replies({"portbase": SYSTEM}, Directory), a_document(receiver="NXT21000000004")

    assert replies.record(news, Brought(Delivered(200), {}, b"{}"), 200, NOON) is None


def test_a_state_is_told_no_longer_than_anybody_has_a_reason_to_write_it() -> None:
    brought = Brought(Delivered(200), {"etag": "x" * 5000})
    record = Replies({"portbase": SYSTEM}, Directory).record(a_document(), brought, 200, NOON)

    assert record is not None
    assert len(dict(record.headers)[HTTP_ETAG]) == LONGEST_ETAG
