"""No text is so made that reading or redacting it holds up everybody else."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import ConsumerRecord

from adapters.contract import System
from adapters.registry import systems
from consumers.intake.dead_letters import dead_letter
from schemas.unreadable import Unreadable
from tests.hostile import HOSTILE, Make

SIZE = 100_000
ENOUGH_SECONDS = 10.0
"""Of CPU, where it takes a fraction of one; what is quadratic takes a minute and more."""
NOW = datetime(2026, 3, 1, tzinfo=UTC)

pytestmark = pytest.mark.searches


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("system", systems().values(), ids=systems())
def test_what_a_system_says_is_redacted_in_linear_time(system: System, make: Make) -> None:
    text, redact = make(SIZE), system.functions.redact
    began = time.process_time()
    redact(text)
    for name in ("reference", "note", "reasonForAction"):
        redact(json.dumps({name: text.decode()}).encode())

    assert time.process_time() - began < ENOUGH_SECONDS


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_a_dead_letter_is_written_in_linear_time(make: Make) -> None:
    text = make(SIZE)
    values = [text, *(json.dumps({name: text.decode()}).encode() for name in ("id", "note"))]
    began = time.process_time()
    for value in values:
        came: Any = _record(value, text)
        dead_letter(came, Unreadable("truncated", "byte 0", "It ends too early."), NOW, "")

    assert time.process_time() - began < ENOUGH_SECONDS


def _record(value: bytes, header: bytes) -> "ConsumerRecord[Any, Any]":
    headers = (("ce_id", header), ("x", header))
    size = len(value)
    return ConsumerRecord("t", 0, 0, 0, 1, header, value, None, len(header), size, headers)
