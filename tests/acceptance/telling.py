"""One container's story through the ledger and the adapters: each message in, each document out.

What a story leaves is a folder: a page that tells it, and beside it every body as a file.
"""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from adapters.contract import (
    HTTP_IF_MATCH,
    HTTP_METHOD,
    HTTP_PATH,
    HTTP_STATUS,
    IN_REPLY_TO,
    NOTHING,
    Document,
    Memory,
    Request,
    System,
)
from adapters.parties import Unlinked, linked
from cli.consignment import consignment_told
from ledger.law.leave import missing_to_leave
from ledger.law.policy import Policy
from producers.telling import entitlement_of
from schemas import facts as f
from schemas import system_facts as s
from schemas.air_facts import ConsignmentObserved
from schemas.entitlement import ENTITLEMENT, Entitlement
from schemas.facts import RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, PartyRef
from schemas.organisations import Organisation
from schemas.topics import pickup_rights
from schemas.value import Value
from schemas.words import Language, explained
from tests.adapters.story import Story

PAGE = "README.md"
OURS = "releasebus"


@dataclass(slots=True)
class Step:
    """What somebody said, what the ledger made of it, and what is sent then."""

    who: str
    says: str
    file: str
    facts: list[str] = field(default_factory=list)
    sent: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Teller:
    """The bus around one container: the law's own answers, the port's system, who else is heard.

    `speaks` names the organisation that speaks for each system that is heard.
    """

    title: str
    about: str
    port_system: System
    story: Story
    speaks: Mapping[str, str]
    steps: list[Step] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    sent: list[Document | Request] = field(default_factory=list)
    told: tuple[System, ...] = ()
    entitlements: list[Entitlement] = field(default_factory=list)
    _memory: dict[tuple[str, str], Memory] = field(default_factory=dict)

    def say(
        self, sender: str, model: type[ContainerMessage], **members: object
    ) -> tuple[RecordedFact, ...]:
        """Let a party publish a message of ours."""
        message = model.model_validate(
            {"container": self.story.container, "port": self.story.port, **members}
        )
        body = message.model_dump_json(exclude_none=True, exclude_defaults=True).encode()
        what = model.TYPE.removeprefix("releasebus.")
        self._begin(self._name(sender), what, OURS, body)
        return self._answer(self.story.say(sender, model, **members))

    def body(self, sender: str, ce_type: str, data: bytes) -> tuple[RecordedFact, ...]:
        """Let a party publish a body of the port's own system, by its content type."""
        what = ce_type.rpartition(".")[2]
        self._begin(self._name(sender), what, self.port_system.name, data)
        headers = {"ce_type": ce_type, "ce_id": f"body-{len(self.steps)}"}
        parsed = self.port_system.functions.parse(data, headers, NOTHING)
        assert parsed.problems == ()
        facts: list[RecordedFact] = []
        for part in parsed.messages:
            assert isinstance(part.message, ContainerMessage)
            members = part.message.model_dump(exclude_none=True)
            facts += self._answer(self.story.say(sender, type(part.message), **members))
        return tuple(facts)

    def hear(
        self,
        system: System,
        said: object,
        what: str,
        *,
        to: Document | Request | None = None,
        status: str = "",
    ) -> tuple[RecordedFact, ...]:
        """Let a system say something of itself, or in reply to what it was sent."""
        data = said if isinstance(said, bytes) else json.dumps(said).encode()
        self._begin(system.title.partition(" (")[0], what, system.name, data)
        headers = {
            "ce_id": f"said-{len(self.steps)}",
            "ce_time": self.story.now.isoformat(),
        }
        if to is not None:
            headers |= {IN_REPLY_TO: to.id, HTTP_STATUS: status}
        data = system.functions.redact(data)
        key = (system.name, system.functions.correlation_of_bytes(data, headers))
        parsed = system.functions.parse(data, headers, self._memory.get(key, NOTHING))
        assert parsed.problems == (), parsed.problems
        self._memory[key] = parsed.memory
        self._send(system, parsed.requests)
        facts: list[RecordedFact] = []
        for part in parsed.messages:
            whole = linked(part, lambda account: self._whose(system, account))
            assert not isinstance(whole, Unlinked), whole
            assert isinstance(whole.message, ContainerMessage)
            sender, via = self._speaker(system, whole.on_behalf_of)
            self.story.via = via
            members = whole.message.model_dump(exclude_none=True)
            # As on the log: by it an adapter knows which of a system's messages is answered.
            self.story.message_id = whole.id
            facts += self._answer(self.story.say(sender, type(whole.message), **members))
            self.story.via, self.story.message_id = None, ""
        return tuple(facts)

    @property
    def missing(self) -> list[str]:
        """What the container lacks to leave, as the ledger has it."""
        (stay,) = self.story.file.stays
        return [each.value for each in missing_to_leave(stay, self.story.now, Policy())]

    def folder(self) -> dict[str, bytes]:
        """Return every file of the story, by name."""
        return {PAGE: "\n".join(self._page()).encode() + b"\n", **self.files}

    def _speaker(self, system: System, party: PartyRef | None) -> tuple[str, str | None]:
        if party is None:
            return self.speaks[system.name], None
        found = self.story.directory.find(party)
        assert isinstance(found, Organisation)
        return found.id, self.speaks[system.name]

    def _whose(self, system: System, account: str) -> PartyRef | None:
        found = self.story.directory.with_account(system.name, account)
        return None if found is None else PartyRef(scheme=Scheme.NXTPORT, code=found.id)

    def _name(self, organisation: str) -> str:
        found = self.story.directory.get(organisation)
        return organisation if found is None else found.name

    def _begin(self, who: str, what: str, form: str, data: bytes) -> None:
        name = ""
        if data:
            name = self._written(f"in-{form}-{_plain(what)}", data)
        self.steps.append(Step(who, what, name))

    def _answer(self, facts: tuple[RecordedFact, ...]) -> tuple[RecordedFact, ...]:
        for recorded in facts:
            self.steps[-1].facts.append(_words(recorded.fact))
            self._entitle(recorded)
            for system in (self.port_system, *self.told):
                self._send(system, self._rendered(system, recorded))
        return facts

    def _entitle(self, recorded: RecordedFact) -> None:
        """Tell the terminal who may collect, as its own topic does."""
        told = entitlement_of(recorded)
        if told is not None:
            self.entitlements.append(told)
            name = self._written(f"out-{OURS}-entitlement", ENTITLEMENT.written(told))
            topic = pickup_rights(told.port, told.terminal).name
            self.steps[-1].sent.append(("entitlement", topic, name))

    def _rendered(self, system: System, recorded: RecordedFact) -> tuple[Document, ...]:
        key = (system.name, system.functions.correlation_of_fact(recorded))
        parties = self.story.directory.by_id
        rendered = system.functions.render(recorded, parties, self._memory.get(key, NOTHING))
        self._memory[key] = rendered.memory
        assert [
            system.functions.proofread(each)
            for each in rendered.documents
            if system.functions.proofread(each)
        ] == []
        return rendered.documents

    def _send(self, system: System, sent: tuple[Document | Request, ...]) -> None:
        for each in sent:
            self.sent.append(each)
            kind = each.type.rpartition(".")[2] if isinstance(each, Document) else "question"
            name = ""
            if each.content:
                name = self._written(f"out-{system.name}-{_plain(kind)}", each.content)
            to = each.receiver if isinstance(each, Document) else system.name
            to = system.title.partition(" (")[0] if to == system.name else self._name(to)
            self.steps[-1].sent.append((_call(each) or kind, to, name))

    def _written(self, name: str, data: bytes) -> str:
        number = len(self.steps) + (0 if name.startswith("out") else 1)
        same = sum(each.startswith(f"{number:02}-{name}") for each in self.files)
        again = f"-{same + 1}" if same else ""
        text, ending = _laid_out(data)
        whole = f"{number:02}-{name}{again}.{ending}"
        self.files[whole] = text
        return whole

    def _page(self) -> Iterator[str]:
        yield from (f"# {self.title}", "", self.about, "")
        yield "Written by `tests/acceptance/test_stories.py`, which holds each file to the byte."
        yield "Bodies in JSON and XML are laid out here; on the wire most are in one line."
        for number, step in enumerate(self.steps, 1):
            said = f"[{step.says}]({step.file})" if step.file else step.says
            yield from ("", f"## {number}. {step.who}: {said}", "")
            yield f"- ledger: {', '.join(step.facts) or 'nothing new'}"
            for what, to, name in step.sent:
                shown = f"[{what}]({name})" if name else what
                yield f"- to {to}: {shown}"
        yield from ("", "## At the end", "")
        for line in consignment_told(self.story.facts, Language.EN):
            yield f"- {line}"
        for stay in self.story.file.stays:
            chain = " → ".join(self._name(hop.receiver) for hop in stay.hops)
            yield f"- release: {stay.status.value}, decided by the {stay.authority}"
            yield f"- rights: {self._name(stay.agent)} → {chain}"


