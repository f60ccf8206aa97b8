"""Documents get to an interface or into a folder, whole, and what stands in the way is said."""

import asyncio
import errno
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from adapters.contract import HTTP_IF_MATCH, HTTP_METHOD, HTTP_PATH
from consumers.dispatch.delivery import bounded
from consumers.dispatch.delivery.calls import NO_CALL, Again, Delivered, Rejected, Verdict
from consumers.dispatch.delivery.carriers import Carrier, IntoAFolder, carrier_to
from consumers.dispatch.delivery.targets import ClientCredentials, Target, TargetsUnusable
from consumers.dispatch.documents import Unsent
from tests.consumers.dispatch.delivery.made import a_document, carrier_at
from tests.consumers.dispatch.delivery.scripted import Answer, Receiver


def secret(tmp_path: Path, text: str = "s3cret\n") -> str:
    file = tmp_path / "secret"
    file.write_text(text)
    return str(file)


async def test_a_document_is_posted_with_its_id_and_the_targets_headers(
    there: Receiver, opened: list[Carrier], tmp_path: Path
) -> None:
    more = {"headers": {"x-bus": "1"}, "header_files": {"X-Key": secret(tmp_path)}}
    there.answers["/in"] = [Answer(201, {"ETag": '"1"'}, b'{"id": "CDE1"}')]

    brought = await carrier_at(there, opened, **more).bring(a_document())

    (came,) = there.came
    assert (came.method, came.path, came.content) == ("POST", "/in", b'{"number": 1}')
    assert came.headers["idempotency-key"] == "ledger-3-1.portbase.request.portbase"
    assert came.headers["content-type"] == "application/json"
    assert (came.headers["x-bus"], came.headers["x-key"]) == ("1", "s3cret")
    assert brought.verdict == Delivered(201)
    assert (brought.headers["etag"], brought.content) == ('"1"', b'{"id": "CDE1"}')


async def test_a_call_goes_below_the_targets_address(
    there: Receiver, opened: list[Carrier]
) -> None:
    headers = ((HTTP_METHOD, b"GET"), (HTTP_PATH, b"/units?reference=CPUU1000010"))

    await carrier_at(there, opened).bring(a_document(content=b"", headers=headers))

    (came,) = there.came
    assert (came.method, came.path, came.content) == (
        "GET",
        "/in/units?reference=CPUU1000010",
        b"",
    )


async def test_what_is_rejected_keeps_its_answer(there: Receiver, opened: list[Carrier]) -> None:
    there.answers["/in"] = [Answer(422, content=b'{"error": "no such B/L"}')]

    brought = await carrier_at(there, opened).bring(a_document())

    assert brought.verdict == Rejected(422)
    assert brought.content == b'{"error": "no such B/L"}'


async def test_no_redirect_takes_a_document_elsewhere(
    there: Receiver, opened: list[Carrier]
) -> None:
    there.answers["/in"] = [Answer(307, {"Location": f"{there.url}/elsewhere"})]

    brought = await carrier_at(there, opened).bring(a_document())

    assert isinstance(brought.verdict, Again)
    assert there.at("/elsewhere") == []


async def test_an_answer_that_never_ends_is_not_read_to_its_end(
    there: Receiver, opened: list[Carrier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounded, "LARGEST_ANSWER", 1000)
    there.answers["/in"] = [Answer(200, content=b"x" * 100_000)]

    brought = await carrier_at(there, opened).bring(a_document())

    # It was taken: brought again, its answer would be as large again.
    assert (brought.verdict, brought.content) == (Delivered(200), bounded.NOT_KEPT)


async def test_an_answer_that_drips_is_left_in_time(opened: list[Carrier]) -> None:
    left = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        gone = asyncio.create_task(reader.read())
        while not gone.done():
            writer.write(b" ")
            await asyncio.wait({gone}, timeout=0.05)
        writer.close()
        left.set()

    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        opened.append(carrier_to(Target("drips", "portbase", url=url, timeout_seconds=0.5)))
        brought = await opened[0].bring(a_document())
        await left.wait()

    # What it answers is known by then: it took it, and would drip again.
    assert (brought.verdict, brought.content) == (Delivered(200), bounded.NOT_KEPT)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (201, Delivered(201)),
        (422, Rejected(422)),
        (503, Again("it answers 503", 7.0)),
    ],
)
async def test_an_answer_that_cannot_be_decoded_means_what_its_status_says(
    there: Receiver, opened: list[Carrier], status: int, verdict: Verdict
) -> None:
    headers = {"Content-Encoding": "gzip", "Retry-After": "7"}
    there.answers["/in"] = [Answer(status, headers, b'{"id": 1}')]

    brought = await carrier_at(there, opened).bring(a_document())

    assert (brought.verdict, brought.content) == (verdict, bounded.NOT_KEPT)


