"""The contract of a community system: its bytes into values and back, pure, and nothing is sent.

A system is one folder beside this file that exposes `SYSTEM`; adapters/registry.py finds it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from schemas.facts import RecordedFact
from schemas.messages import Message, PartyRef
from schemas.organisations import Organisation
from schemas.ports import Authority
from schemas.unreadable import Unreadable

Memory: TypeAlias = str
"""What a system remembers under one correlation id; dispatch keeps it and does not read it."""

NOTHING: Memory = ""

HTTP_METHOD = "http-method"
HTTP_PATH = "http-path"
HTTP_IF_MATCH = "http-if-match"
"""Headers of a document that is a call of a system's interface: method (POST without one), path
below the address that the operator configured, and the state of the thing that it changes."""

ON_BEHALF_OF = "on-behalf-of"
"""Header of a call: the organisation whose own account at the system it is made with."""

IN_REPLY_TO = "in-reply-to"
HTTP_STATUS = "http-status"
HTTP_ETAG = "http-etag"
"""Headers of what came back on a call: the id of the document that was sent, the status that the
system answered with, and the state of the thing answered about, where it names one."""

Headers: TypeAlias = Mapping[str, str]
Parties: TypeAlias = Mapping[str, Organisation]
"""The organisations that a fact names (adapters/parties.py), by id."""


class PartyMissing(Exception):
    """A fact names an organisation that the directory does not have.

    The directory topic was cut or belongs to another bus: compare it with the ledger's table of
    organisations, then resume what was parked.
    """


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that no owner of the system has confirmed; `source` says what it rests on."""

    code: str
    says: str
    source: str


@dataclass(frozen=True, slots=True)
class Untold:
    """Something that becomes no document of the system's, and why not.

    `what` is the type of a fact, or of a message that a party may ask where the system decides.
    """

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Which description of the system was followed, and what of it is `unverified`.

    `untold` is what every system of its kind is told, and this one is not
    (tests/adapters/test_contract.py has the list).
    """

    name: str
    unverified: tuple[Note, ...] = ()
    untold: tuple[Untold, ...] = ()

    @property
    def header(self) -> tuple[str, str]:
        """Return the header of every document and call: what was followed, and if unverified."""
        return ("rb_profile", f"{self.name} unverified" if self.unverified else self.name)


@dataclass(frozen=True, slots=True)
class Document:
    """One thing to be sent to one receiver, whole and final.

    `receiver` is an organisation, or the system's own name where it is asked for something.
    `id` is the same whenever the same fact is rendered. `type` is its ce_type, `subject` the
    container, `time` when the ledger recorded the fact. Documents of one correlation id are
    sent in the order in which they were made.
    """

    id: str
    type: str
    receiver: str
    content_type: str
    content: bytes
    correlation_id: str
    subject: str
    time: datetime
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a fact becomes in a system: documents in order, and what is remembered from now on."""

    documents: tuple[Document, ...] = ()
    memory: Memory = NOTHING


@dataclass(frozen=True, slots=True)
class Part:
    """One message found in what came in.

    `id` is the same whenever the same bytes come again under the same headers. `occurred_at`
    and `on_behalf_of` are set where the bytes say so themselves; `findings` are what was odd.
    `accounts` are parties that the system names by their accounts there, each under the member of
    the message that it belongs in, or under `on_behalf_of`: linked to organisations before the
    part is logged (adapters/parties.py), since no adapter sees the directory.
    """

    message: Message
    id: str
    findings: tuple[str, ...] = ()
    occurred_at: datetime | None = None
    on_behalf_of: PartyRef | None = None
    accounts: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Request:
    """Something the system has to be asked; the answer comes in by the same door.

    `headers` are as a document's.
    """

    id: str
    method: str
    path: str
    correlation_id: str
    content_type: str = ""
    content: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came in, part by part: every part is a message or a problem, and none is left out."""

    messages: tuple[Part, ...] = ()
    requests: tuple[Request, ...] = ()
    memory: Memory = NOTHING
    problems: tuple[Unreadable, ...] = ()


def nothing_to_poll(_correlation_id: str, _memory: Memory) -> tuple[Request, ...]:
    """Return no request: a system that tells by itself is not asked from time to time."""
    return ()


@dataclass(frozen=True, slots=True)
class Functions:
    """What a system can do. All are pure, and only `render` raises (PartyMissing).

    correlation_of_fact: under which id a fact's documents are ordered and memory is kept.
    correlation_of_bytes: the same for what comes in, after `redact`; empty where it names none.
    render: the documents that a fact becomes.
    parse: the messages in what came in; never raises, whatever the bytes are.
    redact: what may be stored of what came in: no PIN, token or plain identity passes. Run it
    before the first topic; running it twice changes nothing.
    proofread: what a receiver would find wrong in a document; empty where it reads back whole.
    poll: what to ask from time to time about a correlation id while its memory says so: the same
    requests, with the same ids, until an answer changes the memory. Systems lose webhooks.
    """

    correlation_of_fact: Callable[[RecordedFact], str]
    correlation_of_bytes: Callable[[bytes, Headers], str]
    render: Callable[[RecordedFact, Parties, Memory], Rendered]
    parse: Callable[[bytes, Headers, Memory], Parsed]
    redact: Callable[[bytes], bytes]
    proofread: Callable[[Document], tuple[str, ...]]
    poll: Callable[[str, Memory], tuple[Request, ...]] = nothing_to_poll


@dataclass(frozen=True, slots=True)
class System:
    """One community system. `name` is its folder; `renders` the facts that become documents.

    `ports` are those whose system it is, and `authority` says who decides there; None where it is
    no port's: what it says is then asked of whoever decides in the port that it names, and `ports`
    are those where it is told of facts beside the port's own system.
    `actions` are what the users of the system do there instead of a message of ours, by its type.
    """

    name: str
    title: str
    ports: frozenset[str]
    authority: Authority | None
    media_in: frozenset[str]
    media_out: frozenset[str]
    renders: frozenset[str]
    profile: Profile
    functions: Functions
    actions: Mapping[str, str] = field(default_factory=dict)


def callback(system: str) -> str:
    """Return what stands in a call for where *system* may tell by itself, a JSON text of its own.

    Delivery puts the door's address in: where that is, and the secret in it, stand on no topic.
    """
    return f"{{door}}/hooks/{system}"


def document_id(recorded: RecordedFact, system: str, kind: str, receiver: str) -> str:
    """Return the id of the document of *kind* that *recorded* becomes for *receiver*."""
    return f"{recorded.shard}-{recorded.seq}.{system}.{kind}.{receiver}"
