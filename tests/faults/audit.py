"""What must hold of a line after any fault; every check says what it found, in words."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.book.engine import open_book, reading
from ledger.book.heads import head_key
from ledger.book.verify import verify
from schemas.doors import Door
from schemas.heads import HEAD
from schemas.topics import BOARD, HEADS
from tests.faults.line import Line
from tests.faults.rules import Entry, Json, Reading
from tests.faults.topics_as_read import AsRead, Fact, as_read
from tests.faults.workload import companies

ACCOUNTED = "every input is logged or a dead letter"
CONSERVED = "every record is in one bucket"
CHAINED = "the chain is whole"
PUBLISHED = "what is committed is published, and nothing else"
IN_ORDER = "facts come in order, without a gap"
NEVER_BACK = "nothing older stands behind something newer"
ANSWERED = "every sender is answered"
LAWFUL = "every entry is what the rules make of the log"
STATE = "the state is that of the last entry"

CAUSES_OF_OUTCOME = ("applied", "duplicate", "refused", "waiting", "parked")


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be."""

    rule: str
    what: str


@dataclass(frozen=True)
class Audited:
    """What was found, and what was read to find it."""

    findings: list[Finding]
    read: AsRead

    def rules(self) -> set[str]:
        """Return the rules that do not hold."""
        return {finding.rule for finding in self.findings}


async def audit(line: Line) -> Audited:
    """Look at everything, at a line that has come to rest."""
    read = await as_read(line)
    checks: dict[str, Callable[[Line, AsRead], Iterator[str]]] = {
        ACCOUNTED: accounted,
        CONSERVED: conserved,
        CHAINED: chained,
        PUBLISHED: published,
        IN_ORDER: in_order,
        NEVER_BACK: never_back,
        ANSWERED: answered,
        LAWFUL: lawful,
        STATE: state,
    }
    return Audited(
        [Finding(rule, what) for rule, check in checks.items() for what in check(line, read)], read
    )


def accounted(_line: Line, read: AsRead) -> Iterator[str]:
    """Each input stands on a log, or is a dead letter with its very bytes, and none is both."""
    put_in, logged, dead = read.put_in(), read.logged(), read.dead()
    for place, value in put_in.items():
        if (place in logged) == (place in dead):
            yield f"{place}: logged {place in logged}, a dead letter {place in dead}"
        elif place in dead and dead[place] not in {value, _digest(value)}:
            yield f"{place} is not in its dead letter as it came"
    for place in (logged | dead.keys()) - put_in.keys() - {""}:
        yield f"{place} is none of the inputs"


def conserved(line: Line, _read: AsRead) -> Iterator[str]:
    """Each place of a log that was passed is a tick, or one message with one outcome (I1)."""
    counted = {
        (row["shard"], row["outcome"]): row["count"]
        for row in line.query(
            "SELECT shard, outcome, count(*) FROM entry"
            " WHERE outcome IS NOT NULL AND NOT waited GROUP BY shard, outcome"
        )
    }
    again = {
        row["shard"]: row["count"]
        for row in line.query(
            "SELECT shard, count(*) FROM entry"
            " WHERE resumed AND outcome IS NOT NULL AND NOT waited GROUP BY shard"
        )
    }
    for row in line.shards():
        consumed = row["next_offset"] - row["first_offset"] - row["ticks"]
        buckets = {each: counted.pop((row["shard"], each), 0) for each in CAUSES_OF_OUTCOME}
        buckets["parked"] -= again.get(row["shard"], 0)
        if consumed != sum(buckets.values()) or buckets["parked"] < 0:
            yield f"{row['shard']}: {consumed} consumed, {buckets}"
    if counted:
        yield f"outcomes that are no bucket: {counted}"


def chained(line: Line, read: AsRead) -> Iterator[str]:
    """The chain is recomputed, and stands against every signed head on the topic (I9)."""
    heads = [HEAD.read(value) for value in read.values(HEADS)]
    key = head_key(line.folder / "head.key")
    public_keys = {key.key_id: bytes(key.key.verify_key)}
    engine = open_book(line.database_url)
    try:
        with reading(engine) as connection:
            for found in verify(connection, heads=heads, public_keys=public_keys):
                yield f"{found.shard} {found.seq}: {found.what}"
    finally:
        engine.dispose()


