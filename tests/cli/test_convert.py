"""`releasebus edi convert`: what a partner's interchange means, as JSON lines, and back."""

import json
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.adapters.edifact.meaning.said import COARRI, COPINO, COREOR, altered

RUN = CliRunner()
EXAMPLES = files("adapters.edifact.partners").joinpath("examples")
ENGLISH = {"RELEASEBUS_LANGUAGE": "en"}


def example(name: str) -> str:
    return str(EXAMPLES.joinpath(f"{name}.toml"))


def interchange(
    folder: Path, *messages: tuple[str, tuple[str, ...]], sender: str = "QUAY1700", more: str = ""
) -> Path:
    said = "".join(
        f"UNH+{n}+{kind}:D:95B:UN'"
        + "".join(f"{each}'" for each in body)
        + f"UNT+{len(body) + 2}+{n}'"
        for n, (kind, body) in enumerate(messages, 1)
    )
    file = folder / "in.edi"
    header = f"UNB+UNOC:3+{sender}:ZZ+RELEASEBUS:ZZ+261128:1800+R1{more}'"
    file.write_text(f"{header}{said}UNZ+{len(messages)}+R1'", encoding="latin-1")
    return file


def converted(file: Path, partner: str, *more: str) -> Result:
    return RUN.invoke(
        app, ["edi", "convert", str(file), "--partner", example(partner), *more], env=ENGLISH
    )


def test_each_message_is_a_line_with_the_id_that_the_gateway_gives_it(tmp_path: Path) -> None:
    file = interchange(tmp_path, ("COARRI", COARRI))
    got = converted(file, "terminal")
    lines = [json.loads(line) for line in got.stdout.splitlines()]

    assert got.exit_code == 0
    assert [each["id"].rpartition("/")[2] for each in lines] == ["1", "2"]
    assert all("QUAY1700" in each["id"] and "R1" in each["id"] for each in lines)
    assert lines[0]["type"] == "releasebus.report_discharge"
    assert lines[0]["organisation"] == "NXT20000000002"
    assert lines[0]["time"] == "2026-11-28T13:30:00+00:00"
    assert lines[0]["data"] == {
        "container": "MSCU6639870",
        "port": "BEANR",
        "terminal": "1700",
        "bills_of_lading": ["MSCUAB123456"],
        "vessel_imo": "8212661",
    }
    assert converted(file, "terminal").stdout == got.stdout


def test_an_interchange_that_stands_there_twice_is_converted_once(tmp_path: Path) -> None:
    file = interchange(tmp_path, ("COARRI", COARRI))
    once = converted(file, "terminal")
    file.write_bytes(file.read_bytes() * 2)
    twice = converted(file, "terminal")

    assert (once.exit_code, twice.exit_code) == (0, 1)
    assert twice.stdout == once.stdout
    assert "The same interchange came before" in twice.stderr


def test_one_that_comes_again_behind_itself_rejected_is_converted(tmp_path: Path) -> None:
    """Nothing of the first was taken: it may come again under its reference, as to the gateway."""
    strict = tmp_path / "terminal.toml"
    agreed = Path(example("terminal")).read_text(encoding="utf-8")
    strict.write_text(agreed.replace('"count_differs", ', ""), encoding="utf-8")
    file = interchange(tmp_path, ("COARRI", COARRI))
    once, right = converted(file, "terminal"), file.read_bytes()
    file.write_bytes(right.replace(b"UNZ+1", b"UNZ+5") + right * 2)
    got = RUN.invoke(app, ["edi", "convert", str(file), "--partner", str(strict)], env=ENGLISH)

    assert got.exit_code == 1
    assert got.stdout == once.stdout
    assert got.stderr.count("The same interchange came before") == 1


def test_what_is_rejected_is_told_apart_and_its_neighbour_is_kept(tmp_path: Path) -> None:
    bad = altered(COARRI, ("BGM", "BGM+44+D1+4"))
    got = converted(interchange(tmp_path, ("COARRI", bad), ("COARRI", COARRI)), "terminal")

    assert got.exit_code == 1
    assert len(got.stdout.splitlines()) == 2
    assert "Message 1 (COARRI D.95B), segment 2 BGM, 1225: Message function 4" in got.stderr
    assert "[function_not_agreed]" in got.stderr


def test_what_breaks_the_standard_is_told_as_check_does(tmp_path: Path) -> None:
    bad = altered(COARRI, ("CNT", None))
    got = converted(interchange(tmp_path, ("COARRI", bad)), "terminal")

    assert got.exit_code == 1
    assert got.stdout == ""
    assert "[segment_missing, 13]" in got.stderr


def test_what_breaks_the_standard_and_is_tolerated_is_told_and_taken(tmp_path: Path) -> None:
    bad = altered(COARRI, ("CNT", "CNT+SIXTEEN:2"))
    got = converted(interchange(tmp_path, ("COARRI", bad)), "terminal")

    assert got.exit_code == 0
    assert len(got.stdout.splitlines()) == 2
    assert "[too_long, 39]" in got.stderr


