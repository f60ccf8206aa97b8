"""A namespace that the tests of one module share, so that few topics are made."""

import secrets

import pytest

from tests.engines import KafkaAtHand
from tests.topics_at_hand import Place


@pytest.fixture(scope="module")
def place(kafka: KafkaAtHand) -> Place:
    return Place(kafka.bootstrap_servers, f"t{secrets.token_hex(4)}.")


@pytest.fixture(scope="module")
def real_place(apache_kafka: KafkaAtHand, place: Place) -> Place:
    """The same, for what the embedded broker does not do as Apache Kafka does."""
    del apache_kafka
    return place
