"""Notes beside a stay: who may say what, and which of it stands; no light and no right moves.

identity_scr_portbase.md §E: an advisory hold, never a block (docs/decisions/0027).
"""

from collections.abc import Mapping

from ledger.law.context import Case
from ledger.law.ruling import Refusal, Ruling
from ledger.law.standing import over
from schemas.messages import Role
from schemas.note_facts import NoteAdded, NoteFact, NoteWithdrawn
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import KIND_OF, MOST_NOTES, Note, NoteKind, NoteState
from schemas.organisations import Organisation
from schemas.ports import DECIDED_BY_SYSTEM, PORTS
from schemas.reasons import Reason
from schemas.stay import Stay

AGENT = frozenset({Role.SHIP_AGENT})
CHAIN = frozenset({Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR})
OPERATOR = frozenset({Role.TRANSPORT_OPERATOR})
TERMINAL = frozenset({Role.TERMINAL_OPERATOR})
QUAY_AND_CUSTOMS = frozenset({Role.TERMINAL_OPERATOR, Role.CUSTOMS})
# That a declaration is missing the harbour master alone knows: no role of a company has it.
SAID_BY: Mapping[NoteState, frozenset[Role]] = {
    NoteState.DANGEROUS_GOODS_ABOARD: AGENT,
    NoteState.DANGEROUS_GOODS_DECLARED: AGENT,
    NoteState.DANGEROUS_GOODS_NOT_DECLARED: frozenset(),
    NoteState.BARGE_SLOT_REQUESTED: OPERATOR,
    NoteState.BARGE_SLOT_CONFIRMED: TERMINAL,
    NoteState.BARGE_SLOT_CHANGED: TERMINAL,
    NoteState.BARGE_SLOT_REFUSED: TERMINAL,
    NoteState.CUSTOMS_DOCUMENT_ANNOUNCED: CHAIN | {Role.CUSTOMS},
    NoteState.CUSTOMS_DOCUMENT_MISSING: TERMINAL | {Role.CUSTOMS},
}
"""Beside whoever speaks for the port's system, who may say each."""


def roles_for(message: AddNote | WithdrawNote) -> frozenset[Role]:
    """Return the roles that may say it; what a role may note, it may take back."""
    if isinstance(message, AddNote):
        return SAID_BY[message.state]
    kind = message.about
    said = (roles for state, roles in SAID_BY.items() if KIND_OF[state] is kind)
    return frozenset[Role]().union(*said)


def speaks_for_port(sender: Organisation, port: str) -> bool:
    """Tell whether the sender speaks for the port's system, through which its authority speaks."""
    known = PORTS.get(port)
    return known is not None and sender.system == known.system


def as_terminal_alone(message: AddNote, sender: Organisation) -> bool:
    """Tell whether the sender may say it only for a terminal that it runs."""
    return roles_for(message) & set(sender.roles) == TERMINAL


def concerned(stay: Stay, message: AddNote | WithdrawNote, sender: Organisation) -> bool:
    """Tell whether the stay is one that the sender may note this on."""
    roles = roles_for(message) & set(sender.roles)
    return (
        speaks_for_port(sender, stay.port)
        # A terminal has named one that it runs, and is heard of no stay elsewhere (match.py).
        or not roles.isdisjoint(QUAY_AND_CUSTOMS)
        or (Role.SHIP_AGENT in roles and sender.id == stay.agent)
        or (not roles.isdisjoint(CHAIN) and sender.id in stay.parties)
    )


def add(stay: Stay, message: AddNote, case: Case) -> Ruling:
    """Note it beside the stay; the same again changes nothing."""
    its_own = concerned(stay, message, case.sender)
    if not its_own and roles_for(message) == AGENT:
        return Refusal(Reason.NOT_THE_AGENT)
    if refusal := _closed(stay, case.sender):
        return refusal
    if not its_own:
        return Refusal(Reason.NOT_THE_HOLDER)
    note = _noted(message, case.sender)
    if len(_beside(stay, note)) >= MOST_NOTES:
        return Refusal(Reason.TOO_MANY_NOTES, f"{MOST_NOTES} stand")
    return (NoteAdded(note=note),)


def withdraw(stay: Stay, message: WithdrawNote, case: Case) -> Ruling:
    """Take back a note of the sender's own."""
    if refusal := _closed(stay, case.sender):
        return refusal
    place = (case.sender.id, message.about, message.reference)
    for note in stay.notes:
        if note.place == place:
            return (NoteWithdrawn(note=note),)
    return Refusal(Reason.NO_SUCH_NOTE, message.reference or "")


def after(stay: Stay, fact: NoteFact) -> tuple[Note, ...]:
    """Return the notes of the stay after *fact*, in the order in which they first stood."""
    match fact:
        case NoteWithdrawn(note=note):
            return _beside(stay, note)
        case NoteAdded(note=note) if all(each.place != note.place for each in stay.notes):
            return (*stay.notes, note)
        case NoteAdded(note=note):
            return tuple(note if each.place == note.place else each for each in stay.notes)


def without_slots(stay: Stay) -> tuple[Note, ...]:
    """Return the notes that stand where the quay, or who collects, is another than before."""
    return tuple(note for note in stay.notes if note.kind is not NoteKind.BARGE_SLOT)


def _closed(stay: Stay, sender: Organisation) -> Refusal | None:
    # Where a system decides, its word is never refused for how the stay stands (design.md §4).
    if sender.system is not None and sender.system == DECIDED_BY_SYSTEM.get(stay.port):
        return None
    return over(stay)


def _noted(message: AddNote, sender: Organisation) -> Note:
    return Note(
        state=message.state,
        by=sender.id,
        reference=message.reference,
        at=message.at,
        un_numbers=message.un_numbers,
        document_type=message.document_type,
        office_of_exit=message.office_of_exit,
        remark=message.remark,
    )


def _beside(stay: Stay, note: Note) -> tuple[Note, ...]:
    return tuple(each for each in stay.notes if each.place != note.place)
