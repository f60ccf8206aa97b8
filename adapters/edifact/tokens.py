"""Bytes into segments as they come, whatever their number: a block is held, never the whole."""

import re
from collections.abc import Callable
from itertools import accumulate, count, repeat
from operator import add
from typing import Final

from adapters.edifact import segments as s
from adapters.edifact.findings import Rule
from adapters.edifact.levels import SINGLE_BYTE, level_named
from adapters.edifact.marks import (
    BLANK,
    ENOUGH,
    FURTHEST,
    INTERCHANGE,
    LONGEST_HEADER,
    Advice,
    advice_in,
    begins_at,
)
from adapters.edifact.segments import Segment
from adapters.edifact.spelling import decoder, joined, respelt
from adapters.edifact.terms import IDENTIFYING, identity_of

LONGEST_SEGMENT: Final = 256 * 1024
"""Characters; the longest of the directories that there are has some thousands."""

SHOWN_OF_TOO_LONG: Final = 64
BLOCK_BYTES: Final = 64 * 1024
UNB: Final = "UNB"
FIRST: Final = ("UNA", UNB)
LAST: Final = "UNZ"
LINE_ENDS: Final = ("\r", "\n")

# Anything before a tag: such a block, and one with control characters, is taken piece by piece.
_ODD: Final = re.compile(r"'(?![A-Z])")
_LEAD: Final = re.compile(r"[^A-Za-z0-9]*")
_NAMES: Final = re.compile(r"UNB\+[^+]*(?:\+[^+:][^+]*){2}\+[^+]*\+[^+:]")
_PERHAPS: Final = re.compile("UN[AB]")
# In a text the separators would be released: it begins an interchange wherever another was cut.
_WHOLE: Final = re.compile(r"UNB[+\x1d]UNO[A-Z]")
_FRAME: Final = re.compile("UN[HTEZ]")
_TAG: Final = re.compile("(?!UN[AB])[A-Z]{3}")


