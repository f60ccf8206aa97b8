"""Systems are found by their folder, and asked for by port and by content type."""

import sys
from pathlib import Path

import pytest

import adapters
from adapters import registry
from adapters.registry import PortUnknown, SystemBroken, system_taking, systems, systems_of

TEMPLATE = '''"""A system made of a template."""

from dataclasses import replace

from adapters.antwerp_cpu import SYSTEM as LIKE

SYSTEM = replace(LIKE, name={name!r}, ports=frozenset({{"XXABC"}}))
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second folder of systems, seen beside the real one."""
    monkeypatch.setattr(adapters, "__path__", [*adapters.__path__, str(tmp_path)])
    registry.systems.cache_clear()
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    return tmp_path


@pytest.fixture(autouse=True)
def _found_anew() -> None:
    registry.systems.cache_clear()


def made(folder: Path, name: str, source: str) -> None:
    (folder / name).mkdir()
    (folder / name / "__init__.py").write_text(source)


def test_antwerp_is_found_and_serves_its_ports() -> None:
    found = systems_of("BEANR")

    assert not isinstance(found, PortUnknown)
    assert [system.name for system in found] == ["antwerp_cpu", "customs"]
    assert systems_of("BEZEE") == found


def test_a_new_system_takes_one_folder_and_no_list(folder: Path) -> None:
    made(folder, "another", TEMPLATE.format(name="another"))

    found = systems_of("XXABC")

    assert not isinstance(found, PortUnknown)
    assert [system.name for system in found] == ["another"]


def test_an_unknown_port_is_refused_with_the_ports_that_are_served() -> None:
    found = systems_of("DEHAM")

    assert isinstance(found, PortUnknown)
    assert "DEHAM" in found.sentence
    assert "BEANR" in found.sentence


def test_a_folder_without_a_system_is_a_library(folder: Path) -> None:
    made(folder, "edifact", '"""Syntax for the others."""\n')

    assert "edifact" not in systems()


@pytest.mark.parametrize("source", [TEMPLATE.format(name="other"), "SYSTEM = 1\n"])
def test_a_system_that_is_none_is_told_of(folder: Path, source: str) -> None:
    made(folder, "crooked", source)

    with pytest.raises(SystemBroken, match="crooked"):
        systems()


@pytest.mark.parametrize(
    "content_type",
    [
        "application/vnd.nxtport.certified-pickup+json",
        "Application/vnd.nxtport.certified-pickup+JSON; charset=utf-8",
    ],
)
def test_a_content_type_leads_to_its_system(content_type: str) -> None:
    system = system_taking(content_type)

    assert system is not None
    assert system.name == "antwerp_cpu"


def test_plain_json_is_no_systems_own() -> None:
    assert system_taking("application/json") is None
