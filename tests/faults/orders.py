"""What a test tells the process that it starts."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Orders(BaseModel):
    """Which part to run and where; at which step to strike it, and which bug it has.

    It strikes itself with `signal` when the file `armed` is there.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    part: Literal["ledger", "intake"]
    name: str
    bootstrap_servers: str
    database_url: str
    namespace: str
    head_key_file: Path
    armed: Path
    step: str | None = None
    signal: str = "SIGKILL"
    bug: str | None = None
    batch_records: int = 20
