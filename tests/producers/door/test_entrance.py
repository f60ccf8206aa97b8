"""Nobody comes in who is not known, too often or with too much; and nothing of it is told."""

import logging
from collections.abc import AsyncIterator
from typing import NoReturn

import httpx
import pytest

from producers.door.allowance import Rate
from producers.door.app import app_of
from producers.door.callers import CallersUnreadable
from producers.door.entrance import LARGEST_BODY_BYTES
from tests.adapters.antwerp_cpu.samples import sample
from tests.producers.door.house import BOX, FORWARDER, ROOT, House

ACCEPT = f"{BOX}/release-rights"


async def test_without_a_token_nobody_comes_in() -> None:
    house = House()
    async with house.client() as client:
        got = await client.put(ACCEPT, content=sample("E6"))

    assert (got.status_code, got.json()["type"]) == (
        401,
        "urn:releasebus:problem:not_authenticated",
    )
    assert got.headers["www-authenticate"].startswith("Bearer")
    assert got.headers["content-type"] == "application/problem+json"
    assert house.published.records == []


async def test_who_is_not_in_the_directory_does_not_come_in() -> None:
    house = House()
    async with house.client("NXT99000000009") as client:
        got = await client.put(ACCEPT, content=sample("E6"))

    assert (got.status_code, house.published.records) == (403, [])


async def test_who_calls_too_often_is_told_when_it_may_again() -> None:
    house = House(rate=Rate(per_second=0.5, burst=2))
    async with house.client(FORWARDER) as client:
        got = [await client.put(ACCEPT, content=sample("E6")) for _ in range(3)]
        house.now = 2.0
        later = await client.put(ACCEPT, content=sample("E6"))

    assert [each.status_code for each in got] == [202, 202, 429]
    assert got[2].headers["retry-after"] == "2"
    assert later.status_code == 202
    assert len(house.published.records) == 3


@pytest.mark.parametrize("path", [ACCEPT, f"{ROOT}/no-such-call"])
async def test_who_has_no_token_is_held_back_too_and_a_party_behind_it_is_not(path: str) -> None:
    house = House(strangers=Rate(per_second=0.5, burst=2))
    door = app_of(house.door())

    async def put(token: str, peer: str, where: str = path) -> httpx.Response:
        transport = httpx.ASGITransport(app=door, client=(peer, 4711))
        headers = {"authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(transport=transport, base_url="https://door") as client:
            return await client.put(where, content=sample("E6"), headers=headers)

    got = [await put("", "192.0.2.1") for _ in range(3)]
    elsewhere, party = await put("", "192.0.2.2"), await put(FORWARDER, "192.0.2.1", ACCEPT)
    house.now = 2.0
    later = await put("", "192.0.2.1")

    first = got[0].status_code
    assert [each.status_code for each in (*got, elsewhere, later)] == [
        *(first, first, 429, first, first)
    ]
    assert first in {401, 404}
    assert got[2].headers["retry-after"] == "2"
    assert party.status_code == 202
    assert len(house.published.records) == 1


async def too_much() -> AsyncIterator[bytes]:
    """A body without a length in its header."""
    for _ in range(LARGEST_BODY_BYTES // 1000 + 1):
        yield b" " * 1000
    raise AssertionError("more was read than is taken")


@pytest.mark.parametrize("length", [None, "10"])
async def test_a_large_body_is_not_read_whatever_its_header_says(length: str | None) -> None:
    house = House()
    said = {} if length is None else {"content-length": length}
    async with house.client(FORWARDER) as client:
        got = await client.put(ACCEPT, content=too_much(), headers=said)

    assert (got.status_code, house.published.records) == (413, [])


async def test_a_body_of_the_largest_size_is_read() -> None:
    house = House()
    body = sample("E6")
    async with house.client(FORWARDER) as client:
        got = await client.put(ACCEPT, content=body + b" " * (LARGEST_BODY_BYTES - len(body)))

    assert got.status_code == 202


async def test_a_call_that_is_none_is_told_in_the_same_shape() -> None:
    house = House()
    async with house.client(FORWARDER) as client:
        unknown = await client.put(f"{ROOT}/000000012/nothing")
        method = await client.get(ACCEPT)
        slash = await client.put(f"{ACCEPT}/")

    assert [each.status_code for each in (unknown, method, slash)] == [404, 405, 404]
    assert {each.headers["content-type"] for each in (unknown, method)} == {
        "application/problem+json"
    }
    assert "000000012" not in unknown.text


async def test_a_file_of_tokens_that_cannot_be_read_closes_the_door() -> None:
    class Broken:
        def who(self, _authorization: str | None) -> NoReturn:
            raise CallersUnreadable("callers.jsonl")

    house = House(register=Broken())
    async with house.client(FORWARDER) as client:
        got = await client.put(ACCEPT, content=sample("E6"))

    assert (got.status_code, "retry-after" in got.headers) == (503, True)


async def test_a_fault_of_ours_is_told_without_what_was_sent(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House()

    async def broken(_record: object) -> NoReturn:
        raise ValueError("the card was 000000012")

    monkeypatch.setattr("tests.producers.door.house.Published.post", lambda _, r: broken(r))
    with caplog.at_level(logging.DEBUG):
        async with house.client(FORWARDER) as client:
            got = await client.put(ACCEPT, content=sample("E6"))

    assert got.status_code == 500
    assert "ValueError" in caplog.text
    assert "000000012" not in caplog.text + got.text


async def test_nothing_of_an_answer_is_kept_on_its_way() -> None:
    house = House()
    async with house.client(FORWARDER) as client:
        well = await client.put(ACCEPT, content=sample("E6"))
        wrong = await client.put(ACCEPT, content=b"{")

    assert [each.headers["cache-control"] for each in (well, wrong)] == ["no-store"] * 2
