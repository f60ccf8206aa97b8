"""`releasebus partner simulate` shows what the bus would answer, and sends nothing."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from schemas.topics import LARGEST_INTERCHANGE
from tests.adapters.edifact.meaning.said import COPINO
from tests.consumers.gateway.interchanges import FILE, broken, codeco, interchange

RUN = CliRunner()
ENGLISH = {"RELEASEBUS_LANGUAGE": "en", "COLUMNS": "200"}


@pytest.fixture
def partner(tmp_path: Path) -> Path:
    """The terminal's file."""
    file = tmp_path / "quay.toml"
    file.write_text(FILE, encoding="utf-8")
    return file


def brought(folder: Path, data: bytes) -> str:
    file = folder / "a.edi"
    file.write_bytes(data)
    return str(file)


def said(of: Path, *files: str) -> tuple[int, list[str]]:
    got = RUN.invoke(app, ["partner", "simulate", str(of), *files], env=ENGLISH)
    return got.exit_code, [line.strip() for line in got.stdout.splitlines()]


def test_what_is_right_is_shown_as_it_goes_to_the_ledger_and_as_it_is_acknowledged(
    partner: Path, tmp_path: Path
) -> None:
    code, lines = said(partner, brought(tmp_path, interchange(codeco("1"))))

    assert code == 0
    assert "to the ledger: releasebus.report_gate_out" in lines
    assert "answered by CONTRL" in lines
    assert "UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+7" in lines


def test_a_bad_message_is_shown_beside_its_neighbour_and_the_command_ends_with_one(
    partner: Path, tmp_path: Path
) -> None:
    file = brought(tmp_path, interchange(broken("1"), codeco("2"), codeco("3", number="G+5")))
    code, lines = said(partner, file)

    assert code == 1
    assert "to the ledger: releasebus.report_gate_out" in lines
    assert [line for line in lines if line.startswith("not taken: ")]
    assert [line for line in lines if line.startswith("UCM+1+")]


def test_a_file_larger_than_a_record_is_played_as_a_folder_takes_it(
    partner: Path, tmp_path: Path
) -> None:
    file = brought(tmp_path, b" " * LARGEST_INTERCHANGE + interchange(codeco("1")))
    code, lines = said(partner, file)

    assert code == 0
    assert "to the ledger: releasebus.report_gate_out" in lines


def test_a_file_named_twice_shows_what_a_repeat_does(partner: Path, tmp_path: Path) -> None:
    file = brought(tmp_path, interchange(codeco("1")))
    code, lines = said(partner, file, file)

    assert code == 1
    assert lines.count("to the ledger: releasebus.report_gate_out") == 1
    assert "came before: nothing changes" in lines
    assert "UCI+REF1+QUAY:ZZ+RELEASEBUS:ZZ+4+26+UNB+6" in lines


def test_the_vat_number_of_an_operator_is_believed_as_all_else(tmp_path: Path) -> None:
    barge = files("adapters.edifact.partners").joinpath("examples/barge_operator.toml")
    body = "".join(f"{each}'" for each in COPINO)
    copino = f"UNH+1+COPINO:D:95B:UN'{body}UNT+{len(COPINO) + 2}+1'"
    code, lines = said(Path(str(barge)), brought(tmp_path, interchange(copino, sender="BARGE:ZZ")))

    assert code == 0
    assert "to the ledger: releasebus.set_means_of_transport" in lines


def test_a_program_is_told_the_same(partner: Path, tmp_path: Path) -> None:
    file = brought(tmp_path, interchange(codeco("1")))
    got = RUN.invoke(app, ["partner", "simulate", str(partner), file, "--json"])
    found = json.loads(got.stdout)

    assert [each["type"] for each in found["messages"]] == ["releasebus.report_gate_out"]
    assert [each["type"] for each in found["answers"]] == ["contrl"]
    assert (found["problems"], found["repeated"]) == ([], 0)


def test_a_file_that_is_not_there_is_said(partner: Path) -> None:
    got = RUN.invoke(app, ["partner", "simulate", str(partner), "nowhere.edi"])

    assert got.exit_code == 2


# --- publish ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "--partner NAME"),
        (["--partner", "quay", "--key-file", "some.key"], "--source NXTPORT_ID"),
    ],
)
def test_an_interchange_is_not_published_before_it_is_said_whose_it_is(
    tmp_path: Path, options: list[str], told: str
) -> None:
    file = brought(tmp_path, interchange(codeco("1")))
    got = RUN.invoke(app, ["publish", file, *options], env=ENGLISH)

    assert got.exit_code == 2
    assert told in got.stderr


def test_an_interchange_that_no_record_takes_is_not_published(tmp_path: Path) -> None:
    file = brought(tmp_path, b" " * (1024 * 1024 + 1))
    got = RUN.invoke(app, ["publish", file, "--partner", "quay"], env=ENGLISH)

    assert got.exit_code == 2
    assert "watched folder, which takes any size" in got.stderr
