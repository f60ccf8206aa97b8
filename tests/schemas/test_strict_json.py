"""What is read as one JSON message, and what is told of bytes that are none."""

import json
import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.strict_json import UnreadableJson, canonical, check, read
from schemas.unreadable import Unreadable
from tests.chance import examples
from tests.rows import each_row

MEBIBYTE = 1024 * 1024


def told(data: bytes | None, *, max_bytes: int = MEBIBYTE, max_depth: int = 64) -> UnreadableJson:
    answer = read(data, max_bytes=max_bytes, max_depth=max_depth)
    assert isinstance(answer, UnreadableJson), answer
    assert check(data, max_bytes=max_bytes, max_depth=max_depth) == answer
    return answer


# --- an independent reader to compare with ---------------------------------------------------


REFUSED = object()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) < len(pairs):
        raise ValueError("a name given twice")
    return dict(pairs)


def _refused_constant(name: str) -> None:
    raise ValueError(name)


def _depth(value: Any) -> int:
    if isinstance(value, dict | list):
        items = value.values() if isinstance(value, dict) else value
        return 1 + max(map(_depth, items), default=0)
    return 0


def _judge_leaves(value: Any) -> None:
    if isinstance(value, dict):
        for name, item in value.items():
            _judge_leaves(name)
            _judge_leaves(item)
    elif isinstance(value, list):
        for item in value:
            _judge_leaves(item)
    elif isinstance(value, str):
        value.encode()  # a lone surrogate is an error here
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("overflow")
    elif isinstance(value, int) and len(str(abs(value))) > 40:
        raise ValueError("too many digits")


def independently_read(data: bytes, *, max_depth: int) -> Any:
    """Read with the standard library, each rule of ours on top, the slow and plain way."""
    try:
        value = json.loads(
            data.decode(), object_pairs_hook=_object, parse_constant=_refused_constant
        )
        _judge_leaves(value)
    except ValueError:
        return REFUSED
    return value if _depth(value) <= max_depth else REFUSED


def assert_readers_agree(data: bytes, *, max_depth: int = 64) -> None:
    answer = read(data, max_bytes=MEBIBYTE, max_depth=max_depth)
    expected = independently_read(data, max_depth=max_depth)
    refused = isinstance(answer, UnreadableJson)

    assert refused == (expected is REFUSED), (data, answer)
    assert check(data, max_bytes=MEBIBYTE, max_depth=max_depth) == (answer if refused else None)
    # Spelling instead of equality: 1 is not 1.0 here, nor 0.0 the same as -0.0.
    assert refused or repr(answer) == repr(expected)
    assert not isinstance(answer, UnreadableJson) or 0 <= answer.byte_offset <= len(data)


# --- JSON as texts, so that names given twice and odd spellings come up ------------------------

white_space = st.text(" \t\r\n", max_size=2)
escapes = [
    *(r"\"", r"\\", r"\/", r"\n", r"\b", r"\u0022", r"\u005c", r"\u003A", r"\u0000"),
    *(r"\ud83d\ude00", r"\ud83d", r"\ude00"),
]
pieces = st.sampled_from([*escapes, r"\":", "{}", "NaN", "1e5", "null", *":{}[],ab😀é\x7f\u2028 "])
strings = st.lists(pieces, max_size=4).map(lambda parts: f'"{"".join(parts)}"')
names = st.sampled_from(['"a"', '"\\u0061"', '"b"', '""', '":"', '"\\""', '"\\\\"']) | strings
odd_numbers = [
    *("0", "-0", "-0.0", "1E2", "1e999", "-1e999", "1e-999", "0.1"),
    *("9" * 40, "9" * 41, f"-{'9' * 40}", f"1{'0' * 40}", f"-1{'0' * 40}"),
    *("1.7976931348623157e308", "1.7976931348623159e308"),
    *("01", "1.", "NaN", "Infinity", "-Infinity"),
]
numbers = st.sampled_from(odd_numbers) | st.floats(allow_nan=False, allow_infinity=False).map(repr)
leaves = strings | numbers | st.sampled_from(["true", "false", "null", "nul", ""])


def _joined(items: list[str], opening: str, closing: str) -> str:
    return f"{opening}{','.join(items)}{closing}"


