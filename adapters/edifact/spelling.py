"""What is written between two terminators, in the characters and marks that all segments have."""

from collections.abc import Callable

from adapters.edifact import segments as s
from adapters.edifact.levels import SINGLE_BYTE
from adapters.edifact.marks import Advice, Marks


def decoder(codec: str | None) -> Callable[[str], str] | None:
    """Return what makes characters of bytes that were taken one by one; None: they are right."""
    if codec is None or codec == SINGLE_BYTE:
        return None
    # What is no character of the level stays visible as a byte, and is found as a stranger.
    return lambda text: text.encode(SINGLE_BYTE).decode(codec, "surrogateescape")


def joined(pieces: list[str], marks: Marks) -> list[str]:
    """Return *pieces* with those put together again that a released terminator parted."""
    whole: list[str] = []
    open_piece: list[str] = []
    for piece in pieces:
        open_piece.append(piece)
        if (len(piece) - len(piece.rstrip(marks.release))) % 2 == 0:
            whole.append(marks.terminator.join(open_piece))
            open_piece = []
    if open_piece:
        whole.append(marks.terminator.join(open_piece))
    return whole


def respelt(text: str, advice: Advice) -> str:
    """Return *text* with the standard's own service characters instead of those in use."""
    marks = advice.marks
    standard = s.COMPONENT + s.ELEMENT + s.RELEASE + s.TERMINATOR
    if advice.repeating:
        standard += s.REPETITION
    data = str.maketrans({mark: s.RELEASE + mark for mark in standard})
    instead = {marks.component: s.COMPONENT, marks.element: s.ELEMENT}
    if advice.repeating and marks.repetition:
        instead[marks.repetition] = s.REPETITION
    spelt = []
    released = False
    for character in text:
        if character == marks.release and not released:
            released = True
            continue
        mark = None if released else instead.get(character)
        spelt.append(mark or character.translate(data))
        released = False
    return "".join(spelt)