def test_what_the_gateway_does_not_let_in_is_not_converted_either(tmp_path: Path) -> None:
    right = ("COARRI", COARRI)
    others = interchange(tmp_path, right, sender="SOMEBODY")
    of_another = converted(others, "terminal")
    test = converted(interchange(tmp_path, right, more="++++++1"), "terminal")
    grouped = interchange(tmp_path, right)
    text = grouped.read_text().replace("UNH+", "UNG+COARRI+A+B+261128:1800+G1+UN+D:95B'UNH+")
    grouped.write_text(text.replace("UNZ+", "UNE+1+G2'UNZ+"))
    got = converted(grouped, "terminal")

    assert [each.exit_code for each in (of_another, test, got)] == [1, 1, 1]
    assert of_another.stdout + test.stdout + got.stdout == ""
    assert "[sender_unknown, 23]" in of_another.stderr
    assert "[test_not_taken, 25]" in test.stderr
    assert "[reference_differs, 28]" in got.stderr


def test_there_and_back_is_the_same(tmp_path: Path) -> None:
    for partner, kind, body, sender in (
        ("ship_agent", "COREOR", COREOR, "SHIPAGENT"),
        ("terminal", "COARRI", COARRI, "QUAY1700"),
        ("barge_operator", "COPINO", COPINO, "BARGE"),
    ):
        there = converted(interchange(tmp_path, (kind, body), sender=sender), partner)
        lines = tmp_path / "lines.jsonl"
        lines.write_bytes(there.stdout_bytes)
        back = converted(lines, partner, "--from-json", "--reference", "R2")
        again = tmp_path / "again.edi"
        again.write_bytes(back.stdout_bytes)
        told = converted(again, partner)

        assert (there.exit_code, back.exit_code, told.exit_code) == (0, 0, 0), back.stderr
        assert back.stdout_bytes.startswith(b"UNA:+.? 'UNB+UNOC:3+")
        assert [without_id(line) for line in told.stdout.splitlines()] == [
            without_id(line) for line in there.stdout.splitlines()
        ]


def without_id(line: str) -> dict[str, object]:
    told: dict[str, object] = json.loads(line)
    # A spelling of its own is found only where somebody wrote one.
    return {name: value for name, value in told.items() if name not in ("id", "findings")}


def test_a_line_that_is_none_of_ours_is_told(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"type": "releasebus.release"}\n', encoding="utf-8")
    got = converted(lines, "ship_agent", "--from-json")

    assert got.exit_code == 2
    assert "Line 1 of" in got.stderr


@pytest.mark.parametrize("data", [b"", b"no interchange at all", b"\0" * 100_000])
def test_a_file_in_which_no_interchange_is_is_told_of(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "in.edi"
    file.write_bytes(data)
    got = converted(file, "terminal")

    assert (got.exit_code, got.stdout) == (1, "")
    assert "[header_missing, 13]" in got.stderr


def coreor_lines(folder: Path) -> Path:
    """Return a file of what a release order is to the bus."""
    there = converted(interchange(folder, ("COREOR", COREOR), sender="SHIPAGENT"), "ship_agent")
    lines = folder / "lines.jsonl"
    lines.write_bytes(there.stdout_bytes)
    return lines


@pytest.mark.parametrize(("reference", "why"), [("R" * 24, "0020"), ("", "0020")])
def test_what_is_written_is_read_back_before_it_is_given_away(
    tmp_path: Path, reference: str, why: str
) -> None:
    got = converted(coreor_lines(tmp_path), "ship_agent", "--from-json", "--reference", reference)

    assert (got.exit_code, got.stdout_bytes) == (2, b"")
    assert why in got.stderr


def test_no_lines_are_no_interchange(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_bytes(b"")
    got = converted(lines, "ship_agent", "--from-json")

    assert (got.exit_code, got.stdout_bytes) == (2, b"")
    assert "It cannot be written" in got.stderr


@pytest.mark.parametrize("line", ["[" * 200_000, '{"type": ' + '{"a": ' * 100_000])
def test_a_line_that_is_deeper_than_any_of_ours_is_told(tmp_path: Path, line: str) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text(line, encoding="utf-8")
    got = converted(lines, "ship_agent", "--from-json")

    assert got.exit_code == 2
    assert "Line 1 of" in got.stderr


def test_a_time_that_no_time_zone_has_is_told(tmp_path: Path) -> None:
    there = converted(interchange(tmp_path, ("COARRI", COARRI)), "terminal")
    said = json.loads(there.stdout.splitlines()[0]) | {"time": "9999-12-31T23:30:00+00:00"}
    lines = tmp_path / "lines.jsonl"
    lines.write_text(json.dumps(said), encoding="utf-8")
    got = converted(lines, "terminal", "--from-json")

    assert got.exit_code == 2
    assert "It has a time that no time zone has." in got.stderr


def test_a_message_that_edifact_cannot_say_is_told(tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    data = {"container": "MSCU6639870", "port": "BEANR"}
    lines.write_text(json.dumps({"type": "releasebus.accept", "data": data}), encoding="utf-8")
    got = converted(lines, "ship_agent", "--from-json")

    assert got.exit_code == 2
    assert "No message says releasebus.accept" in got.stderr
