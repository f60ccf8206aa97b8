"""What the door is made of: who may call, how often, what it knows, and where it publishes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.directory.directory import Directory
from producers.door.allowance import Allowances
from producers.door.callers import Caller
from producers.records import Record
from schemas.organisations import Organisation
from schemas.unreadable import Unreadable

Quay = tuple[str, str]
"""A port and a terminal code, in the spelling that is compared."""


class Register(Protocol):
    """Tells who calls (callers.py)."""

    def who(self, authorization: str | None) -> Caller | None:
        """Return who calls with this header, or None."""


class Post(Protocol):
    """Hands a record to the broker (posting.py)."""

    async def post(self, record: Record) -> None:
        """Return when the broker has it for good; raise BrokerAway."""


@dataclass(frozen=True, slots=True)
class GateAnswers:
    """What the gate of one quay answers, in CPu's shapes (consumers/gate/validation.py).

    The gate reads topics and stands above the producers, so the command line hands it in.
    """

    validate: Callable[[bytes], bytes | Unreadable]
    identify: Callable[[bytes], Awaitable[bool | Unreadable]]


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that the routes of the systems share."""

    callers: Register
    allowances: Allowances
    post: Post
    directory: Callable[[], Directory]
    clock: Callable[[], datetime]
    namespace: str = ""
    gates: Mapping[Quay, GateAnswers] = field(default_factory=dict)

    def organisation(self, caller: Caller) -> Organisation | None:
        """Return the organisation that calls, as the directory knows it now."""
        return self.directory().get(caller.organisation)
