"""Bytes become segments wherever they are cut, with their places, in flat memory."""

import sys
import tracemalloc
from collections.abc import Iterator

import pytest

from adapters.edifact.findings import Rule
from adapters.edifact.items import Interchange, Message
from adapters.edifact.marks import Marks, advice_in
from adapters.edifact.read import read, segments_in
from adapters.edifact.segments import Segment
from adapters.edifact.tokens import LONGEST_SEGMENT, Tokenizer
from tests.rows import each_row

WHOLE = (
    b"UNA:+.? '\r\nUNB+UNOC:3+A+B+261128:1200+R1'\r\nUNH+1+APERAK:D:95B:UN'"
    b"BGM+313+5?+5?:?'??'\nFTX+AAA+++M\xf6bel'UNT+4+1'UNZ+1+R1'"
)


def test_each_segment_has_its_place() -> None:
    segments = list(segments_in([WHOLE]))

    assert [each.tag for each in segments] == ["UNB", "UNH", "BGM", "FTX", "UNT", "UNZ"]
    assert [each.number for each in segments] == [1, 2, 3, 4, 5, 6]
    assert all(WHOLE[each.byte :].startswith(each.tag.encode()) for each in segments)


def test_places_are_bytes_where_characters_have_several() -> None:
    text = "UNB+UNOY:4+A+B+20261128:1200+R1'UNH+1+X:D:95B:UN'FTX+家家é'UNT+3+1'UNZ+1+R1'"
    data = text.encode()

    segments = list(segments_in([data]))

    assert segments[2].value(1) == "家家é"
    assert all(data[each.byte :].startswith(each.tag.encode()) for each in segments)


def test_it_does_not_matter_where_the_bytes_are_cut() -> None:
    whole = list(segments_in([WHOLE]))

    assert all(list(segments_in([WHOLE[:cut], WHOLE[cut:]])) == whole for cut in range(len(WHOLE)))


@pytest.mark.parametrize(
    ("data", "faults"),
    [
        (b"UNZ+1+R'", ()),
        (b"UNZ+1+R??'", ()),
        (b"UNZ+1+R????'\r\n\x1a", ()),
        (b"UNZ+1+R?'", (Rule.CUT_OFF,)),
        (b"UNZ+1+R???'", (Rule.CUT_OFF,)),
        (b"UNZ+1+R", (Rule.CUT_OFF,)),
    ],
)
def test_a_released_terminator_ends_nothing(data: bytes, faults: tuple[Rule, ...]) -> None:
    assert [each.faults for each in segments_in([data])] == [faults]


def test_a_segment_that_never_ends_is_told_of_and_left_out() -> None:
    data = [b"UNH+1+X'BGM+" + b"A" * LONGEST_SEGMENT, b"B" * LONGEST_SEGMENT, b"'UNT+2+1'"]
    found = list(segments_in(data))

    assert [(each.tag, each.faults) for each in found] == [
        ("UNH", ()),
        ("BGM", (Rule.SEGMENT_TOO_LONG,)),
        ("UNT", ()),
    ]
    assert len(found[1].text) < 100


def test_stray_terminators_however_many_are_told_once_and_take_no_time() -> None:
    """Half a megabyte of them took ten minutes while each was told of again with the next."""
    wrapped = b"UNB+UNOA:3+A+B+261128:1200+R1'" + b"'\n;" * 150_000 + b"'UNZ+0+R1'"
    found = list(segments_in([wrapped]))

    assert [(each.tag, each.faults) for each in found] == [
        ("UNB", ()),
        ("UNZ", (Rule.STRAY_CHARACTERS,)),
    ]
    assert wrapped[found[1].byte :] == b"UNZ+0+R1'"


@pytest.mark.parametrize("marks", [("UNA:+.? '", ":+'"), ("UNA=*.? ~", "=*~")])
def test_a_tag_that_only_begins_as_the_trailer_takes_no_neighbour(marks: tuple[str, str]) -> None:
    una, instead = marks
    bodies = ("BGM+313+1+9'ERC+1'", "BGM+313+2+9'UNZX+1'", "BGM+313+3+9'ERC+1'")
    text = "".join(f"UNH+{n}+APERAK:D:95B:UN'{body}UNT+4+{n}'" for n, body in enumerate(bodies, 1))
    spelt = f"UNB+UNOC:3+A+B+261128:1200+R1'{text}UNZ+3+R1'"
    data = una + spelt.translate(str.maketrans(":+'", instead))
    items = list(read([data.encode()]))

    assert [[each.rule for each in item.findings] for item in items] == [
        [],
        [Rule.SEGMENT_NOT_HERE],
        [],
        [],
    ]


