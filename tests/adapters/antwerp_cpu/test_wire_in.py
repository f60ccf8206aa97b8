"""Each of CPu's requests reads into its own body, and back to the very same JSON (cpu.md §8)."""

import json

from adapters.antwerp_cpu import wire_in
from adapters.antwerp_cpu.wire_in import Asked
from tests.adapters.antwerp_cpu.samples import FOLDER, sample
from tests.rows import each_row

REQUESTS: dict[str, type[Asked]] = {
    "E1": wire_in.CommercialReleaseAction,
    "E4": wire_in.ReleaseRightAction,
    "E6": wire_in.ReleaseRightAction,
    "E7": wire_in.ReleaseRightAction,
    "E8": wire_in.ReleaseRightAction,
    "E10": wire_in.ReleaseRightBulkAction,
    "E11": wire_in.SubmitPickupRight,
    "E12": wire_in.SubmitBargeRailPickupRight,
    "E13": wire_in.TerminalRelease,
    "E14": wire_in.UpdateMeansOfTransportRequest,
    "E15a": wire_in.PickupValidationRequest,
    "GATEOUT": wire_in.GateOut,
}
ANSWERS = {"E2", "E3", "E5", "E9", "E15b", "E16"}
"""Read back in test_wire_out.py and test_wire_read.py."""


@each_row("number", REQUESTS)
def test_a_request_is_all_known_and_nothing_of_it_is_lost(number: str) -> None:
    model = REQUESTS[number]

    body = model.model_validate_json(sample(number), by_alias=True, by_name=False)

    back = body.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert back == json.loads(sample(number))
    assert _unknown(body) == []


def test_every_sample_is_either_a_request_or_an_answer() -> None:
    there = {path.name.partition("_")[0] for path in FOLDER.iterdir()}

    assert there == REQUESTS.keys() | ANSWERS


def _unknown(body: Asked) -> list[str]:
    """Return the members that nobody knows, of the body and of what is in it."""
    found = list(body.model_extra or {})
    for value in dict(body).values():
        for each in value if isinstance(value, list) else [value]:
            found.extend(_unknown(each) if isinstance(each, Asked) else [])
    return found
