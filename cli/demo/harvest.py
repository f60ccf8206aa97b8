"""What stands on the topics at the end of a demo: all of it into files, and counted on the way."""

from collections import Counter
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pydantic_core import from_json

from cli.demo.folder import DOCUMENTS, TERMINALS, TOPICS, write_json
from cli.options import Where
from cli.records import as_line
from consumers.tail import Seen, standing, topics_on
from schemas.entitlement import ENTITLEMENT, HEARTBEAT_KEY, Entitlement
from schemas.heads import HEAD, Head
from schemas.messages import Tick
from schemas.ports import AIRPORTS, DECIDED_BY_SYSTEM
from schemas.topics import (
    DEAD_LETTERS,
    DIRECTORY_INPUTS,
    HEADS,
    INPUTS,
    LEDGER_FACTS,
    LOGS,
)

BUFFER = 1 << 20
CAUSE = "dlq-reason-code"
RECEIVED = "rb_received"
ORIGIN = ("dlq-original-topic", "dlq-original-partition", "dlq-original-offset")
FROM_PARTIES = frozenset(topic.name for topic in (*INPUTS, *DIRECTORY_INPUTS))
LOG_NAMES = frozenset(topic.name for topic in LOGS)
FROM_SYSTEMS = "pcs."
ELSEWHERE = frozenset({*DECIDED_BY_SYSTEM, *AIRPORTS})
"""Where the outcomes are of what a system tells, or is put to it."""
ENDINGS = {"xml": ".xml", "json": ".json"}
SYSTEM_OUT = (".out.v1", "pcs.")


@dataclass(slots=True)
class Harvest:
    """What was found on the topics.

    `facts` counts each entry once, `repeated_facts` what a relay published again. `logged` and
    `dead` count each message once, `repeated_messages` and `repeated_letters` what intake handed
    on again: it may, after trouble, and the ledger answers that it knows the message already.
    `heard` counts what systems said and was put on the log; `elsewhere` the outcomes in ports
    where they decide, and `asked` the documents of each system. `signers` counts the ledger's
    messages by who said them, and the key of the evidence, if any.
    """

    records: Counter[str] = field(default_factory=Counter)
    logged: int = 0
    repeated_messages: int = 0
    repeated_letters: int = 0
    dead: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    findings: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    signers: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    documents: Counter[str] = field(default_factory=Counter)
    heard: int = 0
    elsewhere: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    facts: int = 0
    repeated_facts: int = 0
    heads: list[Head] = field(default_factory=list)
    entitlements: dict[str, dict[str, Entitlement]] = field(default_factory=dict)
    _last_seq: dict[str, int] = field(default_factory=dict)
    _came: set[str] = field(default_factory=set)
    _handed_on: dict[str, set[str]] = field(default_factory=dict)

    @property
    def inputs(self) -> int:
        """How many records the parties and the register published."""
        return sum(self.records[name] for name in FROM_PARTIES)

    @property
    def lost(self) -> list[str]:
        """The places on the parties' topics of what intake handed on nowhere."""
        return sorted(self._came - self._handed_on.keys())

    def take(self, record: Seen) -> None:
        """Count one record."""
        self.records[record.topic] += 1
        headers = {name: value.decode(errors="replace") for name, value in record.headers}
        if record.topic == DEAD_LETTERS.name:
            self._letter(headers)
        elif record.topic in FROM_PARTIES:
            self._came.add(f"{record.topic}/{record.partition}/{record.offset}")
        elif record.topic in LOG_NAMES:
            self._message(headers)
        elif record.value is None:
            return
        elif record.topic == LEDGER_FACTS.name:
            self._fact(from_json(record.value))
        elif record.topic == HEADS.name:
            self.heads.append(HEAD.read(record.value))
        elif record.topic.startswith("terminal.") and record.topic.endswith("pickup-rights.v1"):
            self._right(record)
        elif is_document(record.topic):
            self.documents[headers.get("ce_type", "")] += 1
            self.asked[record.topic.removeprefix("pcs.").removesuffix(".out.v1")] += 1

    def _letter(self, headers: dict[str, str]) -> None:
        again = self._again("/".join(headers.get(name, "") for name in ORIGIN), "")
        self.repeated_letters += again
        self.dead[headers.get(CAUSE, "")] += not again

    def _message(self, headers: dict[str, str]) -> None:
        if headers.get("ce_type") == Tick.TYPE:
            return
        again = self._again(headers.get(RECEIVED, ""), headers.get("ce_id", ""))
        self.repeated_messages += again
        if headers.get(RECEIVED, "").startswith(FROM_SYSTEMS):
            self.heard += not again
        else:
            self.logged += not again

    def _again(self, place: str, message_id: str) -> bool:
        """Tell whether this part of what came at *place* was handed on before; note it."""
        parts = self._handed_on.setdefault(place, set())
        known = message_id in parts
        parts.add(message_id)
        return known

    def _fact(self, recorded: dict[str, Any]) -> None:
        shard, seq, fact = recorded["shard"], recorded["seq"], recorded["fact"]
        if seq <= self._last_seq.get(shard, 0):
            self.repeated_facts += 1
            return
        self._last_seq[shard] = seq
        self.facts += 1
        if "outcome" in recorded and not recorded["cause"].get("waited"):
            there = recorded.get("port") in ELSEWHERE
            (self.elsewhere if there else self.outcomes)[recorded["outcome"]] += 1
            self.signers[_signer(recorded)] += 1
            if recorded["cause"].get("resumed"):
                self.outcomes["parked"] -= 1  # it was counted as that before
        if fact["type"] == "refused":
            self.refusals[fact["reason"]] += 1
        elif fact["type"] == "finding_made":
            self.findings[fact["finding"]] += 1

    def _right(self, record: Seen) -> None:
        key = (record.key or b"").decode()
        if key.startswith(HEARTBEAT_KEY) or record.value is None:
            return
        right = ENTITLEMENT.read(record.value)
        quay = f"{right.port}-{right.terminal}"
        known = self.entitlements.setdefault(quay, {})
        if key not in known or known[key].seq < right.seq:
            known[key] = right


