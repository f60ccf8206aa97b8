"""Folders for partners without Kafka: a file goes in whole and once, what is sent comes whole."""

import asyncio
import errno
import os
import shutil
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consumers.gateway import folders
from consumers.gateway.folders import Inward, NotSent, make_folders
from consumers.gateway.settings import GatewaySettings
from producers.careful import Courier
from producers.door.door import Voice
from producers.interchanges import LARGE_FILE
from producers.records import Record
from producers.signing import new_message_key
from tests.consumers.gateway.interchanges import GATEWAY, QUAY, partner


class Posted:
    """What was put on the broker, in the place of a courier; `fails` is for the next call."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fails: Exception | None = None

    async def __call__(self, _producer: object, records: Sequence[Record]) -> None:
        if self.fails is not None:
            fails, self.fails = self.fails, None
            raise fails
        self.records.extend(records)


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> Posted:
    """The broker's place."""
    found = Posted()

    async def connected(_courier: object) -> None:
        return None

    monkeypatch.setattr(folders, "send_all", found)
    monkeypatch.setattr(Courier, "connected", connected)
    return found


def watching(
    root: Path, voice: Voice | None = None, *, called: Sequence[str] = ("quay",)
) -> Inward:
    """Return what watches the terminal's folder, and of further ones where they are named."""
    known = {name: partner(name=name) for name in called}
    settings = GatewaySettings("nowhere:9092", "sqlite://", known, folders=root, voice=voice)
    make_folders(root, known)
    return Inward(settings, root)


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


async def test_a_file_goes_in_when_it_has_not_changed_for_two_looks(
    tmp_path: Path, posted: Posted
) -> None:
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    file.write_bytes(b"UNB+half")
    await inward.look()
    file.write_bytes(b"UNB+whole'")
    os.utime(file, ns=(1, 1))
    await inward.look()
    assert posted.records == []

    await inward.look()

    assert [each.value for each in posted.records] == [b"UNB+whole'"]
    assert posted.records[0].key == b"quay"
    assert names(tmp_path / "quay" / "in") == []
    assert names(tmp_path / "quay" / "done") == ["a.edi"]


@pytest.mark.parametrize("name", [".a.edi", "a.edi.tmp", "a.PART"])
async def test_what_is_called_unfinished_is_left(
    tmp_path: Path, posted: Posted, name: str
) -> None:
    inward = watching(tmp_path)
    (tmp_path / "quay" / "in" / name).write_bytes(b"UNB")
    for _ in range(3):
        await inward.look()

    assert posted.records == []
    assert names(tmp_path / "quay" / "in") == [name]


async def test_a_file_that_the_broker_has_not_taken_stays_and_goes_again_under_its_id(
    tmp_path: Path, posted: Posted
) -> None:
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    file.write_bytes(b"UNB")
    await inward.look()
    posted.fails = TimeoutError()
    with pytest.raises(NotSent):
        await inward.look()
    assert file.exists()
    for _ in range(2):
        await inward.look()

    moved = tmp_path / "quay" / "done" / "a.edi"
    moved.rename(file)  # as if it had ended between the broker's answer and the rename
    for _ in range(2):
        await inward.look()
    first, again = posted.records

    assert dict(first.headers)["ce_id"] == dict(again.headers)["ce_id"]


async def test_what_no_record_takes_is_announced_by_its_digest_and_waits_beside(
    tmp_path: Path, posted: Posted
) -> None:
    inward, data = watching(tmp_path, Voice(GATEWAY, new_message_key())), b" " * (2**20 + 1)
    (tmp_path / "quay" / "in" / "a.edi").write_bytes(data)
    for _ in range(2):
        await inward.look()
    (announced,) = posted.records
    digest = sha256(data).hexdigest()

    told = LARGE_FILE.read(announced.value or b"")
    assert (told.sha256, told.size, told.name) == (digest, 2**20 + 1, "a.edi")
    assert dict(announced.headers)["ce_type"] == b"releasebus.edifact.file"
    assert dict(announced.headers)["rb_on_behalf_of"] == QUAY.encode()
    assert names(tmp_path / "quay" / "large") == [f"{digest}~a.edi"]
    assert names(tmp_path / "quay" / "in") == []


