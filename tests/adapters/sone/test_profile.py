"""Everything that is assumed of S)ONE stands in the README, too, with its source."""

import re
from pathlib import Path

import adapters.sone
from adapters.contract import Note
from adapters.sone.orders import OrderState
from adapters.sone.profile import UNVERIFIED
from tests.adapters.le_havre import SAMPLES
from tests.rows import each_row

README = (Path(adapters.sone.__file__).parent / "README.md").read_text(encoding="utf-8")


@each_row("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README
    assert "edifact_france.md §" in note.source


def test_the_readme_names_every_sample_and_every_state() -> None:
    named = set(re.findall(r"`(\w+\.json)`", README))
    states = README.partition("| order is |")[2].partition("##")[0]

    assert named == {path.name for path in SAMPLES.glob("*.json")}
    assert all(state in states for state in OrderState)