def _signer(recorded: dict[str, Any]) -> tuple[str, str | None]:
    """Return who said what the entry is about, and with which key where the signature is kept."""
    cause, evidence = recorded["cause"], recorded.get("attested", {})
    return cause["organisation"], cause.get("key_id") if evidence.get("signature") else None


def is_document(topic: str) -> bool:
    """Tell whether rendered documents for a community system stand on the topic."""
    end, begin = SYSTEM_OUT
    return topic.startswith(begin) and topic.endswith(end)


async def harvest(where: Where, folder: Path, stories: Collection[str]) -> Harvest:
    """Write everything that stands on the topics below *folder*, and count it.

    Of the containers *stories* each document is a file of its own, for looking at.
    """
    found = Harvest()
    topics = sorted(await topics_on(where.bootstrap_servers))
    with ExitStack() as files:
        opened: dict[str, IO[str]] = {}
        async for record in standing(where.bootstrap_servers, topics):
            if record.topic not in opened:
                file = folder / TOPICS / f"{record.topic}.jsonl"
                lines = file.open("w", buffering=BUFFER, encoding="utf-8")
                opened[record.topic] = files.enter_context(lines)
            opened[record.topic].write(as_line(record) + "\n")
            found.take(record)
            if is_document(record.topic):
                keep_document(record, folder, stories)
    for quay, rights in sorted(found.entitlements.items()):
        ordered = sorted(rights.values(), key=lambda right: right.container)
        content = [ENTITLEMENT.shown(right) for right in ordered]
        write_json(folder / TERMINALS / f"{quay}.json", content)
    return found


def keep_document(record: Seen, folder: Path, stories: Collection[str]) -> None:
    """Write the document of *record* below *folder*, where it is about one of *stories*."""
    headers = {name: value.decode(errors="replace") for name, value in record.headers}
    container = headers.get("ce_subject", "")
    if container not in stories or not record.value:
        return
    media = headers.get("content-type", "")
    ending = next((name for end, name in ENDINGS.items() if media.endswith(end)), ".txt")
    what = headers.get("ce_type", "document")
    name = f"{record.partition}-{record.offset:06d}-{what}{ending}"
    system = record.topic.removeprefix("pcs.").removesuffix(".out.v1")
    target = folder / DOCUMENTS / container / system / name.replace("/", "_")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(record.value)
