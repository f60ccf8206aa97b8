"""What a value of ours is: frozen, equal by what it holds, cheap to make and to write as JSON."""

import re
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta, Struct, structs

Kind = TypeVar("Kind")
Moment = Annotated[datetime, Meta(tz=True)]
"""A time with its offset; we write UTC."""


class Value(Struct, frozen=True, omit_defaults=True, gc=False):
    """A value that the ledger makes, and that is read again from what it wrote.

    Every message makes some thirty of them: they are made and written by msgspec, at a sixth of
    the price of a frozen dataclass that pydantic writes (docs/decisions). A member that is None
    is not written. Values hold values and never themselves, so the collector need not look.
    """


altered = structs.replace
"""Return a value with some of its members changed; TypeError for a member that it has not."""


def always(*, default: Kind) -> Kind:
    """Give a member a default that is written out all the same, for who reads only the JSON."""
    return msgspec.field(default_factory=lambda: default)


class Misformed(ValueError):
    """Bytes are no JSON, or no value of their kind: at `path`, of the sort `code`.

    What stands there is not repeated: it may be anything.
    """

    def __init__(self, code: str, path: str) -> None:
        super().__init__(f"{code} at {path}")
        self.code = code
        self.path = path


class Form(Generic[Kind]):
    """How values of one kind stand as JSON; made once for a kind, at the start."""

    def __init__(self, kind: Any) -> None:
        self.written = msgspec.json.Encoder().encode
        """Return a value as JSON, members in their order, without those that are None."""
        self._read: msgspec.json.Decoder[Kind] = msgspec.json.Decoder(kind)

    def shown(self, value: Kind) -> Any:
        """Return *value* as what JSON is made of, for a document that holds more than it."""
        return msgspec.to_builtins(value)

    def read(self, written: str | bytes) -> Kind:
        """Return the value in *written*; raise Misformed where it is none."""
        try:
            return self._read.decode(written)
        except msgspec.DecodeError as error:
            raise _misformed(error) from None
        except UnicodeDecodeError:
            # What is no UTF-8 is no JSON; it would show the bytes.
            raise Misformed("malformed", "$") from None


_place = re.compile(r" - at `(?P<path>\$[^`]*)`$").search
_missing = re.compile(r"missing required field `(?P<name>\w+)`").search


def _misformed(error: msgspec.DecodeError) -> Misformed:
    if not isinstance(error, msgspec.ValidationError):
        return Misformed("malformed", "$")
    said = str(error)
    place, missing = _place(said), _missing(said)
    path = place["path"] if place else "$"
    if missing:
        return Misformed("missing", f"{path}.{missing['name']}")
    return Misformed("not_of_its_kind", path)