def _nested(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    padded = st.tuples(white_space, values, white_space).map("".join)
    members = st.tuples(white_space, names, white_space, padded).map(
        lambda parts: f"{parts[0]}{parts[1]}{parts[2]}:{parts[3]}"
    )
    arrays = st.lists(padded, max_size=3).map(lambda items: _joined(items, "[", "]"))
    objects = st.lists(members, max_size=4).map(lambda items: _joined(items, "{", "}"))
    return arrays | objects


texts = st.recursive(leaves, _nested, max_leaves=12)
plain_leaves = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40) + 1, 10**40 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
values = st.recursive(
    plain_leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(texts)
@example('{"a" :1,"a":":x"}')
@example('{"a" :1,"b":":x"}')
@example('{"a":"\\\\","a":1}')
@example('{"a":"\\\\\\":","b":1}')
@example('{"a":{"a":1},"b":[{"a":1},{"a":1}]}')
@example('{"":0,"":1}')
@example('{"a":1,"\\u0061":2}')
@settings(max_examples=examples(400))
def test_a_strict_plain_reader_gives_the_same_verdict_and_value(text: str) -> None:
    assert_readers_agree(text.encode())


@given(texts, st.integers(1, 4))
@settings(deadline=None)
def test_the_same_holds_at_any_depth_allowed(text: str, max_depth: int) -> None:
    assert_readers_agree(text.encode(), max_depth=max_depth)


@given(values.map(json.dumps), st.data())
@settings(max_examples=examples(200))
def test_the_same_holds_for_damaged_messages(text: str, data: st.DataObject) -> None:
    message = bytearray(text.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(message)))
        length = data.draw(st.integers(0, 2))
        message[place : place + length] = data.draw(
            st.binary(max_size=2) | st.sampled_from([b'"', b"\\", b",", b"}", b"{", b"\\u", b":"])
        )
    assert_readers_agree(bytes(message))


@given(st.binary())
@settings(deadline=None)
def test_the_same_holds_for_any_bytes(data: bytes) -> None:
    if data:
        assert_readers_agree(data)


# --- each refusal, with its place --------------------------------------------------------------


@each_row(
    ("data", "code", "place"),
    [
        (None, "empty", (1, 1, 0)),
        (b"", "empty", (1, 1, 0)),
        (b" \n ", "empty", (2, 2, 3)),
        (b"\xef\xbb\xbf{}", "byte_order_mark", (1, 1, 0)),
        ('{"a":1}'.encode("utf-16-le"), "null_bytes", (1, 2, 1)),
        (b'{"a":"\xff"}', "not_utf8", (1, 7, 6)),
        (b'{"\xc3\xa9":\n "\xe9"}', "not_utf8", (2, 3, 9)),
        (b'{"a":"\xed\xa0\x80"}', "not_utf8", (1, 7, 6)),
        (b'{"a":"\xc3', "truncated", (1, 7, 6)),
        (b'{"a":1', "truncated", (1, 7, 6)),
        (b'{"a":NaN}', "not_a_number", (1, 6, 5)),
        (b'{"a":-Infinity}', "not_a_number", (1, 7, 6)),
        (b'["\xc3\xa9",1e999]', "number_too_large", (1, 6, 6)),
        (b"[1," + b"1" * 41 + b"]", "integer_too_long", (1, 4, 3)),
        (b"[1," + b"1" * 5000 + b"]", "integer_too_long", (1, 4305, 4304)),
        (b'["\\ud800"]', "lone_surrogate", (1, 9, 8)),
        (b'["\\udc00"]', "lone_surrogate", (1, 8, 7)),
        (b'{"a":1,\n "a":2}', "duplicate_key", (2, 2, 9)),
        (b"{'a':1}", "malformed", (1, 2, 1)),
        (b'{"a":1}{', "malformed", (1, 8, 7)),
        (b'{"a":1,}', "malformed", (1, 8, 7)),
        (b'["a\nb"]', "malformed", (2, 1, 4)),
        (b"hello", "malformed", (1, 1, 0)),
    ],
)
def test_a_refusal_says_what_and_where(
    data: bytes | None, code: str, place: tuple[int, int, int]
) -> None:
    answer = told(data)

    assert (answer.code, (answer.line, answer.column, answer.byte_offset)) == (code, place)
    line, column, byte_offset = place
    assert answer.position.startswith(f"line {line}, column {column} (byte {byte_offset})")
    assert answer.sentence.endswith(".")
    assert isinstance(answer, Unreadable)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b'{"a":1,"a":2}', "$.a"),
        (b'{"carrier":{"code":1,"name":2,"code":3}}', "$.carrier.code"),
        (b'{"items":[{"a":1},{"a":1,"b":{},"a":2}]}', "$.items[1].a"),
        (b'[[],[0,{"a":[],"\\u0061":2}]]', "$[1][1].a"),
        (b'{"a":{"x":[1,2]},"b":[[1e999]]}', "$.b[0][0]"),
        (b"1e999", "$"),
    ],
)
def test_the_member_at_fault_is_named_by_its_path(data: bytes, path: str) -> None:
    answer = told(data)

    assert answer.path == path
    assert answer.position.endswith(f", {path}")


def test_a_long_path_keeps_its_end() -> None:
    answer = told(b'{"a_long_name_of_a_member":' * 60 + b'{"x":1,"x":2}' + b"}" * 60)

    assert answer.path.startswith("…")
    assert answer.path.endswith(".a_long_name_of_a_member.x")
    assert len(answer.path) == 201


