"""Entries are numbered, chained and written as they will be read."""

from datetime import timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from ledger.book import tables
from ledger.book.chain import GENESIS, link
from ledger.book.draft import Page, Seen, digest, message_key, page_of, storable
from ledger.book.lease import Lease
from ledger.law.file import Answer
from schemas.facts import Blocked, Cause, Outcome, read, written
from tests.ledger.book.log import AGENT, LEDGER, NOW, PORT

BOX = "CPUU1000010"
CAUSE = Cause(
    message_id="m1",
    message_type="releasebus.block",
    source="urn:x",
    organisation=AGENT,
    occurred_at=NOW,
    log_offset=7,
    directory_version=3,
    policy_version="1",
)
ANSWER = Answer(BOX, PORT, Blocked(reason="unpaid"), CAUSE, Outcome.APPLIED)
SEEN = Seen(message_key(CAUSE), b"content")


def page() -> Page:
    return page_of(Lease(LEDGER, 1, 7, 5, GENESIS, NOW, 0), {BOX: 3}, {})


def row_of(page: Page, place: int) -> dict[str, object]:
    return dict(zip(tables.entry.c.keys(), page.rows[place], strict=True))


def test_numbers_and_hashes_follow_one_another() -> None:
    drafted = page()
    first, second = drafted.add(ANSWER, SEEN), drafted.add(ANSWER)

    assert (first.recorded.seq, second.recorded.seq, drafted.next_seq) == (5, 6, 7)
    head = GENESIS
    for place, entry in enumerate(drafted.entries):
        row = row_of(drafted, place)
        assert isinstance(row["salt"], bytes)
        head = link(head, row["salt"], entry.body)
        assert row["hash"] == head
    assert drafted.head == head


def test_only_the_first_answer_carries_what_the_message_is_known_by() -> None:
    drafted = page()
    drafted.add(ANSWER, SEEN)
    drafted.add(ANSWER)

    assert [row_of(drafted, place)["src_key"] for place in (0, 1)] == [SEEN.key, None]
    assert [row_of(drafted, place)["src_hash"] for place in (0, 1)] == [b"content", None]


def test_every_column_gets_its_value() -> None:
    drafted = page()
    drafted.recorded_at = NOW + timedelta(microseconds=1)
    entry = drafted.add(ANSWER, SEEN)
    row = row_of(drafted, 0)

    assert row["recorded_at"] == int(NOW.timestamp()) * 10**6 + 1
    assert (row["shard"], row["seq"], row["container"]) == (LEDGER, 5, BOX)
    assert (row["release_id"], row["fact"], row["outcome"]) == (None, "blocked", "applied")
    assert (row["waited"], row["message_id"], row["log_offset"]) == (False, "m1", 7)
    assert row["body"] == entry.body


def test_an_entry_is_what_its_bytes_are_read_as() -> None:
    entry = page().add(ANSWER, SEEN)

    assert read(entry.body) == entry.recorded
    assert written(entry.recorded) == entry.body


def test_the_hash_is_what_anybody_can_compute() -> None:
    salt, body = b"s" * 16, b"body"

    assert link(GENESIS, salt, body) == sha256(GENESIS + sha256(salt + body).digest()).digest()


@given(st.tuples(st.binary(), st.binary()), st.tuples(st.binary(), st.binary()))
def test_two_pairs_have_one_digest_only_where_they_are_equal(
    one: tuple[bytes, bytes], other: tuple[bytes, bytes]
) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.binary(), st.integers(min_value=0))
def test_where_one_text_ends_and_the_next_begins_is_part_of_the_digest(
    text: bytes, cut: int
) -> None:
    cut %= len(text) + 1
    for other in range(len(text) + 1):
        same = digest(text[:cut], text[cut:]) == digest(text[:other], text[other:])
        assert same == (cut == other)


@given(st.text())
def test_a_text_loses_nothing_but_its_null_characters(text: str) -> None:
    assert "\x00" not in storable(text)
    assert len(storable(text)) == len(text)
    if "\x00" not in text:
        assert storable(text) == text
