"""Checking a trail with nothing but its file: every hash, every signature, every gap."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from ledger.book.chain import GENESIS, link
from ledger.book.heads import check_head
from ledger.trail.lines import (
    FORMAT,
    LINE,
    VERSION,
    About,
    After,
    Closed,
    End,
    Line,
    Others,
    Shown,
    signed_end,
    steers,
)
from schemas.evolution.upcasts import newer_than_known
from schemas.facts import RecordedFact, read
from schemas.heads import Head
from schemas.value import Misformed


class NoTrail(Exception):
    """The file is no trail of a container that this version can check.

    Give a file that `releasebus audit` wrote, as it was written.
    """


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something that is not as it has to be: where, and what, in words for a person."""

    where: str
    what: str


@dataclass(slots=True)
class Checked:
    """What a check came to.

    `proven` are the events (`ledger-3-17`) that a signed head stands behind. `unlinked` are
    those that do not name the container's entry before them: written before entries did.
    `signed` tells whether the whole file is signed.
    """

    about: About
    entries: list[RecordedFact] = field(default_factory=list)
    proven: set[str] = field(default_factory=set)
    unlinked: list[str] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    signed: bool = False
    flaws: list[Flaw] = field(default_factory=list)

    @property
    def gapless(self) -> bool:
        """Tell whether nothing of the container can lack between its first entry and the last."""
        return bool(self.entries) and not self.unlinked and not self.flaws

    def found(self, where: str, what: str) -> None:
        """Take note of a flaw."""
        self.flaws.append(Flaw(where, what))


def checked(lines: Iterable[bytes], keys: Mapping[str, bytes] | None = None) -> Checked:
    """Return what is wrong with a trail, and what it proves; *lines* keep their line ends.

    A head counts if it is signed by one of *keys*, public keys by id; without them by one that
    the file names itself, which proves no more than that the file fits itself. Raises NoTrail.
    """
    came = iter(lines)
    about_line = next(came, b"")
    about = _about(about_line)
    known = _named_in(about) if keys is None else keys
    walk = _Walk(Checked(about), known)
    whole = sha256()
    whole.update(about_line)
    for number, written in enumerate(came, start=2):
        line = _read(written)
        if isinstance(line, End):
            walk.finish(line, whole.hexdigest(), behind=next(came, None) is not None)
            break
        whole.update(written)
        if line is None or isinstance(line, About):
            walk.result.found(f"line {number}", "it is no line of a trail: changed or added")
        else:
            walk.step(line)
    else:
        walk.result.found("the end", "the last line is missing: the file was cut off")
    walk.close()
    return walk.result