BEHIND = ("quay", "zquay")
"""Two partners: what is the matter with the first is nothing to the second."""
NO_SUCH_NAME = OSError(errno.ENAMETOOLONG, "File name too long")
KEPT_BY = [
    PermissionError(errno.EACCES, "Permission denied"),
    OSError(errno.ENOSPC, "No space left on device"),
    OSError(errno.EROFS, "Read-only file system"),
    OSError(errno.ESTALE, "Stale file handle"),
    NO_SUCH_NAME,
]


async def looked(inward: Inward, times: int = 4) -> None:
    for _ in range(times):
        await inward.look()


def brought(root: Path, *files: str) -> None:
    for each in files:
        (root / each).write_bytes(b"UNB")


def senders(posted: Posted) -> list[str]:
    return [(each.key or b"").decode() for each in posted.records]


def breaking(of: object, method: str, error: Exception) -> Callable[..., Any]:
    """Return the *method* that breaks on what is called `a.edi` in `in`."""
    sound = getattr(of, method)

    def may_break(file: Path, *given: Any, **named: Any) -> Any:
        if (file.parent.name, file.name) == ("in", "a.edi"):
            raise type(error)(*error.args)
        return sound(file, *given, **named)

    return may_break


@pytest.mark.parametrize("error", [*KEPT_BY, ValueError("a fault of our own")])
@pytest.mark.parametrize(("of", "method"), [(folders, "_bytes"), (Path, "replace")])
async def test_a_file_that_cannot_be_read_or_moved_keeps_none_of_the_others(
    tmp_path: Path,
    posted: Posted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    of: object,
    method: str,
    error: Exception,
) -> None:
    inward = watching(tmp_path, called=BEHIND)
    brought(tmp_path, "quay/in/a.edi", "quay/in/b.edi", "zquay/in/c.edi")
    with monkeypatch.context() as patched:
        patched.setattr(of, method, breaking(of, method, error))
        await looked(inward)

    assert names(tmp_path / "quay" / "in") == ["a.edi"]
    assert (names(tmp_path / "quay" / "done"), names(tmp_path / "zquay" / "done")) == (
        ["b.edi"],
        ["c.edi"],
    )
    was_sent = method == "replace"
    assert senders(posted) == ["quay"] * (1 + was_sent) + ["zquay"]
    assert caplog.text.count("waits, what is beside it goes on") == 1
    assert ("look at its rights" in caplog.text) == isinstance(error, OSError)

    await looked(inward)  # its rights were looked at
    assert names(tmp_path / "quay" / "in") == []
    assert senders(posted).count("quay") == 2


async def test_a_name_that_is_no_utf_8_is_taken_as_any_other(
    tmp_path: Path, posted: Posted
) -> None:
    """Clients of Windows write Latin-1 by FTP."""
    inward, data = watching(tmp_path, called=BEHIND), b" " * (2**20 + 1)
    name, large = (os.fsdecode(each) for each in (b"L\xf6schung.edi", b"L\xf6schung large.edi"))
    brought(tmp_path, f"quay/in/{name}", "zquay/in/c.edi")
    (tmp_path / "quay" / "in" / large).write_bytes(data)
    await looked(inward)

    assert senders(posted) == ["quay", "quay", "zquay"]
    assert names(tmp_path / "quay" / "done") == [name]
    assert LARGE_FILE.read(posted.records[0].value or b"").name == "L\\udcf6schung large.edi"
    assert names(tmp_path / "quay" / "large") == [f"{sha256(data).hexdigest()}~{large}"]


