"""Two containers in one shard, and the trail of one of them, to be taken and tampered with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from ledger.book.engine import reading
from ledger.book.heads import HeadKey, head_key, sign_head
from ledger.trail.check import Checked, checked
from ledger.trail.extract import trail
from schemas import messages as m
from schemas.heads import Head
from schemas.messages import Message
from tests.ledger.book.log import (
    CUSTOMS,
    FORWARDER,
    LEDGER,
    NOW,
    PORT,
    RIVAL,
    TERMINAL,
    Clerk,
    accept,
    discharge,
    release,
)

BOX, NEIGHBOUR = "CPUU1000010", "CPUU1000026"
BILL, NUMBER = "BLOFTHENEIGHBOUR", "RELOFTHENEIGHBOUR"

Lines = list[dict[str, Any]]


@dataclass(slots=True)
class TwoBoxes:
    """The book, the heads that were signed of it, and what its parties are called."""

    clerk: Clerk
    names: dict[str, str]
    key: HeadKey = field(default_factory=lambda: head_key(None))
    heads: list[Head] = field(default_factory=list)

    @property
    def keys(self) -> dict[str, bytes]:
        """The public key, as an authority has it."""
        return {self.key.key_id: self.key.public_key}

    def sign(self) -> None:
        """Sign the chain as it stands."""
        lease = self.clerk.leases[LEDGER]
        self.heads.append(sign_head(self.key, LEDGER, lease.next_seq - 1, lease.head, NOW))

    def trail(
        self, heads: list[Head] | None = None, *, box: str = BOX, signed: bool = True
    ) -> list[bytes]:
        """Take a container's trail; with all heads where none are given."""
        given = self.heads if heads is None else heads
        key = self.key if signed else None
        with reading(self.clerk.engine) as connection:
            return list(trail(connection, box, given, at=NOW, key=key, names=self.names))

    def checked(self, lines: list[bytes]) -> Checked:
        """Check a trail with the public key."""
        return checked(lines, self.keys)


def of_the_neighbour() -> Iterator[tuple[str, Message]]:
    """Yield who says what of the other container."""
    yield TERMINAL, discharge(NEIGHBOUR)
    yield RIVAL, release(NEIGHBOUR, bill=BILL, number=NUMBER)
    yield FORWARDER, accept(NEIGHBOUR)
    yield (
        CUSTOMS,
        m.ReportCustomsStatus(container=NEIGHBOUR, port=PORT, status=m.CustomsStatus.RELEASED),
    )


def read_lines(lines: list[bytes]) -> Lines:
    """Return a trail's lines to be changed."""
    return [json.loads(line) for line in lines]


def written_again(lines: Lines) -> list[bytes]:
    """Return changed lines as a careful forger writes them: the digest and the count fit."""
    *before, end = lines
    before[0] = {**before[0], "entries": sum(line["line"] == "entry" for line in before)}
    written = [_written(line) for line in before]
    digest = sha256(b"".join(written)).hexdigest()
    return [*written, _written({"line": end["line"], "digest": digest})]


def place_of(lines: Lines, seq: int) -> int:
    """Return where the entry *seq* stands among *lines*."""
    return next(at for at, line in enumerate(lines) if line.get("seq") == seq and "salt" in line)


def _written(line: dict[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
