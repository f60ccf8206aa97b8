"""Who said a message stays beside what was decided on it, for as long as the entry lasts."""

from sqlalchemy import select

from ledger.book import tables
from ledger.record import LogRecord
from schemas.attested import Attested
from schemas.envelope import Envelope
from schemas.facts import Outcome, read
from schemas.logged import Attestation, log_headers
from tests.ledger.book.log import AGENT, LEDGER, Clerk, accept, release

BOX, OTHER_BOX = "MSCU7029147", "TCLU4265738"
EVIDENCE = "e30.c2FpZA.c2lnbmVk"
BY_DOOR = Attestation(
    AGENT,
    "required",
    "releases.carrier.v1/0/1",
    via="NXT21000000009",
    key_id="k1",
    signature=EVIDENCE,
    authentication="mutual TLS",
    channel="https",
)


def said(clerk: Clerk, attestation: Attestation, box: str, message_id: str) -> LogRecord:
    record = clerk.log.say(AGENT, release(box), message_id=message_id)
    envelope = Envelope(message_id, f"urn:x:{AGENT}", release(box).TYPE, clerk.log.now)
    headers = log_headers(envelope, attestation)
    return LogRecord(LEDGER, record.offset, record.recorded_at, headers, record.value)


def test_the_entry_keeps_the_evidence_in_the_bytes_that_are_hashed(clerk: Clerk) -> None:
    entry, following = clerk.settle([said(clerk, BY_DOOR, BOX, "one")])

    evidence = Attested(
        policy="required", signature=EVIDENCE, authentication="mutual TLS", channel="https"
    )
    assert entry.recorded.attested == evidence
    assert following.recorded.attested is None
    assert (entry.recorded.cause.via, entry.recorded.cause.key_id) == ("NXT21000000009", "k1")
    with clerk.engine.connect() as connection:
        (stored,) = connection.execute(
            select(tables.entry.c.body).where(
                tables.entry.c.shard == LEDGER, tables.entry.c.seq == entry.recorded.seq
            )
        ).scalars()
    assert read(bytes(stored)).attested == evidence


def test_evidence_stands_with_each_answer_to_the_message_and_nothing_that_follows(
    clerk: Clerk,
) -> None:
    waiting = clerk.say(AGENT, accept(BOX))
    first = clerk.settle([said(clerk, BY_DOOR, BOX, "one")])
    again = clerk.settle([said(clerk, BY_DOOR, BOX, "one")])
    other = clerk.settle([said(clerk, BY_DOOR, OTHER_BOX, "one")])

    answers = [*first, *again, *other]
    assert [entry.recorded.outcome for entry in answers if entry.recorded.attested] == [
        Outcome.APPLIED,
        Outcome.DUPLICATE,
        Outcome.REFUSED,
    ]
    assert all(entry.recorded.attested is None for entry in waiting)


def test_where_nobody_was_asked_nothing_is_kept(clerk: Clerk) -> None:
    unasked = Attestation(AGENT, "off", "releases.carrier.v1/0/1")

    entries = clerk.settle([said(clerk, unasked, BOX, "one")])

    assert [entry.recorded.attested for entry in entries] == [None, None]
    assert not any(b"attested" in entry.body for entry in entries)
