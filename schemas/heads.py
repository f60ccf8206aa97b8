"""The signed head of a shard's chain: the anchor that shows a truncation."""

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Head(BaseModel):
    """Entry `seq` of `shard` has the hash `hash` (hex); `signature` is Ed25519 over `signed`.

    Whoever keeps a head can show later that the book was cut off behind it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    shard: str
    seq: int
    hash: str
    at: AwareDatetime
    key_id: str
    signature: str


def signed(shard: str, seq: int, digest: str) -> bytes:
    """Return the bytes that are signed for a head."""
    return f"releasebus head\n{shard}\n{seq}\n{digest}".encode()
