"""CPu's samples (cpu.md §8), as files beside the adapter."""

import json
from pathlib import Path
from typing import Any

import adapters.antwerp_cpu

FOLDER = Path(adapters.antwerp_cpu.__file__).parent / "samples"
PREFIX = "nxtport.certified-pickup."


def sample(number: str) -> bytes:
    """Return the bytes of the sample with this number, such as `E4`."""
    (path,) = FOLDER.glob(f"{number}_*.json")
    return path.read_bytes().strip()


def members(number: str) -> dict[str, Any]:
    """Return the sample as JSON."""
    content: dict[str, Any] = json.loads(sample(number))
    return content


def changed(number: str, **members_changed: object) -> bytes:
    """Return the sample with other values; None takes a member out."""
    content = members(number) | members_changed
    kept = {name: value for name, value in content.items() if value is not None}
    return json.dumps(kept).encode()
