"""Answers to steps, and calls at fault."""

import json

import pytest

from schemas import messages as m
from schemas.messages import Modality
from schemas.system_messages import AnswerRequest
from tests.adapters.le_havre import CODES, LeHavre, traced
from tests.adapters.story import AGENT, DRIVER, FORWARDER, HAULIER, to


def released() -> LeHavre:
    havre = LeHavre()
    havre.send(havre.story.released(release_to=to(FORWARDER)))
    return havre


@pytest.mark.parametrize(
    ("status", "accepted"), [("Accepté", True), ("VALIDE", True), ("Refusé", False)]
)
def test_a_step_is_accepted_or_refused(status: str, *, accepted: bool) -> None:
    havre = released()
    (part,) = havre.accept(havre.sent[-1], status).messages

    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is accepted


def test_a_draft_changes_nothing_yet() -> None:
    havre = released()
    parsed = havre.accept(havre.sent[-1], "Brouillon")

    assert (parsed.messages, parsed.problems) == ((), ())
    assert len(havre.accept(havre.sent[-1]).messages) == 1


def test_a_status_that_nobody_knows_is_not_guessed() -> None:
    havre = released()

    (problem,) = havre.accept(havre.sent[-1], "Peut-être").problems
    assert (problem.code, problem.position) == ("code_unknown", "$.status")


def test_the_same_answer_again_is_no_news_and_another_one_a_problem_that_can_be_seen() -> None:
    havre = released()
    havre.accept(havre.sent[-1])

    again = havre.accept(havre.sent[-1])
    assert (again.messages, again.problems) == ((), ())
    (problem,) = havre.accept(havre.sent[-1], "Refusé").problems
    assert problem.code == "request_unknown"


def test_with_its_delivery_order_shown_the_forwarder_has_accepted() -> None:
    havre = released()
    havre.accept(havre.sent[-1])
    (stay,) = havre.story.file.stays
    assert stay.accepted_holder is None

    havre.hear(traced(actors={"freightAgent": CODES[AGENT], "freightForwarder": CODES[FORWARDER]}))

    (stay,) = havre.story.file.stays
    assert (stay.agent, stay.accepted_holder) == (AGENT, FORWARDER)


def collected() -> tuple[LeHavre, tuple[object, ...]]:
    havre = LeHavre()
    havre.send(havre.story.released(release_to=to(HAULIER)))
    havre.accept(havre.sent[-1])
    (stay,) = havre.story.file.stays
    assert stay.pending is not None
    documents = havre.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    return havre, documents


def test_a_pickup_is_asked_for_by_two_calls_and_the_exit_decides() -> None:
    havre, _ = collected()
    identification, leaving = havre.sent[-2:]

    assert havre.accept(identification).messages == ()
    (part,) = havre.accept(leaving).messages
    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is True


def test_a_haulier_who_is_not_identified_does_not_leave() -> None:
    havre, _ = collected()
    identification, leaving = havre.sent[-2:]

    (part,) = havre.accept(identification, "Refusé").messages
    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is False
    (problem,) = havre.accept(leaving).problems
    assert problem.code == "request_unknown"


def test_a_fault_ends_the_request_in_s_ones_words_without_the_value() -> None:
    havre = released()
    said = {
        "status": "BAD_REQUEST",
        "code": "R003",
        "message": "badly formatted",
        "subErrors": [{"field": "place", "rejectedValue": "SECRET", "message": "too long"}],
    }
    (part,) = havre.hear(json.dumps(said).encode(), to=havre.sent[-1], status="400").messages

    assert isinstance(part.message, AnswerRequest)
    assert part.message.accepted is False
    assert part.message.reason == "R003 badly formatted; place: too long"


@pytest.mark.parametrize(("status", "code"), [("500", "system_failed"), ("429", "system_failed")])
def test_a_call_that_failed_on_the_way_refuses_nothing(status: str, code: str) -> None:
    havre = released()
    parsed = havre.hear(b'{"message":"later"}', to=havre.sent[-1], status=status)

    assert [problem.code for problem in parsed.problems] == [code]
    assert len(havre.accept(havre.sent[-1]).messages) == 1


def test_a_call_that_is_followed_without_a_word_leaves_its_answer_to_come() -> None:
    havre = released()
    parsed = havre.hear(b"", to=havre.sent[-1], status="202")

    assert (parsed.messages, parsed.problems, parsed.requests) == ((), (), ())
    assert len(havre.accept(havre.sent[-1]).messages) == 1


def test_a_call_that_is_refused_without_a_word_ends_its_request() -> None:
    havre = released()
    (part,) = havre.hear(b"", to=havre.sent[-1], status="422").messages

    assert isinstance(part.message, AnswerRequest)
    assert (part.message.accepted, part.message.reason) == (False, "HTTP 422")


def test_a_tracking_that_is_made_without_a_word_leads_to_a_reading_and_a_refused_one_to_none() -> (
    None
):
    havre = released()
    made = havre.hear(b"", to=havre.sent[0], status="201")
    refused = havre.hear(b"", to=havre.sent[0], status="400")

    assert [each.method for each in made.requests] == ["GET"]
    assert refused.requests == ()
    assert [each.code for each in refused.problems] == ["call_refused_otherwise"]


def test_a_tracking_that_is_refused_refuses_no_request() -> None:
    havre = released()
    parsed = havre.hear(b'{"code":"R002","message":"none"}', to=havre.sent[0], status="400")

    assert [problem.code for problem in parsed.problems] == ["call_refused_R002"]


def test_a_token_in_a_comment_is_told_to_nobody() -> None:
    havre = released()
    asked = json.loads(havre.sent[-1].content)["externalReference"]
    said = {"externalReference": asked, "status": "Refusé", "comment": "TCT 482913 expiré"}
    (part,) = havre.hear(json.dumps(said).encode()).messages

    assert isinstance(part.message, AnswerRequest)
    assert part.message.reason == "[redacted]"
    assert "482913" not in havre.memory
