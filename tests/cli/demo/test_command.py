"""A day that does not add up ends with what is wrong, and where to look."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import typer

from cli.demo import command, screen
from cli.demo.tally import Check

FAULTY = Check("every record is in one bucket, none in two", ("duplicate: 35 instead of 33", "b"))


def test_the_last_lines_say_what_is_wrong_and_where_to_look(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = SimpleNamespace(adds_up=False, amiss=(FAULTY,))
    monkeypatch.setattr(command, "_played", lambda *_args, **_kwargs: result)
    monkeypatch.setattr(screen, "show", lambda *_: None)

    with pytest.raises(typer.Exit) as ended:
        command.demo(out=Path("somewhere"))

    assert ended.value.exit_code == 1
    title, fault, look = capsys.readouterr().err.splitlines()[-3:]
    assert title == "This day does not add up:"
    assert fault.strip() == f"not so: {FAULTY.what}: {FAULTY.faults[0]} (and 1 more)"
    assert "somewhere/summary.json" in look
    assert "somewhere/logs/" in look
