"""One message against its directory, segment by segment as they come."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from msgspec import Struct

from adapters.edifact.directory import Directory, directory, directory_of
from adapters.edifact.elements import faults_of, findings_in, strangers_in
from adapters.edifact.findings import Finding, Rule
from adapters.edifact.layouts import squeezed
from adapters.edifact.segments import RELEASE, Segment
from adapters.edifact.structure import TRAILER, Move, Reach, Table, table_of
from adapters.edifact.syntax import Syntax

MOST_FINDINGS: Final = 999
"""So many a message are told of (as CONTRL does, SG2); of more only how many there are."""

CONTRL: Final = "CONTRL"
UN: Final = "UN"
TAG_LENGTH: Final = 3


class Kind(Struct, frozen=True):
    """What a message says it is (S009)."""

    type: str
    version: str
    release: str
    agency: str
    association: str = ""


def kind_of(header: Segment) -> Kind:
    """Return what a message header says."""
    return Kind(*(*header.composite(2), "", "", "", "", "")[:5])


@lru_cache(maxsize=256)
def _tables(service: str, kind: Kind) -> tuple[Directory | None, Table | None]:
    """Return the directory that *kind* names and its table there, each None where it lacks."""
    named: Directory | None = None
    if kind.type == CONTRL:
        named = directory(service)
    elif kind.agency == UN:
        named = directory_of(kind.version, kind.release)
    known = named is not None and kind.type in named.messages
    return named, table_of(named.name, kind.type) if named is not None and known else None


def _unknown_part(named: Directory | None, kind: Kind) -> tuple[int, str]:
    """Return which component of S009 is why there is no table: agency, release or type."""
    if named is not None:
        return 1, "0065"
    return (3, "0054") if kind.agency == UN or kind.type == CONTRL else (4, "0051")


class Findings:
    """What is found, up to a number; behind it only counted."""

    def __init__(self) -> None:
        self.listed: list[Finding] = []
        self.unlisted = 0
        self.unlisted_alone = 0

    def add(self, found: Iterable[Finding]) -> None:
        """Take what is *found*."""
        for each in found:
            if len(self.listed) < MOST_FINDINGS:
                self.listed.append(each)
            elif each.alone:
                self.unlisted_alone += 1
            else:
                self.unlisted += 1


class Judge:
    """Walks one message: `take` its segments, then `end` it; `findings` is what was found."""

    def __init__(self, header: Segment, syntax: Syntax) -> None:
        self.findings = Findings()
        self.kind = kind_of(header)
        self._syntax = syntax
        self._first = header.number
        self._last = header
        self._directory: Directory | None = None
        self._here: Reach = {}
        self._counts: list[int] = []
        named, table = _tables(syntax.service.name, self.kind)
        if table is not None:
            self._directory = named
            self._here = table.begin
            self._counts = [0] * table.counters
            return
        component, item = _unknown_part(named, self.kind)
        place = header.at(1, 2, component)
        self.findings.add([Finding(Rule.DIRECTORY_NOT_THERE, place, header.tag, item)])

    @property
    def is_known(self) -> bool:
        """Whether its directory has such a message."""
        return self._directory is not None

    def take(self, segments: list[Segment]) -> None:
        """Judge the segments that come next; none is header or trailer."""
        if self._directory is None:
            self._take_unknown(segments)
            return
        here, counts, last = self._here, self._counts, self._last
        patterns = self._syntax.patterns(self._directory)
        for segment in segments:
            text = segment.text
            tag = text[:TAG_LENGTH]
            moves = here.get(tag)
            if (
                moves is None
                or segment.faults
                or patterns[tag](squeezed(text) if RELEASE in text else text) is None
            ):
                self._last, self._here = last, here
                self._take_oddly(segment)
                last, here = self._last, self._here
                continue
            move = moves[0]
            count = counts[move.counter] + 1
            if count > move.limit or move.missing:
                self._last = last
                move = self._chosen(moves, segment)
                count = counts[move.counter] + 1
            counts[move.counter] = count
            if move.zeros:
                counts[move.inside] = move.zeros
            here, last = move.onward, segment
        self._last, self._here = last, here

    def end(self) -> None:
        """Judge that the message ends here: what it still lacks."""
        for move in self._here.get(TRAILER, ()):
            self.findings.add(self._missing(move))

    def _position(self, segment: Segment) -> int:
        """Return where it stands in the message, whose header is the first."""
        return segment.number - self._first + 1

    def _chosen(self, moves: tuple[Move, ...], segment: Segment) -> Move:
        """Return the nearest move that is still allowed, else the nearest, and tell of it."""
        open_moves = (each for each in moves if self._counts[each.counter] < each.limit)
        move = next(open_moves, None)
        if move is None:
            move = moves[0]
            found = str(self._counts[move.counter] + 1)
            expected, tag = str(move.limit), segment.tag
            self.findings.add(
                [
                    Finding(
                        move.broken, segment.at(self._position(segment)), tag, "", expected, found
                    )
                ]
            )
        self.findings.add(self._missing(move))
        return move

    def _missing(self, move: Move) -> Iterator[Finding]:
        # As CONTRL counts: a segment is missing behind the last that stood where it may (0096).
        last = self._last
        for tag in move.missing:
            place = last.at(self._position(last))
            yield Finding(Rule.SEGMENT_MISSING, place, tag)

    def _take_oddly(self, segment: Segment) -> None:
        """Judge a segment that is not where it may stand, or whose characters are not right."""
        position, tag = self._position(segment), segment.tag
        moves = self._here.get(tag)
        if self._directory is None or moves is None:
            self.findings.add(faults_of(segment, position))
            self.findings.add(strangers_in(segment, self._syntax, position))
            if segment.text:
                place = segment.at(position)
                self.findings.add([Finding(Rule.SEGMENT_NOT_HERE, place, _shown(tag))])
            return
        move = self._chosen(moves, segment)
        self._counts[move.counter] += 1
        self._counts[move.inside] = move.zeros
        self._here, self._last = move.onward, segment
        layout = self._directory.layouts[tag]
        self.findings.add(findings_in(segment, layout, self._syntax, position))

    def _take_unknown(self, segments: list[Segment]) -> None:
        """Look at no more than the characters, where the directory is not there."""
        for segment in segments:
            self._last = segment
            position = self._position(segment)
            if segment.faults:
                self.findings.add(faults_of(segment, position))
            self.findings.add(strangers_in(segment, self._syntax, position))


def _shown(tag: str) -> str:
    """Return a tag as it may be told: what is none may be anything."""
    return tag if len(tag) == TAG_LENGTH and tag.isalnum() and tag.isascii() else ""