def published(line: Line, read: AsRead) -> Iterator[str]:
    """Every entry stands on its topic as it stands in the book; no other does (I7)."""
    book = _book(line)
    yield from not_in_the_book(book, read)
    there = {(shard, fact.seq) for shard, facts in read.entries().items() for fact in facts}
    for place in sorted(book.keys() - there):
        yield f"{place} is committed and was not published"
    board = Counter(value for value in read.values(BOARD))
    expected = sum(1 for shard, _ in book if shard.startswith("ledger"))
    if len(board) != expected:
        yield f"the board has {len(board)} lines of {expected} entries"


def not_in_the_book(book: Mapping[tuple[str, int], bytes], read: AsRead) -> Iterator[str]:
    """Every fact on a topic is an entry, byte for byte."""
    for fact in read.facts():
        if book.get((fact.shard, fact.seq)) != fact.value:
            yield f"{fact.shard} {fact.seq} was published and is not in the book like that"


async def published_without_commit(line: Line) -> list[str]:
    """Return every fact on a topic that the book has not, at any moment."""
    read = await as_read(line)
    return list(not_in_the_book(_book(line), read))


def in_order(_line: Line, read: AsRead) -> Iterator[str]:
    """A reader that drops what is not newer sees 1, 2, 3 … of each shard, and none twice."""
    for shard, facts in read.entries().items():
        for place, fact in enumerate(facts, start=1):
            # Shards, facts: two walks are what the question is about.
            if fact.seq != place:
                yield f"{shard}: {fact.seq} stands where {place} should"
                break


def never_back(_line: Line, read: AsRead) -> Iterator[str]:
    """A fresh reader of the compacted topic ends with the newest of every key (I7).

    And behind a heartbeat comes nothing that it said was there already.
    """
    newest, last = dict[bytes, int](), dict[bytes, int]()
    seen, promised = dict[str, int](), dict[str, int]()
    for key, value in read.rights():
        shard, seq = value["shard"], value["seq"]
        if value["type"] == "heartbeat":
            promised[shard] = max(promised.get(shard, 0), seq)
            continue
        if seen.get(shard, 0) < seq <= promised.get(shard, 0):
            yield f"{shard} {seq} came behind a heartbeat that said it was there"
        seen[shard] = max(seen.get(shard, 0), seq)
        newest[key], last[key] = max(newest.get(key, 0), seq), seq
    for key in newest:
        if last[key] != newest[key]:
            yield f"{key!r} ends with {last[key]}, behind {newest[key]}"
    yield from _rights_of_facts(read)


def _rights_of_facts(read: AsRead) -> Iterator[str]:
    """The terminal was told of every right as it then stood, and of no other."""
    expected = {
        (fact.shard, fact.seq): _right(fact.said)
        for facts in read.once().values()
        for fact in facts
        if _right(fact.said) is not None
    }
    found = {
        (value["shard"], value["seq"]): (value["may_leave"], value.get("ended"))
        for _, value in read.rights()
        if value["type"] == "entitlement"
    }
    for place in expected.keys() | found.keys():
        if expected.get(place) != found.get(place):
            yield f"{place}: the terminal was told {found.get(place)}, not {expected.get(place)}"


def _right(said: Json) -> tuple[bool, str | None] | None:
    if said["fact"]["type"] == "pickup_ended":
        return False, said["fact"]["why"]
    if (said.get("stay") or {}).get("pickup") is None:
        return None
    return not said["missing"], None


def answered(_line: Line, read: AsRead) -> Iterator[str]:
    """Every message of everybody has an answer on its sender's outbox."""
    known = {*Door, *companies()}
    asked = {
        (told.sender.lower(), told.message_id)
        for log in read.told().values()
        for told in log
        if told.sender in known
    }
    for party, message_id in asked - {
        (party, said["message_id"]) for party, said in read.answers()
    }:
        yield f"{party} was not answered on {message_id}"