@pytest.mark.parametrize("name", ["000000012", "alfapass-00000012", "Jan Janssens", "a" * 65, ""])
def test_a_name_that_may_be_personal_is_not_shown(name: str) -> None:
    answer = told(f'{{"drivers":{{"{name}":1,"{name}":2}}}}'.encode())

    assert answer.path == "$.drivers.…"
    assert not name or name not in answer.position + answer.sentence


@given(values)
def test_a_refusal_never_repeats_a_value(value: Any) -> None:
    secret = "Zebra-4711"
    answer = told(json.dumps([value, secret, {secret: 1}]).encode() + b"}")

    assert secret not in answer.position + answer.sentence + answer.path


def test_a_message_one_byte_too_large_is_refused_unread() -> None:
    data = json.dumps("x" * 998).encode()

    assert read(data, max_bytes=1000) == "x" * 998
    answer = told(data, max_bytes=999)
    assert (answer.code, answer.byte_offset) == ("too_large", 999)


@each_row("opening", [b"[", b'{"a":', b'[{"a":[', b'{"b":1,"a":[1,'])
@each_row("times", [202, 10_000, 60_000])
def test_nesting_that_would_crash_a_parser_is_refused(opening: bytes, times: int) -> None:
    answer = told(opening * times)

    assert answer.code == "too_deep"
    assert answer.byte_offset <= 64 * len(opening)
    assert len(answer.path) <= 201


@pytest.mark.parametrize("pair", [(b"[", b"]"), (b'{"a":', b"}")])
@pytest.mark.parametrize("max_depth", [1, 64, 199, 200])
def test_the_depth_allowed_is_the_depth_taken(pair: tuple[bytes, bytes], max_depth: int) -> None:
    opening, closing = pair

    def nested(depth: int) -> bytes:
        return opening * (depth - 1) + b"[]" + closing * (depth - 1)

    assert check(nested(max_depth), max_bytes=MEBIBYTE, max_depth=max_depth) is None
    answer = told(nested(max_depth + 1), max_depth=max_depth)
    assert (answer.code, answer.byte_offset) == ("too_deep", len(opening) * max_depth)


def test_more_depth_than_the_parser_has_is_not_had() -> None:
    assert told(b"[" * 202 + b"]" * 202, max_depth=1000).code == "too_deep"


@given(st.dictionaries(st.text(), values, max_size=4).map(json.dumps), st.data())
@settings(deadline=None)
def test_every_message_cut_short_is_truncated(text: str, data: st.DataObject) -> None:
    message = text.encode()
    cut = data.draw(st.integers(1, len(message) - 1))

    answer = told(message[:cut])
    assert (answer.code, answer.byte_offset) == ("truncated", cut)


@each_row(
    "make",
    [
        lambda size: b"[" * size,
        lambda size: b'"' * size,
        lambda size: b"\\" * size,
        lambda size: b'"' + b"\\" * size,
        lambda size: b'{"a":1,"a":"' + b":" * size + b'"}',
        lambda size: b"[" + b'":",' * (size // 4) + b'{"a":1,"a":2}]',
        lambda size: b"\n" * size,
        lambda size: b"[" + b"1" * 4300 + b",\n" * size,
        lambda size: b"1" * size,
        lambda size: b"-" * size,
        lambda size: b"{" + b'"a":1,' * (size // 6) + b'"b":1}',
    ],
)
def test_hostile_bytes_are_refused_in_linear_time(make: Callable[[int], bytes]) -> None:
    started = time.process_time()
    told(make(1_000_000), max_bytes=2 * MEBIBYTE)

    # Seconds where it takes a fraction of one; a quadratic reader needs minutes.
    assert time.process_time() - started < 10


# --- the canonical form ----------------------------------------------------------------------


@given(values)
def test_what_is_written_canonically_reads_as_the_same(value: Any) -> None:
    written = canonical(value)

    assert repr(read(written, max_bytes=MEBIBYTE)) == repr(_sorted(value))
    assert canonical(json.loads(written)) == written


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


@given(st.dictionaries(st.text(), values), st.randoms(use_true_random=False), st.integers(0, 4))
def test_order_and_space_do_not_matter(value: dict[str, Any], random: Any, indent: int) -> None:
    members = list(value.items())
    random.shuffle(members)
    spaced = json.dumps(dict(members), indent=indent, ensure_ascii=bool(indent % 2))

    again = read(spaced.encode(), max_bytes=MEBIBYTE)
    assert not isinstance(again, UnreadableJson)
    assert canonical(again) == canonical(value)


def test_the_canonical_form_is_sorted_utf8_without_spaces() -> None:
    assert canonical({"b": [1, 1.0, None, True], "a": {"é": "ü\n"}, "B": {}}) == (
        '{"B":{},"a":{"é":"ü\\n"},"b":[1,1.0,null,true]}'.encode()
    )


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": "\ud800"}])
def test_what_cannot_be_read_back_cannot_be_written(value: Any) -> None:
    with pytest.raises(ValueError, match=r"float|surrogates"):
        canonical(value)
