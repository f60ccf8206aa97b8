"""Topics are made as they are described, each once, and have leaders when they are said to be."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaConnectionError, NotControllerError

from producers import topics as module
from producers.topics import TopicMaker, TopicNotMade, ensure
from schemas.topics import Topic, within
from schemas.value import altered
from tests.topics_at_hand import Place

NOT_CONTROLLER = 41
SHORT = Topic("short", "", "kept for a week", retention_days=7, partitions=3)
COMPACT = Topic("compact", "", "kept for ever", None, compacted=True, partitions=1)
OURS = ("cleanup.policy", "max.message.bytes", "message.timestamp.type", "retention.ms")


async def settings_of(place: Place, topic: Topic) -> dict[str, str]:
    """Return how the broker has set a topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=place.bootstrap_servers)
    await admin.start()
    try:
        name = within(place.namespace, topic).name
        asked = ConfigResource(ConfigResourceType.TOPIC, name)
        (answer,) = await admin.describe_configs([asked])
        ((*_, entries),) = answer.resources
        return {entry[0]: entry[1] for entry in entries if entry[0] in OURS}
    finally:
        await admin.close()


async def partitions_of(place: Place, topic: Topic) -> int:
    async with place.producer() as producer:
        return len(await producer.partitions_for(within(place.namespace, topic).name))


async def test_a_topic_is_made_as_it_is_described(real_place: Place) -> None:
    await ensure(real_place.bootstrap_servers, real_place.namespace, [SHORT, COMPACT])

    assert await settings_of(real_place, SHORT) == {
        "cleanup.policy": "delete",
        "max.message.bytes": "1048576",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": "604800000",
    }
    kept = await settings_of(real_place, COMPACT)
    assert (kept["cleanup.policy"], kept["retention.ms"]) == ("compact", "-1")
    assert await partitions_of(real_place, SHORT) == 3
    assert await partitions_of(real_place, COMPACT) == 1


async def test_a_topic_that_is_there_is_left_as_it_is(place: Place) -> None:
    await place.make(SHORT)
    await place.make(altered(SHORT, partitions=5))

    assert await partitions_of(place, SHORT) == 3


async def test_who_has_made_a_topic_does_not_ask_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[str]] = []
    create = TopicMaker._create

    async def counting(self: TopicMaker, admin: AIOKafkaAdminClient, topics: list[Topic]) -> None:
        asked.append([topic.name.removeprefix(place.namespace) for topic in topics])
        await create(self, admin, topics)

    monkeypatch.setattr(TopicMaker, "_create", counting)
    async with TopicMaker(place.bootstrap_servers, place.namespace) as maker:
        await maker.ensure([SHORT])
        await maker.ensure([SHORT])
        await maker.ensure([])
        await maker.ensure([COMPACT, SHORT])

    assert asked == [["short"], ["compact"]]


async def test_a_broker_that_asks_to_be_asked_again_is_no_topic_that_cannot_be_made() -> None:
    class Admin:
        async def create_topics(self, _: object) -> Any:
            return SimpleNamespace(topic_errors=[("short", NOT_CONTROLLER, None)])

    maker = TopicMaker("nowhere:9")
    with pytest.raises(NotControllerError):
        await maker._create(Admin(), [SHORT])


async def test_a_topic_that_cannot_be_made_is_said_so_and_is_tried_again_the_next_time(
    real_place: Place,
) -> None:
    unmade = altered(SHORT, name="unmade")
    # One broker keeps no two copies.
    async with TopicMaker(real_place.bootstrap_servers, real_place.namespace, 2) as maker:
        for _ in range(2):
            with pytest.raises(TopicNotMade, match="unmade"):
                await maker.ensure([unmade])


async def test_a_partition_without_a_leader_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def described(code: int, *leaders: int) -> dict[str, object]:
        return {"error_code": code, "partitions": [{"leader": leader} for leader in leaders]}

    # UNKNOWN_TOPIC_OR_PARTITION; none yet; one without a leader; one without any of two.
    answers = [described(3), described(0), described(0, -1), described(0, 1, -1)]
    answers.append(described(0, 1, 1))

    class Admin:
        async def describe_topics(self, names: list[str]) -> list[dict[str, object]]:
            assert names == ["short"]
            return [answers.pop(0)]

    monkeypatch.setattr(module, "LEADER_POLL_SECONDS", 0.0)
    await module._await_leaders(Admin(), [SHORT])

    assert answers == []


async def test_a_leader_that_does_not_come_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Admin:
        async def describe_topics(self, names: list[str]) -> list[dict[str, object]]:
            del names
            return [{"error_code": 0, "partitions": [{"leader": -1}]}]

    monkeypatch.setattr(module, "LEADER_TIMEOUT_SECONDS", 0.02)
    monkeypatch.setattr(module, "LEADER_POLL_SECONDS", 0.0)
    with pytest.raises(TimeoutError):
        await module._await_leaders(Admin(), [SHORT])


async def test_a_broker_that_is_not_there_is_an_error_of_kafka() -> None:
    with pytest.raises(KafkaConnectionError):
        await ensure("127.0.0.1:9", "", [SHORT])
