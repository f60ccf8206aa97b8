"""Folders for partners without Kafka: a file goes in whole and once, what is sent comes whole."""

import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from consumers.gateway import folders
from consumers.gateway.folders import Inward, Outward, make_folders, put_out
from consumers.gateway.settings import GatewaySettings
from producers.careful import Courier
from producers.door.door import Voice
from producers.interchanges import LARGE_FILE
from producers.records import Record
from producers.signing import new_message_key
from schemas.topics import EDI_OUT
from tests.consumers.gateway.interchanges import GATEWAY, QUAY, partner
from tests.consumers.intake.records import came


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


def watching(root: Path, voice: Voice | None = None) -> Inward:
    """Return what watches the terminal's folder."""
    known = {"quay": partner()}
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
    with pytest.raises(TimeoutError):
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


async def test_a_file_that_cannot_be_read_keeps_none_of_the_others(
    tmp_path: Path,
    posted: Posted,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    inward, folder = watching(tmp_path), tmp_path / "quay" / "in"
    reads = Path.read_bytes

    def read_bytes(file: Path) -> bytes:
        if file.name == "a.edi":
            raise PermissionError(file)
        return reads(file)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    for name in ("a.edi", "b.edi"):
        (folder / name).write_bytes(b"UNB")
    for _ in range(3):
        await inward.look()

    assert len(posted.records) == 1
    assert names(folder) == ["a.edi"]
    assert names(tmp_path / "quay" / "done") == ["b.edi"]
    assert "look at its rights" in caplog.text


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


def test_what_is_sent_stands_whole_under_its_reference(tmp_path: Path) -> None:
    make_folders(tmp_path, {"quay": partner()})
    for data in (b"once", b"again, after a crash"):
        file = put_out(tmp_path, "quay", "C0300000001000", data)
        assert file.read_bytes() == data

    assert names(tmp_path / "quay" / "out") == ["C0300000001000.edi"]


def test_nobody_sees_what_is_sent_before_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folders(tmp_path, {"quay": partner()})
    seen: list[list[str]] = []

    def looked(_descriptor: int) -> None:
        seen.append(names(tmp_path / "quay" / "out"))

    monkeypatch.setattr(os, "fsync", looked)
    put_out(tmp_path, "quay", "C0300000001000", b"whole")

    assert seen == [[".C0300000001000.edi.tmp"]]


async def test_what_stands_on_the_topic_comes_into_its_partners_folder_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = GatewaySettings("nowhere:9092", "sqlite://", {"quay": partner()}, folders=tmp_path)
    outward = Outward(settings, tmp_path)

    async def committed(_self: Outward, _places: object) -> None:
        return None

    monkeypatch.setattr(Outward, "commit", committed)
    odd = (("ce_subject", b"../../etc/x"),)
    await outward.settle(
        [
            came(EDI_OUT.name, b"1", (("ce_subject", b"R1"),), key=b"quay"),
            came(EDI_OUT.name, b"2", odd, key=b"quay"),
            came(EDI_OUT.name, b"3", odd, key=b"../elsewhere"),
        ]
    )

    assert names(tmp_path) == ["quay"]
    assert names(tmp_path / "quay" / "out") == ["..%2F..%2Fetc%2Fx.edi", "R1.edi"]
