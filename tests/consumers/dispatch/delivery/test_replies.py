"""What a system answered to a call, as a record of its topic."""

from adapters.contract import HTTP_ETAG, HTTP_STATUS, IN_REPLY_TO
from adapters.portbase import SYSTEM
from consumers.dispatch.delivery.calls import Delivered
from consumers.dispatch.delivery.carriers import Brought
from consumers.dispatch.delivery.replies import Replies
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