async def test_what_was_taken_is_not_brought_again_where_its_answer_breaks_off(
    there: Receiver, opened: list[Carrier]
) -> None:
    breaks_off = {"Transfer-Encoding": "chunked", "Connection": "close"}
    there.answers["/in"] = [Answer(201, breaks_off, b"no chunk")] * 2
    carrier = carrier_at(there, opened)

    told = await carrier.bring(a_document())
    asked = await carrier.bring(a_document(content=b"", headers=((HTTP_METHOD, b"GET"),)))

    assert (told.verdict, told.content) == (Delivered(201), bounded.NOT_KEPT)
    # Who only asks has nothing but the answer, and may ask again.
    assert asked.verdict == Again("it cannot be reached (RemoteProtocolError)")


async def test_no_cookie_of_one_call_goes_with_another(
    there: Receiver, opened: list[Carrier]
) -> None:
    there.answers["/in"] = [Answer(200, {"Set-Cookie": "SESSION=of-the-first; Path=/"})]
    made = carrier_at(there, opened)

    await made.bring(a_document(1))
    await made.bring(a_document(2))

    assert [each.headers.get("cookie") for each in there.at("/in")] == [None, None]


async def test_nobody_there_is_no_exception(opened: list[Carrier]) -> None:
    made = carrier_to(Target("nobody", "portbase", url="http://127.0.0.1:1/"))
    opened.append(made)

    assert (await made.bring(a_document())).verdict == Again("it cannot be reached (ConnectError)")


async def test_a_receiver_that_does_not_answer_is_left_in_time(
    there: Receiver, opened: list[Carrier]
) -> None:
    hangs = threading.Event()
    there.answers["/in"] = [Answer(waits=hangs)]
    try:
        brought = await carrier_at(there, opened, timeout_seconds=0.2).bring(a_document())
    finally:
        hangs.set()

    assert brought.verdict == Again("it cannot be reached (ReadTimeout)")


async def test_a_document_that_can_never_be_a_call_is_rejected_and_not_made(
    there: Receiver, opened: list[Carrier]
) -> None:
    carrier = carrier_at(there, opened)
    for headers in ((HTTP_METHOD, b"BREW"), (HTTP_IF_MATCH, '"\u00e9"'.encode())):
        brought = await carrier.bring(a_document(headers=(headers,)))

        assert brought.verdict == Rejected(400, NO_CALL)
    assert there.came == []


def granted(token: str, expires_in: int = 3600) -> Answer:
    content = b'{"access_token": "%b", "token_type": "Bearer", "expires_in": %d}'
    return Answer(200, content=content % (token.encode(), expires_in))


def credentials(there: Receiver, tmp_path: Path) -> dict[str, Any]:
    return {"oauth2": ClientCredentials(f"{there.url}/token", "bus", secret(tmp_path), "import")}


async def test_one_token_serves_many_calls(
    there: Receiver, opened: list[Carrier], tmp_path: Path
) -> None:
    there.answers["/token"] = [granted("first")]
    made = carrier_at(there, opened, **credentials(there, tmp_path))

    await asyncio.gather(*(made.bring(a_document(number)) for number in range(5)))

    (asked,) = there.at("/token")
    assert asked.content == b"grant_type=client_credentials&scope=import"
    assert asked.headers["authorization"] == "Basic YnVzOnMzY3JldA=="  # bus:s3cret
    assert {each.headers["authorization"] for each in there.at("/in")} == {"Bearer first"}


async def test_a_token_that_is_taken_no_more_is_had_anew(
    there: Receiver, opened: list[Carrier], tmp_path: Path
) -> None:
    there.answers["/token"] = [granted("first"), granted("second")]
    there.answers["/in"] = [Answer(401), Answer(200)]
    made = carrier_at(there, opened, **credentials(there, tmp_path))

    before = await made.bring(a_document())
    after = await made.bring(a_document())

    assert isinstance(before.verdict, Again)
    assert before.verdict.not_let_in
    assert after.verdict == Delivered(200)
    assert [each.headers["authorization"] for each in there.at("/in")] == [
        "Bearer first",
        "Bearer second",
    ]


async def test_a_token_is_had_anew_before_it_ends(
    there: Receiver, opened: list[Carrier], tmp_path: Path
) -> None:
    there.answers["/token"] = [granted("short", expires_in=5), granted("long")]
    made = carrier_at(there, opened, **credentials(there, tmp_path))

    await made.bring(a_document())
    await made.bring(a_document())

    assert len(there.at("/token")) == 2


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (Answer(400), "the token is not granted (400)"),
        (Answer(200, content=b"<html>"), "the token's answer is none of OAuth2"),
        (Answer(200, content=b"\xff"), "the token's answer is none of OAuth2"),
        (Answer(200, content=b" " * 600_000), "the token's answer is none of OAuth2"),
        (granted("t\u00f6ken"), "the token's answer is none of OAuth2"),
        (granted(r"a\r\nHost: b"), "the token's answer is none of OAuth2"),
    ],
)
async def test_without_a_token_nothing_is_brought(
    there: Receiver, opened: list[Carrier], tmp_path: Path, answer: Answer, why: str
) -> None:
    there.answers["/token"] = [answer]

    brought = await carrier_at(there, opened, **credentials(there, tmp_path)).bring(a_document())

    assert brought.verdict == Again(why, not_let_in=True)
    assert there.at("/in") == []


