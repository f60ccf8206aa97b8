"""Each port names who decides in it, once and by its UN/LOCODE."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.identifiers import Locode, read_locode
from schemas.ports import DECIDED_BY_SYSTEM, PORTS, Port, PortOfTwo, ports_in


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
        ("FRPAR", "system", "sone"),
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


def _named(folders: Path, system: str, text: str) -> None:
    (folders / system).mkdir()
    (folders / system / "ports.toml").write_text(text)


def test_a_port_stands_beside_its_system(tmp_path: Path) -> None:
    _named(tmp_path, "kribi", 'authority = "system"\nports = ["CMKBI"]\n')
    _named(tmp_path, "_template", 'authority = "system"\nports = ["XXTPL"]\n')

    assert ports_in(tmp_path) == {"CMKBI": Port("CMKBI", "system", "kribi")}


def test_one_port_has_one_system(tmp_path: Path) -> None:
    for system in ("kribi", "douala"):
        _named(tmp_path, system, 'authority = "ledger"\nports = ["CMKBI"]\n')

    with pytest.raises(PortOfTwo, match="CMKBI"):
        ports_in(tmp_path)


@pytest.mark.parametrize("text", ['authority = "nobody"\nports = []\n', "ports = []\n"])
def test_who_decides_is_said_by_one_of_two_words(tmp_path: Path, text: str) -> None:
    _named(tmp_path, "kribi", text)

    with pytest.raises(ValidationError, match="authority"):
        ports_in(tmp_path)
