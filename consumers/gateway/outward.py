"""What is sent to partners with a folder: edi.out.v1 to PARTNER/out.

It is written under a name with a dot, then renamed: nobody who leaves such names alone reads half
of it. Where one partner's folder cannot be written, what it is sent waits in .late/PARTNER beside
the partners' folders, and comes in its order when it can; the other partners get theirs.
"""

import asyncio
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiokafka import ConsumerRecord, TopicPartition

from consumers.batches import Batches, place_of
from consumers.gateway.alarms import Alarms
from consumers.gateway.folders import LONGEST_NAME_BYTES, OUT
from consumers.gateway.settings import GatewaySettings
from consumers.on_disk import renamed

LATE = ".late"
"""No partner is called so: the name of its file would begin with a dot."""
ENDING = ".edi"


class Outward(Batches):
    """Puts what is sent to partners with a folder into it; the handler of edi.out.v1."""

    def __init__(self, settings: GatewaySettings, root: Path) -> None:
        super().__init__()
        self.settings = settings
        self._root = root
        self._alarms = Alarms()

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Write the files of *records*, then commit their places: a repeat writes them again."""
        ends: dict[TopicPartition, int] = {}
        for record in records:
            await self._put_out(record)
            ends[place_of(record)] = record.offset + 1
        await self.commit(ends)

    async def _put_out(self, record: ConsumerRecord[Any, Any]) -> None:
        partner = (record.key or b"").decode(errors="backslashreplace")
        if partner not in self.settings.partners:
            return  # one that was told before its file was taken away
        reference = next((value for name, value in record.headers if name == "ce_subject"), b"")
        name = _file_name(reference.decode(errors="backslashreplace"))
        is_out = await asyncio.to_thread(self._is_out, partner, name, record.value or b"")
        self.counted["put_out" if is_out else "late"] += 1

    def _is_out(self, partner: str, name: str, data: bytes) -> bool:
        """Write a file for *partner*; tell whether it is where it belongs, or late."""
        late = self._root / LATE / partner
        if not _late_ones(late):
            try:
                written(self._root / partner / OUT, name, data)
            except OSError as error:
                self._alarms.tell(self._root / partner / OUT, error)
            else:
                return True
        written(late, name, data)
        return False

    async def run(self) -> None:
        """Look after what is late until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(self.settings.watch_seconds)

    def look(self) -> None:
        """Put out what is late, of every partner as much as can be."""
        self._alarms.look_again()
        for partner in self.settings.partners:
            try:
                self._put_out_late(partner)
            except OSError as error:
                self._alarms.tell(self._root / partner / OUT, error)

    def _put_out_late(self, partner: str) -> None:
        for file in _late_ones(self._root / LATE / partner):
            written(self._root / partner / OUT, file.name, file.read_bytes())
            file.unlink()


def written(folder: Path, name: str, data: bytes) -> Path:
    """Write a file whole into *folder*, which is made where it is not there, or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    hidden = folder / f".{name}.tmp"
    with hidden.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    return renamed(hidden, file)


def _file_name(reference: str) -> str:
    name = quote(reference, safe="")
    if len(name) > LONGEST_NAME_BYTES - len(ENDING):
        name = sha256(name.encode()).hexdigest()
    return f"{name}{ENDING}"


def _late_ones(folder: Path) -> list[Path]:
    """Return what is late, the first first."""
    if not folder.is_dir():
        return []
    found = (each for each in folder.iterdir() if not each.name.startswith("."))
    return sorted((each for each in found if each.exists()), key=_since)


def _since(file: Path) -> tuple[int, str]:
    try:
        return file.stat().st_mtime_ns, file.name
    except FileNotFoundError:
        return 0, file.name  # it was put out a moment ago
