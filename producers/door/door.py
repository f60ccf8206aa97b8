"""What the door is made of: who may call, how often, what it knows, and where it publishes."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from ledger.directory.directory import Directory
from producers.door.allowance import Allowances, Rate, Strangers
from producers.door.callers import Caller
from producers.records import Record
from producers.signing import MessageKey, SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE
from schemas.facts import RecordedFact
from schemas.organisations import Organisation
from schemas.unreadable import Unreadable

CHANNEL = "https"
RATE_OF_SYSTEMS = Rate(per_second=200.0, burst=5_000)
"""A system's webhooks: more than any port has, and less than what stops a bus."""
Quay = tuple[str, str]
"""A port and a terminal code, in the spelling that is compared."""


class Register(Protocol):
    """Tells who calls (callers.py)."""

    def who(self, authorization: str | None) -> Caller | None:
        """Return who calls with this header, or None."""


class SystemsUnreadable(Exception):
    """What a system is known by cannot be read, so it is not let in: look at the named file."""


class SystemsKnown(Protocol):
    """Tells whether a community system calls (hooks/known.py)."""

    def known_by(
        self, system: str, headers: Mapping[str, str], in_path: str, body: bytes = b""
    ) -> str | None:
        """Return by what *system* shows that it calls, None where it does not.

        Raises SystemsUnreadable.
        """

    def stands_in_body(self, system: str) -> bool:
        """Tell whether that stands in the body, which then is read first."""


class NoSystems:
    """No system calls here: the operator named none."""

    def known_by(
        self, _system: str, _headers: Mapping[str, str], _in_path: str, _body: bytes = b""
    ) -> str | None:
        """Let nobody in."""
        return None

    def stands_in_body(self, _system: str) -> bool:
        """Read no body of a stranger."""
        return False


class Post(Protocol):
    """Hands a record to the broker (posting.py)."""

    async def post(self, record: Record) -> None:
        """Return when the broker has it for good; raise BrokerAway."""


class NotAtHand(Exception):
    """What is kept cannot be read now: the database is away, or has not been written yet.

    Whoever asked asks again; look whether apply and dispatch run.
    """


class Kept(Protocol):
    """What the ledger and dispatch keep (consumers/kept.py); every method raises NotAtHand."""

    async def entries(self, container: str) -> Sequence[RecordedFact]:
        """Return the entries of a container, the oldest first."""

    async def containers_of(self, release_id: str) -> Sequence[str]:
        """Return which containers have a release of this id."""

    async def told(
        self, system: str, container: str, since: datetime, receiver: str
    ) -> Sequence[tuple[bytes, datetime]]:
        """Return what *system* told *receiver* of a container since then, and when."""


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

    def is_known(self, directory: Directory, moment: datetime) -> bool:
        """Tell whether what this door signs is believed, as intake judges it.

        Its own key stands in the directory, and it is not suspended.
        """
        itself = directory.get(self.organisation)
        key = None if itself is None else itself.key(self.key.key_id)
        stopped = self.organisation in directory.suspended
        if stopped or key is None or key.person is not None:  # a person's speaks for nobody else
            return False
        return not key.revoked_by(moment) and not key.expired_by(moment)

    def speaks_for(self, party: Organisation, moment: datetime) -> bool:
        """Tell whether *party* lets this door speak for it."""
        return any(
            gateway.organisation == self.organisation and gateway.speaks_at(moment)
            for gateway in party.gateways
        )


@dataclass(frozen=True, slots=True)
class Door:
    """Everything that the routes of the systems share.

    `kept` is what a party may ask to read; without it the door reads nothing to anybody.
    `of_systems` is how often a community system may call that has shown that it is itself.
    Without a `voice` the door publishes unsigned under the caller's own name: for a first look,
    and let in only where signatures are not required.
    """

    callers: Register
    allowances: Allowances
    strangers: Strangers
    post: Post
    directory: Callable[[], Directory]
    clock: Callable[[], datetime]
    namespace: str = ""
    voice: Voice | None = None
    gates: Mapping[Quay, GateAnswers] = field(default_factory=dict)
    kept: Kept | None = None
    hooks: SystemsKnown = field(default_factory=NoSystems)
    of_systems: Allowances = field(
        default_factory=lambda: Allowances(RATE_OF_SYSTEMS, time.monotonic)
    )

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
