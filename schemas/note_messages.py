"""What parties note beside a stay, and take back (docs/decisions/0027-notes-on-a-stay.md)."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.messages import ContainerMessage, Text
from schemas.notes import NoteKind, NoteState

MOST_UN_NUMBERS = 20
"""Of one container; the rest of a mixed load stands in its declaration."""

UnNumber = Annotated[str, Field(pattern=r"^[0-9]{4}$")]


class AddNote(ContainerMessage):
    """Note something beside a stay: a later one with the same reference replaces it.

    `reference` is that of the declaration, the number of the barge's visit (BTS), or the
    document's MRN; `at` when the slot is. Who runs a terminal names it.
    """

    TYPE: ClassVar[str] = "releasebus.add_note"

    state: NoteState
    reference: Text | None = None
    at: AwareDatetime | None = None
    un_numbers: Annotated[tuple[UnNumber, ...], Field(max_length=MOST_UN_NUMBERS)] = ()
    document_type: Text | None = None
    office_of_exit: Text | None = None
    remark: Text | None = None


class WithdrawNote(ContainerMessage):
    """Take back what the sender noted, about this and with this reference."""

    TYPE: ClassVar[str] = "releasebus.withdraw_note"

    about: NoteKind
    reference: Text | None = None


NOTE_MESSAGES = (AddNote, WithdrawNote)
"""They come on the topic of whoever says it, and stand in the ledger in every port."""