def lawful(_line: Line, read: AsRead) -> Iterator[str]:
    """A second reading of the rules comes to the same entries, message by message."""
    facts = read.entries()
    roles = {
        fact.said["fact"]["organisation"]["id"]: fact.said["fact"]["organisation"]["roles"]
        for fact in facts.get("directory-0", [])
        if fact.said["fact"]["type"] == "organisation_registered"
    }
    for shard, log in read.told().items():
        expected = Reading(roles).read(log)
        found = [_entry(fact) for fact in facts.get(shard, [])]
        if len(expected) != len(found):
            yield f"{shard}: {len(found)} entries, the rules make {len(expected)}"
        for place, (rule, entry) in enumerate(zip(expected, found, strict=False), start=1):
            # Side by side, shard by shard: no shorter way says where they part.
            if rule != entry:
                yield f"{shard} {place}: {entry}, the rules say {rule}"
                break


def _entry(fact: Fact) -> Entry:
    said = fact.said
    cause, what = said["cause"], said["fact"]
    name = what["finding"] if what["type"] == "finding_made" else what["type"]
    name = what["reason"] if what["type"] == "refused" else name
    return Entry(
        what=name,
        message_id=cause["message_id"],
        outcome=said.get("outcome"),
        waited=cause.get("waited", False),
        stands=_stands(said),
    )


def _stands(said: Json) -> Json | None:
    stay = said.get("stay")
    if stay is None:
        return None
    return {
        "status": stay["status"],
        "hops": [[hop["giver"], hop["receiver"], hop["accepted"]] for hop in stay["hops"]],
        "pickup": (stay.get("pickup") or {}).get("operator"),
        "discharged": stay["discharged"],
        "customs": stay.get("customs"),
        "terminal_light": stay["terminal_light"],
        "missing": said["missing"],
    }


def state(line: Line, read: AsRead) -> Iterator[str]:
    """The stays in the book are those that the last facts on the topic show."""
    shown = last_stays(read)
    kept = {
        row["release_id"]: row["state"]
        for row in line.query("SELECT release_id, state::jsonb AS state FROM stay")
    }
    for release_id in shown.keys() | kept.keys():
        if shown.get(release_id) != kept.get(release_id):
            yield f"{release_id}: the book has {kept.get(release_id)}, not {shown.get(release_id)}"


def last_stays(read: AsRead) -> dict[str, Any]:
    """Return each stay as the last fact about it shows it."""
    return {
        fact.said["stay"]["release_id"]: fact.said["stay"]
        for facts in read.once().values()
        for fact in facts
        if fact.said.get("stay") is not None
    }


def outcome_of_each(read: AsRead, prefix: str) -> dict[str, Any]:
    """Return how the messages and stays of containers *prefix* ended, without any moment."""
    first: dict[str, Any] = {}
    for facts in read.once().values():
        for fact in facts:
            cause = fact.said["cause"]
            # The first answer alone counts; the others are repeats of it.
            if cause["message_id"].startswith(prefix) and fact.said.get("outcome") is not None:
                first.setdefault(cause["message_id"], _entry(fact))
    stays = {
        stay["container"]: _without_moments(stay)
        for stay in last_stays(read).values()
        if stay["container"].startswith(prefix)
    }
    return {**first, **stays}


def _without_moments(stay: Json) -> Json:
    pickup, ended = stay.get("pickup") or {}, stay.get("ended_rights") or ()
    personal = stay.get("personal") or {}
    # Nor without what is locked: each book has keys of its own.
    return {
        **stay,
        "pickup": {name: pickup[name] for name in pickup if name not in {"assigned_at", "driver"}},
        "ended_rights": [right["terminal"] for right in ended],
        "personal": {name: personal[name] for name in personal if name != "ended_at"},
    }


def _digest(value: bytes | None) -> bytes:
    return b"sha256:" + hashlib.sha256(value or b"").hexdigest().encode()


def _book(line: Line) -> dict[tuple[str, int], bytes]:
    return {
        (row["shard"], row["seq"]): bytes(row["body"])
        for row in line.query("SELECT shard, seq, body FROM entry")
    }
