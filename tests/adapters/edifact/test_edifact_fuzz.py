"""A few spoilt interchanges each time; `python -m tests.adapters.edifact.fuzz` plays many."""

from adapters.edifact.control import answer, reports
from adapters.edifact.read import read
from tests.adapters.edifact.fuzz import AT, what_breaks

FEW = 60
ONCE_BROKEN = (
    13,
    247,
    4739,
    4919,
    8724,
    106452,
    20056898,
    20172488,
    40004236,
    70041950,
    70170138,
    80121959,
)
"""Seeds that found something once: where a block ends, another answer must not begin."""


def test_spoilt_interchanges_break_nothing() -> None:
    played = {seed: what_breaks(seed) for seed in (*range(10_000, 10_000 + FEW), *ONCE_BROKEN)}

    assert {seed: what for seed, what in played.items() if what} == {}


def test_what_no_level_has_is_answered_as_a_point() -> None:
    came = b"UNB+UNOA:3+A\x01B+C\xff+261128:1200+R\x7f1'UNZ+0+R\x7f1'"
    report = next(reports(read([came])))

    assert answer(report, "A1", AT) == (
        b"UNA:+.? 'UNB+UNOC:3+C.+A.B+261128:1200+A1'UNH+1+CONTRL:D:3:UN'"
        b"UCI+R.1+A.B+C.+4+21+UNB+3:1'UNT+3+1'UNZ+1+A1'"
    )
