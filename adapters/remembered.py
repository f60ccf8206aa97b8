"""What an adapter remembers, as text: one kind of value, in the version that it writes itself."""

from typing import Generic, Protocol, TypeVar

from adapters.contract import NOTHING, Memory
from schemas.value import Form, Misformed


class Versioned(Protocol):
    """A memory that says in which version of its adapter it was written."""

    @property
    def version(self) -> int:
        """The version."""


Kind = TypeVar("Kind", bound=Versioned)


class Remembered(Generic[Kind]):
    """Memories of the kind and the version of *empty*, which is the one of what is unknown yet."""

    def __init__(self, empty: Kind) -> None:
        self._empty = empty
        self._form: Form[Kind] = Form(type(empty))

    def recalled(self, written: Memory) -> Kind:
        """Return what was remembered; raise Misformed where it is no memory of this version."""
        if written == NOTHING:
            return self._empty
        memory = self._form.read(written)
        if memory.version != self._empty.version:
            raise Misformed("version_unknown", "$.version")
        return memory

    def kept(self, memory: Kind) -> Memory:
        """Return the memory as text, for dispatch to store."""
        return self._form.written(memory).decode()
