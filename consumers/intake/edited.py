"""An edited dead letter comes in on two people's word, which stands for its sender's signature."""

from consumers.intake.claim import Claim
from ledger.directory.directory import Directory
from ledger.four_eyes import Agreement, Wanted, agreed
from schemas.logged import Attestation
from schemas.overrides import NotAgreed, Override
from schemas.replays import CONFIRMATION, LETTER, PROPOSAL, digest_of_record
from schemas.topics import DIRECTORY_INPUTS
from schemas.unreadable import Unreadable
from schemas.value import altered
from schemas.words import explained

NOT_AGREED = "override_not_agreed"


def edited(
    claim: Claim, own: Attestation, overrides_by: str | None, directory: Directory
) -> Attestation | Unreadable:
    """Return *own*, the sender's attestation, as two people vouch for it; or why nobody does.

    *overrides_by* is the organisation whose people may. Their keys and the quarter of an hour are
    judged by the broker's time of the record.
    """
    if any(claim.topic == topic.name for topic in DIRECTORY_INPUTS):
        # Or two who may not register a person's key could do it in the register's name, and what
        # an organisation says of its keys counts by its own signature alone.
        return _not_agreed("Nothing is replayed edited there: its sender has to say it anew.")
    found = _agreement(claim, overrides_by, directory)
    if isinstance(found, NotAgreed):
        return _not_agreed(explained(found).sentence())
    return altered(
        own,
        edited_by=f"{found.proposed_by}, {found.confirmed_by}",
        proposal=claim.texts[PROPOSAL],
        confirmation=claim.texts[CONFIRMATION],
    )


def _agreement(
    claim: Claim, overrides_by: str | None, directory: Directory
) -> Agreement | NotAgreed:
    if overrides_by is None:
        return NotAgreed.NOBODY_NAMED
    known, record, texts = directory.get(overrides_by), claim.record, claim.texts
    digest = digest_of_record(record.topic, record.key, dict(record.headers), record.value)
    wanted = Wanted(Override.REPLAY_EDITED_DEAD_LETTER, texts.get(LETTER, ""), digest)
    signed = texts.get(PROPOSAL, ""), texts.get(CONFIRMATION, "")
    return agreed(wanted, *signed, () if known is None else known.keys, claim.moment)


def _not_agreed(sentence: str) -> Unreadable:
    return Unreadable(NOT_AGREED, f"header {LETTER}", sentence)
