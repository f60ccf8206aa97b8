"""Nothing is overridden on less than two people's word, given for it, now, and for once."""

from dataclasses import dataclass
from datetime import timedelta

from ledger.directory.directory import directory_of
from ledger.four_eyes import Wanted
from ledger.law.context import Context
from ledger.law.overriding import overridden
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from schemas.override_facts import Overridden
from schemas.overrides import NotAgreed, Override
from schemas.reasons import Reason
from schemas.words import Language, explained
from tests.ledger.law.world import NOW
from tests.people import (
    ADA,
    ADAS_OTHER,
    BEN,
    CLEO,
    OPERATOR,
    SYSTEM,
    Signer,
    both_sign,
    id_of,
    overseer,
)
from tests.rows import each_row

WANTED = Wanted(Override.SUSPEND_ORGANISATION, "NXT21000000004", "stolen codes")
KNOWN = directory_of((overseer(ADA, BEN, ADAS_OTHER, SYSTEM),), 1)
CONTEXT = Context(KNOWN, NOW, Policy(overrides_by=OPERATOR))


@dataclass(frozen=True)
class Asked:
    """A message, as far as it is signed."""

    proposal: str | None = None
    confirmation: str | None = None


def signed(
    people: tuple[Signer, Signer] = (ADA, BEN), wanted: Wanted = WANTED, minutes: int = 0
) -> dict[str, str]:
    at = NOW - timedelta(minutes=minutes)
    return both_sign(wanted.override, wanted.subject, wanted.detail, at, people)


def test_two_people_override_and_it_is_kept_who_they_are_and_what_they_signed() -> None:
    both = signed()

    found = overridden(WANTED, Asked(**both), id_of(both), CONTEXT)

    assert found == Overridden(
        override=WANTED.override,
        subject=WANTED.subject,
        detail=WANTED.detail,
        proposed_by="ada",
        confirmed_by="ben",
        signed=(both["proposal"], both["confirmation"]),
    )


OTHER = Wanted(Override.SUSPEND_ORGANISATION, "NXT21000000005", "stolen codes")
SINCE = Wanted(Override.REINSTATE_ORGANISATION, "NXT21000000004", "stolen codes")


@each_row(
    ("both", "why"),
    [
        ({}, NotAgreed.UNREADABLE),
        ({"proposal": signed()["proposal"]}, NotAgreed.UNREADABLE),
        (signed((ADA, ADA)), NotAgreed.SAME_PERSON),
        (signed((ADA, ADAS_OTHER)), NotAgreed.SAME_PERSON),
        (signed((ADA, CLEO)), NotAgreed.NOT_A_PERSONS_KEY),
        (signed((SYSTEM, BEN)), NotAgreed.NOT_A_PERSONS_KEY),
        (signed(wanted=OTHER), NotAgreed.ANOTHER_OVERRIDE),
        (signed(wanted=SINCE), NotAgreed.ANOTHER_OVERRIDE),
        (signed(minutes=16), NotAgreed.TOO_LATE),
        (signed(minutes=-1), NotAgreed.CLOCK_AHEAD),
    ],
)
def test_on_less_nothing_is_overridden(both: dict[str, str], why: NotAgreed) -> None:
    message_id = id_of({"proposal": "", **both})

    found = overridden(WANTED, Asked(**both), message_id, CONTEXT)

    assert found == Refusal(Reason.FOUR_EYES_NEEDED, why)


def test_two_peoples_word_is_good_for_one_message() -> None:
    found = overridden(WANTED, Asked(**signed()), "another id", CONTEXT)

    assert found == Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.ANOTHER_MESSAGE)


def test_where_nobody_is_named_nobody_overrides() -> None:
    both = signed()

    found = overridden(WANTED, Asked(**both), id_of(both), Context(KNOWN, NOW, Policy()))

    assert found == Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.NOBODY_NAMED)


def test_people_of_another_organisation_override_nothing() -> None:
    both = signed()
    elsewhere = Context(KNOWN, NOW, Policy(overrides_by="NXT21000000091"))

    found = overridden(WANTED, Asked(**both), id_of(both), elsewhere)

    assert found == Refusal(Reason.FOUR_EYES_NEEDED, NotAgreed.NOT_A_PERSONS_KEY)


@each_row("why", NotAgreed)
def test_each_refusal_says_what_is_to_be_done(why: NotAgreed) -> None:
    words = explained(Reason.FOUR_EYES_NEEDED, why)

    for language in Language:
        assert explained(why).sentence(language) in words.whole(language)
        assert explained(why).who_can_fix(language) in words.whole(language)
    assert words.remedies
