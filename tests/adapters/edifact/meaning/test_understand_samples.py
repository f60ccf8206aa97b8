"""Interchanges of others, as they were sent: what the bus takes from each, and why not the rest.

They lie outside of the project, in the folder that RELEASEBUS_SAMPLES names. Syntax and directory
are looked at in tests/adapters/edifact/test_edifact_samples.py.
"""

from functools import cache

import pytest
from msgspec.structs import replace

from adapters.edifact.items import Interchange, Message
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.understand import understood
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner
from adapters.edifact.read import read
from tests.adapters.edifact import test_edifact_samples as samples
from tests.adapters.edifact.meaning.said import partner

pytestmark = samples.pytestmark
files = samples.files

NOT_READ = {ProfileRule.MESSAGE_NOT_AGREED: "no message that the bus reads"}
MADE_UP = "who wrote the example made the number up"
OF_A_FAR_PORT = "its port is none of the bus's, which is tolerated for this test"

# Of each message in the file: how many containers are taken, and what is found of the profile.
TAKEN: dict[str, list[tuple[int, dict[ProfileRule, str]]]] = {
    "apimeister_COPRAR_1": [(0, NOT_READ)],
    "apimeister_IFTSTA_1": [
        (0, {ProfileRule.STATUS_NOT_USED: "a train left somewhere: a status of the carrier's own"})
    ],
    "huelva_CODECO_1": [
        (
            0,
            {
                ProfileRule.DOCUMENT_NUMBER_MISSING: "BGM+34++9: the only one that is rejected",
                ProfileRule.CONTAINER_CHECK_DIGIT: MADE_UP,
                ProfileRule.CONTAINER_NOT_ISO: "its fourth letter is an I",
                ProfileRule.MOVEMENT_NOT_USED: "for export, it came in by the gate",
            },
        )
    ],
    "msdocs_APERAK_1": [(0, {})],
    "phpedifact_COARRI_1": [
        (2, {ProfileRule.PORT_NOT_AGREED: OF_A_FAR_PORT}),
        (0, {ProfileRule.LOAD_NOT_USED: "BGM+46"}),
    ],
    "phpedifact_COPARN_1": [(0, NOT_READ)],
    "phpedifact_PAORES_release_char": [(0, NOT_READ)],
    "phpgen_CODECO_1": [
        (
            0,
            {
                ProfileRule.CONTAINER_CHECK_DIGIT: MADE_UP,
                ProfileRule.MOVEMENT_NOT_USED: "for export",
            },
        )
    ],
    "phpgen_COHAOR_1": [(0, NOT_READ)],
    "phpgen_COPARN_1": [(0, NOT_READ)],
    "phpgen_COPINO_1": [
        (
            0,
            {
                ProfileRule.CONTAINER_CHECK_DIGIT: MADE_UP,
                ProfileRule.MOVEMENT_NOT_USED: "brought for export",
            },
        )
    ],
    "phpgen_COPRAR_1": [(0, NOT_READ)],
    "smdg_COARRI_1": [(0, {ProfileRule.LOAD_NOT_USED: "BGM+270"})],
    "smdg_COARRI_2": [(0, {ProfileRule.LOAD_NOT_USED: "BGM+270"})],
    "smdg_COARRI_3": [
        (
            2,
            {
                ProfileRule.PORT_NOT_AGREED: OF_A_FAR_PORT,
                ProfileRule.TERMINAL_MISSING: "BK6 is a berth (BER), and no terminal",
                ProfileRule.CONTAINER_CHECK_DIGIT: MADE_UP,
            },
        )
    ],
    "smdg_COARRI_4": [(0, {ProfileRule.NOT_A_CONTAINER: "wheels of a crane, and a yacht"})],
    "smdg_COARRI_5": [(0, {ProfileRule.LOAD_NOT_USED: "BGM+122"})],
    "smdg_COPRAR_1": [(0, NOT_READ)],
    "smdg_COPRAR_6": [(0, NOT_READ)],
    "staedi_INVOIC_wrapped_una": [(0, NOT_READ)],
}
REJECTED = {"huelva_CODECO_1", "smdg_COARRI_3"} | {
    name for name, messages in TAKEN.items() if (0, NOT_READ) in messages
}


@cache
def anybody() -> Partner:
    """A partner that may send everything, from any port."""
    sends = ("COREOR", "COARRI", "CODECO", "COPINO", "IFTSTA")
    told = partner("barge_operator", *(f"[sends.{each}]" for each in sends if each != "COPINO"))
    return replace(told, lenient_profile=frozenset({ProfileRule.PORT_NOT_AGREED}))


def in_file(data: bytes, sender: Partner) -> list[Understood]:
    items = list(read([data]))
    interchange = items[-1]
    assert isinstance(interchange, Interchange)
    return [
        understood(item, interchange.header or item.header, sender)
        for item in items
        if isinstance(item, Message)
    ]


def test_there_is_a_row_for_each() -> None:
    assert {file.stem for file in files()} == TAKEN.keys()


def test_what_each_is_understood_as_is_as_explained() -> None:
    found = {file.stem: in_file(file.read_bytes(), anybody()) for file in files()}

    assert {
        name: [{each.rule for each in told.findings} for told in messages]
        for name, messages in found.items()
    } == {name: [{*why} for _, why in messages] for name, messages in TAKEN.items()}
    assert {
        name for name, messages in found.items() if any(each.is_rejected for each in messages)
    } == REJECTED


def test_what_is_tolerated_is_taken() -> None:
    lenient = replace(
        anybody(),
        lenient_profile=frozenset(ProfileRule) - {ProfileRule.MESSAGE_NOT_AGREED},
        terminal="BK6",
    )
    found = {file.stem: in_file(file.read_bytes(), lenient) for file in files()}

    assert {name: [len(each.parts) for each in messages] for name, messages in found.items()} == {
        name: [count for count, _ in messages] for name, messages in TAKEN.items()
    }


@pytest.mark.parametrize("name", ["phpedifact_COARRI_1"])
def test_of_real_discharges_container_quay_and_moment_are_taken(name: str) -> None:
    file = next(each for each in files() if each.stem == name)
    first, second = in_file(file.read_bytes(), anybody())[0].parts

    assert first.message.model_dump(include={"container", "port", "terminal"}) == {
        "container": "FCIU9908030",
        "port": "ITGOA",
        "terminal": "VTE",
    }
    assert (first.id, second.id) == ("1", "2")
    assert str(first.occurred_at) == "2016-02-03 08:13:00+00:00"
