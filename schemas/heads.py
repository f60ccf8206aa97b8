"""The signed head of a shard's chain: the anchor that shows a truncation."""

from schemas.value import Form, Moment, Value


class Head(Value, frozen=True, kw_only=True):
    """Entry `seq` of `shard` has the hash `hash` (hex); `signature` is Ed25519 over `signed`.

    Whoever keeps a head can show later that the book was cut off behind it.
    """

    shard: str
    seq: int
    hash: str
    at: Moment
    key_id: str
    signature: str


HEAD: Form[Head] = Form(Head)


def signed(shard: str, seq: int, digest: str) -> bytes:
    """Return the bytes that are signed for a head."""
    return f"releasebus head\n{shard}\n{seq}\n{digest}".encode()
