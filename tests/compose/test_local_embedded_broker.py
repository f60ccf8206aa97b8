"""The embedded broker: a record goes through it, and nothing is left of it."""

from compose.local import EmbeddedBroker
from compose.local.ports import listens
from tests.compose.test_local_kafka import make_topic, publish, read


async def test_a_record_comes_back_as_it_was_sent(namespace: str) -> None:
    topic = f"{namespace}round-trip"
    with EmbeddedBroker() as broker:
        await make_topic(broker.bootstrap_servers, topic)
        await publish(broker.bootstrap_servers, topic, b"\x00\xffbytes as they come")
        assert await read(broker.bootstrap_servers, topic, 1) == [b"\x00\xffbytes as they come"]
    assert not listens(broker.port)
    assert not broker.folder.exists()


async def test_what_it_kept_is_there_after_a_stop_in_good_order(namespace: str) -> None:
    topic = f"{namespace}kept"
    with EmbeddedBroker() as broker:
        address = broker.bootstrap_servers
        await make_topic(address, topic)
        await publish(address, topic, b"kept")
        broker.restart()
        assert broker.bootstrap_servers == address
        assert await read(address, topic, 1) == [b"kept"]


def test_two_at_once_do_not_meet() -> None:
    with EmbeddedBroker() as one, EmbeddedBroker() as other:
        assert one.port != other.port
        assert one.folder != other.folder
        assert listens(one.port)
        assert listens(other.port)
