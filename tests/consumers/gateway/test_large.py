"""A file too large for a record comes to what it would if a record took it, and in flat memory."""

from datetime import timedelta
from typing import Any

import pytest

from adapters.edifact.read import read
from consumers.apply.thread import DatabaseThread
from consumers.gateway import large, outline
from consumers.gateway.handled import APERAK, CONTRL, LETTER, LOG
from consumers.gateway.large import LargeFiles
from consumers.gateway.settings import GatewaySettings
from producers.interchanges import LargeFile, file_record
from tests.consumers.gateway.ground import Ground, as_one_record, ends_after, id_of, ids_of
from tests.consumers.gateway.interchanges import (
    NOT_AGREED,
    QUAY,
    broken,
    codeco,
    desk,
    handled,
    interchange,
    partner,
)

ALL = range(12)
BOXES = ("MSKU1234565", "CSQU3054383")


def many(count: int, *, wrong: bool = True, reference: str = "REF1") -> bytes:
    """Return an interchange of *count* messages; some of them are wrong, each in its own way."""
    return interchange(
        *(_message(n, wrong=wrong) for n in range(1, count + 1)), reference=reference
    )


def _message(n: int, *, wrong: bool) -> str:
    if wrong and n % 400 == 0:
        return broken(str(n))
    if wrong and n % 900 == 1:
        return codeco(str(n), NOT_AGREED)
    if wrong and n % 1300 == 2:
        return codeco("2")  # the reference of another message
    return codeco(str(n), f"G{n}", BOXES[n % 2])


