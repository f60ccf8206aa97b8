"""The directory follows what was registered, and passes over what a later version says besides."""

import asyncio
import json

from aiokafka import ConsumerRecord

from consumers.directory_view import DirectoryView
from producers.careful import careful_producer
from producers.records import Record, send_all
from producers.topics import ensure
from producers.whole import start_whole
from schemas.facts import written
from schemas.topics import DIRECTORY_FACTS, within
from tests.adapters.story import TERMINAL
from tests.engines import KafkaAtHand
from tests.producers.stories import registered


def came(value: bytes | None) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("directory.facts.v1", 0, 0, 0, 1, b"", value, None, -1, -1, ())


def test_an_organisation_that_registered_is_known() -> None:
    view = DirectoryView("nowhere:9", "")

    view._take(came(written(registered())))

    assert TERMINAL in view.directory.by_id


def test_what_only_a_later_version_knows_is_passed_over_and_ends_nothing() -> None:
    """An intake that is upgraded last goes on, with all that it knew."""
    view = DirectoryView("nowhere:9", "")
    view._take(came(written(registered())))
    known = view.directory
    entry = json.loads(written(registered())) | {"seq": 9}

    for fact in ({"type": "craned"}, {"type": "refused", "reason": "no_crane"}):
        view._take(came(json.dumps(entry | {"fact": fact}).encode()))

    assert view.directory is known


async def test_who_asks_waits_for_what_stands_on_the_topic_at_that_moment(
    kafka: KafkaAtHand, namespace: str
) -> None:
    await ensure(kafka.bootstrap_servers, namespace, [DIRECTORY_FACTS])
    view = DirectoryView(kafka.bootstrap_servers, namespace)
    following = asyncio.create_task(view.run())
    await view.complete()
    place = within(namespace, DIRECTORY_FACTS).name
    producer = careful_producer(kafka.bootstrap_servers)
    await start_whole(producer)
    await send_all(producer, [Record(place, 0, b"", written(registered()))])
    await producer.stop()

    await view.caught_up()

    assert TERMINAL in view.directory.by_id
    following.cancel()
