"""One thing that somebody puts on the bus at a moment of the day, and what must become of it."""

from dataclasses import dataclass
from datetime import datetime

from schemas.envelope import Header
from schemas.facts import Outcome
from schemas.messages import ContainerMessage, Role
from schemas.notices import UNREADABLE
from schemas.reasons import Reason
from schemas.topics import Topic


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer that a message must get; `reason` where it is refused or unreadable.

    `later` is what a message that waits is told in the end, None where it waits for ever.
    """

    outcome: Outcome | str
    reason: Reason | str | None = None
    later: Outcome | None = None


APPLIED = Answer(Outcome.APPLIED)
DUPLICATE = Answer(Outcome.DUPLICATE)
WAITS_FOR_EVER = Answer(Outcome.WAITING)
WAITS_THEN_APPLIED = Answer(Outcome.WAITING, later=Outcome.APPLIED)
WAITS_IN_VAIN = Answer(Outcome.WAITING, later=Outcome.REFUSED)


def refused(reason: Reason) -> Answer:
    """Return that the message must be refused for *reason*."""
    return Answer(Outcome.REFUSED, reason)


def unreadable(code: str) -> Answer:
    """Return that the record must become a dead letter for the cause *code*."""
    return Answer(UNREADABLE, code)


@dataclass(frozen=True, slots=True)
class Letter:
    """A record that is no sound message: its bytes as they go out, headers and all."""

    topic: Topic
    key: bytes | None
    value: bytes | None
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """Who says what and when. `wave`: everything of the waves before must be answered first.

    Within a wave nothing depends on the answer to anything else, so a wave may go out at once
    and in any order, except that one sender's messages about one container keep theirs.
    """

    wave: int
    at: datetime
    role: Role
    organisation: str
    container: str
    message_id: str
    content: ContainerMessage | Letter
    answer: Answer
