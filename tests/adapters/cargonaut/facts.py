"""What Cargonaut alone is told of: consignments as it showed them itself."""

from collections.abc import Mapping
from pathlib import Path

import adapters.cargonaut
from adapters.cargonaut import SYSTEM
from adapters.contract import NOTHING, Memory, Part
from schemas.air_messages import ObserveConsignment
from schemas.facts import RecordedFact
from schemas.organisations import Organisation
from tests.adapters.schiphol import CARGONAUT, DIRECTORY, PORT, WAYBILL
from tests.adapters.story import Story

SAMPLES = Path(adapters.cargonaut.__file__).parent / "samples"
HEADERS = {"ce_time": "2026-03-01T08:00:00Z"}
ORDER = ("received.xml", "held.xml", "cleared.xml", "notified.xml", "dlv.fsu")


class Schiphol:
    """The ledger and Cargonaut's adapter back to back."""

    def __init__(self) -> None:
        self.story = Story(container=WAYBILL, port=PORT, terminal="", directory=DIRECTORY)
        self.memory: Memory = NOTHING

    def hear(self, data: bytes) -> tuple[RecordedFact, ...]:
        """Let Cargonaut say something, and the ledger hear of it."""
        clean = SYSTEM.functions.redact(data)
        parsed = SYSTEM.functions.parse(clean, HEADERS, self.memory)
        assert parsed.problems == ()
        self.memory = parsed.memory
        return tuple(fact for part in parsed.messages for fact in self._say(part))

    def _say(self, part: Part) -> tuple[RecordedFact, ...]:
        assert isinstance(part.message, ObserveConsignment)
        said = part.message.model_dump(exclude_none=True, exclude={"container", "port"})
        return self.story.say(CARGONAUT, ObserveConsignment, **said)


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def _day() -> list[RecordedFact]:
    schiphol = Schiphol()
    for name in ORDER:
        schiphol.hear(sample(name))
    return schiphol.story.facts


DAY = _day()
FACTS: Mapping[str, RecordedFact] = {"consignment_observed": DAY[3]}
PARTIES: Mapping[str, Organisation] = DIRECTORY.by_id
SUBJECT = WAYBILL
