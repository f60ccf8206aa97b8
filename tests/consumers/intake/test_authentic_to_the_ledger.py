"""An id is its sender's own: who takes another's before it is used takes nothing from it."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from ledger.record import LogRecord
from producers.signing import MessageKey
from schemas.facts import RecordedFact, Refused
from schemas.messages import Role
from schemas.reasons import Reason
from schemas.value import altered
from tests.books import new_sqlite_book
from tests.consumers.intake.records import CARRIER, PARTY, said
from tests.consumers.intake.signers import (
    AGENT,
    AGENTS,
    FORWARDER,
    FORWARDERS,
    World,
    signed_by,
)
from tests.ledger.book.log import DIRECTORY, LEDGER, TERMINAL, Clerk, registration
from tests.schemas.samples import envelope, sample, written

FROM = "urn:releasebus:organisation:"
DESK = World().desk()
CAST = (
    (AGENT, Role.SHIP_AGENT),
    (FORWARDER, Role.RELEASE_PARTY),
    (TERMINAL, Role.TERMINAL_OPERATOR),
)
SQUATTED = "the-agents-next-id"


@pytest.fixture
def clerk(tmp_path: Path) -> Iterator[Clerk]:
    engine = new_sqlite_book(tmp_path / "book.db")
    clerk = Clerk(engine)
    clerk.take(LEDGER, DIRECTORY)
    clerk.settle(clerk.log.joins(*(registration(each, role) for each, role in CAST)))
    yield clerk
    engine.dispose()


def says(
    topic: str, name: str, source: str, key: MessageKey, **more: Any
) -> ConsumerRecord[Any, Any]:
    """Return a sample message under the id that is fought over."""
    now = datetime.now(UTC)
    said_in = altered(envelope(name), id=SQUATTED, source=FROM + source, time=now)
    return signed_by(key, said(topic, name, said_in=said_in, **more))


def settled(clerk: Clerk, came: ConsumerRecord[Any, Any]) -> list[RecordedFact]:
    """Return what the ledger answers to what intake makes of a record."""
    logged = [each for each in DESK.sort(came).records if each.topic == "ledger.log.v1"]
    offset = clerk.log.next_offset.get(LEDGER, 0)
    clerk.log.next_offset[LEDGER] = offset + len(logged)
    records = [
        LogRecord(LEDGER, offset + at, datetime.now(UTC), each.headers, each.value or b"")
        for at, each in enumerate(logged)
    ]
    return [entry.recorded for entry in clerk.settle(records)] if records else []


def outcome(facts: list[RecordedFact]) -> str:
    assert facts[0].outcome is not None
    return facts[0].outcome


def test_an_id_that_another_organisation_used_first_is_free_for_its_owner(clerk: Clerk) -> None:
    squatter = settled(clerk, says(PARTY, "accept", FORWARDER, FORWARDERS))
    owner = settled(clerk, says(CARRIER, "release", AGENT, AGENTS))

    assert (outcome(squatter), outcome(owner)) == ("waiting", "applied")


def test_an_id_that_was_squatted_under_its_owners_name_never_reaches_the_ledger(
    clerk: Clerk,
) -> None:
    forged = says(CARRIER, "delete", AGENT, FORWARDERS)

    assert DESK.sort(forged).problems[0].code == "key_unknown"
    assert settled(clerk, forged) == []
    assert outcome(settled(clerk, says(CARRIER, "release", AGENT, AGENTS))) == "applied"


def test_the_owners_own_id_with_other_content_is_refused_alarmed_and_proven(
    clerk: Clerk, caplog: pytest.LogCaptureFixture
) -> None:
    settled(clerk, says(CARRIER, "release", AGENT, AGENTS))
    other = written(sample("release") | {"release_identification": "AGT-REL-0002"})
    with caplog.at_level(logging.WARNING):
        (refused,) = settled(clerk, says(CARRIER, "release", AGENT, AGENTS, value=other))

    assert refused.fact == Refused(reason=Reason.SAME_ID_OTHER_CONTENT)
    assert "other content" in caplog.text
    assert refused.attested is not None
    assert refused.attested.signature is not None


def test_what_is_signed_twice_is_the_same_message(clerk: Clerk) -> None:
    first = says(CARRIER, "release", AGENT, AGENTS)
    settled(clerk, first)

    assert outcome(settled(clerk, replace(first, offset=9))) == "duplicate"
