"""A container leaves by Certified Pick up's own calls alone: over TLS, by token, to the gate."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from cli.certificate import CERTIFICATE
from cli.door_part import DoorSettings, callers_file, run_door
from cli.options import Where
from compose.local.ports import free_port
from producers.door.callers import Credential, new_token, write_credentials
from schemas import messages as m
from schemas.entitlement import ENTITLEMENT, HEARTBEAT_KEY
from schemas.messages import ContainerMessage, Modality
from schemas.topics import DEAD_LETTERS, PARTY, pickup_rights
from tests.adapters.antwerp_cpu.samples import changed, sample
from tests.bus import AGENT, HAULIER, PORT, QUAY, TERMINAL, Bus, people, running_bus
from tests.bus import FORWARDER as RIVAL
from tests.engines import KafkaAtHand

CARD = "000000012"
CONTAINER = "CPUU1000010"
ROOT = "/certified-pickup/v1/BEANR"
BOX = f"{ROOT}/containers/{CONTAINER}/import"
LOOK_AGAIN_SECONDS = 0.1
PATIENCE_SECONDS = 60


About = TypeVar("About", bound=ContainerMessage)


def at_quay(kind: type[About], **more: object) -> About:
    """Return a message of *kind* about the container of this story, on its quay."""
    return kind.model_validate({"container": CONTAINER, "port": PORT, "terminal": QUAY, **more})


@dataclass(frozen=True, slots=True)
class Callers:
    """The cast at the door, each with its token."""

    http: httpx.AsyncClient
    tokens: dict[str, str]

    async def put(self, who: str, path: str, body: bytes, reference: str) -> httpx.Response:
        return await self.http.put(path, content=body, headers=self._headers(who, reference))

    async def get(self, who: str, path: str, **query: str) -> httpx.Response:
        return await self.http.get(path, params=query, headers=self._headers(who))

    async def ask(self, question: bytes) -> dict[str, Any]:
        """Ask the gate through the door whether the one container may leave."""
        path = f"{ROOT}/sync-validation/pickup/containers"
        got = await self.http.post(path, content=question, headers=self._headers(TERMINAL))
        assert got.status_code == 200, got.text
        (result,) = got.json()["releaseIdentification"]
        return dict(result)

    def _headers(self, who: str, reference: str = "") -> dict[str, str]:
        named = {"x-request-id": reference} if reference else {}
        return {"authorization": f"Bearer {self.tokens[who]}", **named}


@asynccontextmanager
async def open_door(bus: Bus, folder: Path) -> AsyncIterator[Callers]:
    """Serve a door with the gate of the quay, on a port of its own."""
    keys = folder / "gate.json"
    keys.write_text(json.dumps({bus.terminal_key.key_id: bus.terminal_key.private_key}))
    tokens: dict[str, str] = {}
    known: dict[str, Credential] = {}
    for who in (AGENT, HAULIER, TERMINAL, RIVAL):
        tokens[who], credential = new_token(who)
        known[credential.id] = credential
    write_credentials(callers_file(folder), known)
    port, stop = free_port(), asyncio.Event()
    where = Where(bus.address.bootstrap_servers, bus.database_url, bus.address.namespace)
    settings = DoorSettings(port, folder, gates={f"{PORT}-{QUAY}": keys})
    serving = asyncio.create_task(run_door(where, settings, stop))
    try:
        await listening(port, serving)
        trusted = ssl.create_default_context(cafile=str(folder / CERTIFICATE))
        async with httpx.AsyncClient(
            base_url=f"https://127.0.0.1:{port}", verify=trusted, timeout=30
        ) as http:
            yield Callers(http, tokens)
    finally:
        stop.set()
        await serving


async def listening(port: int, serving: "asyncio.Task[None]") -> None:
    """Wait until somebody listens at *port*."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
            else:
                writer.close()
                return
        serving.result()


async def valid(callers: Callers) -> dict[str, Any]:
    """Return the gate's answer once it lets the container go, or the last one."""
    for _ in range(int(PATIENCE_SECONDS / LOOK_AGAIN_SECONDS)):
        answer = await callers.ask(sample("E15a"))
        if answer["isValid"]:
            break
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
    return answer


