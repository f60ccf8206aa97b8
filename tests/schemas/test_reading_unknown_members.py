"""A member that nobody knows is a finding wherever it stands, and never a refusal or stored."""

import copy
import json
from collections.abc import Iterator
from typing import Any

from schemas.envelope import Envelope, read_envelope
from schemas.message_types import BY_TYPE
from schemas.messages import Wire
from schemas.normalising import _kinds
from schemas.reading import ReadMessage, canonical_bytes, read_message
from tests.rows import each_row
from tests.schemas.corpus_files import Sample, samples

MESSAGES = samples("messages")
UNHEARD = {"deep": [{"deeper": None}], "overruled": True}


def objects_in(part: Any, path: str = "$") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every object in *part* with its JSON path."""
    if isinstance(part, dict):
        yield path, part
        for name, value in part.items():
            yield from objects_in(value, f"{path}.{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from objects_in(value, f"{path}[{number}]")


def known_places(message: Sample) -> list[str]:
    """Return the paths of the objects in a message that its own version knows."""
    return [path for path, _ in objects_in(json.loads(message.content["canonical"]))]


PLACES = [(message, path) for message in MESSAGES for path in known_places(message)]


@each_row(("message", "path"), PLACES, ids=[f"{message.id}-{path}" for message, path in PLACES])
def test_a_member_that_nobody_knows_is_found_where_it_stands_and_dropped(
    message: Sample, path: str
) -> None:
    content = message.content
    value = copy.deepcopy(content["value"])
    dict(objects_in(value))[path]["unheard_of"] = UNHEARD
    headers = [(name, text.encode()) for name, text in content["headers"].items()]
    envelope = read_envelope(headers)
    assert isinstance(envelope, Envelope)

    got = read_message(envelope, json.dumps(value).encode())

    assert isinstance(got, ReadMessage), got
    assert f"unknown_member: {path}.unheard_of" in got.findings
    assert set(got.findings) >= set(content["findings"])
    assert canonical_bytes(got.message).decode() == content["canonical"]


def test_every_object_that_a_message_may_hold_was_tried() -> None:
    """Else one without a reader would keep what it does not know, and hand it to the log."""
    tried = {
        (message.content["headers"]["ce_type"], path.removeprefix("$.").partition("[")[0])
        for message, path in PLACES
    }
    holding = {
        (name, member)
        for name, model in BY_TYPE.items()
        for member, info in model.model_fields.items()
        if any(_is_object(kind) for kind in _kinds(info.annotation))
    }

    assert holding
    assert holding <= tried


def _is_object(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Wire)
