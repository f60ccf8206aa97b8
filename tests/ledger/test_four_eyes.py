"""An override takes two people's word on one thing within a quarter of an hour, and no less."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.four_eyes import CONFIRMED_WITHIN, Agreement, Wanted, agreed
from schemas.overrides import Intent, NotAgreed, Override, digest_of
from schemas.value import altered
from tests.people import Signer
from tests.rows import each_row

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ADA, BEN = Signer("ada", 1), Signer("ben", 2)
ADAS_OTHER, SYSTEM, STRANGER = Signer("ada", 3), Signer(None, 4), Signer("cleo", 5)
KNOWN = (ADA.key, BEN.key, ADAS_OTHER.key, SYSTEM.key)
WANTED = Wanted(Override.RESUME, "CPUU1000010", "0.2")
FIVE, SIX = timedelta(minutes=5), timedelta(minutes=6)


def intent(at: datetime, confirms: str | None = None) -> Intent:
    return Intent(WANTED.override, WANTED.subject, WANTED.detail, at, confirms)


PROPOSED = intent(NOW - SIX)
PROPOSAL = ADA.sign(PROPOSED)
CONFIRMED = intent(NOW - FIVE, digest_of(PROPOSAL))
CONFIRMATION = BEN.sign(CONFIRMED)


def with_last_changed(written: str) -> str:
    """Change the signature, in bits that count."""
    place = len(written) - 10
    other = "A" if written[place] != "A" else "B"
    return written[:place] + other + written[place + 1 :]


def test_what_one_proposes_and_another_confirms_is_agreed() -> None:
    assert agreed(WANTED, PROPOSAL, CONFIRMATION, KNOWN, NOW) == Agreement(
        "ada", "ben", digest_of(PROPOSAL)
    )


def test_a_proposal_is_good_for_once_however_often_it_is_confirmed() -> None:
    """The message's id is the agreement's: who confirms again asks for what was done before."""
    again = BEN.sign(intent(NOW, digest_of(PROPOSAL)))
    assert again != CONFIRMATION

    first = agreed(WANTED, PROPOSAL, CONFIRMATION, KNOWN, NOW)
    second = agreed(WANTED, PROPOSAL, again, KNOWN, NOW)

    assert first == second


OTHER = Wanted(Override.RESUME, "CPUU1000026", "0.2")
LATER_DETAIL = altered(WANTED, detail="0.3")
OF_ANOTHER_KIND = altered(WANTED, override=Override.SUSPEND_ORGANISATION)
REVOKED = (altered(ADA.key, revoked_at=NOW), BEN.key)
EXPIRED = (ADA.key, altered(BEN.key, expires_at=NOW))
OTHER_PROPOSAL = ADA.sign(intent(NOW - SIX - timedelta(seconds=1)))


@each_row(
    ("why", "wanted", "proposal", "confirmation", "keys"),
    [
        (NotAgreed.UNREADABLE, WANTED, "", CONFIRMATION, KNOWN),
        (NotAgreed.UNREADABLE, WANTED, PROPOSAL, "a.b.c", KNOWN),
        (NotAgreed.UNREADABLE, WANTED, PROPOSAL + "é", CONFIRMATION, KNOWN),
        (NotAgreed.UNREADABLE, WANTED, PROPOSAL, CONFIRMATION + "=", KNOWN),
        (NotAgreed.NOT_A_PERSONS_KEY, WANTED, PROPOSAL, CONFIRMATION, ()),
        (NotAgreed.NOT_A_PERSONS_KEY, WANTED, STRANGER.sign(PROPOSED), CONFIRMATION, KNOWN),
        (NotAgreed.NOT_A_PERSONS_KEY, WANTED, PROPOSAL, SYSTEM.sign(CONFIRMED), KNOWN),
        (NotAgreed.NOT_A_PERSONS_KEY, WANTED, PROPOSAL, CONFIRMATION, REVOKED),
        (NotAgreed.NOT_A_PERSONS_KEY, WANTED, PROPOSAL, CONFIRMATION, EXPIRED),
        (NotAgreed.SIGNATURE_WRONG, WANTED, with_last_changed(PROPOSAL), CONFIRMATION, KNOWN),
        (NotAgreed.SIGNATURE_WRONG, WANTED, PROPOSAL, with_last_changed(CONFIRMATION), KNOWN),
        (NotAgreed.ANOTHER_OVERRIDE, OTHER, PROPOSAL, CONFIRMATION, KNOWN),
        (NotAgreed.ANOTHER_OVERRIDE, LATER_DETAIL, PROPOSAL, CONFIRMATION, KNOWN),
        (NotAgreed.ANOTHER_OVERRIDE, OF_ANOTHER_KIND, PROPOSAL, CONFIRMATION, KNOWN),
        (NotAgreed.NOT_A_PROPOSAL, WANTED, CONFIRMATION, CONFIRMATION, KNOWN),
        (NotAgreed.NOT_A_PROPOSAL, WANTED, CONFIRMATION, PROPOSAL, KNOWN),
        (NotAgreed.ANOTHER_PROPOSAL, WANTED, PROPOSAL, BEN.sign(PROPOSED), KNOWN),
        (NotAgreed.ANOTHER_PROPOSAL, WANTED, OTHER_PROPOSAL, CONFIRMATION, KNOWN),
        (NotAgreed.SAME_PERSON, WANTED, PROPOSAL, ADA.sign(CONFIRMED), KNOWN),
        (NotAgreed.SAME_PERSON, WANTED, PROPOSAL, ADAS_OTHER.sign(CONFIRMED), KNOWN),
    ],
)
def test_anything_less_is_no_agreement_and_says_why(
    why: NotAgreed, wanted: Wanted, proposal: str, confirmation: str, keys: tuple[object, ...]
) -> None:
    known = [key for key in (*KNOWN, *REVOKED, *EXPIRED) if key in keys]
    assert agreed(wanted, proposal, confirmation, known, NOW) is why


@pytest.mark.parametrize("meant", [OTHER, LATER_DETAIL, OF_ANOTHER_KIND])
def test_who_confirms_has_to_sign_for_the_same_thing(meant: Wanted) -> None:
    confirmed = Intent(meant.override, meant.subject, meant.detail, NOW, digest_of(PROPOSAL))
    found = agreed(WANTED, PROPOSAL, BEN.sign(confirmed), KNOWN, NOW)
    assert found is NotAgreed.ANOTHER_OVERRIDE


@pytest.mark.parametrize(
    ("late", "agrees"), [(timedelta(0), True), (timedelta(microseconds=1), False)]
)
def test_a_quarter_of_an_hour_is_over_a_moment_after_it(
    late: timedelta,
    agrees: bool,  # noqa: FBT001  a case
) -> None:
    proposal = ADA.sign(intent(NOW - timedelta(minutes=15) - late))
    confirmation = BEN.sign(intent(NOW, digest_of(proposal)))
    found = agreed(WANTED, proposal, confirmation, KNOWN, NOW)
    assert isinstance(found, Agreement) is agrees


def test_a_key_that_is_stolen_for_another_persons_name_signs_for_nobody() -> None:
    named_ben = altered(BEN.key, id=ADA.key.id)
    assert agreed(WANTED, PROPOSAL, CONFIRMATION, [named_ben], NOW) is NotAgreed.SIGNATURE_WRONG


@given(
    first=st.timedeltas(min_value=-timedelta(hours=1), max_value=timedelta(hours=1)),
    second=st.timedeltas(min_value=-timedelta(hours=1), max_value=timedelta(hours=1)),
)
def test_after_a_quarter_of_an_hour_never_whatever_the_signers_clocks_say(
    first: timedelta, second: timedelta
) -> None:
    proposal = ADA.sign(intent(NOW - first))
    confirmation = BEN.sign(intent(NOW - second, digest_of(proposal)))
    found = agreed(WANTED, proposal, confirmation, KNOWN, NOW)
    in_time = all(timedelta(0) <= each <= CONFIRMED_WITHIN for each in (first, second))
    assert isinstance(found, Agreement) == in_time
    if not in_time:
        ahead = min(first, second) < timedelta(0)
        assert found is (NotAgreed.CLOCK_AHEAD if ahead else NotAgreed.TOO_LATE)


WORDS = st.builds(
    lambda signer, minutes, override, subject, confirms: signer.sign(
        Intent(override, subject, "", NOW - timedelta(minutes=minutes), confirms)
    ),
    st.sampled_from([ADA, ADAS_OTHER]),
    st.integers(-2, 20),
    st.sampled_from(Override),
    st.sampled_from(["a", "b"]),
    st.none() | st.sampled_from([digest_of(PROPOSAL), digest_of("")]),
)


@given(first=WORDS, second=WORDS, override=st.sampled_from(Override))
def test_one_person_never_suffices_with_any_two_words_in_any_order(
    first: str, second: str, override: Override
) -> None:
    wanted = Wanted(override, "a")
    answering = Intent(override, "a", "", NOW, digest_of(first))
    for other in (second, ADA.sign(answering), ADAS_OTHER.sign(answering), first):
        assert isinstance(agreed(wanted, first, other, KNOWN, NOW), NotAgreed)
        assert isinstance(agreed(wanted, other, first, KNOWN, NOW), NotAgreed)


@given(
    said=st.sampled_from(Override),
    meant=st.sampled_from(Override),
    subjects=st.tuples(st.text(max_size=3), st.text(max_size=3)),
    details=st.tuples(st.text(max_size=3), st.text(max_size=3)),
)
def test_two_people_agree_on_what_they_signed_and_on_nothing_else(
    said: Override, meant: Override, subjects: tuple[str, str], details: tuple[str, str]
) -> None:
    proposal = ADA.sign(Intent(said, subjects[0], details[0], NOW))
    confirmation = BEN.sign(Intent(said, subjects[0], details[0], NOW, digest_of(proposal)))
    found = agreed(Wanted(meant, subjects[1], details[1]), proposal, confirmation, KNOWN, NOW)
    same = (said, subjects[0], details[0]) == (meant, subjects[1], details[1])
    assert isinstance(found, Agreement) == same
