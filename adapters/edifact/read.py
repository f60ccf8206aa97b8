"""Bytes into checked messages, groups and interchanges, as they come and in flat memory."""

from collections.abc import Iterable, Iterator

from adapters.edifact.frames import Framing
from adapters.edifact.items import Item
from adapters.edifact.segments import Segment
from adapters.edifact.syntax import syntax_of
from adapters.edifact.terms import ANYBODY, Terms
from adapters.edifact.tokens import BLOCK_BYTES, Tokenizer


def read(chunks: Iterable[bytes], terms: Terms = ANYBODY, *, keep: bool = True) -> Iterator[Item]:
    """Yield what is in *chunks*, each thing when it ends: messages, their group, the interchange.

    Nothing raises, whatever the bytes are: what is wrong with a thing stands with it. Without
    *keep* the segments of messages are checked and let go, for interchanges of any size.
    """
    tokenizer = Tokenizer()
    framing = Framing(syntax_of(tokenizer.advice), terms, keep=keep)
    for block in _blocks(chunks):
        segments = tokenizer.feed(block)
        while segments:
            yield from framing.take(segments, syntax_of(tokenizer.advice))
            segments = tokenizer.more()
    while segments := tokenizer.end():
        yield from framing.take(segments, syntax_of(tokenizer.advice))
    yield from framing.end()


def segments_in(chunks: Iterable[bytes]) -> Iterator[Segment]:
    """Yield the segments alone."""
    tokenizer = Tokenizer()
    for block in _blocks(chunks):
        segments = tokenizer.feed(block)
        while segments:
            yield from segments
            segments = tokenizer.more()
    while segments := tokenizer.end():
        yield from segments


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        for start in range(0, len(chunk), BLOCK_BYTES):
            yield chunk[start : start + BLOCK_BYTES]
