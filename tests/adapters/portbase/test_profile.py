"""Everything that is assumed of Portbase stands in the README, too, with its source."""

from pathlib import Path

import adapters.portbase
from adapters.contract import Note
from adapters.portbase.memory import Kind
from adapters.portbase.profile import TAR_TERMINALS, UNVERIFIED, VIA_SCR
from adapters.portbase.proofread import BODIES
from tests.rows import each_row

README = (Path(adapters.portbase.__file__).parent / "README.md").read_text(encoding="utf-8")


@each_row("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README
    assert "§" in note.source or note.source.startswith("none")


def test_no_module_says_that_a_name_is_inferred_without_a_note() -> None:
    codes = {note.code for note in UNVERIFIED}

    assert {"chain_calls", "release_calls", "visits", "webhook", "addresses"} <= codes


def test_every_call_that_is_asked_has_a_body() -> None:
    asked = set(Kind) - {Kind.ACCEPT, Kind.ANSWER}

    assert asked == set(BODIES) - {"track", "tracked-bls"}


def test_whose_terminals_and_carriers_are_named_is_said() -> None:
    assert all(terminal in README for terminal in TAR_TERMINALS)
    assert all(carrier in README for carrier in VIA_SCR)
