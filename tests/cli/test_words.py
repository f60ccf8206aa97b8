"""Every fact, refusal and finding has words; no sentence shows a code where a name is known."""

import re
from typing import Any

import pytest

from cli.words import Tone, answer_in_words, line_of
from ledger.book.engine import open_book, reading
from ledger.book.read import history
from schemas.facts import RecordedFact
from schemas.notices import Answered
from schemas.words import Language
from tests.cli.played import PlayedDay


@pytest.fixture(scope="module")
def entries(played: PlayedDay) -> list[RecordedFact]:
    engine = open_book(played.database_url)
    with reading(engine) as connection:
        found = [
            recorded for box in played.day.boxes for recorded in history(connection, box.number)
        ]
    engine.dispose()
    return found


@pytest.mark.parametrize("language", Language)
def test_a_day_is_told_without_a_code(
    played: PlayedDay, entries: list[RecordedFact], language: Language
) -> None:
    names = {company.id: company.name for company in played.day.cast.companies}

    told = [line_of(recorded, names, language).said for recorded in entries]

    assert len({recorded.fact.type for recorded in entries}) > 15
    for said in told:
        assert not re.search(r"NXT\d|_|releasebus\.", said), said


def test_nobody_reads_a_driver_who_is_not_masked(
    played: PlayedDay, entries: list[RecordedFact]
) -> None:
    told = "\n".join(line_of(recorded, {}).said for recorded in entries)

    assert "sealed for the terminal" in told
    assert not any(driver.card in told for driver in played.day.cast.drivers)


def test_a_party_that_nobody_knows_is_called_by_its_id(entries: list[RecordedFact]) -> None:
    released = next(each for each in entries if each.fact.type == "released")

    assert line_of(released, {}).said.startswith(released.cause.organisation)


def test_a_refusal_says_who_can_fix_it(entries: list[RecordedFact]) -> None:
    refused = [line_of(each, {}) for each in entries if each.fact.type == "refused"]

    assert refused
    assert all(line.tone is Tone.REFUSED for line in refused)
    assert any("Can fix: " in line.said for line in refused)


def _answered(**values: Any) -> Answered:
    return Answered(**{"message_id": "m-1", "outcome": "refused", **values})


@pytest.mark.parametrize(
    ("answer", "language", "said"),
    [
        ({"outcome": "applied"}, Language.NL, "uitgevoerd"),
        (
            {"reason": "release_expired", "sentence": "as English as the wire has it"},
            Language.DE,
            (
                "abgelehnt: Die Freigabe ist abgelaufen. Kann abhelfen: der Schiffsagent: die "
                "Freigabe verlängern"
            ),
        ),
        (
            {"reason": "already_gated_out"},
            Language.EN,
            "refused: The container has left the terminal: the stay is over.",
        ),
        (
            {"outcome": "unreadable", "reason": "field_missing", "sentence": "It is missing."},
            Language.FR,
            "illisible\u00a0: It is missing.",
        ),
    ],
)
def test_an_answer_is_told_in_the_language_asked_for(
    answer: dict[str, str], language: Language, said: str
) -> None:
    assert answer_in_words(_answered(**answer), language) == said
