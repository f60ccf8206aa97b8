"""Watched folders, for partners without Kafka: PARTNER/in to edi.in.v1.

A file is taken when it is whole: its name begins with no dot and ends with no `.tmp` or `.part`,
and size and time have not changed for two looks. It is moved, by a rename, to PARTNER/done once
the broker has it for good; before that it is taken again after a crash, under the same id. One
that is too large for a record is announced by its digest and waits in PARTNER/large until it was
taken (consumers/gateway/large.py). What is refused of these is moved to PARTNER/refused.
"""

import asyncio
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from errno import EXDEV
from hashlib import file_digest
from pathlib import Path
from shutil import copyfileobj
from stat import S_ISLNK, S_ISREG
from typing import TypedDict

from aiokafka.errors import KafkaError

from adapters.edifact.partners import Partner
from consumers.gateway.alarms import Alarms
from consumers.gateway.settings import GatewaySettings
from consumers.on_disk import renamed
from producers.careful import Courier
from producers.interchanges import LargeFile, file_record, interchange_record
from producers.records import Record, send_all
from producers.signing import MessageKey, SpokenFor
from schemas.topics import LARGEST_INTERCHANGE

log = logging.getLogger(__name__)
IN, OUT, DONE, REFUSED, LARGE = "in", "out", "done", "refused", "large"
LONGEST_NAME = 60
"""Letters of a file's name that are kept where its digest stands before it."""
LONGEST_NAME_BYTES = 240
"""Of the 255 that file systems take: a dot and `.tmp` are put around a name."""
LONGEST_ENDING_BYTES = 20
"""So long may be what is kept of a name behind its last dot, where it is cut."""
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
            found = file.lstat()
        except FileNotFoundError:
            return None
        return cls(found.st_ino, found.st_size, found.st_mtime_ns)


class NotSent(Exception):
    """The broker takes nothing now: every file waits, and is tried again."""


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a file goes that the broker has, and under which name; `look` is how it looked."""

    look: Look
    folder: str
    name: str


class Inward:
    """Takes the files of the partners' folders to edi.in.v1.

    Whatever is the matter with one file, or one partner's folder: the others go on.
    """

    def __init__(self, settings: GatewaySettings, root: Path) -> None:
        self._settings = settings
        self._root = root
        self._looks: dict[Path, Look] = {}
        self._sent: dict[Path, Sent] = {}
        self._alarms = Alarms()
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
        except NotSent as error:
            log.warning("Files wait, trying again: %r", error.__cause__)
            await self._courier.drop()

    async def look(self) -> None:
        """Take every file that has been whole since the last look."""
        self._alarms.look_again()
        before, self._looks = self._looks, {}
        for partner in self._settings.partners.values():
            for file in await asyncio.to_thread(self._waiting, partner):
                await self._look_at(partner, file, before.get(file))
        self._sent = {file: sent for file, sent in self._sent.items() if file in self._looks}

    def _waiting(self, partner: Partner) -> list[Path]:
        folder = self._root / partner.name
        try:
            make_folders(self._root, {partner.name: partner})
        except OSError as error:
            self._alarms.tell(folder, error)
        try:
            return _waiting(folder / IN)
        except OSError as error:
            self._alarms.tell(folder / IN, error)
            return []

    async def _look_at(self, partner: Partner, file: Path, before: Look | None) -> None:
        try:
            look = Look.at(file)
            if look is None:
                return
            self._looks[file] = look
            if look == before:
                await self._take(partner, file, look)
        except NotSent:
            raise
        except Exception as error:  # noqa: BLE001  one file; the gateway is everybody's
            self._alarms.tell(file, error)

    async def _take(self, partner: Partner, file: Path, look: Look) -> None:
        sent = self._sent.get(file)
        if sent is None or sent.look != look:
            brings = self._announce if look.size > LARGEST_INTERCHANGE else self._bring
            sent = await brings(partner, file, look)
        # Sent once, however long it cannot be moved.
        self._sent[file] = sent
        await asyncio.to_thread(moved, file, file.parent.parent / sent.folder, sent.name)
        del self._sent[file], self._looks[file]

    async def _bring(self, partner: Partner, file: Path, look: Look) -> Sent:
        data = await asyncio.to_thread(_bytes, file)
        sender, by = self._speaker(partner)
        namespace, name = self._settings.namespace, _delivery(file, look)
        await self._send(
            interchange_record(partner.name, data, sender, namespace, name=name, **by)
        )
        return Sent(look, DONE, file.name)

    async def _announce(self, partner: Partner, file: Path, look: Look) -> Sent:
        """Say that a file is there which no record takes, and where it is taken from."""
        digest = await asyncio.to_thread(_digest, file)
        large = LargeFile(sha256=digest, size=look.size, name=_in_characters(file.name))
        sender, by = self._speaker(partner)
        namespace, name = self._settings.namespace, _delivery(file, look)
        await self._send(file_record(partner.name, large, sender, namespace, name=name, **by))
        room = LONGEST_NAME_BYTES - len(digest) - 1
        kept_as = next(_names(Path(file.name[-LONGEST_NAME:]), room))
        return Sent(look, LARGE, f"{digest}~{kept_as}")

    async def _send(self, record: Record) -> None:
        try:
            await send_all(await self._courier.connected(), [record])
        except (KafkaError, OSError) as error:
            raise NotSent from error

    def _speaker(self, partner: Partner) -> tuple[str, Signing]:
        """Return who says that a file is *partner*'s, and how."""
        voice = self._settings.voice
        if voice is None:
            return partner.organisation, {}
        known_by = f"folder of the partner {partner.name}"
        spoken_for = SpokenFor(partner.organisation, known_by, CHANNEL)
        return voice.organisation, {"key": voice.key, "spoken_for": spoken_for}


