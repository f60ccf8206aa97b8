"""The schemas as files: valid, current, always the same, and fitting what really travels."""

import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from schemas import topics
from schemas.export import ASYNCAPI, check, documents, export
from tests.rows import each_row
from tests.schemas.corpus_files import Sample, samples
from tests.schemas.samples import NAMES, sample
from tests.schemas.test_messages_corpus import model_of

ROOT = Path(__file__).parents[2]
DOCUMENTS = {path: json.loads(text) for path, text in documents().items()}
SCHEMAS = sorted(DOCUMENTS.keys() - {ASYNCAPI})


@functools.cache
def validator(path: str) -> Draft202012Validator:
    return Draft202012Validator(
        DOCUMENTS[path], format_checker=Draft202012Validator.FORMAT_CHECKER
    )


# --- JSON Schema ---------------------------------------------------------------------------------


@each_row("path", SCHEMAS)
def test_every_schema_is_one_of_the_draft_that_it_names(path: str) -> None:
    schema = DOCUMENTS[path]

    Draft202012Validator.check_schema(schema)

    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def _path_of(message: Sample) -> str:
    ce_type = message.content["headers"]["ce_type"]
    return f"messages/{ce_type.removeprefix('releasebus.')}.json"


# Upper and lower case of codes' kinds is ours to bring together, not for the schema to know.
EXACT = [each for each in samples("messages") if each.name != "release_odd"]


def misfits(path: str, sample_: Sample, content: Any) -> list[str]:
    """Say where *content* does not fit, and of which sample it is."""
    return [f"{sample_.id}: {fault.message}" for fault in validator(path).iter_errors(content)]


def test_every_message_of_the_corpus_fits_its_schema() -> None:
    found = [misfits(_path_of(each), each, each.content["value"]) for each in EXACT]

    assert [fault for faults in found for fault in faults] == []
    assert found


def test_every_canonical_message_of_the_corpus_fits_its_schema() -> None:
    found = [
        misfits(_path_of(each), each, json.loads(each.content["canonical"]))
        for each in samples("messages")
    ]

    assert [fault for faults in found for fault in faults] == []
    assert found


def test_every_entry_of_the_corpus_fits_its_schema() -> None:
    found = [misfits("outputs/fact_record.json", each, each.content) for each in samples("facts")]

    assert [fault for faults in found for fault in faults] == []
    assert found


NAMES_OF_OUTPUTS = {DOCUMENTS[path]["title"]: path for path in SCHEMAS if "outputs" in path}


@each_row("said", samples("outputs"), ids=lambda each: each.id)
def test_every_output_of_the_corpus_fits_its_schema(said: Sample) -> None:
    validator(NAMES_OF_OUTPUTS[model_of(said).__name__]).validate(said.content)


@each_row("name", NAMES)
def test_a_message_without_a_needed_member_does_not_fit(name: str) -> None:
    needed = DOCUMENTS[f"messages/{name}.json"]["required"]

    for member in needed:
        short = {key: value for key, value in sample(name).items() if key != member}
        with pytest.raises(ValidationError):
            validator(f"messages/{name}.json").validate(short)
    assert needed


# --- AsyncAPI ------------------------------------------------------------------------------------


def references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for item in part for found in references(item)]
    if not isinstance(part, dict):
        return []
    here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return here + [found for value in part.values() for found in references(value)]


def resolved(reference: str, inside: str) -> Any:
    """Return what *reference* in the document *inside* points at; KeyError where nothing is."""
    file, _, pointer = reference.partition("#")
    found = DOCUMENTS[file.removeprefix("./")] if file else DOCUMENTS[inside]
    for step in pointer.split("/")[1:]:
        found = found[step.replace("~1", "/").replace("~0", "~")]
    return found


@each_row("path", sorted(DOCUMENTS))
def test_every_reference_leads_somewhere(path: str) -> None:
    for reference in references(DOCUMENTS[path]):
        assert resolved(reference, path)
    assert path != ASYNCAPI or references(DOCUMENTS[path])


def test_every_topic_is_a_channel_and_every_message_stands_on_one() -> None:
    document = DOCUMENTS[ASYNCAPI]
    addresses = {channel["address"] for channel in document["channels"].values()}
    on_channels = {name for each in document["channels"].values() for name in each["messages"]}

    assert addresses == {
        topic.name for topic in (set(topics.FIXED) - set(topics.OUTBOXES_OF_DOORS))
    } | {
        "terminal.{port}-{terminal}.pickup-rights.v1",
        "party.{organisation}.outbox.v1",
        "pcs.{system}.out.v1",
        "pcs.{system}.in.v1",
        "releases.scr.v1",
    }
    assert on_channels == set(document["components"]["messages"])


def test_an_address_names_its_parameters() -> None:
    for channel in DOCUMENTS[ASYNCAPI]["channels"].values():
        filled = channel["address"].format_map(channel.get("parameters", {}))
        assert (filled != channel["address"]) == ("parameters" in channel)


def test_a_channel_tells_kafka_what_the_topic_is_made_with() -> None:
    binding = DOCUMENTS[ASYNCAPI]["channels"]["pickup_rights"]["bindings"]["kafka"]

    assert binding["partitions"] == 1
    assert binding["topicConfiguration"] == {
        "segment.ms": 3_600_000,
        "min.cleanable.dirty.ratio": "0.1",
        "message.timestamp.type": "LogAppendTime",
        "cleanup.policy": ["compact"],
        "retention.ms": -1,
        "max.message.bytes": 1_048_576,
    }


def test_the_bus_receives_what_parties_send_and_sends_the_rest() -> None:
    operations = DOCUMENTS[ASYNCAPI]["operations"].values()
    received = {each["channel"]["$ref"] for each in operations if each["action"] == "receive"}

    assert received == {
        "#/channels/releases_carrier_v1",
        "#/channels/releases_party_v1",
        "#/channels/terminal_events_v1",
        "#/channels/customs_events_v1",
        "#/channels/registrations_v1",
        "#/channels/edi_in_v1",
        "#/channels/keys_v1",
        "#/channels/system_in",
        "#/channels/releases_scr_v1",
    }


# --- the files -----------------------------------------------------------------------------------


def test_the_files_in_docs_are_current() -> None:
    assert check(ROOT / "docs" / "schemas") == []


def test_what_is_not_current_is_told_and_written(tmp_path: Path) -> None:
    assert len(export(tmp_path)) == len(DOCUMENTS)
    assert check(tmp_path) == []
    (tmp_path / "outputs" / "head.json").unlink()
    (tmp_path / "messages" / "release.json").write_text("{}")
    (tmp_path / "messages" / "gone.json").write_text("{}")
    (tmp_path / "somebody_elses.json").write_text("{}")

    told = [
        "messages/release.json: differs",
        "outputs/head.json: missing",
        "messages/gone.json: no such schema any more",
    ]
    assert check(tmp_path) == told
    assert export(tmp_path) == told
    assert check(tmp_path) == []
    assert (tmp_path / "somebody_elses.json").exists()


def test_the_documents_do_not_depend_on_chance() -> None:
    code = "from schemas.export import documents; print(documents())"
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert told == {f"{documents()}\n"}
