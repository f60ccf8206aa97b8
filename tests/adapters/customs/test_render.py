"""What customs are told of a message: once, and what became of it."""

import pytest

from adapters import safe_xml
from adapters.contract import HTTP_METHOD, HTTP_PATH, NOTHING, Document
from adapters.customs import SYSTEM
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.unreadable import Unreadable
from schemas.value import altered
from tests.adapters.customs import facts as told
from tests.adapters.customs.ccrm import sample
from tests.adapters.customs.facts import FACTS, PARTIES, a_story, status
from tests.adapters.story import AGENT, CUSTOMS, Story


def documents(story: Story) -> list[Document]:
    """What customs are told of all facts of *story*, in order."""
    return [document for recorded in story.facts for document in rendered(recorded)]


def rendered(recorded: RecordedFact) -> tuple[Document, ...]:
    return SYSTEM.functions.render(recorded, PARTIES, NOTHING).documents


def fields(document: Document) -> dict[str, str]:
    root = safe_xml.read(document.content)
    assert not isinstance(root, Unreadable)
    return {str(each.tag).rpartition("}")[2]: str(each.text) for each in root}


def test_an_acknowledgement_is_written_field_by_field() -> None:
    (document,) = rendered(FACTS["customs_status_set"])

    assert fields(document) == {
        "MessageIdentification": "ledger-3-2.customs.acknowledgement.customs",
        "PreparationDateTime": "2025-03-01T08:00:02.123456+00:00",
        "ReferencedMessageIdentification": "CCRM-000002",
        "EquipmentNumber": "CPUU1000010",
        "Result": "Linked",
    }
    assert document.id == "ledger-3-2.customs.acknowledgement.customs"
    assert document.receiver == "customs"
    headers = dict(document.headers)
    assert (headers[HTTP_METHOD], headers[HTTP_PATH]) == ("POST", "/acknowledgements")
    assert headers["rb_profile"] == "ccrm/assumed-2026 unverified"


def test_it_is_the_sample() -> None:
    (document,) = rendered(FACTS["customs_status_set"])
    as_sampled = {
        **fields(document),
        "MessageIdentification": "ledger-3-7.customs.acknowledgement.customs",
        "ReferencedMessageIdentification": "CCRM-2025-0000042",
    }
    in_the_sample = Document("", "", "", "", sample("acknowledgement"), "", "", document.time)

    assert fields(in_the_sample) == as_sampled
    assert SYSTEM.functions.proofread(in_the_sample) == ()


@pytest.mark.parametrize(
    ("fact", "result", "why"),
    [
        (
            "waiting",
            "NotLinked",
            "No release that it fits is known yet: it waits until 2025-03-15",
        ),
        ("parked", "NotLinked", "It is kept, and heard when"),
        ("refused", "Refused", "The message fits more than one release of this container"),
    ],
)
def test_what_is_not_linked_is_told_with_its_reason(fact: str, result: str, why: str) -> None:
    (document,) = rendered(FACTS[fact])

    assert fields(document)["Result"] == result
    assert fields(document)["Reason"].startswith(why)


def test_what_waited_is_answered_when_it_came_and_not_again() -> None:
    story = a_story()
    status(story)
    story.released()

    assert story.of("customs_status_set").cause.waited
    assert [fields(each)["Result"] for each in documents(story)] == ["NotLinked"]


def test_what_was_parked_is_answered_when_it_came_and_not_again() -> None:
    story = a_story()
    story.released()
    story.break_on(told.CUSTOMS_LINK, m.ReportCustomsStatus, status="released")
    story.resume()

    assert story.of("customs_status_set").cause.resumed
    assert [fields(each)["Result"] for each in documents(story)] == ["NotLinked"]


def test_a_message_that_came_twice_has_one_answer() -> None:
    assert rendered(FACTS["repeated"]) == ()


def test_a_message_that_makes_several_facts_has_one_answer() -> None:
    story = a_story()
    story.released()
    story.say(
        AGENT, m.Release, terminal="1742", bills_of_lading=("BLTEST0002",),
        release_identification="AGT-REL-0002",
    )  # fmt: skip
    status(story, status="documentarycontrol")

    assert sum(each.fact.type == "customs_status_set" for each in story.facts) > 1
    assert [fields(each)["Result"] for each in documents(story)] == ["Linked"]


def test_who_did_not_come_by_the_link_is_not_answered_by_it() -> None:
    by_its_own = a_story()
    by_its_own.ids = "BUS-"
    status(by_its_own)
    by_another = a_story()
    by_another.say(CUSTOMS, m.ReportCustomsStatus, terminal="1742", status="released")

    assert documents(by_its_own) == documents(by_another) == []


def test_what_others_say_is_nobody_elses_business() -> None:
    others = altered(FACTS["refused"].cause, message_type=m.Accept.TYPE)

    assert rendered(altered(FACTS["refused"], cause=others)) == ()
