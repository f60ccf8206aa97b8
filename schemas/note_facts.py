"""What was noted beside a stay, and what no longer stands there."""

from typing import TypeAlias

from schemas.fact_value import FactValue
from schemas.notes import Note


class NoteAdded(FactValue, frozen=True, kw_only=True):
    """The note stands beside the stay, in the place of the one before it; no light moves."""

    note: Note


class NoteWithdrawn(FactValue, frozen=True, kw_only=True):
    """Whose note it was took it back."""

    note: Note


NoteFact: TypeAlias = NoteAdded | NoteWithdrawn
