"""What dashboards are shown of a container: its state and lights, no parties, no drivers."""

from schemas.facts import Outcome
from schemas.lights import Lights
from schemas.reasons import Missing
from schemas.value import Form, Moment, Value, always


class BoardLine(Value, frozen=True, kw_only=True):
    """One container at one moment, as anybody in the port may see it."""

    shard: str
    seq: int
    recorded_at: Moment
    container: str
    port: str
    terminal: str | None = None
    fact: str
    finding: str | None = None
    reason: str | None = None
    outcome: Outcome | None = None
    status: str | None = None
    lights: Lights | None = None
    missing: tuple[Missing, ...] = always(default=())


BOARD_LINE: Form[BoardLine] = Form(BoardLine)
