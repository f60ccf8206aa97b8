"""What is the matter with one large file, or one interchange of it, is nothing to the others."""

import asyncio
import errno
import os
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import ProgramLimitExceeded
from sqlalchemy.exc import OperationalError

from consumers.gateway import large, outline
from consumers.gateway.handled import CONTRL
from consumers.gateway.kept_files import KeptFile
from tests.consumers.gateway.ground import Ground, as_one_record, ends_after, ids_of
from tests.consumers.gateway.interchanges import (
    codeco,
    desk,
    interchange,
    partner,
)

TWICE = interchange(*(codeco(str(n), f"G{n}") for n in range(5)))
OTHER = interchange(*(codeco(str(n), f"G{n}") for n in range(5)), reference="REF2")
CUT = TWICE.replace(b"UNZ+5", b"UNZ+4")


@pytest.mark.parametrize(
    ("data", "lenient"),
    [
        (TWICE + TWICE, ""),
        (TWICE + OTHER + TWICE + OTHER, ""),
        (CUT + TWICE + CUT + TWICE, ""),
        (TWICE + TWICE, "interchange_twice"),
        (TWICE + b"UNH+9+CODECO:D:95B:UN'UNT+2+9'UNZ+6+REF1'" + TWICE, ""),
    ],
)
@pytest.mark.parametrize("after", [None, 3, 5])
async def test_one_that_stands_twice_in_a_file_is_taken_once_as_of_a_record(
    ground: Ground,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    lenient: str,
    after: int | None,
) -> None:
    monkeypatch.setattr(large, "PORTION", 2)
    ground.desk = desk(partner(f'lenient = ["{lenient}"]' if lenient else ""))
    expected = as_one_record(data, monkeypatch, ground.desk)
    ground.announce(data)
    if after is not None:
        await ends_after(after, ground, monkeypatch)
    await ground.look()
    ground.more()

    assert ground.ids() == ids_of(expected)
    assert ground.kinds(CONTRL) == [
        each.record.value for each in expected.made if each.kind == CONTRL
    ]
    assert sum(each.repeated for each in ground.counted) == expected.repeated


def codeco_of_long_seals(boxes: int) -> str:
    """Return a message with nine seals a box, each of a letter more than D.95B takes."""
    one = (
        "EQD+CN+MSKU1234565+45G1:102:5++3+5'RFF+BM:BL1'DTM+7:202611280600:203'LOC+165+BEANR:139:6'"
        + "SEL+12345678901+CA'" * 9
    )
    body = f"BGM+36+G1+9'NAD+CF+MSK:172:20'{one * boxes}CNT+16:{boxes}'"
    return f"UNH+1+CODECO:D:95B:UN:SMDG16'{body}UNT+{body.count(chr(39)) + 2}+1'"


