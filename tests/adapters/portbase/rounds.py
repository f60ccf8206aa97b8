"""The ledger and the adapter in turn: what is asked goes out, what is said comes in."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from adapters.contract import HTTP_STATUS, IN_REPLY_TO, NOTHING, Document, Request
from adapters.portbase import SYSTEM
from schemas.facts import RecordedFact
from schemas.messages import ContainerMessage
from schemas.stay import Stay
from schemas.unreadable import Unreadable
from tests.adapters.rotterdam import BILLS, PORTBASE, QUAY, in_rotterdam
from tests.adapters.story import Story

BILL = BILLS[0]
TRACKING = "0f6d2c1e-7c55-4f0b-9a51-5b8d7d1f2a10"


@dataclass
class Round:
    """One container of one bill: the law's own answers, and Portbase's words as bytes."""

    story: Story = field(default_factory=in_rotterdam)
    memory: dict[str, str] = field(default_factory=dict)
    sent: list[Document] = field(default_factory=list)
    asked: list[Request] = field(default_factory=list)
    problems: list[Unreadable] = field(default_factory=list)

    def ask(self, sender: str, model: type[ContainerMessage], **members: object) -> list[Document]:
        """Ask the ledger, and return what Portbase is sent then."""
        before = len(self.sent)
        self._render(self.story.say(sender, model, **members))
        return self.sent[before:]

    def release(self, **more: object) -> list[Document]:
        """Let the agent release the container."""
        before = len(self.sent)
        self._render(self.story.released(**more))
        return self.sent[before:]

    def wait(self, **passed: int) -> list[Document]:
        """Let time pass, and return what Portbase is sent then."""
        before = len(self.sent)
        self._render(self.story.wait(**passed))
        return self.sent[before:]

    def hear(self, said: object, reply_to: str = "", status: str = "") -> list[RecordedFact]:
        """Let Portbase say something, and return the facts that it leads to."""
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        headers = {IN_REPLY_TO: reply_to, HTTP_STATUS: status}
        data = SYSTEM.functions.redact(data)
        correlation_id = SYSTEM.functions.correlation_of_bytes(data, headers)
        before = self.memory.get(correlation_id, NOTHING)
        parsed = SYSTEM.functions.parse(data, headers, before)
        self.memory[correlation_id] = parsed.memory
        self.asked.extend(parsed.requests)
        self.problems.extend(parsed.problems)
        facts: list[RecordedFact] = []
        for part in parsed.messages:
            assert isinstance(part.message, ContainerMessage)
            facts.extend(self.story.say(PORTBASE, type(part.message), **part.message.model_dump()))
        self._render(tuple(facts))
        return facts

    def reply(self, said: object, status: str = "200") -> list[RecordedFact]:
        """Let Portbase answer the call that it was sent last."""
        return self.hear(said, self.sent[-1].id, status)

    def state(self, **of_bill: Any) -> dict[str, Any]:
        """Return the container's bill as a webhook tells it, released and nobody nominated."""
        operators = of_bill.pop("operators", [])
        row = {"equipmentNumber": self.story.container}
        bill = {
            "blNumber": BILL,
            "customsStatus": "T1",
            "portOfDischarge": {"locationName": "Rotterdam", "locationUnCode": "NLRTM"},
            "dischargeTerminal": {"code": QUAY, "name": "Rotterdam World Gateway"},
            "transportEquipments": [row],
            "commercialReleases": [row | {"releaseValidUntilDateTime": "2025-04-01T08:00:00Z"}],
            "dischargeReports": [],
            "hinterlandTerminalData": [],
            "inspectionItems": [],
        }
        return {
            "id": TRACKING,
            "eventType": "StateUpdated",
            "blNumber": BILL,
            "billOfLading": bill | of_bill,
            "nominatedInlandOperators": [
                row | {"inlandOperatorFullName": name} for name in operators
            ],
        }

    def tracked(self) -> None:
        """Let Portbase follow the bill."""
        self.hear({"trackedBLs": [{"id": TRACKING, "blNumber": BILL}], "notTrackedBLs": []})

    @property
    def stay(self) -> Stay:
        """The container as it stands at the ledger."""
        (stay,) = self.story.file.stays
        return stay

    def _render(self, facts: tuple[RecordedFact, ...]) -> None:
        parties = self.story.directory.by_id
        for recorded in facts:
            correlation_id = SYSTEM.functions.correlation_of_fact(recorded)
            before = self.memory.get(correlation_id, NOTHING)
            rendered = SYSTEM.functions.render(recorded, parties, before)
            self.memory[correlation_id] = rendered.memory
            self.sent.extend(rendered.documents)


def body(document: Document) -> Any:
    """Return what a call says."""
    return json.loads(document.content)


def kinds(documents: list[Document]) -> list[str]:
    """Return what the calls are."""
    return [document.type.removeprefix("portbase.") for document in documents]


def types(facts: list[RecordedFact]) -> list[str]:
    """Return what the facts are."""
    return [recorded.fact.type for recorded in facts]


def counted(facts: list[RecordedFact]) -> Counter[str]:
    """Return how often each fact came about."""
    return Counter(types(facts))
