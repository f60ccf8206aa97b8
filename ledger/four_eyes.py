"""Four eyes: whether two signed intents are two people's agreement on one override.

A proposal alone does nothing and is kept nowhere: it lapses because nobody can confirm it any
more. So the rule needs no memory, only the two intents, the people's keys and the ledger's time.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from nacl.bindings import crypto_sign_open
from nacl.exceptions import BadSignatureError, CryptoError

from schemas.keys import Key, public_key_in
from schemas.overrides import Intent, NotAgreed, Override, SignedIntent, signed_intent_in
from schemas.unreadable import Unreadable
from schemas.value import Value

CONFIRMED_WITHIN = timedelta(minutes=15)


class Wanted(Value, frozen=True):
    """What is about to be done: the intents have to be for this, to the letter."""

    override: Override
    subject: str
    detail: str = ""


class Agreement(Value, frozen=True):
    """Two people agreed on it; `digest` is the proposal's, by which it is done once.

    Not the confirmation's: who confirms could sign a second one, and do it again alone.
    """

    proposed_by: str
    confirmed_by: str
    digest: str


class _Word(Value, frozen=True):
    """One person's verified intent."""

    person: str
    came: SignedIntent

    @property
    def intent(self) -> Intent:
        """What the person wants."""
        return self.came.intent


def agreed(
    wanted: Wanted, proposal: str, confirmation: str, keys: Iterable[Key], now: datetime
) -> Agreement | NotAgreed:
    """Return the agreement of two people on *wanted*, or why there is none.

    *keys* are those of the people who may override; *now* is the ledger's time, which judges the
    keys and counts the quarter of an hour: what the signers' clocks say cannot make it longer.
    """
    known = {key.id: key for key in keys}
    first = _word(proposal, known, now)
    if isinstance(first, NotAgreed):
        return first
    second = _word(confirmation, known, now)
    if isinstance(second, NotAgreed):
        return second
    why = _why_not(wanted, first, second, now)
    return why or Agreement(first.person, second.person, first.came.digest)


def _why_not(wanted: Wanted, first: _Word, second: _Word, now: datetime) -> NotAgreed | None:
    proposed, confirmed = first.intent, second.intent
    if any(_what(intent) != wanted for intent in (proposed, confirmed)):
        return NotAgreed.ANOTHER_OVERRIDE
    if proposed.confirms is not None:
        return NotAgreed.NOT_A_PROPOSAL
    if confirmed.confirms != first.came.digest:
        return NotAgreed.ANOTHER_PROPOSAL
    if first.person == second.person:
        return NotAgreed.SAME_PERSON
    if max(proposed.at, confirmed.at) > now:
        return NotAgreed.CLOCK_AHEAD
    if now - min(proposed.at, confirmed.at) > CONFIRMED_WITHIN:
        return NotAgreed.TOO_LATE
    return None


def _what(intent: Intent) -> Wanted:
    return Wanted(intent.override, intent.subject, intent.detail)


def _word(written: str, known: dict[str, Key], now: datetime) -> _Word | NotAgreed:
    came = signed_intent_in(written)
    if isinstance(came, Unreadable):
        return NotAgreed.UNREADABLE
    key = known.get(came.signature.key_id)
    if key is None or key.person is None or key.revoked_by(now) or key.expired_by(now):
        return NotAgreed.NOT_A_PERSONS_KEY
    if not _signed_by(key, came):
        return NotAgreed.SIGNATURE_WRONG
    return _Word(key.person, came)


def _signed_by(key: Key, came: SignedIntent) -> bool:
    try:
        crypto_sign_open(came.signature.signature + came.signed, public_key_in(key.public_key))
    except (BadSignatureError, CryptoError):
        return False
    return True
