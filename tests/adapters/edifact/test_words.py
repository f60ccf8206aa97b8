"""Every finding is told in every language, with its place, and nothing of what a message says."""

import string

import pytest

from adapters.edifact.findings import Finding, Place, Rule
from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.words import phrase, profile_sentence, profile_where, sentence, where
from schemas.words import Language
from tests.rows import each_row

FILLED = {"tag": "TAG", "expected": "EXPECTED", "found": "FOUND"}


@pytest.mark.parametrize("language", Language)
def test_every_rule_has_its_own_sentence(language: Language) -> None:
    said = [sentence(Finding(rule, Place(), "TAG"), language) for rule in Rule]

    assert len({*said}) == len(Rule)
    assert all(each.endswith(".") for each in said)


@each_row("rule", Rule)
def test_all_languages_say_the_same_of_it(rule: Rule) -> None:
    finding = Finding(rule, Place(), "TAG", "0000", "EXPECTED", "FOUND")
    filled = [
        {word for word in FILLED.values() if word in sentence(finding, language)}
        for language in Language
    ]

    assert filled == [filled[0]] * len(Language)


@pytest.mark.parametrize("language", Language)
def test_every_rule_of_the_profile_has_its_own_sentence(language: Language) -> None:
    said = [profile_sentence(of_profile(rule), language) for rule in ProfileRule]

    assert len({*said}) == len(ProfileRule)
    assert all(each.endswith(".") and "{" not in each for each in said)


@each_row("rule", ProfileRule)
def test_all_languages_say_the_same_of_what_is_agreed(rule: ProfileRule) -> None:
    filled = [
        {word for word in FILLED.values() if word in profile_sentence(of_profile(rule), language)}
        for language in Language
    ]

    assert filled == [filled[0]] * len(Language)


def test_where_it_stands_in_its_message() -> None:
    finding = ProfileFinding(
        ProfileRule.DATE_MISSING, Place(40, 14, 3, 2), rejects=True, tag="EQD", item="2005"
    )

    assert profile_where(finding, Language.DE) == "Segment 3 EQD, 2005"
    assert profile_where(of_profile(ProfileRule.DATE_MISSING), Language.DE) == ""


def of_profile(rule: ProfileRule) -> ProfileFinding:
    return ProfileFinding(rule, Place(), rejects=True, expected="EXPECTED", found="FOUND")


@pytest.mark.parametrize(
    ("finding", "language", "said"),
    [
        (
            Finding(Rule.TOO_LONG, Place(40, 4, 3, 2, 1), "RFF", "1154"),
            Language.EN,
            "segment 4 RFF, element 2, component 1 (1154), byte 40",
        ),
        (
            Finding(Rule.ELEMENT_MISSING, Place(40, 4, 3, 2), "NAD", "C082"),
            Language.DE,
            "Segment 4 NAD, Element 2 (C082), Byte 40",
        ),
        (
            Finding(Rule.SEGMENT_MISSING, Place(40, 4, 3), "CNT"),
            Language.FR,
            "segment 4, octet 40",
        ),
        (Finding(Rule.HEADER_MISSING, Place(), "UNB"), Language.NL, ""),
    ],
)
def test_where_it_stands(finding: Finding, language: Language, said: str) -> None:
    assert where(finding, language) == said


def test_phrases_have_the_same_places_in_every_language() -> None:
    filled = dict.fromkeys(("reference", "type", "directory", "number", "count"), "1")
    for key in ("of_message", "of_group", "of_interchange", "segment", "byte", "unlisted"):
        said = [phrase(key, language, **filled) for language in Language]

        assert all("1" in each and "{" not in each for each in said), key
    assert string.Formatter().parse(phrase("right", Language.EN, messages=2))
