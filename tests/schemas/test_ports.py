"""Each port names who decides in it, once and by its UN/LOCODE."""

import pytest

from schemas.identifiers import Locode, read_locode
from schemas.ports import DECIDED_BY_SYSTEM, PORTS


@pytest.mark.parametrize("locode", PORTS)
def test_a_port_is_found_by_its_own_code(locode: str) -> None:
    read = read_locode(locode)

    assert isinstance(read, Locode)
    assert read.value == locode == PORTS[locode].locode


@pytest.mark.parametrize(
    ("port", "authority", "system"),
    [
        ("BEANR", "ledger", "antwerp_cpu"),
        ("BEZEE", "ledger", "antwerp_cpu"),
        ("NLRTM", "system", "portbase"),
        ("NLAMS", "system", "portbase"),
        ("FRLEH", "system", "sone"),
        ("FRURO", "system", "sone"),
        ("FRMRS", "system", "ci5"),
        ("FRFOS", "system", "ci5"),
    ],
)
def test_who_decides_where(port: str, authority: str, system: str) -> None:
    assert (PORTS[port].authority, PORTS[port].system) == (authority, system)


def test_only_where_a_system_decides_is_it_asked() -> None:
    decided = {port for port, value in PORTS.items() if value.authority == "system"}

    assert set(DECIDED_BY_SYSTEM) == decided
    assert not {"BEANR", "BEZEE"} & decided


def test_air_is_no_port_of_containers() -> None:
    assert "NLAMS" in PORTS
    assert "NLSPL" not in PORTS
