"""A note beside a stay in words: what it says, and what it says it of."""

from schemas.notes import Note
from schemas.words.catalogue import said
from schemas.words.language import Language


def note_in_words(note: Note, language: Language) -> str:
    """Return what *note* says, without whose word it is."""
    at = None if note.at is None else f"{note.at:%Y-%m-%d %H:%M} UTC"
    numbers = ", ".join(f"UN {each}" for each in note.un_numbers)
    members = (note.document_type, note.reference, note.office_of_exit, at, numbers, note.remark)
    told = "; ".join(each for each in members if each)
    what = said("notes", note.state, language)
    return f"{what} ({told})" if told else what
