"""`releasebus edi` tells what is wrong with an interchange, and where, to people and programs."""

import gc
import json
import os
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from importlib.resources import files
from pathlib import Path

import pytest
from typer import Exit
from typer.testing import CliRunner

from cli.main import app
from tests.adapters.edifact.meaning.said import COARRI

RUN = CliRunner()
CORPUS = Path(__file__).parents[1] / "adapters" / "edifact" / "corpus"
ENGLISH = {"RELEASEBUS_LANGUAGE": "en", "COLUMNS": "200"}
TERMINAL = str(files("adapters.edifact.partners").joinpath("examples", "terminal.toml"))

TOO_LONG = "The value has 11 characters; allowed is an..10. [too_long, 39]"


def file(name: str) -> str:
    return str(CORPUS / f"{name}.edi")


def test_what_is_wrong_is_told_with_segment_element_and_rule() -> None:
    got = RUN.invoke(app, ["edi", "check", file("seal_too_long")], env=ENGLISH)

    assert got.exit_code == 1
    assert got.stdout.splitlines()[1:] == [
        "  Message 1 (CODECO D.95B)",
        f"    segment 10 SEL, element 1 (9308), byte 219: {TOO_LONG}",
        "  Interchange REF1: Messages: 1; findings: 1.",
    ]


def test_what_is_right_ends_with_zero() -> None:
    got = RUN.invoke(app, ["edi", "check", file("right"), file("right_in_a_group")], env=ENGLISH)

    assert got.exit_code == 0
    assert got.stdout.count("nothing is wrong") == 2


def test_one_bad_file_of_several_is_enough() -> None:
    got = RUN.invoke(app, ["edi", "check", file("right"), file("no_unz"), file("right")])

    assert got.exit_code == 1


def test_a_program_gets_an_object_an_interchange_behind_those_of_what_is_wrong_in_it() -> None:
    names = [file("right_two_interchanges"), file("group_count_and_reference")]
    got = RUN.invoke(app, ["edi", "check", "--json", *names], env=ENGLISH)

    told = [json.loads(line) for line in got.stdout.splitlines()]
    assert got.exit_code == 1
    whole = [each for each in told if each["of"] == "interchange"]
    assert [each["of"] for each in told] == ["interchange", "interchange", "group", "interchange"]
    assert [(each["interchange"], each["messages"], each["count"]) for each in whole] == [
        ("REF1", 1, 0),
        ("REF2", 1, 0),
        ("REF1", 1, 2),
    ]
    assert told[2]["count"] == 2
    assert told[2]["findings"][0] == {
        "of": "group",
        "reference": "G1",
        "rule": "count_differs",
        "layer": "envelope",
        "code": "29",
        "tag": "UNE",
        "item": "0060",
        "segment": 15,
        "position": 0,
        "element": 1,
        "component": 0,
        "occurrence": 0,
        "byte": 324,
        "expected": "1",
        "found": "2",
        "sentence": "'2' are announced, and 1 are there.",
    }


@pytest.mark.parametrize(
    ("language", "said"),
    [("nl", "De waarde telt 11 tekens"), ("fr", "11 caractères"), ("de", "11 Zeichen")],
)
def test_people_are_told_in_their_language(language: str, said: str) -> None:
    got = RUN.invoke(app, ["edi", "check", file("seal_too_long"), "--language", language])

    assert said in got.stdout


def test_a_file_is_shown_segment_by_segment_with_what_is_wrong_below() -> None:
    got = RUN.invoke(app, ["edi", "show", file("seal_too_long")], env=ENGLISH)

    lines = got.stdout.splitlines()
    assert got.exit_code == 0
    assert len(lines) == 15
    assert lines[9] == "    10 SEL+SEAL1234567+CA"
    assert "an..10" in lines[10]


def test_a_program_is_shown_the_values() -> None:
    got = RUN.invoke(app, ["edi", "show", "--json", file("released_characters")], env=ENGLISH)

    told = [json.loads(line) for line in got.stdout.splitlines()]
    text = next(each for each in told if each["tag"] == "FTX")
    assert text["elements"][3] == [["WHAT?  5+5:10 'QUOTED' ?' ??"]]
    assert told[-1]["number"] == 14


@pytest.mark.parametrize("content", [b"", b" \r\n"])
def test_a_file_that_has_nothing_in_it_is_not_right(tmp_path: Path, content: bytes) -> None:
    empty = tmp_path / "empty.edi"
    empty.write_bytes(content)
    got = RUN.invoke(app, ["edi", "check", str(empty)], env=ENGLISH)
    told = RUN.invoke(app, ["edi", "check", "--json", str(empty)], env=ENGLISH)

    assert (got.exit_code, told.exit_code) == (1, 1)
    assert "[header_missing, 13]" in got.stdout
    assert json.loads(told.stdout)["count"] == 1


