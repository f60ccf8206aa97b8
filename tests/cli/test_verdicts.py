"""A container's answer says what is known beside its stays: alarms, what waits, what is parked."""

import io
from datetime import timedelta

import pytest
from rich.console import Console

from cli.verdicts import as_object, drawn
from cli.words import Telling
from ledger.book.why import Inquiry
from schemas import messages as m
from schemas.reasons import Finding, Missing
from schemas.words import Language, explained, phrase, said
from tests.ledger.book.test_why import Clerk
from tests.ledger.law.world import AGENT, FORWARDER, QUAY, TERMINAL, party, release, say

DAYS = timedelta(days=30)
NAMES = {AGENT: "Demo Agent NV", FORWARDER: "Demo Forwarder BV", TERMINAL: "Demo Terminal"}


def _told(inquiry: Inquiry, language: Language = Language.EN) -> str:
    written = io.StringIO()
    screen = Console(file=written, width=80, color_system=None)
    screen.print(drawn(inquiry, Telling(NAMES, language)))
    assert max(len(line.rstrip()) for line in written.getvalue().splitlines()) <= 80
    return " ".join(written.getvalue().split())


def _waiting() -> Inquiry:
    return Clerk().says(FORWARDER, say(m.Accept)).inquiry


def _left_without_right() -> Inquiry:
    clerk = Clerk().says(AGENT, release(release_to=party(FORWARDER)))
    return clerk.says(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).inquiry


@pytest.mark.parametrize("language", Language)
def test_an_alarm_stands_with_the_leaving_that_it_is_about(language: Language) -> None:
    told = _told(_left_without_right(), language)

    alarm = explained(Finding.LEFT_WITHOUT_RIGHT).sentence(language)
    assert f"! {alarm} 2026-03-01 09:00 UTC" in told
    assert phrase("left", language, at="2026-03-01 09:00") in told


@pytest.mark.parametrize("language", Language)
def test_what_waits_says_who_asks_for_what_and_until_when(language: Language) -> None:
    told = _told(_waiting(), language)

    assert explained(Missing.NOT_RELEASED).sentence(language) in told
    assert "Demo Forwarder BV" in told
    assert "2026-03-04 08:00" in told


def test_a_leaving_without_any_release_is_alarmed() -> None:
    told = _told(Clerk().says(TERMINAL, say(m.ReportGateOut, terminal=QUAY)).inquiry)

    assert explained(Finding.LEFT_WITHOUT_RIGHT).sentence() in told


def test_what_is_parked_says_so() -> None:
    assert phrase("parked", Language.EN) in _told(Inquiry("CPUU1000010", parked=True))


def test_several_remedies_are_told_with_the_names_of_those_who_have_them() -> None:
    clerk = Clerk().says(AGENT, release(release_to=party(FORWARDER)))

    told = _told(clerk.inquiry)

    assert "→ the receiver of the transfer (Demo Forwarder BV): accept or decline" in told
    assert "→ the holder of the right (Demo Agent NV): take the transfer back" in told
    assert "releasebus.accept · CPu release-rights Accept" in told


def test_a_program_is_told_the_same_in_codes_and_moments() -> None:
    waiting = as_object(_waiting(), Telling(NAMES, Language.NL))
    left = as_object(_left_without_right(), Telling(NAMES))

    assert waiting["stays"] == []
    assert [lack["reason"] for lack in waiting["missing"]] == ["not_released"]
    assert [held["message_type"] for held in waiting["waiting"]] == ["releasebus.accept"]
    (stay,) = left["stays"]
    assert stay["left_at"] == "2026-03-01T09:00:00+00:00"
    assert stay["findings"][0]["finding"] == "left_without_right"


@pytest.mark.parametrize(
    ("passed", "phrase_key"), [(timedelta(0), "put_to_system"), (DAYS, "overdue_at_system")]
)
@pytest.mark.parametrize("language", Language)
def test_what_a_ports_system_has_not_answered_is_told(
    passed: timedelta, phrase_key: str, language: Language
) -> None:
    clerk = Clerk().says(AGENT, release(port="NLRTM", terminal=QUAY))
    if passed:
        clerk.keep(clerk.scene.when_time_passes(days=passed.days))
    (request,) = clerk.inquiry.requests

    told = _told(clerk.inquiry, language)

    ask = said("asks", "releasebus.release", language)
    at = f"{request.due_at:%Y-%m-%d %H:%M}"
    filled = {"party": "Demo Agent NV", "ask": ask, "system": "Secure Chain", "until": at}
    assert " ".join(phrase(phrase_key, language, **filled).split()) in told
    assert as_object(clerk.inquiry, Telling(NAMES))["requests"][0]["system"] == "portbase"
