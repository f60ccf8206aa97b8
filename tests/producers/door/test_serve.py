"""The door is opened over TLS alone, says what is wrong with it, and closes when told."""

import asyncio
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest

from producers.door.app import app_of
from producers.door.serve import Address, CannotOpen, serve
from tests.adapters.antwerp_cpu.samples import sample
from tests.producers.door.house import BOX, FORWARDER, House


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("certificate")
    paths = folder / "certificate.pem", folder / "key.pem"
    command = [
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
        *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"),
        *("-out", str(paths[0]), "-keyout", str(paths[1])),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return paths


async def test_it_serves_by_tls_and_closes_when_told(certificate: tuple[Path, Path]) -> None:
    house, stop = House(), asyncio.Event()
    opened: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    address = Address("127.0.0.1", 0, *certificate)
    serving = asyncio.create_task(serve(app_of(house.door()), address, stop, opened))
    port = await opened
    trusted = ssl.create_default_context(cafile=str(certificate[0]))
    try:
        async with httpx.AsyncClient(verify=trusted) as client:
            got = await client.put(
                f"https://127.0.0.1:{port}{BOX}/release-rights",
                content=sample("E6"),
                headers={"authorization": f"Bearer {FORWARDER}"},
            )
            with pytest.raises(httpx.HTTPError):
                await client.put(f"http://127.0.0.1:{port}{BOX}/release-rights", content=b"{}")
    finally:
        stop.set()
        await serving

    assert (got.status_code, len(house.published.records)) == (202, 1)
    assert "server" not in got.headers


async def test_a_port_that_is_taken_and_files_that_are_none_are_told(
    certificate: tuple[Path, Path],
) -> None:
    app, stop = app_of(House().door()), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = Address("127.0.0.1", other.getsockname()[1], *certificate)
        with pytest.raises(CannotOpen, match="in use"):
            await serve(app, taken, stop)
    for wrong in (Path("/nowhere.pem"), certificate[0]):
        with pytest.raises(CannotOpen):
            await serve(app, Address("127.0.0.1", 0, certificate[0], wrong), stop)
