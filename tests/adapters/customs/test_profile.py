"""Everything that is assumed of customs' messages stands in the README, too, with its source."""

import re
from pathlib import Path

import pytest

import adapters.customs
from adapters.contract import Note
from adapters.customs.profile import UNVERIFIED
from adapters.customs.words import PORTS, status_of
from schemas.messages import CustomsStatus
from schemas.ports import PORTS as KNOWN
from tests.adapters.customs.ccrm import SAMPLES

README = (Path(adapters.customs.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README
    assert "cpu.md §" in note.source


def test_the_readme_names_every_sample() -> None:
    assert set(re.findall(r"`(\w+\.xml)`", README)) == {
        path.name for path in SAMPLES.glob("*.xml")
    }


def test_every_value_of_the_light_has_its_word() -> None:
    assert {status_of(each.value) for each in CustomsStatus} == set(CustomsStatus)


def test_its_ports_are_those_where_the_ledger_decides() -> None:
    assert {each for each in PORTS if KNOWN[each].authority == "ledger"} == PORTS
