"""Watched folders, for partners without Kafka: PARTNER/in to edi.in.v1, edi.out.v1 to PARTNER/out.

A file is taken when it is whole: its name begins with no dot and ends with no `.tmp` or `.part`,
and size and time have not changed for two looks. It is moved, by a rename, to PARTNER/done once
the broker has it for good; before that it is taken again after a crash, under the same id. What
cannot go in is moved to PARTNER/refused. What is sent is written under a name with a dot, then
renamed: nobody who follows the same rule reads half of it.
"""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from adapters.edifact.partners import Partner
from consumers.batches import Batches, place_of
from consumers.gateway.settings import GatewaySettings
from producers.careful import Courier
from producers.interchanges import interchange_record
from producers.records import Record, send_all
from producers.signing import SpokenFor
from schemas.topics import LARGEST_INTERCHANGE

log = logging.getLogger(__name__)
IN, OUT, DONE, REFUSED = "in", "out", "done", "refused"
UNFINISHED = (".tmp", ".part")
CHANNEL = "folder"


@dataclass(frozen=True, slots=True)
class Look:
    """How a file looked: while this changes, somebody writes it."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def at(cls, file: Path) -> "Look | None":
        """Return how *file* looks, None where it is there no more."""
        try:
            found = file.stat()
        except FileNotFoundError:
            return None
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class Inward:
    """Takes the files of the partners' folders to edi.in.v1."""

    def __init__(self, settings: GatewaySettings, root: Path) -> None:
        self._settings = settings
        self._root = root
        self._looks: dict[Path, Look] = {}
        self._courier = Courier(settings.bootstrap_servers, "the folders")

    async def run(self) -> None:
        """Look from time to time until cancelled."""
        try:
            while True:
                await self._look_again()
                await asyncio.sleep(self._settings.watch_seconds)
        finally:
            await self._courier.drop()

    async def _look_again(self) -> None:
        try:
            await self.look()
        except (KafkaError, TimeoutError, OSError) as error:
            log.warning("Files wait, trying again: %r", error)
            await self._courier.drop()

    async def look(self) -> None:
        """Take every file that has been whole since the last look."""
        make_folders(self._root, self._settings.partners)
        before, self._looks = self._looks, {}
        for partner in self._settings.partners.values():
            for file in await asyncio.to_thread(_waiting, self._root / partner.name / IN):
                await self._look_at(partner, file, before.get(file))

    async def _look_at(self, partner: Partner, file: Path, before: Look | None) -> None:
        look = Look.at(file)
        if look is None:
            return
        if look != before:
            self._looks[file] = look
            return
        try:
            await self._take(partner, file, look)
        except (PermissionError, FileNotFoundError) as error:
            # The files beside it, and the other partners', go on.
            log.warning(
                "%s waits: it cannot be read or moved (%r); look at its rights", file, error
            )

    async def _take(self, partner: Partner, file: Path, look: Look) -> None:
        if look.size > LARGEST_INTERCHANGE:
            log.warning(
                "%s is larger than the %s bytes that one record takes: it is in %s; ask for "
                "smaller interchanges",
                file,
                LARGEST_INTERCHANGE,
                REFUSED,
            )
            await asyncio.to_thread(_moved, file, file.parent.parent / REFUSED)
            return
        data = await asyncio.to_thread(file.read_bytes)
        await send_all(await self._courier.connected(), [self._record(partner, file, look, data)])
        await asyncio.to_thread(_moved, file, file.parent.parent / DONE)

    def _record(self, partner: Partner, file: Path, look: Look, data: bytes) -> Record:
        settings, voice = self._settings, self._settings.voice
        # The same file again after a crash is one delivery; the same name another day is not.
        name = f"{file.name} {look.inode} {look.changed_ns}"
        if voice is None:
            return interchange_record(
                partner.name, data, partner.organisation, settings.namespace, name=name
            )
        known_by = f"folder of the partner {partner.name}"
        spoken_for = SpokenFor(partner.organisation, known_by, CHANNEL)
        return interchange_record(
            partner.name,
            data,
            voice.organisation,
            settings.namespace,
            key=voice.key,
            spoken_for=spoken_for,
            name=name,
        )


class Outward(Batches):
    """Puts what is sent to partners with a folder into it; the handler of edi.out.v1."""

    def __init__(self, settings: GatewaySettings, root: Path) -> None:
        super().__init__()
        self._settings = settings
        self._root = root

    async def settle(self, records: Sequence[ConsumerRecord[Any, Any]]) -> None:
        """Write the files of *records*, then commit their places: a repeat writes them again."""
        ends: dict[TopicPartition, int] = {}
        for record in records:
            await self._put_out(record)
            ends[place_of(record)] = record.offset + 1
        await self.commit(ends)

    async def _put_out(self, record: ConsumerRecord[Any, Any]) -> None:
        partner = (record.key or b"").decode(errors="backslashreplace")
        if partner not in self._settings.partners:
            return  # one that was told before its file was taken away
        reference = next((value for name, value in record.headers if name == "ce_subject"), b"")
        name = quote(reference.decode(errors="backslashreplace"), safe="")
        make_folders(self._root, {partner: self._settings.partners[partner]})
        await asyncio.to_thread(put_out, self._root, partner, name, record.value or b"")
        self.counted["put_out"] += 1


def make_folders(root: Path, partners: Mapping[str, Partner]) -> None:
    """Make the folders of *partners* where they are not there yet."""
    for name in partners:
        for each in (IN, OUT, DONE, REFUSED):
            (root / name / each).mkdir(parents=True, exist_ok=True)


def put_out(root: Path, partner: str, reference: str, data: bytes) -> Path:
    """Write an interchange whole into the partner's folder, or not at all; return its file."""
    file = root / partner / OUT / f"{reference}.edi"
    hidden = file.with_name(f".{file.name}.tmp")
    with hidden.open("wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    hidden.replace(file)
    return file


def _waiting(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if _may_be_whole(file))


def _may_be_whole(file: Path) -> bool:
    return (
        file.is_file()
        and not file.name.startswith(".")
        and not file.name.lower().endswith(UNFINISHED)
    )


def _moved(file: Path, folder: Path) -> Path:
    """Move *file* into *folder*; an earlier one of the same name is not overwritten."""
    for name in _names(file):
        target = folder / name
        if not target.exists():
            return file.replace(target)
    raise AssertionError  # there is always a next name


def _names(file: Path) -> Iterator[str]:
    yield file.name
    number = 2
    while True:
        yield f"{file.stem}-{number}{file.suffix}"
        number += 1
