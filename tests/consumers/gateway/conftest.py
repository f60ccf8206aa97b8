"""A gateway's ground, which the tests of large files stand on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from consumers.gateway.folders import make_folders
from consumers.gateway.store import GatewayStore
from tests.consumers.gateway.ground import Ground
from tests.consumers.gateway.interchanges import partner


@pytest.fixture
def ground(database_url: str, tmp_path: Path) -> Iterator[Ground]:
    store = GatewayStore(database_url)
    store.create()
    make_folders(tmp_path, {"quay": partner()})
    yield Ground(store, tmp_path)
    store.close()
