"""Files too large for a record: announced on edi.in.v1 by their digest, taken from their folder.

Taken in portions, each in one transaction with how far it has come, and each sent before the
next: memory stays flat, a crash goes on where it was, and nobody else waits behind the whole.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from aiokafka import ConsumerRecord
from sqlalchemy.exc import DBAPIError

from adapters.edifact.items import Message
from consumers.apply.thread import TROUBLE, DatabaseThread, is_trouble
from consumers.dispatch.follow import Sends
from consumers.gateway.alarms import Alarms
from consumers.gateway.came import Came
from consumers.gateway.desk import Desk
from consumers.gateway.folders import DONE, LARGE, REFUSED, Look, moved
from consumers.gateway.handled import Handled
from consumers.gateway.kept_files import KeptFile
from consumers.gateway.known import Known
from consumers.gateway.outline import (
    BLOCK_BYTES,
    Begins,
    Outline,
    outlined,
    told_apart,
    with_messages,
)
from consumers.gateway.settings import GatewaySettings
from consumers.gateway.store import GatewayStore
from ledger.book.faults import kind_and_place
from schemas.unreadable import Unreadable

log = logging.getLogger(__name__)
Read = TypeVar("Read")

AT_ONCE = 500
"""So many things are read of a file before somebody else gets a turn."""
PORTION = 200
"""So many messages are one transaction."""
SENT_LOOK_SECONDS = 0.05
FILE_WAITS = timedelta(days=1)
"""So long a file that was announced may lack in its folder."""

MISSING = Unreadable(
    "file_missing", "file", "The file that was announced is not in its partner's folder."
)
MOST_INTERCHANGES = 10_000
TOO_MANY = Unreadable(
    "too_many_interchanges", "file", f"A file holds {MOST_INTERCHANGES} interchanges at most."
)
CHANGED = Unreadable("file_changed", "file", "The file is not the one that was announced.")


class LargeFiles:
    """Takes what was announced, one file after the other, as the desk of its record has it.

    Whatever is the matter with one file, the others go on. What our own code breaks on waits for
    the next start: that may be of a mended one.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        store: GatewayStore,
        thread: DatabaseThread,
        desk: Callable[[Sequence[ConsumerRecord[Any, Any]]], Awaitable[Desk]],
        sender: Sends,
        count: Callable[[Handled], None],
    ) -> None:
        self._settings = settings
        self._store = store
        self._thread = thread
        self._desk = desk
        self._sender = sender
        self._count = count
        self._alarms = Alarms()
        self._aside: set[str] = set()
        self._missing_since: dict[str, datetime] = {}

    async def run(self, root: Path) -> None:
        """Look from time to time until cancelled."""
        while True:
            try:
                await self.look(root)
            except (*TROUBLE, DBAPIError, OSError) as error:
                # Without the values of a statement, which are messages.
                log.warning("Large files wait, trying again: %s", type(error).__name__)
            await asyncio.sleep(self._settings.watch_seconds)

    async def look(self, root: Path) -> None:
        """Take every file that was announced and is not done."""
        self._alarms.look_again()
        for kept in await self._thread.run(self._store.files.open):
            if kept.delivery not in self._aside:
                await self._look_at(root, kept)
        await self._tidy(root)

    async def _look_at(self, root: Path, kept: KeptFile) -> None:
        try:
            file = _file_of(root, kept)
            if file is not None:
                self._missing_since.pop(kept.delivery, None)
                await self._take(kept, file)
            elif self._has_waited(kept):
                log.warning("%s of %s never came into its folder", kept.sha256, kept.partner)
                await self._refuse(kept, None, MISSING)
        except Exception as error:
            if is_trouble(error):
                raise  # the database is away: everything waits
            self._is_the_matter(kept, error)

    def _has_waited(self, kept: KeptFile) -> bool:
        """Tell whether it was looked for long enough; it may have lain there while we did not."""
        now = datetime.now(UTC)
        return now - self._missing_since.setdefault(kept.delivery, now) > FILE_WAITS

    def _is_the_matter(self, kept: KeptFile, error: Exception) -> None:
        """Tell what is the matter with one file: the gateway is everybody's."""
        if isinstance(error, (DBAPIError, OSError)):
            self._alarms.tell(f"{kept.sha256} of {kept.partner}", error)
            return
        self._aside.add(kept.delivery)
        _log_own_fault(kept, error)

    async def _take(self, kept: KeptFile, file: Path) -> None:
        look, came = Look.at(file), (await self._desk([kept.record])).came(kept.record)
        if isinstance(came, Unreadable):
            await self._refuse(kept, file, came)
            return
        outlines = await self._outlines(kept, file, came)
        if isinstance(outlines, Unreadable):
            await self._refuse(kept, file, outlines)
            return
        work = Work(kept, came, outlines[0])
        reading = told_apart(_blocks(file), outlines, came.partner)
        while things := await _off_the_loop(reading):
            if Look.at(file) != look:
                return  # the next look reads it anew, and goes on where its bytes are the same
            if not await self._settled(work, things):
                return  # another process takes it
        await self._thread.run(self._store.files.end, kept, None)
        await asyncio.to_thread(_put_away, file, DONE)

    async def _outlines(
        self, kept: KeptFile, file: Path, came: Came
    ) -> "list[Outline] | Unreadable":
        digest = sha256()
        reading = outlined(_digested(_blocks(file), digest.update), came.partner)
        outlines: list[Outline] = []
        while things := await _off_the_loop(reading):
            outlines.extend(each for each in things if isinstance(each, Outline))
            why = next((each for each in things if isinstance(each, Unreadable)), None)
            if why is not None or len(outlines) > MOST_INTERCHANGES:
                return why or TOO_MANY
        return outlines if digest.hexdigest() == kept.sha256 else CHANGED

    async def _settled(self, work: "Work", things: "Iterable[Begins | Message | None]") -> bool:
        """Settle what comes next of a file; tell whether it is still ours."""
        for portion in work.portions(things):
            if not await self._settle(work, portion):
                return False
        return True

    async def _settle(self, work: "Work", portion: "Portion") -> bool:
        desk = await self._desk([work.kept.record])
        handled = await self._thread.run(self._store.files.settle, work.kept, desk, work, portion)
        if handled is None:
            return False
        work.moved_to(portion)
        self._count(handled)
        self._sender.more()
        kept = work.kept
        # What stands behind it in its partition is another partner's, too.
        while await self._thread.run(self._store.files.is_unsent, kept):  # noqa: ASYNC110  a database tells nobody
            await asyncio.sleep(SENT_LOOK_SECONDS)
        return True

    async def _refuse(self, kept: KeptFile, file: Path | None, why: Unreadable) -> None:
        log.warning("A file of %s is not taken: %s %s", kept.partner, why.code, why.sentence)
        handled = (await self._desk([kept.record])).dead(kept.record, why)
        if await self._thread.run(self._store.files.end, kept, handled):
            self._count(handled)
            self._sender.more()
        if file is not None:
            await asyncio.to_thread(_put_away, file, REFUSED)

    async def _tidy(self, root: Path) -> None:
        """Put away what was done right before a process ended."""
        for name in self._settings.partners:
            for file in await asyncio.to_thread(self._lying_in, root / name / LARGE):
                await self._put_away_if_done(name, file)

    def _lying_in(self, folder: Path) -> list[Path]:
        try:
            return sorted(folder.glob("*~*"))
        except OSError as error:
            self._alarms.tell(folder, error)
            return []

    async def _put_away_if_done(self, partner: str, file: Path) -> None:
        digest = file.name.partition("~")[0]
        ended = await self._thread.run(self._store.files.ended, partner, digest)
        if ended is None:
            return
        try:
            if await asyncio.to_thread(_may_be_announced, file, ended.at):
                return
            await asyncio.to_thread(_put_away, file, REFUSED if ended.refused else DONE)
        except OSError as error:
            self._alarms.tell(file, error)


