"""Everything that is assumed of SCR stands in the README, too, with its source."""

from pathlib import Path

import adapters.scr
from adapters.contract import Note
from adapters.registry import systems, systems_of
from adapters.scr.profile import UNVERIFIED
from schemas.ports import PORTS
from schemas.topics import system_in
from tests.rows import each_row

README = (Path(adapters.scr.__file__).parent / "README.md").read_text(encoding="utf-8")


@each_row("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README


def test_it_is_no_ports_system_and_decides_nowhere() -> None:
    scr = systems()["scr"]

    assert scr.authority is None
    for port in PORTS:
        serving = systems_of(port)
        assert not isinstance(serving, tuple) or scr not in serving


def test_what_it_says_comes_on_the_topic_of_releases() -> None:
    assert system_in("scr").name == "releases.scr.v1"
    assert system_in("portbase").name == "pcs.portbase.in.v1"
