"""What a party is told on its outbox: its messages' outcomes, and its containers' facts."""

from schemas.facts import Fact, Outcome
from schemas.lights import Colour, LightChange
from schemas.reasons import Missing
from schemas.stay import ReleaseStatus
from schemas.value import Form, Misformed, Moment, Value, always

UNREADABLE = "unreadable"


class Answered(Value, frozen=True, kw_only=True):
    """The outcome of one message of the party itself, by the `ce_id` that it gave.

    `outcome` is one of the ledger's, or `unreadable` from intake. `first` is the outcome that a
    duplicate got the first time. With a `request_id` it was asked of the port's system, and is
    not done: a notice with the fact request_answered tells its end. `code` is Certified Pick
    up's for the reason, where there is one. `sentence` and `who_can_fix` are in English, for
    whoever has no catalogue at hand: `reason` is what another language is looked up by
    (schemas/words). `waited` and `resumed` tell that the message was answered before: it waited,
    or was parked.
    """

    message_id: str
    outcome: str
    reason: str | None = None
    detail: str = always(default="")
    position: str = always(default="")
    sentence: str = always(default="")
    who_can_fix: str = always(default="")
    code: str | None = None
    request_id: str | None = None
    first: Outcome | None = None
    waited: bool = always(default=False)
    resumed: bool = False


class Notice(Value, frozen=True, kw_only=True):
    """One record of a party's outbox: its own answer, a fact about its container, or both.

    A fact names the parties that it is about and no others: the chain beyond a party's own hop,
    and the driver, are never told. `status` and `combined` are those of the release `release_id`.
    `texts` is what a fact that asks somebody to act means, by language (docs/decisions/0018).
    """

    shard: str = always(default="")
    seq: int = always(default=0)
    recorded_at: Moment
    container: str = always(default="")
    port: str = always(default="")
    answer: Answered | None = None
    fact: Fact | None = None
    release_id: str | None = None
    release_identification: str | None = None
    terminal: str | None = None
    status: ReleaseStatus | None = None
    combined: Colour | None = None
    light_changes: tuple[LightChange, ...] = always(default=())
    missing: tuple[Missing, ...] = always(default=())
    texts: dict[str, str] | None = None


class _Foremost(Value, frozen=True, kw_only=True):
    """What of a notice is understood whatever the fact that it tells."""

    shard: str = ""
    seq: int = 0
    recorded_at: Moment
    container: str = ""
    port: str = ""
    answer: Answered | None = None


ANSWERED: Form[Answered] = Form(Answered)
NOTICE: Form[Notice] = Form(Notice)
_FOREMOST: Form[_Foremost] = Form(_Foremost)


def read_notice(value: bytes) -> Notice:
    """Return the notice in *value*; raise Misformed where it is none.

    Of a later version's, with a fact or a reason that this one does not know, the answer is
    read and the rest is left out, as a reader is asked to (docs/schemas/README.md).
    """
    try:
        return NOTICE.read(value)
    except Misformed:
        foremost = _FOREMOST.read(value)
    return Notice(
        shard=foremost.shard,
        seq=foremost.seq,
        recorded_at=foremost.recorded_at,
        container=foremost.container,
        port=foremost.port,
        answer=foremost.answer,
    )