@dataclass(slots=True)
class Portion:
    """What is one transaction: an interchange that begins, or messages of one."""

    outline: Outline
    begins: bool
    is_again: bool
    """Whether the interchange came before in the same file."""
    messages: list[Message] = field(default_factory=list)
    end: int = 0
    """How many things of the file are behind it then."""


@dataclass(slots=True)
class Work:
    """A file under way: `things` of it were looked at, of which `used` counts the references."""

    kept: KeptFile
    came: Came
    current: Outline
    things: int = 0
    held: Portion | None = None
    used: Counter[str] = field(default_factory=Counter)
    known: Known = field(default_factory=Known)

    def portions(self, things: "Iterable[Begins | Message | None]") -> Iterator[Portion]:
        """Yield what of *things* was not settled before, in portions."""
        for each in things:
            self.things += 1
            match each:
                case Begins(outline=outline):
                    yield from self._closed()
                    yield from self._begun(outline)
                case Message():
                    yield from self._with(each)
                case None:
                    pass
        yield from self._closed()

    @property
    def _is_new(self) -> bool:
        return self.things > self.kept.taken

    def _begun(self, outline: Outline) -> Iterator[Portion]:
        self.current = outline
        self.used.clear()
        interchange, tolerated = outline.opened.report.interchange, self.came.partner.lenient
        is_again = self.known.came(interchange, tolerated)
        if self._is_new:
            yield Portion(outline, begins=True, is_again=is_again, end=self.things)

    def _with(self, message: Message) -> Iterator[Portion]:
        if not self._is_new:
            self.used[message.reference] += 1
            return
        self.held = self.held or Portion(self.current, begins=False, is_again=self.known.is_again)
        self.held.messages.append(message)
        self.held.end = self.things
        if len(self.held.messages) == PORTION:
            yield from self._closed()

    def _closed(self) -> Iterator[Portion]:
        held, self.held = self.held, None
        if held is not None:
            yield held

    def handled(self, desk: Desk, portion: Portion, *, is_repeated: bool) -> Handled:
        """Return what a portion comes to; of an interchange that came before nothing."""
        opened = with_messages(portion.outline, portion.messages)
        return desk.portion(
            self.came,
            opened,
            answers=self.kept.answers,
            used=None if portion.begins else self.used,
            is_repeated=is_repeated,
        )

    def moved_to(self, portion: Portion) -> None:
        """Remember how far it was settled."""
        self.kept.taken = portion.end


def _log_own_fault(kept: KeptFile, error: Exception) -> None:
    log.error("Set aside: %s of %s, for %s", kept.sha256, kept.partner, kind_and_place(error))


async def _off_the_loop(reading: Iterator[Read]) -> list[Read]:
    return await asyncio.to_thread(lambda: list(islice(reading, AT_ONCE)))


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block


def _digested(blocks: Iterable[bytes], update: Callable[[bytes], None]) -> Iterator[bytes]:
    for block in blocks:
        update(block)
        yield block


def _file_of(root: Path, kept: KeptFile) -> Path | None:
    return next(iter((root / kept.partner / LARGE).glob(f"{kept.sha256}~*")), None)


def _may_be_announced(file: Path, ended_at: datetime) -> bool:
    """Tell whether *file*, of the bytes of one that ended, was brought again.

    Then it came into its folder behind that end, and what announces it may not be read yet.
    """
    came_at = datetime.fromtimestamp(file.stat().st_ctime, UTC)
    return came_at > ended_at and datetime.now(UTC) - came_at < FILE_WAITS


def _put_away(file: Path, folder: str) -> None:
    """Move a file under the name that it came with; of one without, under its own."""
    moved(file, file.parent.parent / folder, file.name.partition("~")[2] or file.name)
