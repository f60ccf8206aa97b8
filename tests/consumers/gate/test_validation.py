"""A gate answers in CPu's shapes what it answers in its own (cpu.md §4.2 rows 12 to 14; E15)."""

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.wire_out import faults_in, written
from consumers.gate.gate import Gate
from consumers.gate.validation import Validated, identify, validate_later, validate_now
from producers.sealing import normalised_identity
from schemas.facts import PickupEnd
from schemas.lights import Colour
from schemas.messages import CustomsStatus, Modality
from schemas.reasons import Missing
from schemas.stay import TerminalLight
from schemas.unreadable import Unreadable
from schemas.value import altered
from schemas.words import Language
from tests.adapters.antwerp_cpu.samples import changed, members, sample
from tests.consumers.gate.examples import (
    BOX,
    DRIVER,
    GREEN,
    NOW,
    OTHER_BOX,
    VAT,
    KeyAndValue,
    beat,
    by_barge,
    record,
    right,
    settings,
    view_of,
)

TERMINAL = "NXT22000000007"
SHARDS = [f"ledger-{each}" for each in range(12)]
HELD = altered(
    GREEN,
    customs=CustomsStatus.DOCUMENTARY_CONTROL,
    terminal_operation=False,
    terminal_ready=TerminalLight.UNKNOWN,
    combined=Colour.RED,
)


def gate_of(*records: KeyAndValue, **more: Any) -> Gate:
    """Return a gate that knows *records*, every shard heard of just now."""
    gate = Gate(settings(**more))
    gate._reader.view = view_of(*records, *(beat(99, shard=shard) for shard in SHARDS), **more)
    return gate


def asked(*boxes: dict[str, Any], card: str = DRIVER) -> bytes:
    named = list(boxes) or [{"equipmentNumber": BOX, "billOfLadingNumbers": ["BLTEST0001"]}]
    return json.dumps({"alfapassNumber": card, "releaseIdentification": named}).encode()


def answered(gate: Gate, data: bytes | None = None, **more: Any) -> dict[str, Any]:
    answer = validate_now(gate, asked() if data is None else data, **more)
    assert isinstance(answer, bytes)
    content: dict[str, Any] = json.loads(answer)
    return content


def only(gate: Gate, data: bytes | None = None, **more: Any) -> dict[str, Any]:
    (result,) = answered(gate, data, **more)["releaseIdentification"]
    found: dict[str, Any] = result
    return found


# --- at once (row 14) ---------------------------------------------------------------------------


def test_e15_a_container_that_customs_holds_is_not_valid() -> None:
    gate = gate_of(right(missing=(Missing.CUSTOMS_NOT_CLEARED,), lights=HELD))
    expected = members("E15b")

    answer = answered(gate, sample("E15a"))

    words = answer["releaseIdentification"][0]["errorMessages"]
    assert words.startswith("Customs have not cleared it")
    expected["releaseIdentification"][0]["errorMessages"] = words
    assert answer == expected
    assert list(answer) == list(expected)
    assert list(answer["releaseIdentification"][0]) == list(expected["releaseIdentification"][0])


def test_a_driver_with_the_right_is_valid_and_there_is_no_message() -> None:
    result = only(gate_of(right()))

    assert (result["isValid"], result["errorMessages"], result["status"]) == (
        True,
        None,
        "Accepted",
    )
    assert [each["greenLightColor"] for each in result["greenLights"]] == ["Green"] * 4


def test_another_drivers_card_is_not_valid() -> None:
    result = only(gate_of(right()), asked(card="000000013"))

    assert not result["isValid"]
    assert result["errorMessages"].startswith("It is assigned to another driver.")
    assert result["status"] == "Accepted"


def test_many_reasons_are_one_text() -> None:
    missing = (Missing.NOT_DISCHARGED, Missing.CUSTOMS_NOT_CLEARED)

    words = only(gate_of(right(missing=missing)))["errorMessages"]

    assert isinstance(words, str)
    assert words.index("discharged") < words.index("Customs")


def test_the_words_are_in_the_language_that_is_asked_for() -> None:
    gate = gate_of(right())

    dutch = only(gate, asked(card="000000013"), language=Language.NL)["errorMessages"]

    assert dutch != only(gate, asked(card="000000013"))["errorMessages"]


def test_each_container_is_judged_by_itself_and_in_order() -> None:
    boxes = [{"equipmentNumber": OTHER_BOX}, {"equipmentNumber": BOX}]

    results = answered(gate_of(right()), asked(*boxes))["releaseIdentification"]

    assert [(each["equipmentNumber"], each["isValid"]) for each in results] == [
        (OTHER_BOX, False),
        (BOX, True),
    ]
    assert results[0]["status"] == "Unknown"
    assert results[0]["greenLights"] == []
    assert results[0]["billOfLadingNumbers"] == []


