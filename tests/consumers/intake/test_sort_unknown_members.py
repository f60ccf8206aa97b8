"""What a message says beyond its schema travels to its entry as findings, and no further."""

import json
from pathlib import Path
from typing import Any

from consumers.intake.sort import Desk
from ledger.directory.directory import directory_of
from ledger.record import LogRecord
from producers.records import Record
from schemas import messages as m
from schemas.envelope import Envelope, headers_of
from schemas.facts import Outcome
from schemas.organisations import Organisation
from schemas.topics import MEBIBYTE
from tests.books import new_sqlite_book
from tests.consumers.intake.records import CARRIER, came
from tests.ledger.book.log import AGENT, FORWARDER, LEDGER, NOW, PORT, QUAY, clerk_of

BOX = "CPUU1000010"
DESK = Desk(
    "",
    MEBIBYTE,
    directory_of((Organisation(AGENT, 1, "Demo Agent NV", (m.Role.SHIP_AGENT,)),), 1),
)
RELEASE: dict[str, Any] = {
    "container": BOX,
    "port": PORT,
    "terminal": QUAY,
    "bills_of_lading": ["BL1"],
    "release_identification": "REL1",
    "release_to": {"scheme": "nxtport", "code": FORWARDER},
}
UNHEARD = {
    **RELEASE,
    "temperature": {"set": -18, "unit": "C"},
    "release_to": {**RELEASE["release_to"], "branch": {"city": "Antwerp"}},
}


def logged(name: str, content: dict[str, Any]) -> Record:
    """Return what intake hands to the log for one message of the agent."""
    source = f"urn:releasebus:organisation:{AGENT}"
    headers = headers_of(Envelope(name, source, "releasebus.release", NOW))
    value = json.dumps(content).encode()
    found = DESK.sort(came(CARRIER, value, headers, key=BOX.encode()))
    assert found.problems == ()
    (record,) = found.records
    return record


def test_unknown_members_at_every_depth_are_findings_of_the_entry_and_refuse_nothing(
    tmp_path: Path,
) -> None:
    engine = new_sqlite_book(tmp_path / "book.db")
    clerk = clerk_of(engine)
    record = logged("m1", UNHEARD)
    headers = tuple((name, value or b"") for name, value in record.headers)

    entries = clerk.settle([LogRecord(LEDGER, 0, NOW, headers, record.value or b"")])
    engine.dispose()

    released = entries[0].recorded
    assert released.outcome is Outcome.APPLIED
    assert released.fact.type == "released"
    for entry in entries:
        assert entry.recorded.cause.findings == (
            "unknown_member: $.release_to.branch",
            "unknown_member: $.temperature",
        )
        assert b"Antwerp" not in entry.body


def test_what_reaches_the_log_is_what_would_without_them() -> None:
    assert logged("m1", UNHEARD).value == logged("m1", RELEASE).value
