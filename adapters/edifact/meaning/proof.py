"""What is written to a partner, checked as a partner would: by directory, by level, read back."""

from datetime import UTC, datetime
from typing import Final

from msgspec import Struct

from adapters.edifact.items import Message
from adapters.edifact.partners.partner import Partner
from adapters.edifact.read import read
from adapters.edifact.words import sentence, where
from adapters.edifact.write import Draft, Envelope, NotInLevel, draft_of, written

_WHEN: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Of an envelope that nobody gets."""


class Unsent(Struct, frozen=True):
    """A message that cannot be written to a partner, and why, for an operator."""

    type: str
    why: str


def proven(draft: Draft, partner: Partner) -> Draft | Unsent:
    """Return *draft* where it keeps every rule and reads back to the same values; else why not.

    What parties write in references is longer, and of other characters, than some directories
    and levels take; nothing is cut or spelt otherwise, since it would name another thing.
    """
    envelope = Envelope(
        partner.level,
        partner.syntax,
        partner.ours[0].composite,
        partner.identities[0].composite,
        _WHEN,
        "1",
    )
    try:
        items = list(read([written(envelope, [draft])]))
    except NotInLevel as error:
        return Unsent(
            draft.kind.type, f"It has a character that the partner cannot read: {error}."
        )
    found = next((each for item in items for each in item.findings), None)
    if found is not None:
        return Unsent(draft.kind.type, f"{where(found)}: {sentence(found)}")
    back = next(draft_of(item) for item in items if isinstance(item, Message))
    return draft if back == draft else Unsent(draft.kind.type, "It does not read back.")
