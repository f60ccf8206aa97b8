"""Spoilt interchanges: nothing raises, no neighbour is lost, and it does not matter how they come.

`python -m tests.adapters.edifact.fuzz --count 1000000 --seed 1` tells the seed of what breaks one
of these; `--seed SEED --count 1` plays that one again.
"""

import argparse
import random
import resource
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from adapters.edifact.control import answer, is_rejected, reports
from adapters.edifact.directory import directory
from adapters.edifact.items import Item, Message
from adapters.edifact.partners.partner import Identity, Partner
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, draft_of, written
from consumers.gateway.opened import Opened, opened
from tests.adapters.edifact.made import Maker

CORPUS = Path(__file__).parent / "corpus"
STRICT = Partner(
    "terminal", "TERMINAL", (Identity("TERMINAL"),), (Identity("AGENT"),), ("BEANR",), UTC
)
AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
PIECES = (
    b"'", b"+", b":", b"?", b"*", b"??", b"?'", b"''", b"\r\n", b"\x00", b"\xff", b"\xc3", b"A",
    b"9",
    b"UNH+9", b"UNT+1+9'", b"UNG'", b"UNE'", b"UNB'", b"UNS+S'", b"XYZ+1'", b"\x1d", b" ",
)  # fmt: skip
FRAMES = (
    b"UNT+9+FIRST'", b"UNE+1+G'", b"UNS+D'", b"UNZ+1+REF1'", b"UNZ+3+REF1'", b"UNZ'", b"UNX+2'",
    b"UNG+COREOR+A+B+261128:1200+G+UN+D:95B'", b"UNB+UNOA:3+TERMINAL+AGENT+261128:1200+REF1'",
)  # fmt: skip
"""Service segments that stand between messages, and do not belong there."""

FRAMED = 0.3
TOLD_EACH = 10_000
MOST_GROWTH = 64
"""Megabytes that a process may grow by, however many interchanges it reads."""


@cache
def right() -> tuple[bytes, ...]:
    """The interchanges that are spoilt: the corpus, and messages by chance."""
    made = [
        written(
            Envelope(level, version, ("TERMINAL",), ("AGENT",), AT, "REF1"),
            [Maker(directory(name), seed).draft(message) for seed in range(2)],
        )
        for name, level, version in (("D95B", "UNOA", "2"), ("D00B", "UNOY", "4"))
        for message in ("COREOR", "CODECO", "IFTSTA")
    ]
    return (*made, *(file.read_bytes() for file in sorted(CORPUS.glob("*.edi"))))


def spoilt(data: bytes, chance: random.Random, first: int = 0, last: int = 0) -> bytes:
    """*data* with a few pieces put in, taken out, changed or doubled between two places."""
    end = len(data) - last
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(first, max(first, end))
        size = chance.choice((0, 0, 1, 1, 5, 30))
        size = min(size, max(0, end - at))
        piece = chance.choice(
            (b"", chance.choice(PIECES), data[at : at + size] * 2, bytes([chance.randrange(256)]))
        )
        data = data[:at] + piece + data[at + size :]
        end = len(data) - last
    return data


def in_pieces(data: bytes, chance: random.Random) -> Iterator[bytes]:
    while data:
        size = chance.randint(1, 1 + len(data))
        yield data[:size]
        data = data[size:]


def check_anything(chance: random.Random) -> None:
    """An interchange spoilt anywhere is read the same however it comes, and can be answered."""
    data = spoilt(chance.choice(right()), chance)
    items = list(read([data]))
    assert list(read(in_pieces(data, chance))) == items, "cut otherwise, it reads otherwise"
    for report in reports(items):
        answer(report, "A1", AT)
    if items and not any(item.findings for item in items):
        assert_reads_back(items)


def assert_reads_back(items: list[Item]) -> None:
    drafts = [draft_of(item) for item in items if isinstance(item, Message)]
    envelope = Envelope("UNOY", "3", ("A",), ("B",), AT, "1")
    read_again = read([written(envelope, drafts)])
    again = [draft_of(item) for item in read_again if isinstance(item, Message)]
    assert again == drafts, "what is right does not read back"


def check_neighbours(chance: random.Random) -> None:
    """The messages before and behind a spoilt one are there, right, and taken by the strictest."""
    maker = Maker(directory("D95B"), chance.randrange(2**32))
    message = chance.choice(("COREOR", "CODECO", "COARRI"))
    first, middle, last = (
        Draft(reference, draft.kind, draft.body)
        for reference in ("FIRST", "MIDDLE", "LAST")
        for draft in (maker.draft(message),)
    )
    envelope = Envelope("UNOA", "3", ("TERMINAL",), ("AGENT",), AT, "REF1")
    before = len(written(envelope, [first])) - len(b"UNZ+1+REF1'")
    behind = len(b"'UNT+999+MIDDLE'UNZ+1+REF1'") + (
        len(written(envelope, [last])) - len(written(envelope, []))
    )
    data = spoilt(written(envelope, [first, middle, last]), chance, before, behind)
    if chance.random() < FRAMED:
        data = data[:before] + chance.choice(FRAMES) + data[before:]
    found = {item.reference: item for item in read([data]) if isinstance(item, Message)}
    for neighbour in (first, last):
        kept = found.get(neighbour.reference)
        assert kept is not None, f"{neighbour.reference} is lost"
        assert draft_of(kept) == neighbour, f"{neighbour.reference} is changed"
        assert not kept.findings, f"{neighbour.reference} is found wrong"
    taken = {message.reference for each in opened([data], STRICT) for message in sound_in(each)}
    assert taken >= {first.reference, last.reference}, f"of the neighbours only {taken} are taken"


def sound_in(found: Opened) -> tuple[Message, ...]:
    """What the gateway takes of an interchange from who is let do nothing wrong."""
    report = found.report.interchange
    return () if report.header is None or is_rejected(report) else found.sound


def check(seed: int) -> None:
    """Play one seed; AssertionError where something is not as it must be."""
    chance = random.Random(seed)
    if seed % 2:
        check_anything(chance)
    else:
        check_neighbours(chance)


def main() -> None:
    """Play many seeds, and tell how far it is, what broke, what was slowest, and what it took."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    chosen = arguments.parse_args()
    slowest, broken, begun = (0.0, 0), 0, 0
    for number in range(chosen.count):
        seed = chosen.seed + number
        began = time.process_time()
        what = what_breaks(seed)
        slowest = max(slowest, (time.process_time() - began, seed))
        if what:
            broken += 1
            tell(f"seed {seed}: {what}")
        if number == min(TOLD_EACH, chosen.count) // 2:
            begun = memory()
        if number % TOLD_EACH == TOLD_EACH - 1:
            tell(f"{number + 1:,} played, {broken} broken, {memory()} MB")
    grown = memory() - begun
    tell(f"{chosen.count:,} played, {broken} broken; memory grew by {grown} MB")
    tell(f"the slowest seed, {slowest[1]}, took {slowest[0]:.3f} s")
    raise SystemExit(int(broken > 0 or grown > MOST_GROWTH))


def what_breaks(seed: int) -> str:
    """What is not as it must be when a seed is played; nothing where all is well."""
    try:
        check(seed)
    except Exception as error:  # noqa: BLE001  every seed is played, and told of
        return f"{type(error).__name__}: {error}"
    return ""


def tell(said: str) -> None:
    print(said, flush=True)  # noqa: T201  a command of its own


def memory() -> int:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
