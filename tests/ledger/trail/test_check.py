"""Whoever changes a trail is found and told where; what cannot be told is not claimed."""

import json
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.book.chain import leaf, link
from ledger.book.heads import head_key, sign_head
from ledger.trail.check import Flaw, NoTrail, checked
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.facts import RECORDED, RecordedFact
from schemas.heads import HEAD
from schemas.value import altered
from tests.ledger.book.log import LEDGER, NOW, TERMINAL, discharge
from tests.ledger.trail.two_boxes import (
    BOX,
    NEIGHBOUR,
    Lines,
    TwoBoxes,
    place_of,
    read_lines,
    written_again,
)

Tamper = Callable[[Lines], object]
CHANGED = "its bytes, salt or hash, or a digest before it, was changed"


def found(book: TwoBoxes, tamper: Tamper) -> list[tuple[str, str]]:
    """Tamper with the trail as a careful forger does, and return what the check tells."""
    lines = read_lines(book.trail())
    tamper(lines)
    return [(flaw.where, flaw.what) for flaw in book.checked(written_again(lines)).flaws]


def edit(lines: Lines, seq: int) -> None:
    line = lines[place_of(lines, seq)]
    line["bytes"] = line["bytes"].replace('"port":"BEANR"', '"port":"NLRTM"')


def rehash(lines: Lines, first: int, last: int) -> None:
    """Make the hashes of the entries from *first* to *last*, all shown, fit what stands there."""
    end = bytes.fromhex(lines[place_of(lines, first) - 1]["hash"])
    for line in lines[place_of(lines, first) : place_of(lines, last) + 1]:
        end = link(end, bytes.fromhex(line["salt"]), line["bytes"].encode())
        line["hash"] = end.hex()


def drop(lines: Lines, seq: int) -> None:
    del lines[place_of(lines, seq)]


def hide(lines: Lines, seq: int) -> None:
    """Put an entry's digest in its place, as if it were a neighbour's."""
    place = place_of(lines, seq)
    line = lines[place]
    digest = leaf(bytes.fromhex(line["salt"]), line["bytes"].encode())
    lines[place] = {"line": "others", "first": seq, "digests": [digest.hex()]}


def swap(lines: Lines, one: int, other: int, members: tuple[str, ...] = ()) -> None:
    here, there = place_of(lines, one), place_of(lines, other)
    if not members:
        lines[here], lines[there] = lines[there], lines[here]
    for member in members:
        lines[here][member], lines[there][member] = lines[there][member], lines[here][member]


def insert(lines: Lines, seq: int, at_seq: int) -> None:
    """Tell an entry a second time, behind entry *at_seq*."""
    again = {**lines[place_of(lines, seq)], "seq": at_seq + 1}
    lines.insert(place_of(lines, at_seq) + 1, again)


def edit_and_rehash(lines: Lines) -> None:
    edit(lines, 15)
    rehash(lines, 15, 16)


def forge_head(lines: Lines) -> None:
    """Edit, and sign the end that comes of it with a key of one's own."""
    edit_and_rehash(lines)
    head_line = next(line for line in lines[place_of(lines, 16) :] if line["line"] == "head")
    digest = bytes.fromhex(lines[place_of(lines, 16)]["hash"])
    head_line["head"] = HEAD.shown(sign_head(head_key(None), LEDGER, 16, digest, NOW))


def heads_of(lines: Lines) -> list[int]:
    return [place for place, line in enumerate(lines) if line["line"] == "head"]


def without_head(lines: Lines) -> None:
    del lines[heads_of(lines)[0]]


def without_beginning(lines: Lines) -> None:
    del lines[1 : heads_of(lines)[0] + 1]


def stretches_swapped(lines: Lines) -> None:
    first, second, *_ = heads_of(lines)
    lines[1 : second + 1] = [*lines[first + 1 : second + 1], *lines[1 : first + 1]]


def another_digest(lines: Lines) -> None:
    next(line for line in lines if line["line"] == "others")["digests"][0] = "00" * 32


def under_another_name(lines: Lines) -> None:
    lines[0]["container"] = NEIGHBOUR


def left_out(seq: int, named: int, shown: str) -> tuple[str, str]:
    what = f"the container's entry before it is {named}, and {shown}: left out"
    return f"{LEDGER} entry {seq}", what


def at(seq: int, what: str) -> tuple[str, str]:
    return f"{LEDGER} entry {seq}", what


