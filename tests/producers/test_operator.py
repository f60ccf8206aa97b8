"""What the operator asks stands on the log behind what was parked, and on no party's topic."""

from producers.log import partition_of
from producers.operator import OPERATOR, SOURCE, operator_record
from schemas.logged import read_logged
from schemas.message_types import ON_TOPIC
from schemas.messages import Resume
from schemas.topics import CONTAINER_PARTITIONS
from tests.schemas.samples import NOW

BOX = "CPUU1000010"


def test_a_resume_stands_behind_what_was_parked_of_its_container() -> None:
    record = operator_record(Resume(container=BOX, note="mended"), "resume-1", NOW, "t1.")

    assert (record.topic, record.key) == ("t1.ledger.log.v1", BOX.encode())
    assert record.partition == partition_of(BOX.encode(), CONTAINER_PARTITIONS)
    assert record.value is not None
    logged = read_logged(record.headers, record.value)
    assert logged.message == Resume(container=BOX, note="mended")
    assert (logged.envelope.source, logged.attestation.organisation) == (SOURCE, OPERATOR)


def test_a_resume_comes_on_no_topic_of_a_party() -> None:
    assert [topic for topic, kinds in ON_TOPIC.items() if Resume in kinds] == []
