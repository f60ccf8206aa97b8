"""`releasebus systems` tells which systems there are, and what of each nobody has confirmed."""

import json
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from adapters.registry import systems
from cli.main import app
from cli.voice import WIDTH_OF_A_PAGE

RUN = CliRunner()


def test_every_system_is_listed_within_a_page() -> None:
    told = RUN.invoke(app, ["systems"], env={"COLUMNS": "80"})

    assert told.exit_code == 0
    lines = told.stdout.splitlines()
    assert max(map(len, lines)) <= WIDTH_OF_A_PAGE
    named = {line.split(" ")[0] for line in lines[1:]}
    assert set(systems()) <= named
    assert "FRURO" in told.stdout
    begins = [place for place, line in enumerate(lines) if not line.startswith(" ")]
    tall = [b - a for a, b in pairwise(begins)]
    assert max(tall) <= 3, "a title or its ports take more than three lines"


def test_programs_are_told_of_ports_authority_media_and_how_much_is_unverified() -> None:
    told = json.loads(RUN.invoke(app, ["systems", "--json"]).stdout)

    by_name = {each["name"]: each for each in told}
    assert set(by_name) == set(systems())
    assert by_name["portbase"]["ports"] == ["NLAMS", "NLRTM"]
    assert by_name["portbase"]["authority"] == "system"
    assert by_name["scr"]["authority"] is None
    assert all(each["media_in"] for each in told)
    notes = len(systems()["sone"].profile.unverified)
    assert by_name["sone"]["unverified"] == notes


@pytest.mark.parametrize("name", ["portbase", "PORTBASE", "NLAMS", "nlams"])
def test_one_is_found_by_its_name_or_a_port(name: str) -> None:
    told = RUN.invoke(app, ["systems", name, "--json"])

    shown = json.loads(told.stdout)
    assert shown["name"] == "portbase"
    noted = systems()["portbase"].profile.unverified
    assert [note["code"] for note in shown["notes"]] == [note.code for note in noted]
    assert all(note["source"] for note in shown["notes"])
    assert "releasebus.block" in [each["what"] for each in shown["untold"]]


def test_what_is_unverified_is_shown_with_its_source_within_a_page() -> None:
    told = RUN.invoke(app, ["systems", "portbase"], env={"COLUMNS": "80"})

    assert max(map(len, told.stdout.splitlines())) <= WIDTH_OF_A_PAGE
    spaced = " ".join(told.stdout.split())
    for note in systems()["portbase"].profile.unverified:
        assert f"{note.code} {note.says} [{note.source}]" in spaced
    assert "Portbase knows no block" in spaced


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["systems", "kribi"], "No community system is called 'kribi'"),
        (["systems", "DEHAM"], "No community system serves the port DEHAM; served are BEANR"),
        (["new-system", "Port Of", "--port", "XXTPL"], "is no name of a folder"),
        (["new-system", "kribi", "--port", "nowhere"], "'nowhere' is no UN/LOCODE"),
        (["new-system", "kribi", "--port", "NLRTM"], "NLRTM is a port of portbase"),
        (["new-system", "kribi", "--port", "NLSPL"], "NLSPL is cargonaut's airport"),
        (["new-system", "sone", "--port", "XXTPL"], "adapters/sone is there already"),
        (["new-system", "registry", "--port", "XXTPL"], "registry.py is there already"),
        (["new-system", "class", "--port", "XXTPL"], "'class' is a word of Python's own"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(arguments: list[str], sentence: str) -> None:
    told = RUN.invoke(app, arguments)

    assert told.exit_code == 2
    assert sentence in told.stderr