def _delivery(file: Path, look: Look) -> str:
    """Return what a file is known by when it comes again.

    The same after a crash is one delivery; the same name another day is not.
    """
    return f"{file.name} {look.inode} {look.changed_ns}"


def _in_characters(name: str) -> str:
    """Return *name* in characters alone: some clients' names are no UTF-8."""
    return name.encode(errors="backslashreplace").decode()


def make_folders(root: Path, partners: Mapping[str, Partner]) -> None:
    """Make the folders of *partners* where they are not there yet."""
    for name in partners:
        for each in (IN, OUT, DONE, REFUSED, LARGE):
            (root / name / each).mkdir(parents=True, exist_ok=True)


def _waiting(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if _may_be_whole(file))


def _may_be_whole(file: Path) -> bool:
    if file.name.startswith(".") or file.name.lower().endswith(UNFINISHED):
        return False
    try:
        mode = file.lstat().st_mode
    except FileNotFoundError:
        return False
    return S_ISREG(mode) or S_ISLNK(mode)


def _itself(path: str, flags: int) -> int:
    """Open a file that is none but itself: clients of SFTP may make links, to what is ours."""
    return os.open(path, flags | os.O_NOFOLLOW)


def _bytes(file: Path) -> bytes:
    with open(file, "rb", opener=_itself) as opened:
        return opened.read()


def _digest(file: Path) -> str:
    with open(file, "rb", opener=_itself) as opened:
        return file_digest(opened, "sha256").hexdigest()


def moved(file: Path, folder: Path, name: str) -> Path:
    """Move *file* into *folder* as *name*; an earlier one of that name is not overwritten."""
    for each in _names(Path(name)):
        target = folder / each
        if not target.exists():
            return _carried(file, target)
    raise AssertionError  # there is always a next name


def _carried(file: Path, target: Path) -> Path:
    try:
        return renamed(file, target)
    except OSError as error:
        if error.errno != EXDEV:
            raise
    # The folder is a mount of its own, as those of chrooted SFTP are: no rename leads out of it.
    hidden = target.with_name(f".{target.name}.tmp")
    try:
        with open(file, "rb", opener=_itself) as source, hidden.open("wb") as opened:
            copyfileobj(source, opened)
            opened.flush()
            os.fsync(opened.fileno())
        renamed(hidden, target)
    finally:
        hidden.unlink(missing_ok=True)
    _let_go(file, target)
    return target


def _let_go(file: Path, copy: Path) -> None:
    """Delete *file*, or its *copy* where it stays: each further look would make another."""
    try:
        file.unlink()
    except OSError:
        copy.unlink()
        raise


def _names(file: Path, room: int = LONGEST_NAME_BYTES) -> Iterator[str]:
    is_ending = len(os.fsencode(file.suffix)) <= LONGEST_ENDING_BYTES
    stem, ending = (file.stem, file.suffix) if is_ending else (file.name, "")
    yield _fitting(stem, ending, room)
    number = 2
    while True:
        yield _fitting(stem, f"-{number}{ending}", room)
        number += 1


def _fitting(stem: str, ending: str, room: int) -> str:
    """Return *stem* and *ending* as a name that file systems take; *stem* is cut to have room."""
    while stem and len(os.fsencode(stem + ending)) > room:
        stem = stem[:-1]
    return stem + ending
