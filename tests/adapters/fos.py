"""A story in Fos, where Ci5 decides, by the assumed profile."""

import json
from pathlib import Path
from typing import Any

import adapters.ci5
from adapters.ci5 import SYSTEM
from adapters.contract import NOTHING, Document, Memory, Parsed
from ledger.directory.directory import Directory, directory_of
from schemas.messages import ContainerMessage, Role
from schemas.organisations import Account, Organisation, Terminal
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.story import AGENT, FORWARDER, HAULIER, Story

CI5 = "NXT22000000030"
EUROFOS = "NXT22000000031"
PORT, QUAY = "FRFOS", "EURFO"
CODES = {AGENT: "AG01", FORWARDER: "TR01", HAULIER: "TP01"}

ORGANISATIONS = (
    *(
        altered(each, accounts=(Account("ci5", CODES[each.id]),)) if each.id in CODES else each
        for each in antwerp.ORGANISATIONS
    ),
    Organisation(CI5, 1, "MGI", (), system="ci5"),
    Organisation(
        EUROFOS, 1, "Demo Eurofos", (Role.TERMINAL_OPERATOR,), terminals=(Terminal(PORT, QUAY),)
    ),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))
PARTIES = DIRECTORY.by_id
SAMPLES = Path(adapters.ci5.__file__).parent / "samples"


def sample(name: str, **changes: object) -> bytes:
    """Return one of the adapter's samples, some members changed; None takes one out."""
    content: Any = json.loads((SAMPLES / f"{name}.json").read_bytes())
    changed = {**content, **changes}
    return json.dumps({key: value for key, value in changed.items() if value is not None}).encode()


class Fos:
    """The ledger and Ci5's adapter back to back; Ci5 says what a test makes it say."""

    def __init__(self) -> None:
        self.story = Story(port=PORT, terminal=QUAY, directory=DIRECTORY)
        self.memory: Memory = NOTHING

    def say(
        self, sender: str, model: type[ContainerMessage], **members: object
    ) -> tuple[Document, ...]:
        """Let a party say something, and return what Ci5 is asked."""
        if model.TYPE == "releasebus.release":
            facts = self.story.released(**members)
        else:
            facts = self.story.say(sender, model, **members)
        made: list[Document] = []
        for recorded in facts:
            rendered = SYSTEM.functions.render(recorded, PARTIES, self.memory)
            self.memory = rendered.memory
            made.extend(rendered.documents)
        return tuple(made)

    def hear(self, data: bytes) -> Parsed:
        """Let Ci5 say something, and the ledger hear of it."""
        parsed = SYSTEM.functions.parse(SYSTEM.functions.redact(data), {}, self.memory)
        self.memory = parsed.memory
        for part in parsed.messages:
            assert isinstance(part.message, ContainerMessage)
            said = part.message.model_dump(exclude_none=True, exclude={"container", "port"})
            self.story.say(CI5, type(part.message), **said)
        return parsed

    def answer(self, document: Document, status: str = "accepte", **more: object) -> Parsed:
        """Let Ci5 answer a request."""
        asked = json.loads(document.content)["demande"]
        return self.hear(sample("reponse", demande=asked, statut=status, **more))