def test_headers_of_nobody_a_line_each_are_one_segment_and_are_not_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A megabyte of them took seven seconds while each was looked at as an interchange."""
    monkeypatch.setattr("adapters.edifact.tokens.LONGEST_SEGMENT", 4_096)
    right = b"\nUNB+UNOA:3+A+B+261128:1200+R1'UNH+1+X:D:95B:UN'UNT+2+1'UNZ+1+R1'"
    tokenizer = Tokenizer()
    tracemalloc.start()
    found = [each for _ in range(100) for each in tokenizer.feed(b"\nUNB+UNOA:3" * 50)]
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    found += [*tokenizer.feed(right), *tokenizer.end()]

    assert [each.tag for each in found] == ["UNB", "UNB", "UNH", "UNT", "UNZ"]
    assert [Rule.SEGMENT_TOO_LONG in each.faults for each in found] == [True, *[False] * 4]
    assert most < 40_000


def many_messages(count: int) -> Iterator[bytes]:
    yield b"UNB+UNOA:3+A+B+261128:1200+R1'"
    for number in range(count):
        yield b"UNH+%d+APERAK:D:95B:UN'BGM+313+%d+9'ERC+1'UNT+4+%d'" % (number, number, number)
    yield b"UNZ+%d+R1'" % count


def one_message(segments: int) -> Iterator[bytes]:
    yield b"UNB+UNOA:3+A+B+261128:1200+R1'UNH+1+COARRI:D:95B:UN'"
    yield b"BGM+98+1+9'"
    for _ in range(segments // 100):
        yield b"FTX+AAA+++GOODS'" * 100
    yield b"UNT+%d+1'UNZ+1+R1'" % (segments + 3)


@pytest.mark.parametrize("chunks", [many_messages(1_500), one_message(6_000)])
def test_memory_stays_flat(chunks: Iterator[bytes]) -> None:
    """90 kB of either, in which the whole as values would be several times what is allowed."""
    tracemalloc.start()
    for item in read(chunks, keep=False):
        assert isinstance(item, Message | Interchange)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 600_000


@each_row(
    ("text", "marks"),
    [
        ("UNA:+.? 'UNB+UNOA:3", Marks(repetition="")),
        ("UNA:+,? 'UNB+UNOA:3", Marks(decimal=",", repetition="")),
        ("UNA:+.?*'UNB+UNOC:4", Marks()),
        ("UNB+UNOC:4", Marks()),
        ("UNA=*.? ~UNB*UNOA=3", Marks("=", "*", ".", "?", "", "~")),
        ("UNA:+.  'UNB+UNOA:3", Marks(release="", repetition="")),
        ("UNA:+?'UNB+UNOA:3", Marks(repetition="")),
        ("UNA:+,?'UNB+UNOA:3", Marks(decimal=",", repetition="")),
        ("UNB*UNOA=3", Marks("=", "*", repetition="")),
        ("UNB\x1dUNOB\x1f2", Marks("\x1f", "\x1d", ".", "?", "", "\x1c")),
        ("UNA\x1f\x1d.? \x1cUNB\x1dUNOB\x1f2", Marks("\x1f", "\x1d", ".", "?", "", "\x1c")),
        ("UNA:+.? \r\nUNB+UNOA:3", Marks(repetition="")),
        ("UNA::.? 'UNB+UNOA:3", Marks(repetition="")),
        ("nothing", Marks()),
        # A header cut short shows what ends it, not what separates.
        ("UNB'DDLE+COREOR", Marks(repetition="")),
        ("UNB?DDLE+COREOR", Marks(repetition="")),
        ("UNB+UNOA+3", Marks(repetition="")),
    ],
)
def test_the_marks_in_use_are_seen(text: str, marks: Marks) -> None:
    advice = advice_in(text, final=True)

    assert advice is not None
    assert advice.marks == marks


@pytest.mark.parametrize(
    ("text", "repeating", "elements"),
    [
        ("TDT+20++1", False, ((("20",),), (("",),), (("1",),))),
        ("RFF+BM:B?+L?:1", False, ((("BM", "B+L:1"),),)),
        ("FTX+A*B", False, ((("A*B",),),)),
        ("FTX+A*B:C?*D", True, ((("A",), ("B", "C*D")),)),
        ("FTX+A*B?+C", False, ((("A*B+C",),),)),
        ("FTX+???'??", False, ((("?'?",),),)),
        ("FTX+A?B", False, ((("AB",),),)),
        ("FTX+A?", False, ((("A",),),)),
        ("UNS", False, ()),
    ],
)
def test_a_segment_says_its_values(
    text: str,
    repeating: bool,  # noqa: FBT001  a column of the table
    elements: tuple[tuple[tuple[str, ...], ...], ...],
) -> None:
    segment = Segment(text, 1, 0, repeating)

    assert segment.elements == elements
    composites = [tuple(segment.composite(n)) for n in range(1, len(elements) + 1)]
    assert composites == [element[0] for element in elements]
    assert segment.value(9) == ""


UNENDED = b"UNB+UNOA:2+A+B+261128:1200+1'UNH+1+APERAK:D:95B:UN'BGM+313+X+9'UNT+3+1'"
OTHERWISE = (
    "UNA|^.?*~UNB^UNOY|4^C^D^20261128|1200^2~UNH^1^APERAK|D|95B|UN~BGM^313^'é+^9~UNT^3^1~UNZ^1^2~"
).encode()


@each_row("between", [b"", b"\r\n", b"FTX+AAI+++OPEN\r\n", b"FTX+AAI+++OPEN?'\n"])
@each_row("size", [1, 3, 64, 1_000])
def test_an_interchange_behind_one_without_its_end_is_read_by_its_own_una(
    between: bytes, size: int
) -> None:
    data = UNENDED + between + OTHERWISE
    items = list(read(data[at : at + size] for at in range(0, len(data), size)))
    first, second = (each for each in items if isinstance(each, Interchange))

    assert [each.rule for each in first.findings][-1] is Rule.TRAILER_MISSING
    assert (second.reference, second.findings, second.repeating) == ("2", (), True)
    assert [each.body[0].value(2) for each in items if isinstance(each, Message)] == ["X", "'é+"]


def test_an_interchange_behind_one_that_was_cut_anywhere_is_as_alone() -> None:
    first = UNENDED.replace(b"+1'", b"+R1'", 1) + b"UNZ+1+R1'"
    second = UNENDED.replace(b"+1'", b"+R2'", 1) + b"UNZ+1+R2'"

    for cut in range(len("UNB"), len(first)):
        message, interchange = list(read([first[:cut] + second]))[-2:]
        assert isinstance(message, Message), cut
        assert isinstance(interchange, Interchange), cut
        assert (interchange.reference, interchange.findings) == ("R2", ()), cut
        assert message.findings == (), cut


@each_row(
    "between", ["x", "'", "Kind regards,", "x" * 70_000, "'x" * 9_000, "\x1d", "\xef\xbb\xbf"]
)
def test_what_stands_between_two_interchanges_rejects_neither(between: str) -> None:
    first = UNENDED.replace(b"+1'", b"+R1'", 1) + b"UNZ+1+R1'"
    second = UNENDED.replace(b"+1'", b"+R2'", 1) + b"UNZ+1+R2'"
    items = [*read([first + between.encode("latin-1") + second])]
    found = {each.reference: each for each in items if isinstance(each, Interchange)}

    assert all(each.alone for each in found["R1"].findings)
    assert found["R2"].findings == ()


@each_row("ends", [b"UNZ+1+'R1'", b"UNZ+1+R1''", b"UNZ+9+R9'\x00'", b"\x00'", b"UNH+2+X'\x00'"])
def test_what_is_wrong_with_the_end_of_one_interchange_is_nothing_of_the_next(ends: bytes) -> None:
    second = UNENDED.replace(b"+1'", b"+R2'", 1) + b"UNZ+1+R2'"
    items = [*read([UNENDED.replace(b"+1'", b"+R1'", 1) + ends + second])]
    (found,) = (e for e in items if isinstance(e, Interchange) and e.reference == "R2")

    assert found.findings == ()


def test_a_header_without_elements_begins_no_other_interchange() -> None:
    """With what stands behind it, it reads as a level, its elements parted by the terminator."""
    between = b"UNH+2+UNB'REOR:D:95B:UN'BGM+313+Y+9'UNT+3+2'"
    whole = UNENDED + between + UNENDED[UNENDED.index(b"UNH") :].replace(b"+1", b"+3")
    items = list(read([whole + b"UNZ+3+1'"]))

    assert [e.reference for e in items if isinstance(e, Message) and not e.findings] == ["1", "3"]
    assert len([each for each in items if isinstance(each, Interchange)]) == 1


def test_an_interchange_behind_one_without_its_end_is_judged_at_its_own_level() -> None:
    accents = UNENDED.replace(b"UNOA:2", b"UNOC:3").replace(b"+X+", b"+\xe9+")
    accents = accents.replace(b"+1'UNH", b"+2'UNH") + b"UNZ+1+2'"
    (first, second) = (each for each in read([UNENDED + accents]) if isinstance(each, Message))

    assert (first.findings, second.findings) == ((), ())


@pytest.mark.searches  # every call is counted
@pytest.mark.parametrize(
    "piece",
    [b"UNZ'", b"UNZ+1+1'", b"UNZ+1+1';", b"UNB'", b"UNA", b"UNA:+.? '", b"UNT+1+1'", b"UNE+1+1'"],
)
def test_pieces_of_an_envelope_without_number_are_one_thing_and_are_read_in_their_length(
    piece: bytes,
) -> None:
    def steps(count: int) -> int:
        made = 0

        def counted(_frame: object, event: str, _argument: object) -> None:
            nonlocal made
            made += event == "call"

        sys.setprofile(counted)
        try:
            items = list(read([piece * count]))
        finally:
            sys.setprofile(None)
        assert len(items) == 1
        assert len(items[0].findings) <= 1_000
        return made

    assert steps(10_000) < 3 * steps(5_000)


OPEN = "UNB+UNOC:3+A+B+261128:1200+R1'UNH+1+APERAK:D:95B:UN'BGM+313+1+9'"
AGAIN = {
    "in a text": ("FTX+AAA+++as you said:\r\nUNB+UNOA:3 with\r\nUNB+UNOA:3+you+me'", 4, ["FTX"]),
    "as a segment": ("UNB+UNOA:3'FTX+AAA+++said'", 5, ["UNB", "FTX"]),
    "after a UNZ": ("UNT+3+1'UNZ+7+R1'UNB+UNOC:3'UNH+1+APERAK:D:95B:UN'BGM+313+2+9'", 8, ["BGM"]),
    "written otherwise": ("UNB+UNOC:3+A+B+261128:1200+R1++++1'", 4, ["UNB"]),
    "with a UNA": ("UNA:+.? 'UNB+UNOC:3+A+B+261128:1200+R1++++1'", 4, ["UNB"]),
}
"""A UNB that begins nothing, how many segments there are with it, and the last of its message."""


@pytest.mark.parametrize("where", AGAIN)
@pytest.mark.parametrize("size", [7, 10_000])
def test_a_header_that_begins_nothing_moves_no_place(where: str, size: int) -> None:
    said, count, tags = AGAIN[where]
    data = f"{OPEN}{said}XXX+said'UNT+9+1'UNZ+1+R1'".encode()
    items = list(read(data[at : at + size] for at in range(0, len(data), size)))
    message = [each for each in items if isinstance(each, Message)][-1]
    (place,) = (found.place for found in message.findings if found.tag == "XXX")

    assert len([each for each in items if isinstance(each, Interchange)]) == 1
    assert place.segment == count + 1
    assert place.position == place.segment - message.header.number + 1
    assert [each.tag for each in message.body][-1 - len(tags) : -1] == tags
    assert not any(each.rule is Rule.CHARACTER_NOT_IN_LEVEL for each in message.findings)


def test_characters_of_a_trailer_are_found_wrong_though_it_says_what_is_right() -> None:
    data = UNENDED.replace(b"UNT+3+1", b"UNT+\n3+1") + b"UN\nZ+1+1'"

    assert [found.rule for item in read([data]) for found in item.findings] == [
        Rule.LINE_BREAK_INSIDE,
        Rule.LINE_BREAK_INSIDE,
    ]
