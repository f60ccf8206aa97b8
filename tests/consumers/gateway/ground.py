"""A gateway's store and folders, where large files are taken, and what a record would come to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from consumers.apply.thread import DatabaseThread
from consumers.gateway import came as coming
from consumers.gateway.desk import Desk
from consumers.gateway.handled import LOG, Handled
from consumers.gateway.large import LargeFiles
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from consumers.outgoing import Waiting
from producers.interchanges import LargeFile, file_record
from tests.consumers.gateway.interchanges import (
    QUAY,
    desk,
    handled,
    partner,
    record,
)

ALL = range(12)


@dataclass
class Ground:
    """A gateway's store, and the folders beside it; what is sent is marked at once."""

    store: GatewayStore
    root: Path
    desk: Desk = field(default_factory=desk)
    sent: list[Waiting] = field(default_factory=list)
    counted: list[Handled] = field(default_factory=list)
    most_unsent: int = 0

    def more(self) -> None:
        """Send what waits."""
        waiting = self.store.unsent(ALL, 10_000)
        self.most_unsent = max(self.most_unsent, len(waiting))
        self.store.sent(waiting, datetime.now(UTC))
        self.sent.extend(waiting)

    def announce(self, data: bytes, name: str = "a.edi", offset: int = 0) -> None:
        """Put a file where it is taken from, and its record into the store."""
        digest = sha256(data).hexdigest()
        (self.root / "quay" / "large" / f"{digest}~{name}").write_bytes(data)
        made = file_record(
            "quay", LargeFile(sha256=digest, size=len(data), name=name), QUAY, name=name
        )
        self.store.settle(self.desk, [record(made.value, headers=made.headers, offset=offset)])

    async def look(self, times: int = 1) -> None:
        """Let one gateway look so many times."""
        settings = GatewaySettings("nowhere:9092", "", {"quay": partner()}, folders=self.root)
        thread = DatabaseThread()
        taking = LargeFiles(settings, self.store, thread, self.desk_for, self, self.counted.append)
        try:
            for _ in range(times):
                await taking.look(self.root)
        finally:
            thread.close()

    async def desk_for(self, _records: object) -> Desk:
        return self.desk

    def kinds(self, kind: str) -> list[bytes]:
        return [each.record.value or b"" for each in self.sent if each.system == kind]

    def ids(self) -> list[str]:
        return [id_of(each.record.headers) for each in self.sent if each.system == LOG]

    def files(self, folder: str) -> list[str]:
        return sorted(each.name for each in (self.root / "quay" / folder).iterdir())


def id_of(headers: Any) -> str:
    """Return the ce_id."""
    return str(dict(headers)["ce_id"].decode())


def ids_of(of: Handled) -> list[str]:
    """Return the ids of the messages that a record came to."""
    return [id_of(each.record.headers) for each in of.made if each.kind == LOG]


def as_one_record(data: bytes, monkeypatch: pytest.MonkeyPatch, at: Desk | None = None) -> Handled:
    """Return what a record of *data* would come to, if one took it."""
    with monkeypatch.context() as patched:
        patched.setattr(coming, "LARGEST_INTERCHANGE", len(data))
        return handled(at or desk(), data)


async def ends_after(portions: int, ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the gateway end when it settled so many."""
    settle, calls = ground.store.files.settle, iter(range(portions))

    def ends(*given: Any) -> Any:
        if next(calls, None) is None:
            raise OperationalError("INSERT", {}, OSError("the process ended"))
        return settle(*given)

    with monkeypatch.context() as patched:
        patched.setattr(ground.store.files, "settle", ends)
        with pytest.raises(OperationalError):
            await ground.look()
