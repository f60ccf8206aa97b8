"""What stands on a log: keyed by container or organisation, read again as it was."""

import pytest

from producers.log import log_record, partition_of, tick_record
from schemas.air_messages import ObserveConsignment
from schemas.logged import Attestation, read_logged
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, RegisterOrganisation, Resume, Tick
from schemas.override_messages import SettleDispute
from schemas.topics import CONTAINER_PARTITIONS
from tests.rows import each_row
from tests.schemas.samples import NAMES, NOW, envelope, read, sample

WAYBILL = b"02012345675"
SEEN = Attestation("NXT21000000001", "off", "releases.carrier.v1/3/42", findings=("odd: $.x",))

# Kafka's own test vectors (org.apache.kafka.common.utils.UtilsTest, testMurmur2), unsigned.
VECTORS = [
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    (b"abc", 479470107),
]


@pytest.mark.parametrize(("key", "murmur2"), VECTORS)
def test_a_key_lies_where_every_client_with_kafkas_partitioner_looks_for_it(
    key: bytes, murmur2: int
) -> None:
    assert partition_of(key, 12) == (murmur2 & 0x7FFFFFFF) % 12


@each_row("name", [name for name in NAMES if name != "tick"])
def test_a_message_is_read_from_its_log_as_it_was_written(name: str) -> None:
    message = read(name, sample(name)).message

    record = log_record(envelope(name), message, SEEN, "t1.")

    assert record.value is not None
    again = read_logged(record.headers, record.value)
    assert (again.envelope, again.attestation, again.message) == (envelope(name), SEEN, message)


def test_a_container_decides_the_shard_and_an_organisation_the_directorys() -> None:
    for name in NAMES:
        message = read(name, sample(name)).message
        if isinstance(message, ContainerMessage | Resume | SettleDispute):
            record = log_record(envelope(name), message, SEEN, "")
            key = WAYBILL if isinstance(message, ObserveConsignment) else b"MSCU7029147"
            place = partition_of(key, CONTAINER_PARTITIONS)
            assert (record.topic, record.partition) == ("ledger.log.v1", place)
            assert record.key == key
        elif isinstance(message, RegisterOrganisation):
            record = log_record(envelope(name), message, SEEN, "")
            assert (record.topic, record.partition) == ("directory.log.v1", 0)
            assert record.key == b"NXT21000000002"
    assert len(NAMES) == len(BY_TYPE)


def test_time_goes_to_the_partition_that_it_is_told_to() -> None:
    record = tick_record(envelope("tick"), Tick(at=NOW), SEEN, ("t1.ledger.log.v1", 11))

    assert (record.topic, record.partition, record.key) == ("t1.ledger.log.v1", 11, None)
    assert record.value is not None
    assert read_logged(record.headers, record.value).message == Tick(at=NOW)


def test_time_has_no_key_and_so_no_place_of_its_own() -> None:
    with pytest.raises(TypeError, match="Tick belongs on no log by its key"):
        log_record(envelope("tick"), Tick(at=NOW), SEEN, "")