WHEN = f"{NOW:%Y-%m-%d %H:%M:%S}"
IN_PLACE = "stands in its place: taken out, moved or put in"
SAYS_4 = f"its bytes say that it is {LEDGER} entry 4 of {BOX}: moved or put in"
TAMPERED: dict[str, tuple[Tamper, list[tuple[str, str]]]] = {
    "an edit": (lambda lines: edit(lines, 9), [at(9, CHANGED)]),
    "an edit with hashes that fit": (
        edit_and_rehash,
        [at(16, f"what is shown does not lead to the head of {WHEN}")],
    ),
    "an edit with a head that fits": (
        forge_head,
        [at(16, f"its head of {WHEN} is not signed by a key that is known")],
    ),
    "salts swapped": (
        lambda lines: swap(lines, 11, 13, ("salt",)),
        [at(11, CHANGED), at(13, CHANGED)],
    ),
    "an entry dropped": (
        lambda lines: drop(lines, 4),
        [at(4, f"entry 5 {IN_PLACE}"), left_out(5, 4, "entry 3 is shown")],
    ),
    "an entry hidden": (lambda lines: hide(lines, 4), [left_out(5, 4, "entry 3 is shown")]),
    "the first entry hidden": (lambda lines: hide(lines, 1), [left_out(3, 1, "none is shown")]),
    "entries reordered": (
        lambda lines: swap(lines, 14, 15),
        [at(14, f"entry 15 {IN_PLACE}"), left_out(15, 14, "entry 13 is shown")],
    ),
    "entries reordered and numbered anew": (
        lambda lines: swap(lines, 14, 15, ("bytes", "salt")),
        [at(14, CHANGED)],
    ),
    "an entry told twice": (
        lambda lines: insert(lines, 4, at_seq=16),
        [at(17, CHANGED), at(17, SAYS_4)],
    ),
    "a neighbour's digest changed": (another_digest, [at(3, CHANGED)]),
    "a head taken out": (
        without_head,
        [at(1, "no signed head stands behind it and those up to 9: not proven")],
    ),
    "the beginning taken out": (without_beginning, [left_out(11, 9, "none is shown")]),
    "parts moved": (
        stretches_swapped,
        [left_out(11, 9, "none is shown"), at(1, "it stands behind entry 16: moved")],
    ),
    "another container's name": (
        under_another_name,
        [at(1, f"its bytes say that it is {LEDGER} entry 1 of {BOX}: moved or put in")],
    ),
}


@pytest.mark.parametrize("tampered", TAMPERED)
def test_a_trail_that_was_tampered_with_is_told_in_words_and_where(
    boxes: TwoBoxes, tampered: str
) -> None:
    tamper, first_told = TAMPERED[tampered]

    assert found(boxes, tamper)[: len(first_told)] == first_told


ALONE = (
    "an edit",
    "an edit with hashes that fit",
    "an entry hidden",
    "a neighbour's digest changed",
)


@pytest.mark.parametrize("tampered", ALONE)
def test_one_fault_is_told_once(boxes: TwoBoxes, tampered: str) -> None:
    tamper, told = TAMPERED[tampered]

    assert found(boxes, tamper) == told


def test_what_stands_before_an_edit_is_not_proven_and_what_stands_behind_it_is(
    boxes: TwoBoxes,
) -> None:
    lines = read_lines(boxes.trail())
    edit(lines, 14)
    proven = boxes.checked(written_again(lines)).proven

    assert proven == {f"{LEDGER}-{seq}" for seq in (1, 3, 4, 5, 9, 15, 16, 17, 18)}


def test_a_trail_without_an_entry_proves_nothing_and_is_told(boxes: TwoBoxes) -> None:
    first, *_, end = read_lines(boxes.trail())
    result = boxes.checked(written_again([first, end]))

    assert result.flaws == [Flaw("the first line", "no entry is shown: nothing is proven")]


def test_a_file_that_was_cut_off_is_told(boxes: TwoBoxes) -> None:
    lines = boxes.trail()
    without_end = boxes.checked(lines[:-1])
    in_the_middle = boxes.checked([*lines[:9], lines[9][:30]])

    assert without_end.flaws == [Flaw("the end", "the last line is missing: the file was cut off")]
    assert {flaw.where for flaw in in_the_middle.flaws} >= {"line 10", "the end", "the first line"}


def test_a_clumsy_change_is_told_by_the_digest_of_the_file(boxes: TwoBoxes) -> None:
    lines = boxes.trail()
    lines[0] = lines[0].replace(b"Company 1", b"Company 9")
    changed = "the file's digest is not that of its lines: it was changed"

    assert boxes.checked(lines).flaws == [Flaw("the end", changed)]
    added = "lines stand behind the last one: added"
    assert boxes.checked([*boxes.trail(), b"{}\n"]).flaws == [Flaw("the end", added)]


