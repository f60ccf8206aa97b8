"""What dashboards are shown of a container: its state and lights, no parties, no drivers."""

from dataclasses import dataclass

from pydantic import AwareDatetime

from schemas.facts import Outcome
from schemas.lights import Lights
from schemas.quick_json import Form
from schemas.reasons import Missing


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """One container at one moment, as anybody in the port may see it."""

    shard: str
    seq: int
    recorded_at: AwareDatetime
    container: str
    port: str
    terminal: str | None = None
    fact: str
    finding: str | None = None
    reason: str | None = None
    outcome: Outcome | None = None
    status: str | None = None
    lights: Lights | None = None
    missing: tuple[Missing, ...] = ()


BOARD_LINE = Form(BoardLine)