@pytest.mark.searches
async def test_it_comes_to_what_a_record_would(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = many(8_000)
    assert len(data) > 1024 * 1024
    expected = as_one_record(data, monkeypatch)
    ground.announce(data)
    await ground.look()

    assert ground.ids() == ids_of(expected)
    assert ground.kinds(LOG) == [e.record.value for e in expected.made if e.kind == LOG]
    assert len(ground.ids()) > 7_900
    assert ground.kinds(CONTRL) == [e.record.value for e in expected.made if e.kind == CONTRL]
    assert len(ground.kinds(CONTRL)) == 1
    assert len(ground.kinds(APERAK)) == len([e for e in expected.made if e.kind == APERAK]) > 3
    assert len(ground.kinds(LETTER)) == 1
    assert sum(each.rejected for each in ground.counted) == expected.rejected
    assert ground.files("done") == ["a.edi"]
    assert ground.files("large") == []
    assert ground.most_unsent < 2 * large.PORTION  # nobody else waits behind the whole


async def test_messages_of_one_reference_and_groups_are_as_in_a_record(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(large, "PORTION", 2)
    monkeypatch.setattr(large, "AT_ONCE", 3)
    ground.desk = desk(partner('lenient = ["reference_twice"]'))
    same = interchange(*(codeco("1", f"G{n}") for n in range(7)))
    right, wrong = (
        f"UNG+CODECO+A+B+261128:1200+{n}+UN+D:95B'"
        + "".join(codeco(f"{n}{place}") for place in range(3))
        + f"UNE+{count}+{n}'"
        for n, count in ((1, 3), (2, 9))
    )
    grouped = interchange(right, wrong, reference="REF2")
    data = same + grouped
    expected = as_one_record(data, monkeypatch, ground.desk)
    ground.announce(data)
    await ground.look()

    assert ground.ids() == ids_of(expected)
    assert len(ground.ids()) == 10
    assert sum(each.rejected for each in ground.counted) == expected.rejected == 3
    assert ground.kinds(CONTRL) == [
        each.record.value for each in expected.made if each.kind == CONTRL
    ]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(1, marks=pytest.mark.searches),
        3,
        pytest.param(7, marks=pytest.mark.searches),
    ],
)
async def test_a_gateway_that_ends_in_between_goes_on_where_it_was(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    data = many(2_000)
    expected = as_one_record(data, monkeypatch)
    ground.announce(data)
    await ends_after(after, ground, monkeypatch)
    so_far = len(ground.ids())
    await ground.look()

    assert so_far < len(ground.ids())
    assert ground.ids() == ids_of(expected)
    assert len(ground.kinds(CONTRL)) == 1
    assert len({id_of(each.record.headers) for each in ground.sent}) == len(ground.sent)


@pytest.mark.parametrize("after", [1, 2, 3])
async def test_messages_of_one_reference_are_still_told_apart_by_the_next_gateway(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    monkeypatch.setattr(large, "PORTION", 2)
    ground.desk = desk(partner('lenient = ["reference_twice"]'))
    data = interchange(*(codeco("1", f"G{n}") for n in range(7)))
    expected = as_one_record(data, monkeypatch, ground.desk)
    ground.announce(data)
    await ends_after(after, ground, monkeypatch)
    await ground.look()

    assert ground.ids() == ids_of(expected)
    assert len(set(ground.ids())) == 7


async def test_where_two_processes_take_it_each_message_is_kept_once(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = many(600, wrong=False)
    ground.announce(data)
    nested: list[Any] = []
    settle = ground.store.files.settle

    def another_comes_first(*given: Any) -> Any:
        kept, *rest = given
        if not nested:
            nested.append(kept)
            (other,) = ground.store.files.open()
            assert settle(other, *rest) is not None
        return settle(*given)

    monkeypatch.setattr(ground.store.files, "settle", another_comes_first)
    await ground.look()
    assert ground.ids() == []
    await ground.look()
    ground.more()

    assert len(set(ground.ids())) == len(ground.ids()) == 600
    assert len(ground.kinds(CONTRL)) == 1


async def test_brought_again_it_changes_nothing_and_is_told_so(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = many(300, wrong=False)
    ground.announce(data)
    await ground.look()
    before = len(ground.ids())
    ground.announce(data)  # the same delivery: nothing that announces it comes any more
    await ground.look()
    assert len(ground.files("large")) == 1
    with monkeypatch.context() as a_day_later:
        a_day_later.setattr(large, "FILE_WAITS", timedelta(0))
        await ground.look()
    assert ground.files("large") == []
    assert len(ground.kinds(CONTRL)) == 1

    ground.announce(data, "b.edi", offset=1)
    await ground.look()

    assert len(ground.ids()) == before == 300
    assert b"+4+26+UNB+6" in ground.kinds(CONTRL)[1]
    assert sum(each.repeated for each in ground.counted) == 1
    assert ground.files("done") == ["a-2.edi", "a.edi", "b.edi"]


async def test_one_that_is_rejected_as_a_whole_is_answered_once_and_may_come_again_right(
    ground: Ground,
) -> None:
    data = many(500, wrong=False)
    ground.announce(data.replace(b"UNZ+500", b"UNZ+499"))
    await ground.look()
    assert ground.ids() == []
    assert [b"+4+29+UNZ" in each for each in ground.kinds(CONTRL)] == [True]

    ground.announce(data, "b.edi", offset=1)
    await ground.look()
    assert len(ground.ids()) == 500


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no interchange at all", b"no_interchange"),
        (
            interchange(codeco("1").replace("EQD", "FTX+AAI+++X'" * 120_000 + "EQD", 1)),
            b"too_large",
        ),
        (interchange(codeco("1"))[:-30] + b"FTX+AAI+++X'" * 120_000, b"too_large"),
    ],
)
async def test_what_cannot_be_taken_is_refused_and_kept_as_a_dead_letter(
    ground: Ground, data: bytes, code: bytes
) -> None:
    ground.announce(data)
    await ground.look()
    ground.more()

    assert ground.files("refused") == ["a.edi"]
    assert [dict(each.record.headers)["dlq-reason-code"] for each in ground.sent] == [code]
    assert ground.store.files.open() == []


async def test_a_file_that_is_not_the_one_that_was_announced_is_refused(ground: Ground) -> None:
    ground.announce(many(10))
    (file,) = (ground.root / "quay" / "large").iterdir()
    file.write_bytes(many(11))
    await ground.look()
    ground.more()

    assert ground.files("refused") == ["a.edi"]
    assert ground.ids() == []


async def test_a_file_that_lacks_is_waited_for(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    ground.announce(many(10))
    (file,) = (ground.root / "quay" / "large").iterdir()
    away = file.rename(ground.root / file.name)
    await ground.look()
    assert len(ground.store.files.open()) == 1
    away.rename(file)
    await ground.look()
    assert len(ground.ids()) > 0

    ground.announce(many(12), "b.edi", offset=1)
    next((ground.root / "quay" / "large").iterdir()).unlink()
    monkeypatch.setattr(large, "FILE_WAITS", large.FILE_WAITS * 0)
    await ground.look()  # who has just begun to look does not know how long it has been missing
    assert len(ground.store.files.open()) == 1
    await ground.look(2)
    assert ground.store.files.open() == []


@pytest.mark.parametrize(
    ("bound", "at", "told"),
    [("MOST_WRONG", 3, 3), ("MOST_WRONG_BYTES", 80, 2), ("MOST_WRONG", 5, 5)],
)
async def test_where_more_is_wrong_than_an_answer_tells_all_of_it_is_rejected_and_answered(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, bound: str, at: int, told: int
) -> None:
    monkeypatch.setattr(outline, bound, at)
    is_whole = told == 5
    ground.desk = desk(partner('lenient = ["more_wrong_than_told", "too_long"]'))
    tolerated = codeco("6").replace("GATE1", "G" * 99)
    data = interchange(*(broken(str(n)) for n in range(5)), tolerated, codeco("7"))
    ground.announce(data)
    await ground.look()

    (control,) = ground.kinds(CONTRL)
    assert (b"+7'UCM" if is_whole else b"+4+18+UNB'UCM+0+") in control
    assert control.count(b"+4'UCS+3+15'") == told
    assert next(iter(read([control]))).findings == ()
    assert len(ground.ids()) == (2 if is_whole else 0)
    assert sum(each.rejected for each in ground.counted) == (5 if is_whole else 7)
    assert len(ground.kinds(LETTER)) == 1
    assert ground.files("done") == ["a.edi"]

    mended = interchange(*(codeco(str(n), f"G{n}") for n in range(5)))
    ground.announce(mended, "b.edi", offset=1)
    await ground.look()
    assert len(ground.ids()) == (2 if is_whole else 5)  # under its reference, where none was taken


async def test_groups_count_among_what_is_told(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "MOST_WRONG", 3)
    group = "UNG+CODECO+A+B+261128:1200+{n}+UN+D:95B'UNE+{n}+{n}'"
    ground.announce(interchange(*(group.format(n=n) for n in range(1, 6))))
    await ground.look()

    (control,) = ground.kinds(CONTRL)
    assert (control.count(b"UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+4+18+UNB'"), control.count(b"UCF")) == (
        1,
        3,
    )


async def test_what_is_wrong_behind_the_first_ones_is_told_shortly(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outline, "TOLD_IN_FULL", 2)
    ground.announce(interchange(*(broken(str(n)) for n in range(5)), codeco("9")))
    await ground.look()

    (control,) = ground.kinds(CONTRL)
    assert control.count(b"UCM+") == 5
    assert len(ground.ids()) == 1


async def test_what_was_rejected_with_its_group_is_counted_so(ground: Ground) -> None:
    inside = "".join(codeco(str(n)) for n in range(1, 4))
    wrong = f"UNG+CODECO+A+B+261128:1200+1+UN+D:95B'{inside}UNE+9+1'"
    ground.announce(interchange(wrong))
    await ground.look()

    assert ground.ids() == []
    assert sum(each.rejected for each in ground.counted) == 3


async def test_what_stands_beside_a_control_message_is_told(ground: Ground) -> None:
    control_message = "UNH+1+CONTRL:D:3:UN'UCI+X+QUAY+BUS+7'UNT+3+1'"
    ground.announce(interchange(control_message, broken("2")))
    await ground.look()

    (control,) = ground.kinds(CONTRL)
    assert control.count(b"UCM+") == 1


def test_an_announcement_that_names_no_file_is_a_dead_letter() -> None:
    made = file_record("quay", LargeFile(sha256="../../etc", size=1, name="x"), QUAY)
    for value in (made.value, b"{}", b"UNB"):
        found = handled(desk(), value, headers=made.headers)
        assert [each.code for each in found.problems] == ["file_unnamed"]


async def test_a_file_that_was_there_again_is_waited_for_anew(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mount that was away on two days was not away from the one to the other."""
    ground.announce(many(3))
    (file,) = (ground.root / "quay" / "large").iterdir()
    away = ground.root / "away"
    thread = DatabaseThread()
    settings = GatewaySettings("nowhere:9092", "", {"quay": partner()}, folders=ground.root)
    taking = LargeFiles(
        settings, ground.store, thread, ground.desk_for, ground, ground.counted.append
    )

    async def interrupted(*_: object) -> None:
        """The file changes while it is taken, and is read anew at the next look."""

    file.rename(away)
    await taking.look(ground.root)
    away.rename(file)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "_take", interrupted)
        await taking.look(ground.root)
    file.rename(away)
    monkeypatch.setattr(large, "FILE_WAITS", timedelta(0))
    await taking.look(ground.root)
    thread.close()

    assert len(ground.store.files.open()) == 1
