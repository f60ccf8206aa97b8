"""A shard is a partition of a log, in its namespace."""

import pytest
from aiokafka import TopicPartition

from consumers.apply.shard import log_topics, shard_of
from producers.announce import partition_of_shard


@pytest.mark.parametrize("namespace", ["", "t1."])
def test_each_partition_of_a_log_is_a_shard(namespace: str) -> None:
    ledger, directory = log_topics(namespace)

    assert (ledger, directory) == (f"{namespace}ledger.log.v1", f"{namespace}directory.log.v1")
    assert shard_of(TopicPartition(ledger, 11), namespace) == "ledger-11"
    assert shard_of(TopicPartition(directory, 0), namespace) == "directory-0"


def test_what_is_told_of_a_shard_finds_the_partition_again() -> None:
    ledger, _ = log_topics("")

    assert [partition_of_shard(shard_of(TopicPartition(ledger, n), "")) for n in range(12)] == [
        *range(12)
    ]


def test_another_buss_log_is_no_shard_of_ours() -> None:
    with pytest.raises(KeyError):
        shard_of(TopicPartition("other.ledger.log.v1", 0), "t1.")