@pytest.mark.parametrize(
    "expires_in", ['"3599"', "3599", "null", "1e300", '"nan"', '"inf"', '"-inf"']
)
async def test_how_long_a_token_is_good_may_be_written_as_a_text(
    there: Receiver, opened: list[Carrier], tmp_path: Path, expires_in: str
) -> None:
    content = f'{{"access_token": "t", "expires_in": {expires_in}}}'.encode()
    there.answers["/token"] = [Answer(200, content=content)]
    made = carrier_at(there, opened, **credentials(there, tmp_path))

    brought = [await made.bring(a_document(number)) for number in (1, 2)]

    assert [each.verdict for each in brought] == [Delivered(200)] * 2
    assert len(there.at("/token")) == 1


def test_a_header_that_no_call_bears_is_told_before_anything_is_brought(tmp_path: Path) -> None:
    for more in (
        {"header_files": {"Key": secret(tmp_path, "k\u00e9y")}},
        {"headers": {"Key": "a\r\nHost: b"}},
        {"headers": {"K\u00e9y": "a"}},
    ):
        with pytest.raises(TargetsUnusable, match="header") as told:
            carrier_to(Target("a", "portbase", url="https://example.org", **more))  # type: ignore[arg-type]  # one of its members each
        assert "k\u00e9y" not in str(told.value)


@pytest.mark.parametrize(
    "more",
    [
        {"header_files": {"Key": "/nowhere/key"}},
        {"authority_file": "/nowhere/ca.pem"},
        {"oauth2": ClientCredentials("https://example.org/token", "bus", "/nowhere/secret")},
    ],
)
def test_a_file_that_lacks_is_told_before_anything_is_brought(more: dict[str, Any]) -> None:
    with pytest.raises(TargetsUnusable, match=r"/nowhere|authority_file"):
        carrier_to(Target("a", "portbase", url="https://example.org", **more))


# --- into a folder ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content_type", "ending"),
    [
        ("application/vnd.nxtport.certified-pickup+json; charset=utf-8", ".json"),
        ("application/xml", ".xml"),
        ("application/EDIFACT", ".edi"),
        ("application/octet-stream", ".bin"),
    ],
)
async def test_a_document_is_a_file_of_its_kind(
    tmp_path: Path, content_type: str, ending: str
) -> None:
    folder = tmp_path / "out" / "cpu"

    brought = await IntoAFolder(folder).bring(a_document(content_type=content_type))

    (file,) = folder.iterdir()
    assert brought.verdict == Delivered(0)
    assert file.name == "ledger-3-1.portbase.request.portbase" + ending
    assert file.read_bytes() == b'{"number": 1}'


async def test_the_same_document_again_is_the_same_file(tmp_path: Path) -> None:
    folder = IntoAFolder(tmp_path)

    for _ in range(2):
        await folder.bring(a_document())

    assert len(list(tmp_path.iterdir())) == 1


async def test_no_id_leaves_the_folder(tmp_path: Path) -> None:
    document: Unsent = a_document(id="../../etc/passwd")

    await IntoAFolder(tmp_path / "out").bring(document)

    assert [each.name for each in (tmp_path / "out").iterdir()] == ["..%2F..%2Fetc%2Fpasswd.json"]
    assert [each.name for each in tmp_path.iterdir()] == ["out"]


async def test_a_folder_that_takes_nothing_is_no_exception(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")

    brought = await IntoAFolder(tmp_path / "out").bring(a_document())

    assert isinstance(brought.verdict, Again)
    assert "the folder does not take it" in brought.verdict.why


async def test_an_id_that_is_long_is_a_file_too_and_no_others(tmp_path: Path) -> None:
    for last in "ab":
        brought = await IntoAFolder(tmp_path).bring(a_document(id="x/" * 200 + last))
        assert brought.verdict == Delivered(0)

    assert len({each.name for each in tmp_path.iterdir()}) == 2


async def test_a_file_is_there_under_its_name_only_when_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", fails)

    brought = await IntoAFolder(tmp_path).bring(a_document())

    assert isinstance(brought.verdict, Again)
    assert [each.suffix for each in tmp_path.iterdir()] == [".part"]
