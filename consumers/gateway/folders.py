"""Watched folders, for partners without Kafka: PARTNER/in to edi.in.v1, edi.out.v1 to PARTNER/out.

A file is taken when it is whole: its name begins with no dot and ends with no `.tmp` or `.part`,
and size and time have not changed for two looks. It is moved, by a rename, to PARTNER/done once
the broker has it for good; before that it is taken again after a crash, under the same id. One
that is too large for a record is announced by its digest and waits in PARTNER/large until it was
taken (consumers/gateway/large.py). What cannot go in is moved to PARTNER/refused. What is sent is
written under a name with a dot, then renamed: nobody who follows the same rule reads half of it.
"""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, TypedDict
from urllib.parse import quote

from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from adapters.edifact.partners import Partner
from consumers.batches import Batches, place_of
from consumers.gateway.settings import GatewaySettings
from producers.careful import Courier
from producers.interchanges import LargeFile, file_record, interchange_record
from producers.records import send_all
from producers.signing import MessageKey, SpokenFor
from schemas.topics import LARGEST_INTERCHANGE

log = logging.getLogger(__name__)
IN, OUT, DONE, REFUSED, LARGE = "in", "out", "done", "refused", "large"
LONGEST_NAME = 60
"""Letters of a file's name that are kept where its digest stands before it."""
UNFINISHED = (".tmp", ".part")
CHANNEL = "folder"


class Signing(TypedDict, total=False):
    """What a gateway signs with that speaks for a partner."""

    key: MessageKey
    spoken_for: SpokenFor


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
        # The same file again after a crash is one delivery; the same name another day is not.
        name = f"{file.name} {look.inode} {look.changed_ns}"
        if look.size > LARGEST_INTERCHANGE:
            await self._announce(partner, file, look, name)
            return
        data = await asyncio.to_thread(file.read_bytes)
        sender, by = self._speaker(partner)
        record = interchange_record(
            partner.name, data, sender, self._settings.namespace, name=name, **by
        )
        await send_all(await self._courier.connected(), [record])
        await asyncio.to_thread(moved, file, file.parent.parent / DONE, file.name)

    async def _announce(self, partner: Partner, file: Path, look: Look, name: str) -> None:
        """Say that a file is there which no record takes, and put it where it is taken from."""
        digest = await asyncio.to_thread(_digest, file)
        large = LargeFile(sha256=digest, size=look.size, name=file.name)
        sender, by = self._speaker(partner)
        record = file_record(
            partner.name, large, sender, self._settings.namespace, name=name, **by
        )
        await send_all(await self._courier.connected(), [record])
        kept_as = f"{digest}~{file.name[-LONGEST_NAME:]}"
        await asyncio.to_thread(moved, file, file.parent.parent / LARGE, kept_as)

    def _speaker(self, partner: Partner) -> tuple[str, Signing]:
        """Return who says that a file is *partner*'s, and how."""
        voice = self._settings.voice
        if voice is None:
            return partner.organisation, {}
        known_by = f"folder of the partner {partner.name}"
        spoken_for = SpokenFor(partner.organisation, known_by, CHANNEL)
        return voice.organisation, {"key": voice.key, "spoken_for": spoken_for}


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
        for each in (IN, OUT, DONE, REFUSED, LARGE):
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


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def moved(file: Path, folder: Path, name: str) -> Path:
    """Move *file* into *folder* as *name*; an earlier one of that name is not overwritten."""
    for each in _names(Path(name)):
        target = folder / each
        if not target.exists():
            return file.replace(target)
    raise AssertionError  # there is always a next name


def _names(file: Path) -> Iterator[str]:
    yield file.name
    number = 2
    while True:
        yield f"{file.stem}-{number}{file.suffix}"
        number += 1
