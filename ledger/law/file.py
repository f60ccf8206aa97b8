"""The file of one container: everything that is locked, ordered and decided together."""

from datetime import datetime
from enum import StrEnum

from ledger.law.context import Question
from schemas.attested import Attested
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.facts import Cause, Fact, Outcome, RecordedFact
from schemas.lights import LightChange, Lights
from schemas.reasons import Missing
from schemas.stay import Stay
from schemas.value import Value


class Held(Value, frozen=True):
    """A message in the waiting room, until its release comes or its time is over."""

    question: Question
    until: datetime


class RequestState(StrEnum):
    """Where a request to a port's system stands."""

    SENT = "sent"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OVERDUE = "overdue"


class Request(Value, frozen=True):
    """What was put to the system that decides in the port, and how far it got.

    `cause` and `message` are who asked what; the message goes once it is answered, with what it
    may carry of persons. `release_id` is empty where it asks for a release. `observed`: since it
    was made, the system has said how the release stands.
    """

    id: str
    system: str
    port: str
    release_id: str
    state: RequestState
    due_at: datetime
    cause: Cause
    message: str = ""
    observed: bool = False

    @property
    def open(self) -> bool:
        """Tell whether the system still has to answer."""
        return self.state is RequestState.SENT or self.state is RequestState.OVERDUE


class File(Value, frozen=True):
    """All stays of a container, oldest first, and the messages that wait for one.

    `requests` are those that were put to a port's system, oldest first.
    `parked`: a message broke our code, so everything after it stands behind it, in order.
    """

    stays: tuple[Stay, ...] = ()
    waiting: tuple[Held, ...] = ()
    parked: bool = False
    requests: tuple[Request, ...] = ()


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

    def recorded(
        self,
        shard: str,
        seq: int,
        recorded_at: datetime,
        previous_seq: int | None = None,
        attested: Attested | None = None,
    ) -> RecordedFact:
        """Return it as entry *seq* of *shard*; *attested* with the answer to a message."""
        return RecordedFact(
            schema_version=SCHEMA_VERSION,
            shard=shard,
            seq=seq,
            recorded_at=recorded_at,
            container=self.container,
            previous_seq=previous_seq,
            port=self.port,
            fact=self.fact,
            cause=self.cause,
            outcome=self.outcome,
            stay=self.stay,
            lights=self.lights,
            light_changes=self.light_changes,
            missing=self.missing,
            attested=attested,
        )
