"""Writing a batch's entries: what one has in common with the next is put into bytes once."""

from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as text

from ledger.book.stored import STAY
from schemas.facts import CAUSE, FACTS, Cause, RecordedFact
from schemas.lights import LightChange, Lights
from schemas.quick_json import Form
from schemas.reasons import Missing
from schemas.stay import Stay

_TIME = Form(datetime)
_FACT = {kind: Form(kind) for kind in FACTS}
_LIGHTS = Form(Lights)
_LIGHT_CHANGES = Form(tuple[LightChange, ...])
_MISSING = Form(tuple[Missing, ...])
# There are some hundred combinations of lights, and of what is missing.
COMBINATIONS_KEPT = 4096


class Pen:
    """Writes what `schemas.facts.written` writes, byte for byte; a test holds the two together.

    All facts of a message have its cause, many stays the same lights, and a stay's bytes go into
    its row as well: half of what there is to write.
    """

    def __init__(self) -> None:
        self._cause: tuple[Cause | None, bytes] = (None, b"")
        self._time: tuple[datetime | None, str] = (None, "")
        self._stays: dict[int, tuple[Stay, bytes]] = {}

    def write(self, recorded: RecordedFact) -> bytes:
        """Return the very bytes that are stored, hashed and published for *recorded*."""
        fact, stay = recorded.fact, recorded.stay
        opening = (
            f'{{"schema_version":{recorded.schema_version},"shard":{text(recorded.shard)}'
            f',"seq":{recorded.seq},"recorded_at":{self._written_time(recorded.recorded_at)}'
            f',"container":{text(recorded.container)},"port":{text(recorded.port)},"fact":'
        )
        return b"".join(
            (
                opening.encode(),
                _FACT[type(fact)].written(fact),
                b',"cause":',
                self._written_cause(recorded.cause),
                b"" if recorded.outcome is None else _outcome(recorded.outcome),
                *(() if stay is None else (b',"stay":', self.write_stay(stay))),
                _of_the_stay(recorded.lights, recorded.light_changes, recorded.missing),
            )
        )

    def write_stay(self, stay: Stay) -> bytes:
        """Return the bytes of a stay as its row and its entries have them."""
        kept = self._stays.get(id(stay))
        if kept is None:
            # The stay is kept beside its bytes, so that no other one gets its id.
            kept = self._stays[id(stay)] = (stay, STAY.written(stay))
        return kept[1]

    def _written_cause(self, cause: Cause) -> bytes:
        if self._cause[0] is not cause:
            self._cause = (cause, CAUSE.written(cause))
        return self._cause[1]

    def _written_time(self, time: datetime) -> str:
        if self._time[0] is not time:
            self._time = (time, _TIME.written(time).decode())
        return self._time[1]


@lru_cache
def _outcome(outcome: str) -> bytes:
    return b',"outcome":"%b"' % outcome.encode()


@lru_cache(maxsize=COMBINATIONS_KEPT)
def _of_the_stay(
    lights: Lights | None, changes: tuple[LightChange, ...], missing: tuple[Missing, ...]
) -> bytes:
    """Return the end of an entry: how its stay stands, what changed of it, what is missing."""
    shown = b"" if lights is None else b',"lights":%b' % _LIGHTS.written(lights)
    return b'%b,"light_changes":%b,"missing":%b}' % (
        shown,
        _LIGHT_CHANGES.written(changes),
        _MISSING.written(missing),
    )
