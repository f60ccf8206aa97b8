"""The file of one container: everything that is locked, ordered and decided together."""

from datetime import datetime

from ledger.law.context import Question
from schemas.facts import Cause, Fact, Outcome
from schemas.lights import LightChange, Lights
from schemas.reasons import Missing
from schemas.stay import Stay
from schemas.value import Value


class Held(Value, frozen=True):
    """A message in the waiting room, until its release comes or its time is over."""

    question: Question
    until: datetime


class File(Value, frozen=True):
    """All stays of a container, oldest first, and the messages that wait for one.

    `parked`: a message broke our code, so everything after it stands behind it, in order.
    """

    stays: tuple[Stay, ...] = ()
    waiting: tuple[Held, ...] = ()
    parked: bool = False


class Answer(Value, frozen=True):
    """One entry to be: a fact, what asked for it, and how the stay stands after it."""

    container: str
    port: str
    fact: Fact
    cause: Cause
    outcome: Outcome | None = None
    stay: Stay | None = None
    lights: Lights | None = None
    light_changes: tuple[LightChange, ...] = ()
    missing: tuple[Missing, ...] = ()
