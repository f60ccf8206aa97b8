"""What the law hands back: facts about stays, or a refusal; never an exception."""

from schemas.facts import Fact
from schemas.reasons import Reason
from schemas.value import Value


class Refusal(Value, frozen=True):
    """The message is not followed; `detail` names what it failed on, without personal data."""

    reason: Reason
    detail: str = ""


Ruling = tuple[Fact, ...] | Refusal
"""What is decided about one stay; the first fact is the answer, the rest follow from it."""