def test_the_words_are_in_the_language_of_the_gate_or_in_that_which_is_asked_for() -> None:
    gate = gate_of(right(missing=(Missing.CUSTOMS_NOT_CLEARED,)), language=Language.FR)

    french, german = only(gate), only(gate, language=Language.DE)
    assert "La douane n'a pas donné mainlevée." in french["errorMessages"]
    assert "Der Zoll hat ihn nicht freigegeben." in german["errorMessages"]


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"stale_after_seconds": -1.0}, "connection"),
        ({"private_keys": {}}, "key"),
    ],
)
def test_what_the_gate_cannot_tell_is_not_valid_and_says_what_to_do(
    more: dict[str, Any], words: str
) -> None:
    result = only(gate_of(right(), **more))

    assert not result["isValid"]
    assert words in result["errorMessages"]
    assert "release desk" in result["errorMessages"]
    assert (result["status"], result["greenLights"]) == ("Unknown", [])


def test_a_gate_that_has_not_read_its_topic_lets_nothing_out() -> None:
    result = only(Gate(settings()))

    assert (result["isValid"], result["status"]) == (False, "Unknown")


ENDED: list[tuple[dict[str, Any], str]] = [
    ({"missing": (Missing.RELEASE_BLOCKED,)}, "Blocked"),
    ({"missing": (Missing.RELEASE_EXPIRED,)}, "Expired"),
    ({"expires_at": NOW - timedelta(seconds=1)}, "Expired"),
    ({"missing": (Missing.ALREADY_GATED_OUT,)}, "Archived"),
    ({"ended": PickupEnd.REVOKED}, "Revoked"),
    ({"ended": PickupEnd.PICKED_UP}, "Archived"),
    ({"ended": PickupEnd.RELEASE_EXPIRED}, "Expired"),
]


@pytest.mark.parametrize(("changed_right", "status"), ENDED)
def test_where_the_right_stands_is_told(changed_right: dict[str, Any], status: str) -> None:
    result = only(gate_of(right(**changed_right)))

    assert (result["isValid"], result["status"]) == (False, status)


# --- the papers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("bills", [["BLTEST0001"], [" bltest0001 "], ["OTHER", "BLTEST0001"], []])
def test_the_bills_that_are_presented_are_those_of_the_right(bills: list[str]) -> None:
    box = {"equipmentNumber": BOX, "billOfLadingNumbers": bills}

    result = only(gate_of(right()), asked(box))

    assert result["isValid"]
    assert result["billOfLadingNumbers"] == bills  # as they came


def test_other_bills_are_not_valid() -> None:
    box = {"equipmentNumber": BOX, "billOfLadingNumbers": ["BLTEST0002"]}

    result = only(gate_of(right()), asked(box))

    assert not result["isValid"]
    assert "other bills of lading" in result["errorMessages"]


def test_of_two_rights_to_a_box_the_one_to_these_bills_counts() -> None:
    second = {"release_id": "release-2", "pickup_id": "pickup-2"}
    gate = gate_of(
        right(1),
        right(2, **second, bills_of_lading=("BLTEST0002",), missing=(Missing.NOT_DISCHARGED,)),
    )
    box = {"equipmentNumber": BOX, "billOfLadingNumbers": ["BLTEST0002"]}

    assert only(gate)["isValid"]
    assert not only(gate, asked(box))["isValid"]


# --- later (row 13) -----------------------------------------------------------------------------


def later(gate: Gate, data: bytes | None = None) -> Validated:
    found = validate_later(gate, asked() if data is None else data, TERMINAL, "ASK-1")
    assert isinstance(found, Validated)
    return found


def test_an_asynchronous_validation_is_a_yes_or_no_and_a_notification() -> None:
    found = later(gate_of(right()))

    (notification,) = found.notifications
    content = json.loads(written(notification))
    assert found.valid is True
    assert faults_in(written(notification)) == ()
    assert (content["event"], content["receiverId"]) == ("AlfapassPickUpValidation", TERMINAL)
    assert (content["id"], content["externalReferenceId"]) == (BOX, "ASK-1")
    assert content["body"] == only(gate_of(right())) | {"alfapassNumberMask": "**12"}


