"""Each port names who decides in it, once and by its UN/LOCODE."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from schemas.identifiers import Locode, read_locode
from schemas.ports import (
    AIRPORTS,
    DECIDED_BY_SYSTEM,
    PORTS,
    Airport,
    Port,
    PortOfTwo,
    airports_in,
    ports_in,
)
from tests.rows import each_row


@each_row("locode", PORTS)
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
    assert not AIRPORTS.keys() & PORTS.keys()
    assert not AIRPORTS.keys() & DECIDED_BY_SYSTEM.keys()


@pytest.mark.parametrize("locode", AIRPORTS)
def test_an_airport_is_named_by_its_locode_and_its_local_time_is_known(locode: str) -> None:
    read = read_locode(locode)

    assert isinstance(read, Locode)
    assert read.value == locode == AIRPORTS[locode].locode
    assert ZoneInfo(AIRPORTS[locode].timezone).key == AIRPORTS[locode].timezone


def test_schiphol_is_cargonauts() -> None:
    schiphol = AIRPORTS["NLSPL"]

    assert (schiphol.iata, schiphol.system) == ("AMS", "cargonaut")


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


AIRPORT = '[%s]\niata = "LGG"\ntimezone = "Europe/Brussels"\n'


def test_an_airport_stands_beside_its_system_and_has_one(tmp_path: Path) -> None:
    (tmp_path / "liege").mkdir()
    (tmp_path / "liege" / "airports.toml").write_text(AIRPORT % "BELGG")

    assert airports_in(tmp_path) == {"BELGG": Airport("BELGG", "LGG", "liege", "Europe/Brussels")}
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "airports.toml").write_text(AIRPORT % "BELGG")
    with pytest.raises(PortOfTwo, match="BELGG"):
        airports_in(tmp_path)


def test_an_airport_is_no_port_of_another(tmp_path: Path) -> None:
    _named(tmp_path, "portbase", 'authority = "system"\nports = ["BELGG"]\n')
    (tmp_path / "portbase" / "airports.toml").write_text(AIRPORT % "BELGG")

    with pytest.raises(PortOfTwo, match="BELGG"):
        airports_in(tmp_path)
