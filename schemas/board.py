"""What dashboards are shown of a container: its state and lights, no parties, no drivers."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from schemas.facts import Outcome
from schemas.lights import Lights
from schemas.reasons import Missing


class BoardLine(BaseModel):
    """One container at one moment, as anybody in the port may see it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

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
