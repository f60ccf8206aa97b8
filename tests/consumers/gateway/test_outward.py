"""What partners with a folder are sent: whole, in its order, and nobody waits for another."""

import os
from pathlib import Path
from typing import Any

import pytest
from aiokafka import ConsumerRecord, TopicPartition

from consumers.gateway.outward import Outward, written
from consumers.gateway.settings import GatewaySettings
from schemas.topics import EDI_OUT
from tests.consumers.gateway.interchanges import partner
from tests.consumers.intake.records import came


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_what_is_sent_stands_whole_under_its_reference(tmp_path: Path) -> None:
    for data in (b"once", b"again, after a crash"):
        file = written(tmp_path / "quay" / "out", "C0300000001000.edi", data)
        assert file.read_bytes() == data

    assert names(tmp_path / "quay" / "out") == ["C0300000001000.edi"]


def test_nobody_sees_what_is_sent_before_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []

    def looked(_descriptor: int) -> None:
        seen.append(names(tmp_path / "quay" / "out"))

    monkeypatch.setattr(os, "fsync", looked)
    written(tmp_path / "quay" / "out", "C0300000001000.edi", b"whole")

    assert seen == [[".C0300000001000.edi.tmp"], ["C0300000001000.edi"]]


PARTNERS = {name: partner(name=name) for name in ("quay", "zquay")}


@pytest.fixture
def outward(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outward:
    """What puts out for two partners."""

    async def committed(_self: Outward, _places: object) -> None:
        return None

    monkeypatch.setattr(Outward, "commit", committed)
    return Outward(
        GatewaySettings("nowhere:9092", "sqlite://", PARTNERS, folders=tmp_path), tmp_path
    )


def sent(partner: str, reference: str, value: bytes = b"UNB") -> ConsumerRecord[Any, Any]:
    said = (("ce_subject", reference.encode()),)
    return came(EDI_OUT.name, value, said, key=partner.encode())


async def test_what_stands_on_the_topic_comes_into_its_partners_folder_alone(
    tmp_path: Path, outward: Outward
) -> None:
    odd = "../../etc/x"
    await outward.settle([sent("quay", "R1"), sent("quay", odd), sent("../elsewhere", odd)])

    assert names(tmp_path) == ["quay"]
    assert names(tmp_path / "quay" / "out") == ["..%2F..%2Fetc%2Fx.edi", "R1.edi"]


async def test_the_place_behind_what_was_written_is_committed(
    outward: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[object] = []

    async def committed(_self: Outward, places: object) -> None:
        ends.append(places)

    monkeypatch.setattr(Outward, "commit", committed)
    said = (("ce_subject", b"R1"),)
    await outward.settle(
        [
            came(EDI_OUT.name, b"1", said, key=b"quay", offset=4, partition=1),
            came(EDI_OUT.name, b"1", said, key=b"zquay", offset=9, partition=2),
            came(EDI_OUT.name, b"1", said, key=b"quay", offset=5, partition=1),
        ]
    )

    assert ends == [{TopicPartition(EDI_OUT.name, 1): 6, TopicPartition(EDI_OUT.name, 2): 10}]


async def test_where_one_folder_cannot_be_written_the_others_get_theirs_and_it_gets_its_later(
    tmp_path: Path, outward: Outward, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "quay" / "out"
    folder.parent.mkdir()
    folder.write_bytes(b"a file where a folder is due")
    await outward.settle([sent("quay", "R3", b"1"), sent("zquay", "R1"), sent("quay", "R2", b"2")])
    outward.look()
    outward.look()
    assert names(tmp_path / "zquay" / "out") == ["R1.edi"]
    assert caplog.text.count("waits, what is beside it goes on") == 1
    assert (outward.counted["put_out"], outward.counted["late"]) == (1, 2)

    folder.unlink()
    again = Outward(outward.settings, tmp_path)  # what waits outlives a process
    await again.settle([sent("quay", "R1", b"3")])
    assert not folder.exists()  # nothing overtakes what is late
    again.look()

    assert names(folder) == ["R1.edi", "R2.edi", "R3.edi"]
    assert [(folder / each).read_bytes() for each in names(folder)] == [b"3", b"2", b"1"]
    assert names(tmp_path / ".late" / "quay") == []
    await again.settle([sent("quay", "R4")])
    assert "R4.edi" in names(folder)


async def test_what_is_late_comes_in_its_order(
    tmp_path: Path, outward: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "quay" / "out"
    folder.parent.mkdir()
    folder.write_bytes(b"")
    for n, reference in enumerate(("R3", "R1", "R2")):
        await outward.settle([sent("quay", reference)])
        os.utime(tmp_path / ".late" / "quay" / f"{reference}.edi", ns=(n, n))
    folder.unlink()
    put: list[str] = []
    rename = Path.replace

    def replace(file: Path, target: Path) -> Path:
        put.append(target.name)
        return rename(file, target)

    monkeypatch.setattr(Path, "replace", replace)
    outward.look()

    assert put == ["R3.edi", "R1.edi", "R2.edi"]


async def test_a_reference_that_makes_no_name_keeps_nothing_behind_it(
    tmp_path: Path, outward: Outward
) -> None:
    await outward.settle([sent("quay", "\N{SHIP}" * 250), sent("quay", "R1")])

    assert len(names(tmp_path / "quay" / "out")) == 2


async def test_where_nothing_can_be_written_everything_waits(
    tmp_path: Path, outward: Outward
) -> None:
    """The disk is full: what was not written is not committed."""
    (tmp_path / ".late").write_bytes(b"")
    (tmp_path / "quay").write_bytes(b"")
    with pytest.raises(OSError, match="quay"):
        await outward.settle([sent("quay", "R1")])


async def test_what_is_put_out_meanwhile_is_late_no_more(
    tmp_path: Path, outward: Outward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The look that puts out what is late runs beside the topic's handler."""
    late = tmp_path / ".late" / "quay"
    late.mkdir(parents=True)
    for name in ("R1.edi", "R2.edi"):
        (late / name).write_bytes(b"UNB")
    exists = Path.exists

    def gone_behind(file: Path, **more: bool) -> bool:
        there = exists(file, **more)
        file.unlink(missing_ok=True)
        return there

    with monkeypatch.context() as patched:
        patched.setattr(Path, "exists", gone_behind)
        assert not outward._is_out("quay", "R3.edi", b"UNB")
    outward.look()

    assert names(tmp_path / "quay" / "out") == ["R3.edi"]


async def test_what_was_half_written_when_a_process_ended_is_put_out_to_nobody(
    tmp_path: Path, outward: Outward
) -> None:
    late = tmp_path / ".late" / "quay"
    late.mkdir(parents=True)
    (late / ".R1.edi.tmp").write_bytes(b"UN")
    outward.look()
    assert not (tmp_path / "quay").exists()

    await outward.settle([sent("quay", "R1")])  # it was not committed, and comes again

    assert names(tmp_path / "quay" / "out") == ["R1.edi"]
    assert (outward.counted["put_out"], outward.counted["late"]) == (1, 0)
