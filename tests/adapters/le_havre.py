"""A story in Le Havre, where S)ONE decides, and what S)ONE would say in it."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import adapters.sone
from adapters.contract import (
    HTTP_ETAG,
    HTTP_STATUS,
    IN_REPLY_TO,
    NOTHING,
    Document,
    Memory,
    Parsed,
    Request,
)
from adapters.sone import SYSTEM
from ledger.directory.directory import Directory, directory_of
from producers.simulator.elsewhere import step_followed
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage, Role
from schemas.organisations import Account, Organisation, Terminal
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.story import AGENT, CONTAINER, FORWARDER, Story

SONE = "NXT22000000020"
GMP = "NXT22000000021"
PORT, QUAY = "FRLEH", "TDF"
SPI = "CNI0000000001"
CODES: Final[Mapping[str, str]] = {AGENT: "CDEM", FORWARDER: "2308522"}

ORGANISATIONS = (
    *(
        altered(each, accounts=(Account("sone", CODES[each.id]),)) if each.id in CODES else each
        for each in antwerp.ORGANISATIONS
    ),
    Organisation(SONE, 1, "S)ONE", (), system="sone"),
    Organisation(GMP, 1, "Demo GMP", (Role.TERMINAL_OPERATOR,), terminals=(Terminal(PORT, QUAY),)),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))
PARTIES = DIRECTORY.by_id

SAMPLES = Path(adapters.sone.__file__).parent / "samples"


def sample(name: str) -> bytes:
    """Return one of the adapter's samples."""
    return (SAMPLES / f"{name}.json").read_bytes()


def event(
    kind: str,
    at: str = "2025-08-15T23:32:00+00:00",
    *,
    state: str = "Active",
    alert: str = "Creation",
    location: str = "MTDF",
) -> dict[str, str]:
    """Return one event of a webhook."""
    return {
        "AlertDate": at,
        "AlertType": alert,
        "Direction": "Import",
        "Location": location,
        "State": state,
        "Type": kind,
    }


def webhook(*events: Mapping[str, object], spi: str = SPI, **more: object) -> bytes:
    """Return what is posted of a container."""
    unit = {
        "Events": events,
        "FreightFamily": "Container",
        "Reference": CONTAINER,
        "Spi": spi,
        **more,
    }
    return json.dumps({"HandlingUnit": unit}).encode()


def traced(**changes: object) -> bytes:
    """Return the sample of a handling unit that was read, some members changed."""
    content: Any = json.loads(sample("handling_units"))
    content["items"][0].update(changes)
    return json.dumps(content).encode()


@dataclass(slots=True)
class LeHavre:
    """The ledger and S)ONE's adapter, back to back: what is asked goes out, what is said comes in.

    S)ONE itself is who plays it: it holds nothing, and says what a test makes it say.
    """

    story: Story = field(
        default_factory=lambda: Story(port=PORT, terminal=QUAY, directory=DIRECTORY)
    )
    memory: Memory = NOTHING
    sent: list[Document] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)

    def say(
        self, sender: str, model: type[ContainerMessage], **members: object
    ) -> tuple[Document, ...]:
        """Let a party say something, and return what S)ONE is asked."""
        return self.send(self.story.say(sender, model, **members))

    def send(self, facts: Iterable[RecordedFact]) -> tuple[Document, ...]:
        """Return the documents that *facts* become."""
        made: list[Document] = []
        for recorded in facts:
            rendered = SYSTEM.functions.render(recorded, PARTIES, self.memory)
            self.memory = rendered.memory
            made.extend(rendered.documents)
        self.sent.extend(made)
        return tuple(made)

    def hear(
        self,
        data: bytes,
        *,
        to: Document | Request | None = None,
        status: str = "",
        etag: str = "",
    ) -> Parsed:
        """Let S)ONE say something, as an answer or of itself, and the ledger hear of it."""
        headers = {IN_REPLY_TO: "" if to is None else to.id, HTTP_STATUS: status, HTTP_ETAG: etag}
        redacted = SYSTEM.functions.redact(data)
        parsed = SYSTEM.functions.parse(redacted, headers, self.memory)
        self.memory = parsed.memory
        self.asked.extend(parsed.requests)
        for part in parsed.messages:
            said = part.message.model_dump(exclude_none=True, exclude={"container", "port"})
            assert isinstance(part.message, ContainerMessage)
            self.send(self.story.say(SONE, type(part.message), **said))
        return parsed

    def accept(self, document: Document, status: str = "Accepté") -> Parsed:
        """Let S)ONE answer a step."""
        said = step_followed(json.loads(document.content), document.type, status)
        return self.hear(json.dumps(said).encode(), to=document)