@pytest.mark.searches
@pytest.mark.timeout(600)  # a whole story over TLS, on a machine that may be busy
async def test_from_the_release_to_the_gate_by_https(
    kafka: KafkaAtHand, database_url: str, namespace: str, tmp_path: Path
) -> None:
    async with (
        running_bus(kafka.bootstrap_servers, database_url, namespace) as bus,
        people(bus) as cast,
        open_door(bus, tmp_path) as callers,
    ):
        haulier = {"identificationType": "NxtEntityId", "identificationCode": HAULIER}
        dates = {"releaseDateTimeUtc": None, "expirationDateTimeUtc": None}
        release = changed("E1", releaseTo=haulier, **dates)
        assigned_at = datetime.now(UTC).isoformat()
        calls = (
            (AGENT, f"{BOX}/commercial-release", release),
            (HAULIER, f"{BOX}/release-rights", sample("E6")),
            (HAULIER, f"{BOX}/pickup-rights", changed("E11", timestamp=assigned_at)),
            (HAULIER, f"{BOX}/pickup-rights", changed("E11", timestamp=assigned_at)),
            (
                TERMINAL,
                f"{BOX}/terminal-release",
                changed("E13", actionType="Release", equipmentNumber=CONTAINER, **dates),
            ),
        )
        for number, (who, path, body) in enumerate(calls):
            reference = "BUS-assigned" if path.endswith("pickup-rights") else f"BUS-{number}"
            got = await callers.put(who, path, body, reference)
            assert (got.status_code, got.json()["externalReferenceId"]) == (202, reference)
        assert (await callers.ask(sample("E15a")))["isValid"] is False
        await cast.terminal.publish(at_quay(m.ReportDischarge))
        await cast.customs.publish(at_quay(m.ReportCustomsStatus, status="released"))

        answer = await valid(callers)
        assert (answer["equipmentNumber"], answer["errorMessages"]) == (CONTAINER, None)
        other = await callers.ask(changed("E15a", alfapassNumber="000000099"))
        assert other["isValid"] is False
        await each_reads_its_own(callers)
        await nothing_shows_the_card(bus)


async def each_reads_its_own(callers: Callers) -> None:
    """The haulier how its release stands, the terminal its sealed driver, a rival nothing."""
    detail = f"{ROOT}/containers/import/release-rights/{CONTAINER}"
    mine, none = [(await callers.get(who, detail)).json() for who in (HAULIER, RIVAL)]
    assert (mine["event"], none["event"]) == ("GetReleaseDetail", "NotValidated")
    assert mine["body"]["meansOfTransport"] == "Truck"
    path, release_id = "/certified-pickup/v1/release-rights", mine["body"]["releaseId"]
    at_quay, elsewhere = [
        await callers.get(who, path, releaseId=release_id) for who in (TERMINAL, HAULIER)
    ]
    assert (at_quay.status_code, elsewhere.status_code) == (200, 404)
    assert at_quay.json()["encryptedAlfapassNumber"]
    found = await callers.get(RIVAL, "/certified-pickup/v1/entities", EntityName="haulier")
    assert [each["nxtEntityId"] for each in found.json()["phoneBookItems"]] == [HAULIER]


async def nothing_shows_the_card(bus: Bus) -> None:
    """The repeat is the very same record; the entitlement names the driver to the gate alone."""
    rights = await bus.records(pickup_rights(PORT, QUAY), 1)
    newest = [each.value for each in rights if not each.key.startswith(HEARTBEAT_KEY.encode())][-1]
    entitlement = ENTITLEMENT.read(newest)
    assert entitlement.may_leave
    assert entitlement.modality is Modality.TRUCK
    said = await bus.records(PARTY)
    assert len(said) == 3
    assert len({each.value for each in said}) == 2
    assert CARD.encode() not in b"".join([each.value for each in (*said, *rights) if each.value])
    assert await bus.records(DEAD_LETTERS) == []