def test_what_stands_in_a_file_neither_steers_a_terminal_nor_ends_the_command(
    tmp_path: Path,
) -> None:
    odd = tmp_path / "odd.edi"
    odd.write_bytes(
        b"UNB+UNOY:4+\x1b[31mA\x9b+B\xff+20261128:1200+R\xff'UNH+1\xfe+CODECO:D:95B:UN'"
        b"UNT+2+\x1b[2J\xfe'UNZ+1+\xfd'"
    )
    for command in ("check", "show"):
        got = RUN.invoke(app, ["edi", command, str(odd)], env=ENGLISH)
        shown = got.stdout_bytes.decode()  # UTF-8, whatever bytes the file has
        told = RUN.invoke(app, ["edi", command, "--json", str(odd)], env=ENGLISH)

        assert got.exit_code == told.exit_code == (command == "check")
        assert not {"\x1b", "\x9b", "\x00"} & {*shown}
        assert "\N{SYMBOL FOR ESCAPE}[2J" in shown
        assert all(map(json.loads, told.stdout_bytes.decode().splitlines()))


def test_a_file_that_is_not_there_is_a_wrong_usage(tmp_path: Path) -> None:
    got = RUN.invoke(app, ["edi", "check", str(tmp_path / "nothing.edi")])

    assert got.exit_code == 2
    assert "cannot be read" in got.stderr


def test_what_is_wrong_with_the_whole_is_shown_where_it_ends() -> None:
    names = ("no_unz", "group_count_and_reference", "unz_reference_differs", "group_without_end")
    for name in names:
        shown = RUN.invoke(app, ["edi", "show", file(name)], env=ENGLISH).stdout
        told = RUN.invoke(app, ["edi", "show", "--json", file(name)], env=ENGLISH).stdout
        checked = RUN.invoke(app, ["edi", "check", file(name)], env=ENGLISH).stdout
        objects = [json.loads(line) for line in told.splitlines()]

        findings = [line for line in checked.splitlines() if line.startswith("    ")]
        assert [line for line in shown.splitlines() if line in findings] == findings, name
        assert sum(len(each["findings"]) for each in objects) == len(findings), name
        assert all(each["findings"] for each in objects if "number" not in each), name


BAD = "BGM+36+XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX+9'ZZZ+1'EQD++++++++++++1'CNT+A:B'"
GOOD = "".join(f"{each}'" for each in COARRI)
TERMINAL = str(files("adapters.edifact.partners").joinpath("examples", "terminal.toml"))


def many(messages: int, body: str) -> bytes:
    """An interchange of so many messages, those of BAD each with several faults."""
    count = body.count("'") + 2
    said = "".join(
        f"UNH+{n}+COARRI:D:95B:UN'{body}UNT+{count}+{n}'" for n in range(1, messages + 1)
    )
    return f"UNB+UNOC:3+QUAY1700:ZZ+RELEASEBUS:ZZ+261128:1800+R1'{said}UNZ+{messages}+R1'".encode()


@pytest.mark.parametrize(
    ("command", "body"),
    [
        # Each takes seconds, since every object is traced.
        pytest.param(("check", "--json"), BAD, id="check", marks=pytest.mark.searches),
        pytest.param(("show", "--json"), BAD, id="show", marks=pytest.mark.searches),
        pytest.param(
            ("convert", "--partner", TERMINAL), GOOD, id="convert", marks=pytest.mark.searches
        ),
    ],
)
def test_memory_is_flat_however_many_messages_there_are(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: tuple[str, ...],
    body: str,
) -> None:
    # What is held of one block is most of the peak, and 600 messages were one block of 64 kB.
    monkeypatch.setattr("cli.edi.BLOCK_BYTES", 4 * 1024)

    def peak_of(messages: int) -> int:
        name, *options = command
        long = tmp_path / f"{messages}.edi"
        long.write_bytes(many(messages, body))
        run: Callable[..., object] = app
        with Path(os.devnull).open("w", encoding="utf-8") as nothing:
            # Tuples kept for use again, 2,000 of a length, are counted or not by who made them.
            gc.collect()
            tracemalloc.start()
            with redirect_stdout(nothing), redirect_stderr(nothing), suppress(SystemExit, Exit):
                run(["edi", name, str(long), *options], standalone_mode=False)
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return peak

    peak_of(10)
    few, more = peak_of(600), peak_of(1_200)
    # Each takes its reference; held with its findings, or its body, it took thousands of bytes.
    assert more - few < 600 * 1_000


@pytest.mark.parametrize(
    "command",
    [
        ["edi", "check"],
        ["partner", "lint"],
        ["partner", "simulate", TERMINAL],
    ],
)
def test_a_files_name_may_be_no_characters_and_steers_no_terminal(
    tmp_path: Path, command: list[str]
) -> None:
    """A client of Windows writes Latin-1, and a terminal is steered by what a name may hold."""
    file = tmp_path / os.fsdecode(b"L\xf6schung\x1b[31m.edi")
    file.write_bytes(b"UNB+UNOC:3+A+B+261128:1200+1'UNZ+0+1'")
    got = RUN.invoke(app, [*command, str(file)], env=ENGLISH)

    assert got.exit_code == 1
    assert "schung" in got.stdout.replace("\n", "")
    assert "\x1b" not in got.stdout