def test_one_container_that_may_not_leave_makes_it_a_no() -> None:
    boxes = [{"equipmentNumber": BOX}, {"equipmentNumber": OTHER_BOX}]

    found = later(gate_of(right()), asked(*boxes))

    assert found.valid is False
    assert [each.id for each in found.notifications] == [BOX, OTHER_BOX]
    assert len({each.public_reference_id for each in found.notifications}) == 2


def test_no_notification_has_the_card() -> None:
    for card in (DRIVER, "000000013"):
        for notification in later(gate_of(right()), asked(card=card)).notifications:
            assert card.encode() not in written(notification)


# --- is this one known (row 12) -----------------------------------------------------------------

KNOWN = [
    ("Alfapass", DRIVER, True),
    ("ALFAPASS", " 0000 00012", True),
    ("Alfapass", "000000013", False),
    ("Tin", VAT, True),
    ("TIN", "BE 0429.672.881", True),
    ("Tin", "BE0400000001", False),
    ("NxtEntityId", "NXT21000000003", True),
    ("NxtEntityId", "NXT21000000004", False),
    ("Eori", VAT, False),
]


def who(kind: str | None, code: str | None) -> bytes:
    return json.dumps({"identificationType": kind, "identificationCode": code}).encode()


@pytest.mark.parametrize(("kind", "code", "known"), KNOWN)
async def test_who_may_collect_something_here_is_known(kind: str, code: str, known: bool) -> None:  # noqa: FBT001  a column of the table
    barge = record(by_barge_entitlement())

    assert await identify(gate_of(right(), barge), who(kind, code)) is known


def by_barge_entitlement() -> Any:
    return by_barge(2, container=OTHER_BOX, release_id="release-2", modality=Modality.RAIL)


@pytest.mark.parametrize("ended", [{"ended": PickupEnd.REVOKED}, {"expires_at": NOW}])
async def test_whose_right_is_over_is_not_known_any_more(ended: dict[str, Any]) -> None:
    assert await identify(gate_of(right(**ended)), who("Alfapass", DRIVER)) is False


async def test_a_gate_whose_view_is_old_knows_nobody() -> None:
    gate = gate_of(right(), stale_after_seconds=-1.0)

    assert await identify(gate, who("Alfapass", DRIVER)) is False
    assert await identify(Gate(settings()), who("Alfapass", DRIVER)) is False


@pytest.mark.parametrize(
    ("kind", "code", "position"),
    [
        (None, DRIVER, "$.identificationType"),
        ("Alfapass", None, "$.identificationCode"),
        ("Iban", DRIVER, "$.identificationType"),
    ],
)
async def test_whom_nobody_can_know_is_told(
    kind: str | None, code: str | None, position: str
) -> None:
    refused = await identify(gate_of(), who(kind, code))

    assert isinstance(refused, Unreadable)
    assert (refused.position, refused.sensitive) == (position, True)
    assert DRIVER not in repr(refused)


# --- what is no question ------------------------------------------------------------------------

WRONG: list[tuple[bytes, str]] = [
    (changed("E15a", alfapassNumber=None), "$.alfapassNumber"),
    (changed("E15a", releaseIdentification=None), "$.releaseIdentification"),
    (changed("E15a", releaseIdentification="AGT-REL-0001"), "$.releaseIdentification"),
    (
        changed("E15a", releaseIdentification=[{"billOfLadingNumbers": []}]),
        "$.releaseIdentification[0].equipmentNumber",
    ),
    (b'{"alfapassNumber":"000000012"', "line 1, column 30 (byte 29)"),
]


@pytest.mark.parametrize(("data", "position"), WRONG)
def test_what_is_no_question_is_told_and_shows_no_card(data: bytes, position: str) -> None:
    for answer in (validate_now(gate_of(), data), validate_later(gate_of(), data, TERMINAL)):
        assert isinstance(answer, Unreadable)
        assert (answer.position, answer.sensitive) == (position, True)
        assert DRIVER not in repr(answer)


def test_one_container_need_not_stand_in_an_array() -> None:
    one = changed("E15a", releaseIdentification={"equipmentNumber": BOX})

    assert only(gate_of(right()), one)["isValid"]


@given(data=st.binary(max_size=100) | st.builds(asked, card=st.text(min_size=1, max_size=70)))
def test_no_question_breaks_the_gate_or_opens_it(data: bytes) -> None:
    answer = validate_now(gate_of(right()), data)

    if not isinstance(answer, Unreadable):
        content = json.loads(answer)
        valid = any(each["isValid"] for each in content["releaseIdentification"])
        assert valid is (normalised_identity(content["alfapassNumber"]) == DRIVER)
