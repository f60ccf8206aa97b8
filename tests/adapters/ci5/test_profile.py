"""Everything that is assumed of Ci5 stands in the README, too, with its source."""

import re
from pathlib import Path

import adapters.ci5
from adapters.ci5.profile import UNVERIFIED
from adapters.contract import Note
from tests.adapters.fos import SAMPLES
from tests.rows import each_row

README = (Path(adapters.ci5.__file__).parent / "README.md").read_text(encoding="utf-8")


@each_row("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README
    assert "edifact_france.md §" in note.source


def test_the_readme_names_every_sample() -> None:
    named = set(re.findall(r"`(\w+\.json)`", README))

    assert named == {path.name for path in SAMPLES.glob("*.json")}
