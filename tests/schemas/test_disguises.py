"""What bytes hide is looked for in the dresses that faulty senders put it in."""

import base64
import gzip
import time

import pytest

from schemas.disguises import disguises, is_compressed
from tests.hostile import HOSTILE, Make
from tests.rows import each_row

SAID = b'{"pin": 4711}'


@each_row(
    "dressed",
    [
        SAID,
        SAID.decode().encode("utf-16"),
        SAID.decode().encode("utf-32-be"),
        "".join(f"\\u{each:04x}" for each in SAID).encode(),
        "".join(f"\\\\u{each:04X}" for each in SAID).encode(),
        "".join(f"%{each:02x}" for each in SAID).encode(),
        SAID.hex().encode(),
        SAID.hex().upper().encode() + b"\n",
        base64.b64encode(SAID),
        base64.b64encode(SAID).rstrip(b"="),
        base64.urlsafe_b64encode(b"\xff\xff\xfe" + SAID),
        base64.encodebytes(SAID * 20),
    ],
)
def test_it_is_seen_through(dressed: bytes) -> None:
    assert any(SAID in seen for seen in disguises(dressed))


def test_what_is_packed_cannot_be_seen_through() -> None:
    assert is_compressed(gzip.compress(SAID))
    assert not is_compressed(SAID)


@pytest.mark.parametrize("data", [b"", b"%", b"%4", b"\\u", b"\\u12", b"=", b"a", b"\xff", b"abc"])
def test_what_wears_nothing_is_left_as_it_is(data: bytes) -> None:
    assert next(iter(disguises(data))) == data
    assert len(list(disguises(data))) <= 3


@pytest.mark.parametrize("make", HOSTILE.values(), ids=HOSTILE)
def test_long_texts_are_seen_through_in_linear_time(make: Make) -> None:
    began = time.process_time()
    for seen in disguises(make(200_000)):
        assert seen is not None

    # A hundredth of it is used; what is quadratic needs minutes.
    assert time.process_time() - began < 5
