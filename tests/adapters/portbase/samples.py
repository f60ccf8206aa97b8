"""The synthetic messages of identity_scr_portbase.md §F.2, as files beside the adapter."""

import json
from pathlib import Path
from typing import Any

import adapters.portbase

FOLDER = Path(adapters.portbase.__file__).parent / "samples"


def sample(number: str) -> bytes:
    """Return the bytes of the sample with this number, such as `P4`."""
    (path,) = FOLDER.glob(f"{number}_*.json")
    return path.read_bytes().strip()


def members(number: str) -> Any:
    """Return the sample as JSON."""
    return json.loads(sample(number))


def state(number: str = "P4", **of_bill: object) -> dict[str, Any]:
    """Return a sample's state as a webhook, with other members of its bill; None takes one out."""
    said: dict[str, Any] = members(number)
    bill = said["billOfLading"] | of_bill
    return said | {"billOfLading": {name: v for name, v in bill.items() if v is not None}}


def written(said: object) -> bytes:
    """Return *said* as bytes."""
    return json.dumps(said).encode()
