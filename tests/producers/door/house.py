"""A door without engines: the real application, a directory at hand, and what it published."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from ledger.directory.directory import Directory, directory_of
from producers.door.allowance import Allowances, Rate, Strangers
from producers.door.app import app_of
from producers.door.callers import Caller
from producers.door.door import Door, GateAnswers, Kept, NoSystems, Quay, SystemsKnown, Voice
from producers.door.posting import BrokerAway
from producers.records import Record
from producers.sealing import new_terminal_key
from producers.signing import new_message_key
from schemas.identifiers import Scheme
from schemas.keys import Gateway, Key
from schemas.messages import Role
from schemas.organisations import Code, Organisation, Terminal

AGENT, FORWARDER, HAULIER = "NXT21000000001", "NXT21000000002", "NXT21000000003"
TERMINAL, INLAND = "NXT21000000004", "NXT21000000006"
PORT, QUAY = "BEANR", "1742"
KEY = new_terminal_key()
SPEAKS_AS = new_message_key()
"""What INLAND, the gateway of these tests, signs with."""
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PLENTY = Rate(per_second=1000, burst=1000)
ROOT = "/certified-pickup/v1"
BOX = f"{ROOT}/BEANR/containers/CPUU1000010/import"


def directory() -> Directory:
    """Return the cast; the terminal has a key, its second quay has none."""
    quays = (
        Terminal(PORT, QUAY, KEY.key_id, KEY.public_key),
        Terminal(PORT, "1700"),
    )
    vat = Code(Scheme.VAT, "BE0400000001")
    appointed = Gateway(INLAND, NOW)
    known = Key(SPEAKS_AS.key_id, SPEAKS_AS.public_key, NOW)
    organisations = (
        Organisation(AGENT, 1, "Demo Agent NV", (Role.SHIP_AGENT,)),
        Organisation(FORWARDER, 1, "Demo Forwarder BV", (Role.RELEASE_PARTY,), (vat,)),
        Organisation(
            HAULIER, 1, "Demo Haulier BV", (Role.TRANSPORT_OPERATOR,), gateways=(appointed,)
        ),
        Organisation(TERMINAL, 1, "Demo Terminal", (Role.TERMINAL_OPERATOR,), (), quays),
        Organisation(
            INLAND, 1, "Inland", (Role.TRANSPORT_OPERATOR,), (), quays[:1], keys=(known,)
        ),
    )
    return directory_of(organisations, version=1)


@dataclass(slots=True)
class Known:
    """Tells who calls by the organisation's own id as token."""

    def who(self, authorization: str | None) -> Caller | None:
        """Take the token for the organisation."""
        token = (authorization or "").removeprefix("Bearer ")
        return Caller(token, f"token of {token}") if token else None


@dataclass(slots=True)
class Published:
    """A broker that keeps what it was handed, or is away."""

    records: list[Record] = field(default_factory=list)
    away: bool = False

    async def post(self, record: Record) -> None:
        """Keep the record."""
        if self.away:
            raise BrokerAway("planted")
        self.records.append(record)

    @property
    def last(self) -> Record:
        """The last one."""
        return self.records[-1]

    @property
    def headers(self) -> dict[str, str]:
        """Its headers as text."""
        return {name: value.decode() for name, value in self.last.headers}


@dataclass(slots=True)
class House:
    """The door and what stands around it; `now` is the clock of the allowances in seconds."""

    published: Published = field(default_factory=Published)
    gates: dict[Quay, GateAnswers] = field(default_factory=dict)
    rate: Rate = PLENTY
    strangers: Rate = PLENTY
    of_systems: Rate = PLENTY
    now: float = 0.0
    voice: Voice | None = None
    kept: Kept | None = None
    cast: Directory = field(default_factory=directory)
    peer: str = "192.0.2.1"
    register: Any = field(default_factory=Known)
    hooks: SystemsKnown = field(default_factory=NoSystems)

    def door(self) -> Door:
        """Return the door."""
        return Door(
            callers=self.register,
            allowances=Allowances(self.rate, lambda: self.now),
            strangers=Strangers(self.strangers, lambda: self.now),
            post=self.published,
            directory=lambda: self.cast,
            kept=self.kept,
            clock=lambda: NOW,
            gates=self.gates,
            voice=self.voice,
            hooks=self.hooks,
            of_systems=Allowances(self.of_systems, lambda: self.now),
        )

    def client(self, organisation: str = "") -> httpx.AsyncClient:
        """Return a client of *organisation* that calls the application without a socket."""
        token = {"authorization": f"Bearer {organisation}"} if organisation else {}
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app_of(self.door()), client=(self.peer, 4711)),
            base_url="https://door",
            headers=token,
        )