@dataclass(slots=True)
class _Walk:
    """Where the check has come to: behind entry `seq` of `shard`, whose hash is `end`.

    `astray`: something was found since the last place that is sure, and is told once. `open`
    are the entries that no head stands behind yet, `last` the last one shown of each shard.
    """

    result: Checked
    keys: Mapping[str, bytes]
    shard: str = ""
    seq: int = 0
    end: bytes = GENESIS
    astray: bool = False
    open: list[int] = field(default_factory=list)
    last: dict[str, int] = field(default_factory=dict)
    recorded_at: datetime | None = None

    def step(self, line: After | Shown | Others | Closed) -> None:
        """Take the next line."""
        match line:
            case After():
                self._begin(line)
            case Shown():
                self._entry(line)
            case Others():
                self._others(line)
            case Closed():
                self._head(line.head)

    def finish(self, line: End, digest: str, *, behind: bool) -> None:
        """Take the last line; *digest* is that of all before it."""
        result = self.result
        if behind:
            result.found("the end", "lines stand behind the last one: added")
        if line.digest != digest:
            result.found("the end", "the file's digest is not that of its lines: it was changed")
        elif line.signature is not None:
            key = self.keys.get(line.key_id or "")
            result.signed = key is not None and _is_signed(line, key)
            if not result.signed:
                result.found("the end", "the file is not signed by a key that is known: forged")

    def close(self) -> None:
        """See that nothing is left open."""
        self._leave()
        counted, shown = self.result.about.entries, len(self.result.entries)
        if counted != shown:
            what = f"it counts {counted} entries, and {shown} are shown"
            self.result.found("the first line", what)
        elif not shown:
            self.result.found("the first line", "no entry is shown: nothing is proven")

    def _begin(self, line: After) -> None:
        self._leave()
        if line.shard == self.shard and line.seq < self.seq:
            self._found(line.seq + 1, f"it stands behind entry {self.seq}: moved")
        elif line.shard != self.shard:
            self.recorded_at = None
        self.shard, self.seq, self.astray = line.shard, line.seq, False
        self.end = _bytes(line.hash)
        if line.seq == 0 and self.end != GENESIS:
            self._found(1, "the chain does not begin as every chain does")

    def _leave(self) -> None:
        if self.open:
            first, last = self.open[0], self.open[-1]
            all_ = "" if first == last else f" and those up to {last}"
            self._found(first, f"no signed head stands behind it{all_}: not proven")

    def _entry(self, line: Shown) -> None:
        self._in_place(line.seq)
        after = link(self.end, _bytes(line.salt), line.bytes.encode(errors="replace"))
        if after == _bytes(line.hash):
            self.open.append(line.seq)
        elif not self.astray:
            self._found(line.seq, "its bytes, salt or hash, or a digest before it, was changed")
        # As it says itself, so that one fault is told once; the head tells whether that is so.
        self.end, self.astray = _bytes(line.hash), False
        self._say(line)

    def _say(self, line: Shown) -> None:
        body = line.bytes.encode(errors="replace")
        try:
            fact = read(body)
        except Misformed:
            self._found(line.seq, newer_than_known(body) or "its bytes are no entry")
            return
        self.result.entries.append(fact)
        container = self.result.about.container
        if (fact.shard, fact.seq, fact.container) != (self.shard, line.seq, container):
            said = f"{fact.shard} entry {fact.seq} of {fact.container}"
            self._found(line.seq, f"its bytes say that it is {said}: moved or put in")
        elif self.recorded_at is not None and fact.recorded_at < self.recorded_at:
            self._found(line.seq, "it is earlier than the entry before it")
        self.recorded_at = fact.recorded_at
        self._follow(fact, line.seq)

    def _follow(self, fact: RecordedFact, seq: int) -> None:
        before, named = self.last.get(self.shard, 0), fact.previous_seq
        self.last[self.shard] = seq
        if named is None:
            self.result.unlinked.append(f"{self.shard}-{seq}")
        elif named != before:
            shown = f"entry {before} is shown" if before else "none is shown"
            how = "left out" if named > before else "moved or put in"
            what = f"the container's entry before it is {named}, and {shown}: {how}"
            self.result.found(f"{self.shard} entry {seq}", what)

    def _others(self, line: Others) -> None:
        self._in_place(line.first)
        for digest in line.digests:
            self.end = sha256(self.end + _bytes(digest)).digest()
        self.seq += len(line.digests) - 1

    def _in_place(self, seq: int) -> None:
        if seq != self.seq + 1:
            there = f"entry {seq} stands in its place: taken out, moved or put in"
            self._found(self.seq + 1, there)
            self.astray = True
        self.seq = seq

    def _head(self, head: Head) -> None:
        self.result.heads.append(head)
        key = self.keys.get(head.key_id)
        when = f"{head.at:%Y-%m-%d %H:%M:%S}"
        if key is None or not check_head(head, key):
            self._found(head.seq, f"its head of {when} is not signed by a key that is known")
        elif (head.shard, head.seq) != (self.shard, self.seq):
            said = f"{head.shard} entry {head.seq}"
            self._found(self.seq, f"the head behind it is of {said}: taken out or put in")
        elif head.hash != self.end.hex():
            if not self.astray:
                self._found(self.seq, f"what is shown does not lead to the head of {when}")
        else:
            self.result.proven.update(f"{self.shard}-{seq}" for seq in self.open)
        self.open.clear()
        self.end, self.astray = _bytes(head.hash), False

    def _found(self, seq: int, what: str) -> None:
        """Take note of a flaw in the chain: what is open is not proven by a head behind it."""
        self.result.found(f"{self.shard} entry {seq}", what)
        self.open.clear()


def _about(written: bytes) -> About:
    line = _read(written)
    if not isinstance(line, About) or line.format != FORMAT:
        raise NoTrail("its first line does not say that it is one")
    if line.version != VERSION:
        raise NoTrail(f"it is of version {line.version}, and this is for {VERSION}")
    if any(steers(text) for text in _texts(line)):
        raise NoTrail("its first line holds control characters, which the bus never writes")
    return line


def _texts(about: About) -> Iterator[str]:
    yield about.container
    for named in (about.names, about.keys):
        yield from (text for pair in named.items() for text in pair)


def _named_in(about: About) -> dict[str, bytes]:
    return {key_id: _bytes(key) for key_id, key in about.keys.items()}


def _read(written: bytes) -> Line | None:
    try:
        return LINE.read(written)
    except Misformed:
        return None


def _bytes(hexadecimal: str) -> bytes:
    """Return the bytes, or none: what is no digest leads nowhere."""
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError:
        return b""


def _is_signed(line: End, key: bytes) -> bool:
    try:
        VerifyKey(key).verify(signed_end(line.digest), _bytes(line.signature or ""))
    except (BadSignatureError, ValueError):
        return False
    return True
