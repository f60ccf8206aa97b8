"""Raw records are published as they are: bytes, headers and all, readable or not."""

from producers.log import partition_of
from producers.raw import RawProducer
from schemas.topics import CARRIER
from tests.topics_at_hand import Place


async def test_a_record_stands_there_as_it_was_given(real_place: Place) -> None:
    await real_place.make(CARRIER)
    headers = (("ce_id", b"\xff\x00"), ("ce_id", b"twice"), ("x", b""))
    async with RawProducer(real_place.address) as producer:
        await producer.publish(CARRIER, b"CPUU1000010", b"\x00no json", headers)
        await producer.publish(CARRIER, None, b"no key", ())
        await producer.publish(CARRIER, b"CPUU1000010", None, ())

    # Published means there for good: nobody has to wait for it.
    read = {record.value: record for record in await real_place.read(CARRIER)}
    odd, keyless, empty = read[b"\x00no json"], read[b"no key"], read[None]
    assert tuple(odd.headers) == headers
    assert (odd.key, keyless.key, empty.key) == (b"CPUU1000010", None, b"CPUU1000010")
    assert odd.partition == empty.partition == partition_of(b"CPUU1000010", CARRIER.partitions)
    assert keyless.partition == partition_of(b"", CARRIER.partitions)
