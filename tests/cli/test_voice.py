"""How wide an answer is: as a terminal is, as COLUMNS says, else as a file may be."""

import pytest

from cli.voice import WIDTH_IN_A_FILE, console

WIDTHS = {"80": 80, "60": 60, "200": 200, "": WIDTH_IN_A_FILE, "0": WIDTH_IN_A_FILE, "wide": 100}


@pytest.mark.parametrize("columns", WIDTHS)
def test_a_pipe_and_a_file_are_as_wide_as_columns_says(
    columns: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    screen = console()
    screen.print("quay " * 100)

    longest = max(len(line) for line in capsys.readouterr().out.splitlines())
    assert screen.width == WIDTHS[columns]
    assert WIDTHS[columns] - len("quay ") <= longest <= WIDTHS[columns]
