"""A terminal's answer to a pre-notification: what it shows, and whether it stands."""

from typing import Any

import pytest

from adapters.contract import Parsed
from adapters.portbase import SYSTEM
from adapters.portbase.memory import Asked, Box, Kind, Known, remembered, to_remember
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.adapters.portbase.samples import members, written

BOX, BILL, CALL = "MEDU7319055", "MEDUXY778899", "call-pre-notify"
OK = {"ok": True}


def waiting(*kinds: Kind, terminal: str = "RWG") -> str:
    """Return what is remembered of a released container whose visit was asked for."""
    asked = tuple(
        Asked(request_id=f"r-{kind}", kind=kind, container=BOX, document=f"call-{kind}")
        for kind in kinds
    )
    box = Box(number=BOX, released=True, told="before", customs_said="/")
    known = Known(bill=BILL, port="NLRTM", terminal=terminal, boxes=(box,), asked=asked)
    return to_remember(known)


def answered(memory: str, *, reply_to: str = CALL, **said: object) -> Parsed:
    content = {"blNumber": BILL, "equipmentNumber": BOX, **said}
    return SYSTEM.functions.parse(written(content), {"in-reply-to": reply_to}, memory)


def answers(parsed: Parsed) -> list[tuple[str, bool, str]]:
    return [
        (part.message.request_id, part.message.accepted, part.message.reason)
        for part in parsed.messages
        if isinstance(part.message, AnswerRequest)
    ]


def observed(parsed: Parsed) -> dict[str, Any]:
    (message,) = [each.message for each in parsed.messages if type(each.message) is ObserveRelease]
    return message.model_dump(exclude_none=True)


@pytest.mark.parametrize(
    ("terminal", "status", "checks", "accepted", "reason"),
    [
        ("RWG", "ACCEPTED", {"commercialRelease": OK, "customs": OK, "tar": "1"}, True, ""),
        ("RWG", "accepted", {"tar": "1"}, True, ""),
        ("RWG", "ACCEPTED", {"commercialRelease": OK, "customs": OK}, False, "no TAR was given"),
        ("RWG", "ACCEPTED", {"tar": ""}, False, "no TAR was given"),
        ("ECTDELTA", "ACCEPTED", {"commercialRelease": OK}, True, ""),
        ("ECTDELTA", "ACCEPTED", None, True, ""),
        ("RWG", "REJECTED", None, False, "the terminal refused it"),
        (
            "ECTDELTA",
            "ACCEPTED",
            {"customs": {"ok": False}},
            False,
            "customs: not in order",
        ),
        (
            "RWG",
            "REJECTED",
            {"commercialRelease": {"ok": False, "reason": "COR"}, "customs": {"ok": False}},
            False,
            "commercialRelease: COR; customs: not in order",
        ),
    ],
)
def test_what_the_terminal_says(
    terminal: str, status: str, checks: object, reason: str, *, accepted: bool
) -> None:
    parsed = answered(waiting(Kind.PRE_NOTIFY, terminal=terminal), status=status, checks=checks)

    assert answers(parsed) == [("r-pre-notify", accepted, reason)]
    assert remembered(parsed.memory).asked == ()
    assert (observed(parsed).get("terminal_light") == "released") is accepted


def test_p11_cor_expires_the_release_and_customs_are_green() -> None:
    said = members("P11b")
    parsed = SYSTEM.functions.parse(
        written(said | {"blNumber": BILL}), {"in-reply-to": CALL}, waiting(Kind.PRE_NOTIFY)
    )

    assert answers(parsed) == [("r-pre-notify", False, "commercialRelease: COR")]
    assert observed(parsed)["status"] == "expired"
    assert observed(parsed)["customs"] == "released"
    assert "not_carried: $.commercialWindow" in parsed.messages[0].findings


def test_a_window_that_is_missed_refuses_the_visit_and_not_the_release() -> None:
    red = {"commercialRelease": {"ok": False, "reason": "outside the window"}}
    parsed = answered(waiting(Kind.PRE_NOTIFY), status="REJECTED", checks=red)

    assert [accepted for _, accepted, _ in answers(parsed)] == [False]
    assert observed(parsed)["status"] == "released"


def test_the_bill_is_found_by_the_call_that_is_answered() -> None:
    said = {"equipmentNumber": BOX, "status": "ACCEPTED"}
    headers = {"in-reply-to": f"ledger-3-9.portbase.pre-notify.{BILL}.portbase"}

    assert SYSTEM.functions.correlation_of_bytes(written(said), headers) == BILL
    parsed = SYSTEM.functions.parse(written(said), {}, "")
    assert [each.position for each in parsed.problems] == ["$.blNumber"]


@pytest.mark.parametrize(
    ("reply_to", "request_id"),
    [("", "r-cancel"), ("another", "r-cancel"), ("call-pre-notify", "r-pre-notify")],
)
def test_the_call_that_is_named_is_answered_else_the_one_that_waits_longest(
    reply_to: str, request_id: str
) -> None:
    memory = waiting(Kind.CANCEL, Kind.PRE_NOTIFY)
    parsed = answered(memory, reply_to=reply_to, status="ACCEPTED", checks={"tar": "1"})

    assert [name for name, _, _ in answers(parsed)] == [request_id]


def test_the_same_answer_again_says_nothing() -> None:
    first = answered(waiting(Kind.PRE_NOTIFY), status="ACCEPTED", checks={"tar": "1"})
    again = answered(first.memory, status="ACCEPTED", checks={"tar": "1"})

    assert again.messages == ()


def test_a_refused_cancellation_leaves_the_pickup() -> None:
    parsed = answered(waiting(Kind.CANCEL), status="REJECTED")

    assert answers(parsed) == [("r-cancel", False, "the terminal refused it")]
    assert observed(parsed)["no_pickup"] is False


def test_an_answer_that_is_neither_is_a_problem() -> None:
    parsed = answered(waiting(Kind.PRE_NOTIFY), status="MAYBE")

    assert [(each.code, each.position) for each in parsed.problems] == [
        ("code_unknown", "$.status")
    ]
    assert len(remembered(parsed.memory).asked) == 1
