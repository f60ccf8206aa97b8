"""A demo makes its folder anew, and touches nobody else's."""

from pathlib import Path

import pytest

from cli.demo.folder import MARK, made_anew, write_json
from cli.exits import Exit, Told


def test_an_earlier_demo_is_cleared_away(tmp_path: Path) -> None:
    folder = made_anew(tmp_path / "out")
    (folder / "topics" / "old.jsonl").write_text("{}")

    again = made_anew(tmp_path / "out")

    assert not (again / "topics" / "old.jsonl").exists()
    assert (again / MARK).is_file()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("five years of work")

    with pytest.raises(Told, match="was not left by a demo") as told:
        made_anew(tmp_path)

    assert told.value.code is Exit.USAGE
    assert (tmp_path / "thesis.txt").read_text() == "five years of work"


def test_an_empty_folder_may_be_taken(tmp_path: Path) -> None:
    assert (made_anew(tmp_path) / "topics").is_dir()


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")

    with pytest.raises(Told, match="is a file"):
        made_anew(tmp_path / "out")


def test_json_is_written_for_people_too(tmp_path: Path) -> None:
    write_json(tmp_path / "deep" / "a.json", {"port": "Brügge"})

    assert (tmp_path / "deep" / "a.json").read_text() == '{\n  "port": "Brügge"\n}\n'
