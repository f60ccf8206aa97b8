"""What a system says by itself, on a party's topic: it has no memory there, and no answers."""

import json
from datetime import UTC, datetime

import pytest

from adapters.scr.profile import MEDIA
from consumers.intake.sort import Desk
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.topics import CARRIER, MEBIBYTE, PARTY
from tests.adapters.scr.samples import release, sample
from tests.adapters.story import AGENT, DIRECTORY
from tests.consumers.intake.records import came

DESK = Desk("", MEBIBYTE, DIRECTORY)
ELSEWHERE = release({"release_data": {"container": {"pickupLoCode": "NLRTM"}}})


@pytest.mark.parametrize("topic", [CARRIER.name, PARTY.name])
@pytest.mark.parametrize("body", [sample("S1_transfer"), ELSEWHERE])
def test_a_body_of_which_no_message_comes_is_a_dead_letter_and_not_lost(
    topic: str, body: dict[str, object]
) -> None:
    source = ORGANISATION_SOURCE + AGENT
    said = Envelope("1", source, "scr.webhook", datetime(2026, 3, 1, tzinfo=UTC), "", "", MEDIA)

    found = DESK.sort(came(topic, json.dumps(body).encode(), headers_of(said)))

    assert found.logged == 0
    assert [problem.code for problem in found.problems] == ["type_not_of_this_topic"]
    assert found.records
