"""Who knows a released version alone reads what is written now; its own corpus stays as it was."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from producers.telling import board_line_of, entitlement_of, notices_of
from schemas.board import BOARD_LINE
from schemas.entitlement import ENTITLEMENT
from schemas.evolution.openness import MARK
from schemas.evolution.released import released_in
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.facts import RecordedFact, written
from tests.producers.stories import every_kind
from tests.rows import each_row
from tests.schemas.corpus_files import CORPUS, samples
from tests.schemas.test_facts import EXAMPLES, FULL_STAY, LIGHTS, recorded
from tests.schemas.test_messages_corpus import model_of

RELEASED = released_in(Path(__file__).parents[3] / "docs" / "schemas")
SUMS = "SHA256SUMS"
ENTRY = "outputs/fact_record.json"
KINDS = every_kind()


def as_its_readers_read(schema: Any) -> Any:
    """Return *schema* for who keeps to what it says of open lists: any value, any sort."""
    if isinstance(schema, list):
        return [as_its_readers_read(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    read = {name: as_its_readers_read(part) for name, part in schema.items()}
    if MARK not in schema:
        return read
    if "enum" in schema:
        return {name: part for name, part in read.items() if name != "enum"}
    return {**read, "anyOf": [*read["anyOf"], {"type": "object", "required": ["type"]}]}


READERS = {
    version: {
        path: Draft202012Validator(
            as_its_readers_read(document), format_checker=Draft202012Validator.FORMAT_CHECKER
        )
        for path, document in documents.items()
        if path.startswith("outputs/")
    }
    for version, documents in RELEASED.items()
}


def read_by_all(path: str, body: bytes) -> None:
    """Let the readers of every released version that knew such an output read *body*."""
    readers = [each[path] for each in READERS.values() if path in each]
    for reader in readers:
        reader.validate(json.loads(body))
    assert readers


def outputs_of(entry: RecordedFact) -> Iterator[tuple[str, bytes]]:
    """Yield all that the bus says of an entry, with the schema that it is of."""
    yield ENTRY, written(entry)
    yield "outputs/board_line.json", BOARD_LINE.written(board_line_of(entry))
    yield from (("outputs/notice.json", notice) for _, notice in notices_of(entry))
    right = entitlement_of(entry)
    if right is not None:
        yield "outputs/entitlement.json", ENTITLEMENT.written(right)


# --- forward: what is written now ------------------------------------------------------------


@each_row("kind", sorted(KINDS))
def test_all_that_is_said_of_a_fact_now_is_read_by_who_knows_a_released_version(
    kind: str,
) -> None:
    for path, body in outputs_of(KINDS[kind]):
        read_by_all(path, body)


def test_an_entry_written_now_is_read_by_who_knows_a_released_version() -> None:
    for fact in EXAMPLES:
        read_by_all(ENTRY, written(recorded(fact, stay=FULL_STAY, lights=LIGHTS)))


TITLES = {
    document["title"]: path
    for path, document in RELEASED[max(RELEASED)].items()
    if path.startswith("outputs/")
}
# What a released version did not know at all, its readers are on no topic of.
KNOWN_OUTPUTS = [each for each in samples("outputs") if model_of(each).__name__ in TITLES]


@each_row("said", KNOWN_OUTPUTS, ids=lambda each: each.id)
def test_the_outputs_of_every_corpus_are_read_by_who_knows_a_released_version(said: Any) -> None:
    read_by_all(TITLES[model_of(said).__name__], said.data)


@each_row("entry", samples("facts"), ids=lambda each: each.id)
def test_the_entries_of_every_corpus_are_read_by_who_knows_a_released_version(entry: Any) -> None:
    read_by_all(ENTRY, entry.data)


def test_a_reader_that_keeps_to_the_rules_is_still_told_what_it_cannot_expect() -> None:
    """The openness that the tests above grant is no more than what was announced."""
    entry = json.loads(written(KINDS["declined"]))
    unheard = {**entry, "fact": {"type": "craned", "crane": 7}}
    broken = {**entry, "outcome": "postponed"}

    read_by_all(ENTRY, json.dumps(unheard).encode())
    with pytest.raises(ValidationError):
        read_by_all(ENTRY, json.dumps(broken).encode())


# --- the corpus of a released version -----------------------------------------------------------


@pytest.mark.parametrize("version", sorted(RELEASED))
def test_the_corpus_of_a_released_version_is_as_it_was(version: int) -> None:
    folder = CORPUS / f"v{version}"
    lines = (folder / SUMS).read_text().splitlines()
    kept = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*.json")
    }

    changed = sorted(name for name, digest in there.items() if kept.get(name) != digest)
    assert changed == [], f"belongs into corpus/v{SCHEMA_VERSION}: v{version} is released"
    assert kept.keys() == there.keys()


def test_only_released_versions_and_the_next_have_a_corpus() -> None:
    folders = {each.name for each in CORPUS.glob("v*")}

    assert folders == {f"v{version}" for version in {*RELEASED, SCHEMA_VERSION}}
