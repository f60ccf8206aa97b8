"""Notes on a stay: what stands beside its lights and lets nobody out or in.

Dangerous goods, barge slots and customs documents come from systems beside the release
(identity_scr_portbase.md §E): advisory, never a block (docs/decisions/0027-notes-on-a-stay.md).
"""

from collections.abc import Mapping
from enum import StrEnum

from schemas.value import Moment, Value

MOST_NOTES = 24
"""On one stay: each entry repeats them in its snapshot."""


class NoteKind(StrEnum):
    """What a note is about."""

    DANGEROUS_GOODS = "dangerous_goods"
    BARGE_SLOT = "barge_slot"
    CUSTOMS_DOCUMENT = "customs_document"


class NoteState(StrEnum):
    """What a note says (identity_scr_portbase.md §E).

    Of dangerous goods that they are aboard, and whether the harbour master has their declaration
    (IFTDGN); of a barge's slot what operator and terminal agree in the Barge Traffic System; of a
    customs document whether it was announced in e-Desk.
    """

    DANGEROUS_GOODS_ABOARD = "dangerous_goods_aboard"
    DANGEROUS_GOODS_DECLARED = "dangerous_goods_declared"
    DANGEROUS_GOODS_NOT_DECLARED = "dangerous_goods_not_declared"
    BARGE_SLOT_REQUESTED = "barge_slot_requested"
    BARGE_SLOT_CONFIRMED = "barge_slot_confirmed"
    BARGE_SLOT_CHANGED = "barge_slot_changed"
    BARGE_SLOT_REFUSED = "barge_slot_refused"
    CUSTOMS_DOCUMENT_ANNOUNCED = "customs_document_announced"
    CUSTOMS_DOCUMENT_MISSING = "customs_document_missing"


KIND_OF: Mapping[NoteState, NoteKind] = {
    state: next(kind for kind in NoteKind if state.startswith(kind)) for state in NoteState
}
"""What each is about: no note can say something of another kind."""


class Note(Value, frozen=True, kw_only=True):
    """One party's word beside a stay; each takes back its own alone.

    `by` is whose word it is, and empty for whoever need not know. `reference` is the declaration,
    the barge's visit or the document's MRN; `at` is when the slot is.
    """

    state: NoteState
    by: str = ""
    reference: str | None = None
    at: Moment | None = None
    un_numbers: tuple[str, ...] = ()
    document_type: str | None = None
    office_of_exit: str | None = None
    remark: str | None = None

    @property
    def kind(self) -> NoteKind:
        """What it is about."""
        return KIND_OF[self.state]

    @property
    def place(self) -> tuple[str, NoteKind, str | None]:
        """Where it stands: a later word of the same party on the same thing replaces it."""
        return (self.by, self.kind, self.reference)
