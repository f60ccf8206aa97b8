"""What stands before, between and behind interchanges is told the same however the bytes come."""

from itertools import accumulate, pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from adapters.edifact.read import read

UNB = b"UNB+UNOA:3+A+B+261128:1200+R1'"
MESSAGE = b"UNH+1+APERAK:D:95B:UN'BGM+313+1+9'UNT+3+1'"
WHOLE = UNB + MESSAGE + b"UNZ+1+R1'"
PIECES = (
    b"x" * 60, b"x" * 4_070, b"X" * 62, b";" * 62, b" " * 70, b"\n" * 9, b" " * 4_200, b"UN",
    b"\xef\xbb\xbf", b"UNA:+.? '", b"UNA:+.? '\r\n\r\n", b"UNA:+.?'", b"UNA:+.? \n",
    b"UNA=*.? ~UNB*UNOA=3*A*B*261128=1200*R2~UNZ*0*R2~", b"UNB+UNOA:3", b"\nUNB+UNOA:3+A",
    b"\n" + WHOLE, WHOLE, UNB, b"\n" + UNB[:-1],
    b"UNB+UNOC:3+" + b"C" * 500 + b"+B+261128:1200+R3'",
    MESSAGE, MESSAGE, b"FTX+AAA", b"UNZ+1+R1'", b"UNZ+9+R9'", b"'", b"?",
)  # fmt: skip
SIZES = st.lists(st.sampled_from((1, 2, 7, 60, 64, 100, 4_000)), min_size=1, max_size=3)


@given(st.lists(st.sampled_from(PIECES), max_size=8), SIZES)
@example([b"x" * 62, WHOLE], [64])
@example([b"x" * 60, b"UNA=*.? ~", WHOLE.replace(b"+", b"*")], [64])
@example([b" " * 4_200, WHOLE], [4_000])
@example([b"\xef\xbb\xbf", b" " * 70, WHOLE], [64])
@example([WHOLE, b" " * 4_200, MESSAGE, b"UNZ+1+R1'"], [64])
@example([WHOLE, b"UNH\x1d36'" + b"BGM+1'" * 20, b"UNT+3+1'", b"UNZ+1+R1'"], [64])
@example([b"UNA:+.? '", b"\n" * 9, b"\n" * 36, WHOLE], [64])
def test_it_does_not_matter_how_what_is_around_interchanges_is_cut(
    pieces: list[bytes], sizes: list[int]
) -> None:
    data = b"".join(pieces)
    ends = [0, *accumulate(sizes * (1 + len(data) // sum(sizes)))]
    cut = [data[start:end] for start, end in pairwise(ends)]

    assert b"".join(cut) == data[: ends[-1]]
    assert list(read([*cut, data[ends[-1] :]])) == list(read([data]))
