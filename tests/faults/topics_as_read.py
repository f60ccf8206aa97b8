"""What stands on a line's topics for a fresh reader, as plain JSON, in the order of each topic."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.doors import Door
from schemas.topics import (
    BOARD,
    DEAD_LETTERS,
    DIRECTORY_FACTS,
    DIRECTORY_INPUTS,
    DIRECTORY_LOG,
    HEADS,
    INPUTS,
    LEDGER_FACTS,
    LEDGER_LOG,
    LOGS,
    Topic,
    outbox,
    pickup_rights,
)
from tests.faults.line import Fetched, Line
from tests.faults.rules import Json, Told
from tests.faults.workload import PORT, QUAY, companies

RIGHTS = pickup_rights(PORT, QUAY)
OUTBOXES = [outbox(each) for each in (*Door, *companies())]
ORIGIN = ("topic", "partition", "offset")
PUT_IN = [*INPUTS, *DIRECTORY_INPUTS]
READ = [
    *PUT_IN,
    *LOGS,
    DEAD_LETTERS,
    LEDGER_FACTS,
    DIRECTORY_FACTS,
    BOARD,
    HEADS,
    RIGHTS,
    *OUTBOXES,
]


@dataclass(frozen=True)
class Fact:
    """One record of the facts' topics: the very bytes, and what they say."""

    shard: str
    seq: int
    value: bytes
    said: Json


def _said_of_the_directory(notice: Json) -> Json:
    answer = notice.get("answer") or {}
    refused = {"type": "refused", "reason": answer.get("reason")}
    unfollowed = {"type": "repeated"} if answer.get("outcome") == "duplicate" else refused
    return {
        "cause": {"message_id": answer.get("message_id", "")},
        "fact": notice.get("fact", unfollowed),
        "outcome": answer.get("outcome"),
    }


@dataclass(frozen=True)
class AsRead:
    """Everything that a fresh reader of committed records found."""

    records: Mapping[str, Sequence[Fetched]]

    def facts(self) -> Iterator[Fact]:
        """Yield every fact as it stands, repeated ones too."""
        for topic in (LEDGER_FACTS, DIRECTORY_FACTS):
            for record in self.records[topic.name]:
                said = json.loads(record.value)
                yield Fact(said["shard"], said["seq"], record.value, said)

    def once(self) -> dict[str, list[Fact]]:
        """Return the facts of each shard as a reader keeps them: what is not newer is dropped."""
        kept: dict[str, list[Fact]] = {}
        for fact in self.facts():
            own = kept.setdefault(fact.shard, [])
            if not own or fact.seq > own[-1].seq:
                own.append(fact)
        return kept

    def entries(self) -> dict[str, list[Fact]]:
        """Return the entries of each shard that anybody was told of, as a reader keeps them.

        A step of a company's way, and what registers nobody, is no fact of the directory's topic:
        door and company are told on their outboxes.
        """
        found = self.once()
        for fact in self._told_of_the_directory():
            found.setdefault(fact.shard, []).append(fact)
        for facts in found.values():
            facts.sort(key=lambda fact: fact.seq)
        return found

    def _told_of_the_directory(self) -> Iterator[Fact]:
        published = {(fact.shard, fact.seq) for fact in self.facts()}
        notices: dict[tuple[str, int], Json] = {}
        values: dict[tuple[str, int], bytes] = {}
        for record in self._outboxes():
            notice = json.loads(record.value)
            place = notice["shard"], notice["seq"]
            if place[0].startswith("directory") and place not in published:
                # Who asked is told the answer, whom it is about the fact.
                given = {name: value for name, value in notice.items() if value is not None}
                notices[place] = {**notices.get(place, {}), **given}
                values[place] = record.value
        for (shard, seq), notice in notices.items():
            yield Fact(shard, seq, values[shard, seq], _said_of_the_directory(notice))

    def _outboxes(self) -> Iterator[Fetched]:
        for topic in OUTBOXES:
            yield from self.records[topic.name]

    def told(self) -> dict[str, list[Told]]:
        """Return the messages of each shard's log, ticks apart."""
        found: dict[str, list[Told]] = {}
        for topic, shard in ((LEDGER_LOG, "ledger"), (DIRECTORY_LOG, "directory")):
            for record in self.records[topic.name]:
                message = _message(record)
                # Ticks are nobody's message.
                if message.kind != "tick":
                    found.setdefault(f"{shard}-{record.partition}", []).append(message)
        return found

    def rights(self) -> Iterator[tuple[bytes, Json]]:
        """Yield the terminal's records: key and value, heartbeats among them."""
        for record in self.records[RIGHTS.name]:
            yield record.key, json.loads(record.value)

    def answers(self) -> Iterator[tuple[str, Json]]:
        """Yield every answer on the outboxes, with the party that it is for."""
        for topic in OUTBOXES:
            party = topic.name.split(".")[1]
            for record in self.records[topic.name]:
                notice = json.loads(record.value)
                # Most notices answer nobody: they tell.
                if notice.get("answer") is not None:
                    yield party, notice["answer"]

    def put_in(self) -> dict[str, bytes | None]:
        """Return every input by where it stands, `topic/partition/offset`."""
        return {
            f"{record.topic}/{record.partition}/{record.offset}": record.value
            for topic in PUT_IN
            for record in self.records[topic.name]
        }

    def logged(self) -> set[str]:
        """Return where every message of the logs came from; "" where a test put it there."""
        return {
            dict(record.headers)["rb_received"].decode()
            for topic in LOGS
            for record in self.records[topic.name]
        }

    def dead(self) -> dict[str, bytes | None]:
        """Return every dead letter by where its record stood."""
        found = {}
        for record in self.records[DEAD_LETTERS.name]:
            headers = dict(record.headers)
            place = (headers[f"dlq-original-{name}"].decode() for name in ORIGIN)
            found["/".join(place)] = record.value
        return found

    def values(self, topic: Topic) -> Iterator[bytes]:
        """Yield the values of a topic as they are."""
        for record in self.records[topic.name]:
            yield record.value


async def as_read(line: Line) -> AsRead:
    """Read the line's topics afresh."""
    return AsRead(await line.read(READ))


def _message(record: Fetched) -> Told:
    headers = dict(record.headers)
    return Told(
        sender=headers["rb_organisation"].decode(),
        message_id=headers["ce_id"].decode(),
        kind=headers["ce_type"].decode().removeprefix("releasebus."),
        body=json.loads(record.value),
    )