class Tokenizer:
    """Cuts what is fed into segments, interchange after interchange."""

    def __init__(self) -> None:
        # Byte by byte as Latin-1, so that places are bytes and no character is cut in two.
        self._held = ""
        self._byte = 0
        self._number = 0
        self.advice = Advice(0)
        """How the interchange in hand, or the last one, is read."""
        self._is_begun = False
        self._header = ""
        self._header_before = ""
        # How much of what is held was looked at already, where there may be something each line.
        self._free_of_last = 0
        self._free_of_others = 0
        self._faults: tuple[Rule, ...] = ()
        self._recode: Callable[[str], str] | None = None
        self._skipping = False

    def feed(self, data: bytes) -> list[Segment]:
        """Return the segments that end in *data*, which follows on what was fed before.

        No more than the rest of one interchange: call `more` until it gives none.
        """
        self._held += data.decode(SINGLE_BYTE)
        return self.more()

    def more(self) -> list[Segment]:
        """Return further segments of what was fed; empty where more has to be fed."""
        return self._cut(final=False)

    def end(self) -> list[Segment]:
        """Return what is left when nothing more comes; call it until it gives none."""
        return self._cut(final=True)

    def _cut(self, *, final: bool) -> list[Segment]:
        if not self._is_begun and not self._begun(final=final):
            return []
        cut = self._last_end()
        another = self._another(cut if cut >= 0 else len(self._held), final=final)
        if another >= 0:
            return self._up_to(another, final=final)
        if cut < 0:
            return self._unended(final=final)
        if self._skipping:
            cut = self._end_from(0)
            self._drop(cut + 1)
            self._skipping = False
            return self._cut(final=final)
        return self._segments(self._held[:cut])

    def _drop(self, count: int) -> None:
        self._held = self._held[count:]
        self._byte += count
        self._free_of_last = max(0, self._free_of_last - count)
        self._free_of_others = max(0, self._free_of_others - count)

    # --- where interchanges begin ----------------------------------------------------------------

    def _begun(self, *, final: bool) -> bool:
        text = self._held.lstrip(BLANK)
        if not text:
            # Of a file that ends with as many as there may be, no more than count are held.
            self._drop(max(0, len(self._held) - FURTHEST - 1))
            return False
        if self._number and not self._held.startswith(FIRST):
            goes_on = self._goes_on(0, final=final)
            self._is_begun = goes_on is True
            if goes_on is not False:
                return self._is_begun
        advice = advice_in(text, final=final)
        if advice is None:
            return False
        self.advice = advice
        self._is_begun = True
        self._header = ""
        self._faults = (*self._faults, *advice.faults)
        self._recode = decoder(level_named(advice.level).codec)
        self._drop(len(self._held) - len(text) + advice.skip)
        return True

    def _goes_on(self, at: int, *, final: bool = False) -> bool | None:
        """Tell whether a segment of this interchange stands at *at*, behind a UNZ.

        None where more has to be seen first.
        """
        lead = _LEAD.match(self._held, at, at + FURTHEST)
        tag = _TAG.match(self._held, lead.end() if lead else at)
        marks = self.advice.marks
        mark = self._held[tag.end() : tag.end() + 1] if tag else ""
        separating = marks.element + marks.component + marks.terminator
        if mark != "" and mark in separating:
            return True
        return self._is_broken_at(at, final=final)

    def _is_broken_at(self, at: int, *, final: bool) -> bool | None:
        """Tell whether a broken segment stands at *at*: one of the envelope follows it.

        In the same marks, and before another interchange that stands behind a covering letter.
        None where more has to be seen first.
        """
        held = self._held
        other = INTERCHANGE.search(held, at, at + FURTHEST)
        frames = _FRAME.finditer(held, at, other.start() if other else at + FURTHEST)
        if any(
            held[each.end() : each.end() + 1] == self.advice.marks.element
            and held[each.start() - 1] == self.advice.marks.terminator
            and not self._is_released(each.start() - 1)
            for each in frames
        ):
            return True
        is_seen = final or other is not None or len(held) > at + FURTHEST
        return False if is_seen else None

    def _another(self, end: int, *, final: bool) -> int:
        """Return where another interchange begins before *end*, though this one has not ended.

        -1 where none does. Also where one may, as long as what follows has to be seen first.
        """
        first = max(self._free_of_others, int(not self._header))
        another = -1
        for found in _PERHAPS.finditer(self._held, first, end):
            at = found.start()
            if self._may_begin_at(at) and begins_at(self._held, at, final=final) is not False:
                another = at
                break
        # Nearer to what comes it may be seen otherwise with that.
        seen = len(self._held) - max(LONGEST_HEADER, len(self._header)) - 1
        free = another if another >= 0 else end - len(LAST)
        self._free_of_others = max(0, min(free, seen))
        return another

    def _may_begin_at(self, at: int) -> bool:
        """Tell whether a segment can begin there, and not this interchange's own header."""
        held = self._held
        before = at
        while before and held[before - 1] in BLANK:
            before -= 1
        if before == 0:
            is_first = self._header != "" and not self._skipping
        else:
            is_end = held[before - 1] == self.advice.marks.terminator
            is_first = is_end and not self._is_released(before - 1)
        if held.startswith(f"{UNB}{self.advice.marks.terminator}", at):
            return False  # a segment without elements, whatever that terminator might separate
        is_inside = before > 0 or self._skipping
        is_joined = held[at - 1 : at] in LINE_ENDS or _WHOLE.match(held, at) is not None
        return (is_first or (is_inside and is_joined)) and not self._is_own_header(at)

    def _is_own_header(self, at: int) -> bool:
        """Tell whether the header of this interchange stands there once more: no other begins."""
        own = self._header + self.advice.marks.terminator
        return self._held.startswith(own, at) or own.startswith(self._held[at : at + len(own)])

    def _up_to(self, another: int, *, final: bool) -> list[Segment]:
        """Return what stands before another interchange, of one that did not end."""
        terminator = self.advice.marks.terminator
        cut = self._held.rfind(terminator, 0, another)
        while cut >= 0 and self._is_released(cut):
            cut = self._held.rfind(terminator, 0, cut)
        if self._skipping and cut >= 0:
            self._drop(self._end_from(0) + 1)
            self._skipping = False
            return self._cut(final=final)
        if cut >= 0:
            return self._segments(self._held[:cut])
        if not begins_at(self._held, another, final=final):
            return self._unended(final=final)
        piece, at = self._held[:another], self._byte
        self._drop(another)
        self._is_begun = False
        left_out = self._skipping or not piece.strip(BLANK)
        self._skipping = False
        return self._cut(final=final) if left_out else [self._segment(piece, at, Rule.CUT_OFF)]

    # --- where segments end --------------------------------------------------------------------

    def _last_end(self) -> int:
        """Return where the last whole segment of this interchange ends, -1 where none does."""
        cut = self._end_of_interchange()
        if cut >= 0:
            return cut
        terminator = self.advice.marks.terminator
        cut = self._held.rfind(terminator)
        while cut >= 0 and self._is_released(cut):
            cut = self._held.rfind(terminator, 0, cut)
        return cut

    def _end_of_interchange(self) -> int:
        """Return where a UNZ ends, -1 where there is none; not of one in the middle."""
        hint = self._held.find(LAST, self._free_of_last)
        self._free_of_last = hint if hint >= 0 else max(0, len(self._held) - len(LAST) + 1)
        cut = self._end_from(hint) if hint >= 0 else -1
        while 0 <= cut < len(self._held) - 1 and self._goes_on(cut + 1):
            hint = self._held.find(LAST, cut + 1)
            cut = self._end_from(hint) if hint >= 0 else -1
        return cut

    def _end_from(self, start: int) -> int:
        terminator = self.advice.marks.terminator
        cut = self._held.find(terminator, start)
        while cut >= 0 and self._is_released(cut):
            cut = self._held.find(terminator, cut + 1)
        return cut

    def _is_released(self, at: int) -> bool:
        release = self.advice.marks.release
        begin = at
        while release and begin > 0 and self._held[begin - 1] == release:
            begin -= 1
        return (at - begin) % 2 == 1

    def _unended(self, *, final: bool) -> list[Segment]:
        """Return what there is of a segment that does not end, or never will."""
        if not final and len(self._held) <= LONGEST_SEGMENT:
            return []
        piece, at = self._held, self._byte
        if final:
            self._drop(len(piece))
            self._is_begun = False
            left_out = self._skipping or not (piece.strip(BLANK) or self._faults)
            return [] if left_out else [self._segment(piece.rstrip(BLANK), at, Rule.CUT_OFF)]
        # The last of it may be the beginning of another interchange, or release what comes.
        gone = len(piece) - LONGEST_HEADER - ENOUGH
        self._drop(gone - self._is_released(gone))
        if self._skipping:
            return []
        self._skipping = True
        return [self._segment(piece[:SHOWN_OF_TOO_LONG], at, Rule.SEGMENT_TOO_LONG)]

    # --- what stands in them -------------------------------------------------------------------

    def _segments(self, block: str) -> list[Segment]:
        marks = self.advice.marks
        pieces = block.split(marks.terminator)
        if marks.release and marks.release in block:
            pieces = joined(pieces, marks)
        if not self._is_plain(block):
            return self._taken_singly(pieces)
        if not self._header:
            self._begin(pieces[0])
        # Each begins behind the lengths of those before it, and as many terminators.
        places = map(add, accumulate(map(len, pieces), initial=self._byte), count())
        numbers = count(self._number + 1)
        taken = list(map(Segment, pieces, numbers, places, repeat(self.advice.repeating)))
        self._number += len(pieces)
        self._is_begun = not _is_last(pieces[-1])
        if not self._is_begun or (self._free_of_last < len(block) and any(map(_is_last, pieces))):
            self._header_before = ""
        self._drop(len(block) + 1)
        return taken

    def _begin(self, header: str) -> None:
        """Count segments anew from *header* on, unless it begins nothing, as frames.py sees it."""
        self._header = header.rstrip(BLANK)
        if not self._number or self._is_begun_by(self._header):
            self._number = 0
            self._header_before = self._header

    def _is_begun_by(self, header: str) -> bool:
        """Tell whether *header* begins another interchange than the one that may be open."""
        before = self._header_before
        if not header.startswith(FIRST[1]):
            return True
        if not before and self.advice.is_usual and _NAMES.match(header):
            return True
        found = self._read(header)
        if not all(map(found.value, IDENTIFYING)):
            return False
        return not before or identity_of(found) != identity_of(self._read(before))

    def _read(self, header: str) -> Segment:
        text = header if self.advice.is_usual else respelt(header, self.advice)
        return Segment(text, 0, 0, self.advice.repeating)

    def _is_plain(self, block: str) -> bool:
        """Tell whether every piece of *block* is a segment just as it stands."""
        return (
            not self._faults
            and self.advice.is_usual
            and "A" <= block[:1] <= "Z"
            and (self._recode is None or block.isascii())
            and block.isprintable()
            and _ODD.search(block) is None
        )

    def _taken_singly(self, pieces: list[str]) -> list[Segment]:
        taken, gone = [], 0
        for piece in pieces:
            segment = self._segment(piece, self._byte + gone)
            gone += len(piece) + 1
            if not segment.text:
                # Nothing but stray characters: the next segment tells of them.
                self._faults = segment.faults
                continue
            taken.append(segment)
        # Behind a UNZ, where it is no piece in the middle, is another interchange, or nothing.
        self._is_begun = not (taken and _is_last(taken[-1].text))
        if any(_is_last(each.text) for each in taken):
            self._header_before = ""
        self._drop(gone)
        return taken or self._cut(final=False)

    def _segment(self, piece: str, at: int, fault: Rule | None = None) -> Segment:
        """Return the segment that *piece* is, with what is wrong with its characters."""
        text = piece.lstrip("\r\n")
        faults = list(self._faults)
        self._faults = ()
        lead = _LEAD.match(text)
        stray = lead.end() if lead else 0
        at += len(piece) - len(text) + stray
        text = text[stray:]
        if text and not self._header:
            self._begin(text)
        # Once, however many pieces of nothing stand before it: there may be a megabyte of them.
        if (stray or not text) and Rule.STRAY_CHARACTERS not in faults:
            faults.append(Rule.STRAY_CHARACTERS)
        if "\r" in text or "\n" in text:
            text = text.replace("\r", "").replace("\n", "")
            faults.append(Rule.LINE_BREAK_INSIDE)
        if fault is not None and text:
            faults.append(fault)
        if self._recode is not None:
            text = self._recode(text)
        if not self.advice.is_usual:
            text = respelt(text, self.advice)
        self._number += bool(text)
        return Segment(text, self._number, at, self.advice.repeating, tuple(faults))


def _is_last(text: str) -> bool:
    """Tell whether a segment ends its interchange: one of another tag, as UNZX, does not."""
    return text.startswith(LAST) and text[len(LAST) :][:1] in ("", s.COMPONENT, s.ELEMENT)