@pytest.mark.parametrize(
    "name",
    ["a" * 251 + ".edi", "a." + "e" * 253, "\N{SHIP}" * 63, "\N{SHIP}" * 60 + ".edi"],
    ids=["ending", "no ending", "four bytes a letter", "four bytes, and an ending"],
)
async def test_a_name_as_long_as_names_may_be_is_cut_where_it_needs_room(
    tmp_path: Path, posted: Posted, name: str
) -> None:
    inward = watching(tmp_path)
    file = tmp_path / "quay" / "in" / name
    for data in (b"1", b"2", b" " * (2**20 + 1)):
        file.write_bytes(data)
        await looked(inward)

    assert len(posted.records) == 3
    assert names(tmp_path / "quay" / "in") == []
    assert len(names(tmp_path / "quay" / "done")) == 2
    assert len(names(tmp_path / "quay" / "large")) == 1


def other_file_system(monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def replace(file: Path, target: Path) -> Path:
        if file.parent.name == "in":
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(file, target)

    monkeypatch.setattr(Path, "replace", replace)


async def test_a_folder_may_be_a_mount_of_its_own(
    tmp_path: Path, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As those of chrooted SFTP are: no rename leads out of it."""
    other_file_system(monkeypatch)
    inward = watching(tmp_path)
    brought(tmp_path, "quay/in/a.edi")
    await looked(inward)

    assert len(posted.records) == 1
    assert names(tmp_path / "quay" / "in") == []
    assert names(tmp_path / "quay" / "done") == ["a.edi"]
    assert (tmp_path / "quay" / "done" / "a.edi").read_bytes() == b"UNB"


async def test_a_file_that_can_be_copied_and_not_deleted_is_there_once_and_sent_once(
    tmp_path: Path, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_file_system(monkeypatch)
    monkeypatch.setattr(Path, "unlink", breaking(Path, "unlink", PermissionError(errno.EROFS)))
    inward = watching(tmp_path)
    brought(tmp_path, "quay/in/a.edi")
    await looked(inward)

    assert len(posted.records) == 1
    assert (names(tmp_path / "quay" / "in"), names(tmp_path / "quay" / "done")) == (["a.edi"], [])


async def test_a_partner_whose_folder_is_none_keeps_none_of_the_others(
    tmp_path: Path, posted: Posted, caplog: pytest.LogCaptureFixture
) -> None:
    inward = watching(tmp_path, called=BEHIND)
    shutil.rmtree(tmp_path / "quay")
    brought(tmp_path, "quay", "zquay/in/c.edi")
    await looked(inward)
    told = caplog.text.count("waits, what is beside it goes on")
    await looked(inward)

    assert senders(posted) == ["zquay"]
    assert caplog.text.count("waits, what is beside it goes on") == told == 2  # it, and its `in`


async def test_what_the_broker_cannot_be_asked_for_is_no_fault_of_a_file(
    tmp_path: Path, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def connected(_courier: object) -> None:
        raise OSError(errno.ENETUNREACH, "no way to the broker")

    inward = watching(tmp_path)
    brought(tmp_path, "quay/in/a.edi")
    await inward.look()
    with monkeypatch.context() as patched:
        patched.setattr(Courier, "connected", connected)
        with pytest.raises(NotSent):
            await inward.look()
    assert posted.records == []
    await looked(inward)

    assert senders(posted) == ["quay"]


async def test_the_same_name_another_day_is_another_delivery(
    tmp_path: Path, posted: Posted
) -> None:
    """Some write anew into the file that they have: the inode is the same, and the time is not."""
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    for day in (1, 2):
        file.write_bytes(b"UNB")
        os.utime(file, ns=(day, day))
        await looked(inward, 2)
        (tmp_path / "quay" / "done" / "a.edi").rename(file)
    first, second = posted.records

    assert dict(first.headers)["ce_id"] != dict(second.headers)["ce_id"]


async def test_a_record_takes_exactly_so_much(tmp_path: Path, posted: Posted) -> None:
    inward = watching(tmp_path)
    (tmp_path / "quay" / "in" / "a.edi").write_bytes(b" " * 2**20)
    await looked(inward)

    assert names(tmp_path / "quay" / "done") == ["a.edi"]
    assert len(posted.records[0].value or b"") == 2**20


async def test_a_large_file_keeps_the_end_of_its_name(tmp_path: Path, posted: Posted) -> None:
    inward, name = watching(tmp_path), "a" * 40 + "b" * 56 + ".edi"
    (tmp_path / "quay" / "in" / name).write_bytes(b" " * (2**20 + 1))
    await looked(inward)

    (kept,) = names(tmp_path / "quay" / "large")
    assert kept.partition("~")[2] == "b" * 56 + ".edi"
    assert LARGE_FILE.read(posted.records[0].value or b"").name == name


async def test_after_trouble_with_the_broker_it_is_connected_to_anew(
    tmp_path: Path, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A producer that gave something up may have lost it, and is let go."""
    dropped: list[object] = []

    async def drop(courier: Courier) -> None:
        dropped.append(courier)

    monkeypatch.setattr(Courier, "drop", drop)
    inward = watching(tmp_path)
    brought(tmp_path, "quay/in/a.edi")
    await inward.look()
    posted.fails = TimeoutError()
    watched = asyncio.create_task(inward.run())
    async with asyncio.timeout(30):
        while not dropped:  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)
    watched.cancel()
    await asyncio.wait({watched})

    assert len(dropped) == 2  # once for the trouble, once at the end


async def test_a_file_that_somebody_took_away_is_no_matter(
    tmp_path: Path,
    posted: Posted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inward, folder = watching(tmp_path), tmp_path / "quay" / "in"
    brought(tmp_path, "quay/in/b.edi")
    monkeypatch.setattr(folders, "_waiting", lambda _: [folder / "a.edi", folder / "b.edi"])
    await looked(inward, 2)

    assert (senders(posted), caplog.text) == (["quay"], "")


async def test_two_files_of_one_name_are_both_kept(tmp_path: Path, posted: Posted) -> None:
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    for data in (b"1", b"2"):
        file.write_bytes(data)
        for _ in range(2):
            await inward.look()

    assert len(posted.records) == 2
    assert names(tmp_path / "quay" / "done") == ["a-2.edi", "a.edi"]


async def test_the_gateway_signs_and_says_for_whom_and_how_it_was_known(
    tmp_path: Path, posted: Posted
) -> None:
    inward = watching(tmp_path, Voice(GATEWAY, new_message_key()))
    (tmp_path / "quay" / "in" / "a.edi").write_bytes(b"UNB")
    for _ in range(2):
        await inward.look()
    headers = dict(posted.records[0].headers)

    assert headers["ce_source"].endswith(GATEWAY.encode())
    assert headers["rb_on_behalf_of"] == QUAY.encode()
    assert headers["rb_authentication"] == b"folder of the partner quay"
    assert headers["rb_channel"] == b"folder"
    assert headers["rb_signature"]


@pytest.mark.parametrize("to", ["/etc/hostname", "x" * 300, "secret"])
async def test_a_link_is_followed_nowhere_and_keeps_no_other_file(
    tmp_path: Path, posted: Posted, caplog: pytest.LogCaptureFixture, to: str
) -> None:
    """Clients of SFTP may make them: to what is ours to read, and to no name at all."""
    (tmp_path / "secret").write_bytes(b"not theirs")
    inward, folder = watching(tmp_path), tmp_path / "quay" / "in"
    (folder / "a.edi").symlink_to(tmp_path / to)
    (folder / "b.edi").write_bytes(b"UNB")
    for _ in range(3):
        await inward.look()

    assert [each.value for each in posted.records] == [b"UNB"]
    assert names(folder) == ["a.edi"]
    assert "a.edi" in caplog.text
