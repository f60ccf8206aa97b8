"""What is found on the topics is counted once, however often trouble made a part say it."""

import json
from datetime import UTC, datetime
from pathlib import Path

from cli.demo.harvest import Harvest, keep_document
from consumers.tail import Seen
from schemas.messages import Accept, Tick
from schemas.topics import CARRIER, DEAD_LETTERS, LEDGER_FACTS, LEDGER_LOG

PORTS = ("BEANR", "NLRTM", "NLSPL")
AT = datetime(2026, 3, 2, tzinfo=UTC)


def seen(topic: str, offset: int, **headers: str) -> Seen:
    told = tuple((name.replace("__", "-"), text.encode()) for name, text in headers.items())
    return Seen(topic, 0, offset, AT, b"CPUU1000010", told, b"{}")


def came(offset: int) -> Seen:
    return seen(CARRIER.name, offset)


def logged(offset: int, place: int) -> Seen:
    received = f"{CARRIER.name}/0/{place}"
    return seen(
        LEDGER_LOG.name, offset, ce_type=Accept.TYPE, ce_id=f"m-{place}", rb_received=received
    )


def letter(offset: int, place: int) -> Seen:
    origin = {
        "dlq__original__topic": CARRIER.name,
        "dlq__original__partition": "0",
        "dlq__original__offset": str(place),
    }
    return seen(DEAD_LETTERS.name, offset, dlq__reason__code="truncated", **origin)


def harvest_of(*records: Seen) -> Harvest:
    found = Harvest()
    for record in records:
        found.take(record)
    return found


def test_every_input_is_on_a_log_or_a_dead_letter() -> None:
    found = harvest_of(came(0), came(1), logged(0, 0), letter(0, 1))

    assert (found.inputs, found.logged, found.dead.total()) == (2, 1, 1)
    assert found.lost == []


def test_what_intake_hands_on_again_is_counted_apart() -> None:
    found = harvest_of(came(0), came(1), logged(0, 0), letter(0, 1), logged(1, 0), letter(1, 1))

    assert (found.logged, found.dead.total()) == (1, 1)
    assert (found.repeated_messages, found.repeated_letters) == (1, 1)


def test_what_is_handed_on_nowhere_is_named() -> None:
    assert harvest_of(came(0), came(1), logged(0, 0)).lost == ["releases.carrier.v1/0/1"]


def test_a_tick_is_nobodys_message() -> None:
    assert harvest_of(seen(LEDGER_LOG.name, 0, ce_type=Tick.TYPE)).logged == 0


def fact(seq: int, organisation: str, **more: object) -> Seen:
    cause = {"organisation": organisation, "key_id": "k1"}
    content = {"shard": "ledger-0", "seq": seq, "fact": {"type": "accepted"}, "cause": cause}
    value = json.dumps({**content, "outcome": "applied", **more}).encode()
    return Seen(LEDGER_FACTS.name, 0, seq, AT, b"CPUU1000010", (), value)


def test_a_message_counts_as_signed_where_its_entry_keeps_the_signature_alone() -> None:
    found = harvest_of(
        fact(1, "NXT1", attested={"policy": "required", "signature": "a.b.c"}),
        fact(2, "NXT1", attested={"policy": "off"}),
        fact(3, "NXT2"),
    )

    assert found.signers == {("NXT1", "k1"): 1, ("NXT1", None): 1, ("NXT2", None): 1}


def test_what_a_system_said_is_counted_apart_from_what_parties_published() -> None:
    place = {"rb_received": "pcs.portbase.in.v1/0/0"}
    heard = seen(LEDGER_LOG.name, 1, ce_type=Accept.TYPE, ce_id="said-1", **place)
    found = harvest_of(came(0), logged(0, 0), heard, heard)

    assert (found.inputs, found.logged, found.heard) == (1, 1, 1)
    assert found.repeated_messages == 1


def test_what_a_system_is_asked_is_counted_by_system() -> None:
    found = harvest_of(seen("pcs.ci5.out.v1", 0), seen("pcs.ci5.out.v1", 1))

    assert found.asked == {"ci5": 2}


def test_what_a_system_tells_of_its_port_or_airport_is_an_outcome_of_elsewhere() -> None:
    found = harvest_of(*(fact(1 + at, "NXT1", port=port) for at, port in enumerate(PORTS)))

    assert (found.elsewhere, found.outcomes) == ({"applied": 2}, {"applied": 1})


def test_a_document_lies_in_a_file_that_is_called_as_what_it_is(tmp_path: Path) -> None:
    media = {"a/b+xml": ".xml", "application/json": ".json", "a/b+json": ".json", "a/fsu": ".txt"}
    for at, each in enumerate(media):
        headers = {"ce_subject": "02012345675", "ce_type": "iata.x", "content-type": each}
        told = tuple((name, text.encode()) for name, text in headers.items())
        record = Seen("pcs.cargonaut.out.v1", 0, at, AT, b"02012345675", told, b"body")
        keep_document(record, tmp_path, {"02012345675"})

    files = sorted((tmp_path / "documents" / "02012345675" / "cargonaut").iterdir())
    assert [each.suffix for each in files] == list(media.values())