def _words(fact: Value) -> str:
    match fact:
        case f.Refused(reason=reason):
            return f"refused: {explained(reason).sentence()}"
        case s.RequestAnswered(accepted=accepted, reason=reason):
            return f"request {'accepted' if accepted else 'not accepted'} {reason}".strip()
        case f.FindingMade(finding=finding):
            return f"finding: {explained(finding).sentence()}"
        case ConsignmentObserved(missing=missing):
            why = "".join(f"; {each.value.replace('_', ' ')}" for each in missing)
            return f"consignment observed: {fact.may_leave} of {fact.pieces} may leave{why}"
        case _:
            return str(getattr(fact, "type", "")).replace("_", " ")


def _call(sent: Document | Request) -> str:
    if isinstance(sent, Request):
        return f"{sent.method} {sent.path}"
    headers = dict(sent.headers)
    if HTTP_PATH not in headers:
        return ""
    etag = f" if {headers[HTTP_IF_MATCH]}" if HTTP_IF_MATCH in headers else ""
    return f"{headers.get(HTTP_METHOD, 'POST')} {headers[HTTP_PATH]}{etag}"


def _plain(what: str) -> str:
    letters = unicodedata.normalize("NFD", what.lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", letters))


def _laid_out(data: bytes) -> tuple[bytes, str]:
    if data.lstrip().startswith(b"<"):
        root = etree.fromstring(data)
        etree.indent(root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n", "xml"
    try:
        content = json.loads(data)
    except ValueError:
        return data.replace(b"\r\n", b"\n"), "txt"
    return json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n", "json"
