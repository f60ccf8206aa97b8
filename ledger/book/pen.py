"""Writing a batch's entries: what one has in common with the next is put into bytes once."""

from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as text
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import SchemaSerializer

from ledger.book.stored import STAY_WRITER
from schemas.facts import Cause, RecordedFact
from schemas.lights import LightChange, Lights
from schemas.quick_json import writer
from schemas.reasons import Missing
from schemas.stay import Stay

_TIME = writer(TypeAdapter(datetime))
_CAUSE = writer(TypeAdapter(Cause))
_MEMBERS = {
    "lights": writer(TypeAdapter(Lights)),
    "light_changes": writer(TypeAdapter(tuple[LightChange, ...])),
    "missing": writer(TypeAdapter(tuple[Missing, ...])),
}
# There are some hundred combinations of lights, and of what is missing.
MEMBERS_KEPT = 4096


class Pen:
    """Writes what `schemas.facts.written` writes, byte for byte; a test holds the two together.

    All facts of a message have its cause, many stays the same lights, and a stay's bytes go into
    its row as well: half of what there is to write.
    """

    def __init__(self) -> None:
        self._cause: tuple[Cause | None, bytes] = (None, b"")
        self._stays: dict[int, tuple[Stay, bytes]] = {}

    def write(self, recorded: RecordedFact) -> bytes:
        """Return the very bytes that are stored, hashed and published for *recorded*."""
        opening = (
            f'{{"schema_version":{recorded.schema_version},"shard":{text(recorded.shard)}'
            f',"seq":{recorded.seq},"recorded_at":{_TIME.to_json(recorded.recorded_at).decode()}'
            f',"container":{text(recorded.container)},"port":{text(recorded.port)},"fact":'
        )
        parts = [
            opening.encode(),
            _fact_writer(type(recorded.fact)).to_json(recorded.fact, exclude_none=True),
            b',"cause":',
            self._written_cause(recorded.cause),
        ]
        if recorded.outcome is not None:
            parts.append(b',"outcome":"%b"' % recorded.outcome.encode())
        if recorded.stay is not None:
            parts += (b',"stay":', self.write_stay(recorded.stay))
        if recorded.lights is not None:
            parts.append(_member("lights", recorded.lights))
        parts += (
            _member("light_changes", recorded.light_changes),
            _member("missing", recorded.missing),
            b"}",
        )
        return b"".join(parts)

    def write_stay(self, stay: Stay) -> bytes:
        """Return the bytes of a stay as its row and its entries have them."""
        kept = self._stays.get(id(stay))
        if kept is None:
            # The stay is kept beside its bytes, so that no other one gets its id.
            kept = self._stays[id(stay)] = (stay, STAY_WRITER.to_json(stay, exclude_none=True))
        return kept[1]

    def _written_cause(self, cause: Cause) -> bytes:
        if self._cause[0] is not cause:
            self._cause = (cause, _CAUSE.to_json(cause, exclude_none=True))
        return self._cause[1]


@lru_cache
def _fact_writer(kind: type[Any]) -> SchemaSerializer:
    return writer(TypeAdapter(kind))


@lru_cache(maxsize=MEMBERS_KEPT)
def _member(name: str, value: object) -> bytes:
    return b',"%b":%b' % (name.encode(), _MEMBERS[name].to_json(value, exclude_none=True))