async def test_a_message_of_which_too_much_is_tolerated_is_told_as_in_a_record(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its findings is let pass, but there are more of them than are listed."""
    monkeypatch.setattr(outline, "TOLD_IN_FULL", 2)
    ground.desk = desk(partner('lenient = ["too_long"]'))
    ground.announce(interchange(codeco_of_long_seals(120), codeco("2")))
    await ground.look()

    (control,) = ground.kinds(CONTRL)
    assert control.count(b"UCM+1+") == 1
    assert len(ground.ids()) == 1
    assert ground.files("done") == ["a.edi"]


ONE, ANOTHER = (interchange(codeco(n), reference=f"REF{n}") for n in ("1", "2"))


async def test_a_file_that_cannot_be_read_keeps_none_of_the_others(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ground.announce(ONE)
    ground.announce(ANOTHER, "b.edi", offset=1)
    opens = Path.open

    def may_fail(file: Path, *given: Any, **named: Any) -> Any:
        if file.name.endswith("~a.edi"):
            raise OSError(errno.EIO, "Input/output error")
        return opens(file, *given, **named)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", may_fail)
        await ground.look(3)
    assert ground.files("done") == ["b.edi"]
    assert caplog.text.count("waits, what is beside it goes on") == 1

    await ground.look()
    assert ground.files("done") == ["a.edi", "b.edi"]


async def test_a_file_that_no_table_takes_keeps_none_of_the_others(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's limits look as its troubles do, after which everything would wait for it."""
    ground.announce(ONE)
    ground.announce(ANOTHER, "b.edi", offset=1)
    settle, limit = ground.store.files.settle, ProgramLimitExceeded("index row size 9056")

    def fails(kept: KeptFile, *given: Any) -> Any:
        if kept.sha256 == sha256(ONE).hexdigest():
            raise OperationalError("INSERT", {}, limit)
        return settle(kept, *given)

    monkeypatch.setattr(ground.store.files, "settle", fails)
    await ground.look()

    assert ground.files("done") == ["b.edi"]


async def test_a_file_that_our_own_code_breaks_on_waits_for_the_next_start(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """That may be of a mended one: nothing of the file is lost, and nobody waits for it."""
    ground.announce(ONE)
    ground.announce(ANOTHER, "b.edi", offset=1)
    outlines, looked = outline.outlined, []

    def breaks(*given: Any) -> Any:
        looked.append(given)
        if len(looked) == 1:
            raise ZeroDivisionError
        return outlines(*given)

    with monkeypatch.context() as patched:
        patched.setattr(large, "outlined", breaks)
        await ground.look(3)
    assert (ground.files("done"), len(looked)) == (["b.edi"], 2)
    assert caplog.text.count("Set aside: ") == 1
    assert "ZeroDivisionError" in caplog.text

    await ground.look()
    assert ground.files("done") == ["a.edi", "b.edi"]


async def test_where_one_cannot_be_put_away_the_next_is_taken_all_the_same(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.announce(ONE)
    ground.announce(ANOTHER, "b.edi", offset=1)
    rename = Path.replace

    def may_fail(file: Path, target: Path) -> Path:
        if target.name == "a.edi":
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(file, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", may_fail)
        await ground.look(3)
    assert len(ground.ids()) == 2
    assert ground.files("done") == ["b.edi"]

    await ground.look()
    assert ground.files("done") == ["a.edi", "b.edi"]


async def test_what_lies_there_without_a_name_of_its_own_ends_nothing(ground: Ground) -> None:
    ground.announce(ONE, "")
    ground.announce(ANOTHER, "b.edi", offset=1)
    await ground.look()

    assert ground.files("done") == [f"{sha256(ONE).hexdigest()}~", "b.edi"]


def changing(file: Path, data: bytes) -> Callable[..., Iterator[Any]]:
    """Return the second reading, in which *file* is written anew."""
    sound = outline.told_apart

    def told_apart(*given: Any) -> Iterator[Any]:
        for each in sound(*given):
            file.write_bytes(data)
            os.utime(file, ns=(1, 1))
            yield each

    return told_apart


async def test_a_file_that_changes_while_it_is_taken_is_refused(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was judged by what it held before."""
    ground.announce(ONE)
    (file,) = (ground.root / "quay" / "large").iterdir()
    monkeypatch.setattr(large, "told_apart", changing(file, ANOTHER))
    await ground.look(2)
    ground.more()

    assert ground.files("refused") == ["a.edi"]
    assert ground.ids() == []
    assert [dict(each.record.headers)["dlq-reason-code"] for each in ground.sent] == [
        b"file_changed"
    ]


async def test_a_file_whose_time_alone_changes_while_it_is_taken_is_taken_whole(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some clients set the time behind the bytes; and a mount is away for a moment."""
    monkeypatch.setattr(large, "PORTION", 2)
    ground.announce(TWICE)
    (file,) = (ground.root / "quay" / "large").iterdir()
    with monkeypatch.context() as patched:
        patched.setattr(large, "told_apart", changing(file, TWICE))
        await ground.look()
    await ground.look()
    ground.more()

    assert ground.files("done") == ["a.edi"]
    assert len(ground.ids()) == 5
    assert len(ground.kinds(CONTRL)) == 1


async def test_what_was_refused_in_part_may_be_brought_again_whole(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PORTION", 2)
    ground.announce(TWICE)
    await ends_after(2, ground, monkeypatch)
    (file,) = (ground.root / "quay" / "large").iterdir()
    file.write_bytes(ANOTHER)
    await ground.look()
    ground.more()
    taken = ground.ids()
    assert ground.files("refused") == ["a.edi"]
    assert 0 < len(taken) < 5
    ground.announce(TWICE, "b.edi", offset=1)
    await ground.look()
    ground.more()

    assert ground.files("done") == ["b.edi"]
    # Those that were taken have the same ids again: the ledger knows them.
    assert len(set(ground.ids())) == 5
    assert set(taken) < set(ground.ids())


async def test_what_was_refused_right_before_a_process_ended_is_put_away_as_refused(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.announce(b"no interchange at all")
    with monkeypatch.context() as patched:
        patched.setattr(large, "_put_away", lambda *_: None)
        await ground.look()
    assert ground.store.files.open() == []
    assert len(ground.files("large")) == 1
    await ground.look()

    assert (ground.files("refused"), ground.files("done")) == (["a.edi"], [])


@pytest.mark.parametrize("first", ["refused", "done"])
async def test_what_is_brought_again_waits_for_its_announcement_however_it_ended_before(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """It lies in its folder before the record that announces it is read."""
    monkeypatch.setattr(large, "MOST_INTERCHANGES", 0 if first == "refused" else 1)
    ground.announce(ONE, "a.edi")
    await ground.look()
    ground.more()
    assert len(ground.files(first)) == 1
    monkeypatch.undo()

    digest = sha256(ONE).hexdigest()
    (ground.root / "quay" / "large" / f"{digest}~b.edi").write_bytes(ONE)
    await ground.look(2)
    assert ground.files("large") == [f"{digest}~b.edi"]
    ground.announce(ONE, "b.edi", offset=1)
    await ground.look()
    ground.more()

    assert ground.files("large") == []
    assert ground.files("done")[-1] == "b.edi"
    assert len(ground.ids()) == 1


async def test_a_portion_is_sent_before_the_next_is_stored(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who stands behind the file in its partition waits for a portion, and not for the whole."""
    monkeypatch.setattr(large, "PORTION", 2)
    monkeypatch.setattr(large, "SENT_LOOK_SECONDS", 0.01)
    ground.announce(TWICE)
    goes = Ground.more
    monkeypatch.setattr(Ground, "more", lambda _ground: None)
    looking = asyncio.create_task(ground.look())
    stored: list[int] = []
    async with asyncio.timeout(60):
        while not looking.done():
            await asyncio.sleep(0.1)
            stored.append(len(ground.store.unsent(range(12), 100)))
            goes(ground)

    assert max(stored) == 2
    assert len(ground.ids()) == 5


@pytest.mark.parametrize(("count", "taken"), [(3, 3), (4, 0)])
async def test_a_file_of_more_interchanges_than_are_remembered_is_refused(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, count: int, taken: int
) -> None:
    monkeypatch.setattr(large, "MOST_INTERCHANGES", 3)
    ground.announce(b"".join(interchange(codeco("1"), reference=f"REF{n}") for n in range(count)))
    await ground.look()

    assert len(ground.ids()) == taken
    assert ground.files("done" if taken else "refused") == ["a.edi"]


async def test_files_are_taken_in_the_order_in_which_they_were_announced(ground: Ground) -> None:
    for place, number in enumerate((7, 3, 5)):
        data = interchange(codeco("1"), reference=f"REF{number}")
        ground.announce(data, f"{number}.edi", offset=9 - number)
        assert len(ground.store.files.open()) == place + 1
    await ground.look()

    assert [each.split("REF")[1][0] for each in ground.ids()] == ["7", "3", "5"]


async def test_a_file_of_control_messages_alone_is_answered_by_none(ground: Ground) -> None:
    said = "UNH+1+CONTRL:D:3:UN'UCI+X+QUAY+BUS+7'UNT+3+1'"
    ground.announce(interchange(said))
    await ground.look()

    assert (ground.kinds(CONTRL), ground.files("done")) == ([], ["a.edi"])


def test_what_is_tolerated_is_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of any size is read in flat memory, whatever its partner is let do."""
    monkeypatch.setattr(outline, "TOLD_IN_FULL", 20)
    tolerant = partner('lenient = ["too_long"]')
    long = (codeco(str(n)).replace("GATE1", "G" * 99) for n in range(200))
    found = [each for each in outline.outlined([interchange(*long)], tolerant) if each]
    (only,) = found

    assert isinstance(only, outline.Outline)
    assert 0 < len(only.opened.report.messages) <= 20
    assert (only.opened.in_all, only.opened.sound_in_all) == (200, 200)
