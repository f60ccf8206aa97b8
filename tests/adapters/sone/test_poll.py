"""What S)ONE is asked from time to time, and until when."""

from adapters.contract import NOTHING
from adapters.sone import SYSTEM
from tests.adapters.le_havre import SPI, event, webhook
from tests.adapters.sone.test_orders import read_order, transferred
from tests.adapters.story import CONTAINER, FORWARDER

poll = SYSTEM.functions.poll


def test_nobody_is_asked_about_what_is_not_known() -> None:
    assert poll(CONTAINER, NOTHING) == ()


def test_a_unit_is_read_until_it_has_left() -> None:
    there = SYSTEM.functions.parse(webhook(event("VAQ")), {}, NOTHING).memory
    left = SYSTEM.functions.parse(webhook(event("SORTIE")), {}, there).memory

    (asked,) = poll(CONTAINER, there)
    assert SPI in asked.path
    assert poll(CONTAINER, there) == (asked,)
    assert poll(CONTAINER, left) == ()


def test_an_order_is_read_until_it_is_over() -> None:
    havre, _ = transferred()
    assert [each.path.rpartition("/")[2] for each in poll(CONTAINER, havre.memory)][1:] == [
        "CDE0000000001"
    ]

    havre.hear(webhook(event("SORTIE")))
    assert [each.path.rpartition("/")[2] for each in poll(CONTAINER, havre.memory)] == [
        "CDE0000000001"
    ], "also once the container left, which is asked about no more"

    read_order(havre, "Accepted")

    assert poll(CONTAINER, havre.memory) == ()


def test_an_order_that_was_accepted_is_read_until_the_container_has_left() -> None:
    havre, _ = transferred()
    read_order(havre, "Accepted")
    assert [each.path.rpartition("/")[2] for each in poll(CONTAINER, havre.memory)][1:] == [
        "CDE0000000001"
    ]

    # It is cancelled at S)ONE, which no webhook tells.
    read_order(havre, "Cancelled")

    (stay,) = havre.story.file.stays
    assert stay.accepted_holder == FORWARDER
    assert len(poll(CONTAINER, havre.memory)) == 1