def test_what_came_last_can_be_hidden_and_then_the_bus_has_not_signed_the_file(
    boxes: TwoBoxes,
) -> None:
    lines = read_lines(boxes.trail())
    hide(lines, 18)
    result = boxes.checked(written_again(lines))

    # Nothing names the last entry. That there is no more is a word of the bus, if it signed it.
    assert (result.flaws, result.signed) == ([], False)
    assert boxes.checked(boxes.trail()).signed


def test_a_trail_signed_by_another_key_is_told(boxes: TwoBoxes) -> None:
    stranger = head_key(None)
    result = checked(boxes.trail(), {stranger.key_id: stranger.public_key})

    assert not result.proven
    assert not result.signed
    assert "the file is not signed by a key that is known: forged" in [
        flaw.what for flaw in result.flaws
    ]


def test_without_a_key_from_elsewhere_the_files_own_is_taken(boxes: TwoBoxes) -> None:
    assert checked(boxes.trail()).signed
    nobodys = checked(boxes.trail(signed=False))

    assert not nobodys.proven
    assert {flaw.what.partition(" of ")[0] for flaw in nobodys.flaws} == {"its head"}


def test_entries_of_before_there_was_a_name_for_the_one_before_are_said_to_be_so(
    boxes: TwoBoxes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_before(fact: RecordedFact) -> bytes:
        return RECORDED.written(altered(fact, previous_seq=None))

    monkeypatch.setattr("ledger.book.draft.written", as_before)
    boxes.clerk.settle([boxes.clerk.log.say(TERMINAL, discharge(BOX))])
    monkeypatch.undo()
    boxes.clerk.settle([boxes.clerk.log.say(TERMINAL, discharge(BOX))])
    result = boxes.checked(boxes.trail())

    assert (result.flaws, result.unlinked, result.gapless) == ([], [f"{LEDGER}-19"], False)


NO_TRAILS = {
    "nothing": [],
    "another file": [b"PK\x03\x04"],
    "an entry first": [b'{"line":"entry","seq":1,"salt":"","hash":"","bytes":""}\n'],
}


@pytest.mark.parametrize("lines", NO_TRAILS.values(), ids=NO_TRAILS)
def test_what_is_no_trail_is_not_checked(lines: list[bytes]) -> None:
    with pytest.raises(NoTrail):
        checked(lines)


def test_a_trail_of_a_later_version_is_not_checked(boxes: TwoBoxes) -> None:
    lines = boxes.trail()
    with pytest.raises(NoTrail, match="version 2"):
        checked([lines[0].replace(b'"version":1', b'"version":2'), *lines[1:]])


CLEAR_SCREEN = "\x1b[2J"
STEERING: dict[str, dict[str, object]] = {
    "a name": {"names": {"NXT1": f"Company{CLEAR_SCREEN}"}},
    "a party": {"names": {CLEAR_SCREEN: "Company"}},
    "a key": {"keys": {"one": "\x9b2J"}},
    "the container": {"container": f"{BOX}\r"},
}


@pytest.mark.parametrize("member", STEERING)
def test_a_first_line_that_would_steer_the_screen_is_refused(boxes: TwoBoxes, member: str) -> None:
    lines = read_lines(boxes.trail())
    lines[0] |= STEERING[member]

    with pytest.raises(NoTrail, match="control characters"):
        boxes.checked(written_again(lines))


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_byte_can_be_changed_without_being_told(boxes: TwoBoxes, data: st.DataObject) -> None:
    lines = boxes.trail()
    number = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 2))  # not the line's end
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != lines[number][place]))
    lines[number] = lines[number][:place] + bytes([byte]) + lines[number][place + 1 :]
    try:
        result = boxes.checked(lines)
    except NoTrail:
        return

    assert result.flaws or not result.signed


def test_who_checks_with_an_older_program_is_told_so_and_accuses_nobody(boxes: TwoBoxes) -> None:
    """A newer version may write sorts of facts that this one cannot read."""
    (newer,) = [what for _, what in found(boxes, of_a_newer_version) if "schema version" in what]

    assert newer == (
        f"it is of schema version {SCHEMA_VERSION + 1}, this program knows {SCHEMA_VERSION}: "
        "check it with the newest program"
    )


def of_a_newer_version(lines: Lines) -> None:
    line = lines[place_of(lines, 1)]
    body = json.loads(line["bytes"])
    body |= {"schema_version": SCHEMA_VERSION + 1, "fact": {"type": "craned"}}
    line["bytes"] = json.dumps(body)
