"""The gateway's parts as they are wired together, without a broker."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import CoroutineType
from typing import Any

import pytest

from consumers.gateway import follow
from consumers.gateway import run as running
from consumers.gateway.folders import make_folders
from consumers.gateway.run import Gateway
from consumers.gateway.settings import GatewaySettings
from consumers.intake.trust import Trust
from ledger.directory.directory import Directory, directory_of
from producers.interchanges import LargeFile, file_record
from producers.signing import MessageKey, SpokenFor, new_message_key
from schemas.signatures import SignaturePolicy
from schemas.value import altered
from tests.consumers.gateway.interchanges import (
    GATEWAY,
    QUAY,
    TOPIC,
    an_appointment,
    aperak,
    codeco,
    desk,
    directory,
    interchange,
    partner,
    record,
    understand,
)
from tests.consumers.gateway.view import ViewByHand
from tests.consumers.intake.signers import known

REQUIRED = Trust({TOPIC: SignaturePolicy.REQUIRED})
DATA = interchange(*(codeco(str(n), f"G{n}") for n in range(1, 6)))


def knowing(key: MessageKey) -> Directory:
    """Return the directory in which the gateway has *key*, and speaks for the terminal."""
    found = directory(gateways=[an_appointment()])
    gateway = altered(found.by_id[GATEWAY], keys=(known(key),))
    return directory_of((found.by_id[QUAY], gateway), 3)


@pytest.fixture
def gateway(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway that asks for signatures and has just started; what it stores counts as sent."""
    monkeypatch.setattr(follow, "MEANING", (understand, aperak))
    monkeypatch.setattr(running, "DirectoryView", lambda *_: ViewByHand())
    partners = {"quay": partner()}
    settings = GatewaySettings(
        "nowhere:9092", sqlite_url, partners, trust=REQUIRED, folders=tmp_path, watch_seconds=0.01
    )
    make_folders(tmp_path, partners)
    found = Gateway(settings)
    found.store.create()

    def sent() -> None:
        found.store.sent(found.store.unsent(range(12), 1000), datetime.now(UTC))

    monkeypatch.setattr(found.answering, "more", sent)
    yield found
    found.close()


async def test_a_file_under_way_waits_for_the_directory_of_a_gateway_that_starts(
    gateway: Gateway, tmp_path: Path
) -> None:
    """Until that was read nobody is known, and a good file would be refused as nobody's."""
    key, digest = new_message_key(), sha256(DATA).hexdigest()
    folder = tmp_path / "quay"
    (folder / "large" / f"{digest}~a.edi").write_bytes(DATA)
    large = LargeFile(sha256=digest, size=len(DATA), name="a.edi")
    spoken_for = SpokenFor(QUAY, "folder of the partner quay", "folder")
    made = file_record("quay", large, GATEWAY, key=key, spoken_for=spoken_for)
    before_it_ended = desk(of=knowing(key), trust=REQUIRED)
    gateway.store.settle(before_it_ended, [record(made.value, headers=made.headers)])

    assert isinstance(gateway.view, ViewByHand)
    taking = asyncio.create_task(gateway.large.run(tmp_path))
    await asyncio.sleep(0.3)
    assert len(gateway.store.files.open()) == 1
    gateway.view.read(knowing(key))
    async with asyncio.timeout(30):
        while list((folder / "large").iterdir()):  # noqa: ASYNC110  nobody tells of it
            await asyncio.sleep(0.01)
    taking.cancel()

    assert gateway.taker.counted["log"] == 5
    assert [each.name for each in (folder / "done").iterdir()] == ["a.edi"]
    assert list((folder / "refused").iterdir()) == []


class Broker:
    """A broker that nothing comes from."""

    async def start(self) -> None:
        """Begin."""

    async def stop(self) -> None:
        """End."""


async def test_what_comes_what_is_told_and_what_goes_into_folders_is_followed(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Facts of a transaction that was given up never came about: nobody is told of them."""
    followed: dict[str, Any] = {}

    def subscribe(_broker: Broker, topics: list[str], handler: object, **options: Any) -> object:
        (topic,) = topics
        followed[topic] = (handler, options.get("isolation_level"), options["group_id"])
        return None

    monkeypatch.setattr(running, "subscribe", subscribe)
    monkeypatch.setattr(running, "stream_broker", lambda *_, **__: Broker())
    gateway.told.create()
    assert isinstance(gateway.view, ViewByHand)
    gateway.view.read(directory())
    stop = asyncio.Event()
    stop.set()
    await running._exchange(gateway, stop)

    assert gateway.outward is not None
    assert followed == {
        "edi.in.v1": (gateway.taker.take, None, "gateway"),
        "ledger.facts.v1": (gateway.teller.take, "read_committed", "gateway-told"),
        "edi.out.v1": (gateway.outward.take, None, "gateway-folders"),
    }


async def test_everything_that_a_gateway_looks_after_is_run(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[str] = []

    async def taken(*parts: "CoroutineType[Any, Any, None]") -> None:
        for each in parts:
            run.append(each.__qualname__)
            each.close()

    async def ensured(*_given: object) -> None:
        return None

    monkeypatch.setattr(running, "all_or_none", taken)
    monkeypatch.setattr(running, "ensure", ensured)
    await running.run(gateway.settings, asyncio.Event())

    looked_after = ["DirectoryView", "Inward", "LargeFiles", "Outward", "Overdue", *["Sender"] * 2]
    assert sorted(run) == [*(f"{each}.run" for each in looked_after), "_exchange"]
