"""How the release right passes from hand to hand, as facts."""

from schemas.fact_value import FactValue
from schemas.reasons import Reason
from schemas.value import always


class NominationRefused(FactValue, frozen=True, kw_only=True):
    """The release stands and its `release_to` got nothing: why, as a refusal would say it.

    Release and nomination are one call and two events (cpu.md §1.1); the agent transfers later.
    """

    reason: Reason
    detail: str = always(default="")


class ChainRevoked(FactValue, frozen=True, kw_only=True):
    """The agent took the whole chain back: the release stands, nobody holds it.

    `first_release_party` is who stays the one that is invoiced, None where that is open again.
    """

    parties: tuple[str, ...]
    first_release_party: str | None = None
    reason: str = always(default="")


class Transferred(FactValue, frozen=True, kw_only=True):
    """The right is on its way to `receiver`; `first_release_party` where that is one by this."""

    giver: str
    receiver: str
    first_release_party: str | None = None


class Accepted(FactValue, frozen=True, kw_only=True):
    """`receiver` holds the right now; `supplied` where SCR, which knows no accept, shows so."""

    giver: str
    receiver: str
    supplied: bool = False


class Declined(FactValue, frozen=True, kw_only=True):
    """`receiver` did not want the right; `giver` has it again."""

    giver: str
    receiver: str
    reason: str = always(default="")


class TransferRevoked(FactValue, frozen=True, kw_only=True):
    """`giver` took its transfer back before it was accepted, or after, where that was supplied."""

    giver: str
    receiver: str
    reason: str = always(default="")
