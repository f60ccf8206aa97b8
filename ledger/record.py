"""One record of a log as the ledger is handed it."""

from datetime import datetime

from schemas.value import Value


class LogRecord(Value, frozen=True):
    """A record at *offset* of the shard's log; `recorded_at` is the broker's append time."""

    shard: str
    offset: int
    recorded_at: datetime
    headers: tuple[tuple[str, bytes], ...]
    value: bytes
