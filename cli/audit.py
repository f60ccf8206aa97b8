"""Going through the whole book: whether every chain is what was written."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cli.exits import Exit, Told
from cli.ledger import opened
from cli.options import broker_at
from cli.voice import Steps
from consumers.reach import reach_broker
from consumers.tail import standing
from ledger.book.heads import HeadKey, head_key, key_id_of
from ledger.book.read import buckets
from ledger.book.verify import shards_with_entries, verify
from ledger.book.walk import Finding
from ledger.key_file import KEY_BYTES
from producers.login import Servers
from schemas.heads import HEAD, Head
from schemas.topics import HEADS


@dataclass(frozen=True, slots=True)
class Audit:
    """How a verification went; of the chains `without_head` nothing proves how long they were."""

    entries: int
    shards: int
    findings: tuple[Finding, ...]
    without_head: tuple[str, ...]


def verified(
    database_url: str, heads: Iterable[Head], keys: Mapping[str, bytes] | None, progress: Steps
) -> Audit:
    """Verify every chain of the book at *database_url* against *heads*, by *keys* where given."""
    checked, heads = 0, list(heads)

    def reached(entries: int) -> None:
        nonlocal checked
        checked = entries
        progress.reached(entries)

    with opened(database_url) as connection:
        shards = list(shards_with_entries(connection))
        total = sum(sum(each.outcomes.values()) for each in buckets(connection))
        progress.begin("verifying every entry", total)
        findings = tuple(verify(connection, heads=heads, public_keys=keys, progress=reached))
        progress.end()
    bare = tuple(sorted(set(shards) - {each.shard for each in heads}))
    return Audit(checked, len(shards), findings, bare)


def key_in(file: Path) -> HeadKey:
    """Return the bus's key kept in *file*."""
    if not file.is_file():
        # A key made here would be another one, and every head would look forged.
        raise Told(f"There is no key file {file}.", Exit.USAGE)
    return head_key(file)


def heads_kept(file: Path | None, bootstrap_servers: str, namespace: str) -> list[Head]:
    """Return the signed heads in *file* and on the topic, as far as either is given."""
    kept = heads_in(file) if file is not None else []
    if bootstrap_servers:
        kept += asyncio.run(heads_on_topic(broker_at(bootstrap_servers), namespace))
    return kept


def keys_in(public: Path | None, secret: Path | None) -> dict[str, bytes] | None:
    """Return the keys that may sign a head, of both files; None where signatures do not count."""
    if public is None and secret is None:
        return None
    keys = {} if public is None else public_keys_in(public)
    if secret is not None:
        own = key_in(secret)
        keys[own.key_id] = own.public_key
    return keys


def public_keys_in(file: Path) -> dict[str, bytes]:
    """Return the public keys in *file*, 64 digits of hex a line, by key id."""
    try:
        keys = [bytes.fromhex(line) for line in file.read_text().split()]
    except (OSError, ValueError):
        keys = []
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise Told(
            f"{file} holds no public keys: give a file with 64 digits of hex a line, as "
            "`releasebus up` keeps it beside the key file and `releasebus audit` shows.",
            Exit.USAGE,
        )
    return {key_id_of(key): key for key in keys}


def heads_in(file: Path) -> list[Head]:
    """Return the heads in *file*: lines of JSON, as records or bare."""
    try:
        lines = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
        return [HEAD.read(json.dumps(line.get("value", line))) for line in lines]
    except (OSError, ValueError, AttributeError) as error:
        raise Told(
            f"{file} holds no signed heads ({type(error).__name__}): give a file with one a line, "
            "as `releasebus tail ledger.heads.v1 --from-start --until-end --json` writes.",
            Exit.USAGE,
        ) from error


async def heads_on_topic(bootstrap_servers: Servers, namespace: str) -> list[Head]:
    """Return every head that stands on the topic."""
    await reach_broker(bootstrap_servers)
    records = standing(bootstrap_servers, [namespace + HEADS.name])
    return [HEAD.read(each.value) async for each in records if each.value]
