"""CPu's answers read back to the very bytes, and every member of them is needed (E2, E15, E16)."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.antwerp_cpu.wire_read import Accepted, ReleaseDetail, SyncValidation
from adapters.antwerp_cpu.wire_words import Told
from tests.adapters.antwerp_cpu.samples import members, sample

ANSWERS: dict[str, type[Told]] = {"E2": Accepted, "E15b": SyncValidation, "E16": ReleaseDetail}


def read(number: str, content: dict[str, Any]) -> Told:
    return ANSWERS[number].model_validate_json(
        json.dumps(content), by_alias=True, by_name=False, strict=True
    )


@pytest.mark.parametrize("number", ANSWERS)
def test_an_answer_reads_back_to_the_very_bytes(number: str) -> None:
    assert read(number, members(number)).model_dump_json(by_alias=True).encode() == sample(number)


@pytest.mark.parametrize("number", ANSWERS)
def test_every_member_of_an_answer_is_needed_and_no_other_is_allowed(number: str) -> None:
    whole = members(number)
    for name in whole:
        with pytest.raises(ValidationError):
            read(number, {own: value for own, value in whole.items() if own != name})
    with pytest.raises(ValidationError):
        read(number, whole | {"unheardOf": None})


@pytest.mark.parametrize(
    ("number", "name", "value"),
    [
        ("E2", "publicReferenceId", "no-guid"),
        ("E16", "billOfLadingNumbers", ["BLTEST0001"]),
        ("E16", "releaseId", None),
        ("E16", "meansOfTransport", "Donkey"),
        ("E16", "releaseDateTimeUtc", "2025-03-01"),
        ("E15b", "releaseIdentification", "AGT-REL-0001"),
    ],
)
def test_another_type_is_found(number: str, name: str, value: object) -> None:
    with pytest.raises(ValidationError):
        read(number, members(number) | {name: value})


def test_messages_of_a_gate_are_one_text() -> None:
    whole = members("E15b")
    whole["releaseIdentification"][0]["errorMessages"] = ["Customs"]

    with pytest.raises(ValidationError):
        read("E15b", whole)


def test_the_card_is_not_in_what_a_log_would_show_of_an_answer() -> None:
    assert "000000012" not in repr(read("E15b", members("E15b")))
