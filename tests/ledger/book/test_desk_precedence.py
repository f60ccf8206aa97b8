"""The message itself is looked at before all else, by the desk, and whatever the law would say."""

import pytest

from schemas import facts as f
from schemas.messages import ContainerMessage
from schemas.reasons import Reason
from tests.ledger.book.log import AGENT, Clerk, accept, discharge, release

BOX = "CPUU1000010"


@pytest.mark.parametrize(
    "second",
    [accept(BOX), discharge(BOX), release(BOX, number="REL8")],
    ids=lambda message: message.TYPE,
)
def test_an_id_with_other_content_is_told_before_anything_else(
    clerk: Clerk, second: ContainerMessage
) -> None:
    clerk.say(AGENT, release(BOX), message_id="the-same")

    answers = clerk.say(AGENT, second, message_id="the-same")

    reasons = [each.recorded.fact for each in answers if isinstance(each.recorded.fact, f.Refused)]
    assert [fact.reason for fact in reasons] == [Reason.SAME_ID_OTHER_CONTENT]
