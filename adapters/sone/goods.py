"""That a handling unit is hazardous, as a note beside its release (edifact_france.md §A.2).

`indicators.hazardous` is all that is public: no UN number, and no declaration.
"""

import uuid

from adapters.contract import Part
from adapters.exit_steps.reading import made
from adapters.sone.memory import Memory
from adapters.sone.wire import Item
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteKind, NoteState
from schemas.value import altered

NOTE_IDS = uuid.UUID("0c9d5a52-5a0e-5f6b-9b0d-1f3e7c2a4d60")


def noted_goods(unit: Item, memory: Memory) -> tuple[tuple[Part, ...], Memory]:
    """Return the note on a unit's goods, where it is news, and what is remembered then."""
    where, hazardous = memory.where, _is_hazardous(unit)
    if where is None or hazardous is None or hazardous is memory.hazardous:
        return (), memory
    about = {
        "container": where.container,
        "port": where.port,
        "terminal": where.terminal,
        "stay_number": where.visit or None,
    }
    note = about | (
        {"state": NoteState.DANGEROUS_GOODS_ABOARD}
        if hazardous
        else {"about": NoteKind.DANGEROUS_GOODS}
    )
    message, odd = made((AddNote if hazardous else WithdrawNote).model_validate(note))
    part = Part(message, _id(memory), odd)
    return (part,), altered(memory, hazardous=hazardous, tellings=memory.tellings + 1)


def _is_hazardous(unit: Item) -> bool | None:
    told = unit.indicators.get("hazardous") if isinstance(unit.indicators, dict) else None
    return told if isinstance(told, bool) else None


def _id(memory: Memory) -> str:
    where = memory.where
    told = "" if where is None else f"{where.container}/{where.visit}"
    return f"sone-{uuid.uuid5(NOTE_IDS, f'{told}/{memory.tellings}')}"
