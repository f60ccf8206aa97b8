"""What a party is told on its outbox: its messages' outcomes, and its containers' facts."""

from dataclasses import dataclass

from pydantic import AwareDatetime

from schemas.facts import Fact, Outcome
from schemas.lights import Colour, LightChange
from schemas.quick_json import Form
from schemas.reasons import Missing, Reason
from schemas.stay import ReleaseStatus

UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The outcome of one message of the party itself, by the `ce_id` that it gave.

    `outcome` is one of the ledger's, or `unreadable` from intake. `first` is the outcome that a
    duplicate got the first time. `sentence` and `who_can_fix` are for a person.
    """

    message_id: str
    outcome: Outcome | str
    reason: Reason | str | None = None
    detail: str = ""
    position: str = ""
    sentence: str = ""
    who_can_fix: str = ""
    first: Outcome | None = None
    waited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One record of a party's outbox: its own answer, a fact about its container, or both.

    A fact names the parties that it is about and no others: the chain beyond a party's own hop,
    and the driver, are never told. `status` and `combined` are those of the release `release_id`.
    """

    shard: str = ""
    seq: int = 0
    recorded_at: AwareDatetime
    container: str = ""
    port: str = ""
    answer: Answered | None = None
    fact: Fact | None = None
    release_id: str | None = None
    release_identification: str | None = None
    terminal: str | None = None
    status: ReleaseStatus | None = None
    combined: Colour | None = None
    light_changes: tuple[LightChange, ...] = ()
    missing: tuple[Missing, ...] = ()


ANSWERED = Form(Answered)
NOTICE = Form(Notice)
