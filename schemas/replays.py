"""An edited dead letter on its way in: which headers say so, and what two people sign of it."""

from collections.abc import Mapping
from hashlib import sha256

from schemas.signatures import payload_of

LETTER = "rb_dead_letter"
PROPOSAL = "rb_proposal"
CONFIRMATION = "rb_confirmation"
"""Headers of the record: where the letter stands (`3/17`), and the two words for it."""

REPLAYED = (LETTER, PROPOSAL, CONFIRMATION)
TOLD = "dlq-"
"""What the headers begin with that a dead letter has beside those of the record that it keeps."""

DOMAIN = b"releasebus edited record 1\n"


def digest_of_record(
    topic: str, key: bytes | None, headers: Mapping[str, bytes | None], value: bytes | None
) -> str:
    """Return what two people sign of an edited record: all that its sender would have signed.

    So what they agreed to goes in on no other topic, under no other key, and says nothing else.
    """
    return sha256(DOMAIN + payload_of(topic, key, headers, value)).hexdigest()
