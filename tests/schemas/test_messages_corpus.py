"""What was ever released can still be read, and its canonical bytes have not changed."""

import json
from typing import Any

from schemas import facts
from schemas.envelope import Envelope, read_envelope
from schemas.json_schemas import OUTPUTS
from schemas.logged import Attestation, log_headers, read_logged
from schemas.message_types import BY_TYPE
from schemas.reading import ReadMessage, canonical_bytes, read_message
from schemas.value import Form
from tests.rows import each_row
from tests.schemas.corpus_files import Sample, samples

MESSAGES = samples("messages")
FACTS = samples("facts")
SAID = samples("outputs")


def _id(sample: Sample) -> str:
    return sample.id


def _envelope(content: dict[str, Any]) -> Envelope:
    envelope = read_envelope([(name, text.encode()) for name, text in content["headers"].items()])
    assert isinstance(envelope, Envelope), envelope
    return envelope


@each_row("sample", MESSAGES, ids=_id)
def test_a_message_still_reads_to_the_same_canonical_bytes(sample: Sample) -> None:
    content = sample.content

    got = read_message(_envelope(content), json.dumps(content["value"]).encode())

    assert isinstance(got, ReadMessage), got
    assert canonical_bytes(got.message).decode() == content["canonical"]
    assert set(got.findings) >= set(content["findings"])


@each_row("sample", MESSAGES, ids=_id)
def test_a_message_on_the_log_still_reads_to_the_same_bytes(sample: Sample) -> None:
    content = sample.content
    envelope = _envelope(content)
    headers = log_headers(envelope, Attestation("NXT21000000001", "off", "t/0/0"))

    logged = read_logged(headers, content["canonical"].encode())

    assert canonical_bytes(logged.message).decode() == content["canonical"]
    assert logged.envelope == envelope


@each_row("sample", FACTS, ids=_id)
def test_an_entry_still_reads_and_is_written_to_the_same_bytes(sample: Sample) -> None:
    recorded = facts.read(sample.data)

    assert facts.written(recorded).decode() == sample.data.decode()
    assert recorded.fact.type == sample.name


@each_row("sample", SAID, ids=_id)
def test_what_was_said_still_reads_with_every_member(sample: Sample) -> None:
    got = json.loads(form_of(sample).written(form_of(sample).read(sample.data)))

    assert _kept(sample.content, got) == sample.content


def _kept(once: Any, now: Any) -> Any:
    """Return *now* with no more members than *once* had."""
    if isinstance(once, dict) and isinstance(now, dict):
        return {name: _kept(once[name], now[name]) for name in once if name in now}
    if isinstance(once, list) and isinstance(now, list) and len(once) == len(now):
        return [_kept(*pair) for pair in zip(once, now, strict=True)]
    return now


def form_of(sample: Sample) -> Form[Any]:
    """Return how values of an output's model are read and written."""
    return Form(model_of(sample))


def model_of(sample: Sample) -> type[Any]:
    """Return the model that an output's file is named after: `notice_refused` is a notice."""
    return next(model for name, model in OUTPUTS.items() if sample.name.startswith(name))


def test_every_type_has_a_sample() -> None:
    types = {sample.content["headers"]["ce_type"] for sample in MESSAGES}
    kinds = {kind.__struct_config__.tag for kind in facts.FACTS}

    assert types == set(BY_TYPE)
    assert {sample.name for sample in FACTS} == kinds
    assert {model_of(sample) for sample in SAID} == set(OUTPUTS.values()) - {facts.RecordedFact}
