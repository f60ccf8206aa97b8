"""What the door is made of: who may call, how often, what it knows, and where it publishes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.directory.directory import Directory
from producers.door.allowance import Allowances
from producers.door.callers import Caller
from producers.records import Record
from producers.signing import MessageKey, SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE
from schemas.organisations import Organisation
from schemas.unreadable import Unreadable

CHANNEL = "https"
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
class Voice:
    """The door as an organisation of its own: it signs, and names for whom it speaks.

    `organisation` is its NxtPort id. Who is spoken for has appointed it in the directory.
    """

    organisation: str
    key: MessageKey

    def speaks_for(self, party: Organisation, moment: datetime) -> bool:
        """Tell whether *party* lets this door speak for it."""
        return any(
            gateway.organisation == self.organisation and gateway.speaks_at(moment)
            for gateway in party.gateways
        )


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that the routes of the systems share.

    Without a `voice` the door publishes unsigned under the caller's own name: for a first look,
    and let in only where signatures are not required.
    """

    callers: Register
    allowances: Allowances
    post: Post
    directory: Callable[[], Directory]
    clock: Callable[[], datetime]
    namespace: str = ""
    voice: Voice | None = None
    gates: Mapping[Quay, GateAnswers] = field(default_factory=dict)

    def organisation(self, caller: Caller) -> Organisation | None:
        """Return the organisation that calls, as the directory knows it now."""
        return self.directory().get(caller.organisation)

    def spoken(self, record: Record, caller: Caller) -> Record:
        """Return *record* with who stands behind it, signed where the door has a voice.

        How the caller was known is kept as evidence: by which token, never the token itself.
        """
        if self.voice is None:
            return record
        known_by = f"bearer token {caller.credential}"
        spoken_for = SpokenFor(caller.organisation, known_by, CHANNEL)
        headers = (*record.headers, *spoken_for.headers())
        return signed(record._replace(headers=headers), self.voice.key)

    def source(self, caller: Caller) -> str:
        """Return the ce_source of what is published for *caller*."""
        speaker = caller.organisation if self.voice is None else self.voice.organisation
        return ORGANISATION_SOURCE + speaker
