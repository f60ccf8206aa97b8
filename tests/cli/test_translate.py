"""`releasebus translate` writes what one system's message becomes at another, and what is lost."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import adapters
from cli.main import app
from schemas.facts import written
from tests.adapters.edifact.meaning.said import COREOR
from tests.adapters.story import AGENT, CONTAINER, a_day
from tests.cli.test_convert import example, interchange
from tests.rows import each_row

RUN = CliRunner()
SAMPLES = Path(str(adapters.__file__)).parent
RELEASE = SAMPLES / "antwerp_cpu" / "samples" / "E1_commercial_release.json"
OF_CPU = ("--from", "antwerp_cpu", "--type", "nxtport.certified-pickup.CommercialReleaseAction")
THEN = ("--at", "2025-03-01T08:00:00")

ACCEPT = json.dumps(
    {"type": "releasebus.accept", "data": {"container": CONTAINER, "port": "NLRTM"}}
)
AIR = SAMPLES / "cargonaut" / "samples" / "cleared.xml"
NOWHERE = ACCEPT.replace("NLRTM", "ZZZZZ")


def translated(file: Path, to: str, *more: str) -> Result:
    return RUN.invoke(app, ["translate", "--to", to, str(file), *more])


def told(file: Path, to: str, *more: str) -> dict[str, Any]:
    got = translated(file, to, *more, "--json")
    assert got.exit_code == 0, got.output
    answer: dict[str, Any] = json.loads(got.stdout)
    return answer


@pytest.mark.parametrize(
    ("to", "types", "port"),
    [
        ("portbase", ["portbase.track", "portbase.release"], "NLRTM"),
        ("nlams", ["portbase.track", "portbase.release"], "NLAMS"),
        (
            "sone",
            ["soget.sone.track", "soget.sone.track-document-0", "soget.sone.bon-a-delivrer-creer"],
            "FRLEH",
        ),
        ("ci5", ["mgi.ci5.bon-a-delivrer-creer"], "FRFOS"),
    ],
)
def test_cpus_release_is_asked_of_whoever_decides_elsewhere(
    to: str, types: list[str], port: str
) -> None:
    answer = told(RELEASE, to, *OF_CPU, *THEN)

    assert [document["type"] for document in answer["documents"]] == types
    assert all(document["headers"]["http-path"] for document in answer["documents"])
    assert CONTAINER in answer["documents"][-1]["content"]
    assert any("The port BEANR is none of" in each and port in each for each in answer["lost"])


def test_the_port_that_is_asked_for_is_kept(tmp_path: Path) -> None:
    to_paris = told(RELEASE, "FRPAR", *OF_CPU, *THEN)
    assert "FRPAR" in to_paris["documents"][-1]["content"]
    assert "The port BEANR is none of S)ONE (SOGET, HAROPA)'s: taken as FRPAR." in to_paris["lost"]

    file = tmp_path / "said.json"
    file.write_text(ACCEPT.replace("NLRTM", "BEANR"))
    moved = translated(file, "BEZEE").stderr
    assert "The port BEANR is not what was asked for: taken as BEZEE." in moved


def test_what_scr_shows_is_told_with_the_accept_that_it_does_not_know(tmp_path: Path) -> None:
    release = SAMPLES / "scr" / "samples" / "S2_release.json"
    got = translated(release, "ci5", "--at", "2026-03-01T08:00:00", "--out", str(tmp_path / "out"))

    assert got.exit_code == 0
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "01-bon-a-delivrer-creer.json",
        "02-bon-a-delivrer-transmettre.json",
        "03-bon-a-delivrer-accepter.json",
    ]


def test_what_a_system_observed_becomes_notifications_of_cpus() -> None:
    state = SAMPLES / "ci5" / "samples" / "bon_a_delivrer.json"
    answer = told(state, "antwerp_cpu", "--at", "2026-03-01T16:00:00")

    types = [document["type"].rpartition(".")[2] for document in answer["documents"]]
    assert types[0] == "Release"
    assert all(json.loads(document["content"]) for document in answer["documents"])


def test_a_fact_of_the_ledgers_is_rendered_for_whoever_it_names(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    file.write_bytes(b"\n".join(written(each) for each in a_day().facts[:2]))

    types = [document["type"] for document in told(file, "BEANR")["documents"]]
    assert "nxtport.certified-pickup.Transferred" in types


def test_a_message_of_ours_is_said_by_whom_it_names(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    release = {
        "container": CONTAINER, "port": "NLRTM", "terminal": "RWG",
        "bills_of_lading": ["BLTEST0001"],
        "release_identification": "R1", "release_to": {"scheme": "vat", "code": "BE0400000001"},
    }  # fmt: skip
    block = {"container": CONTAINER, "port": "NLRTM", "reason": "unpaid"}
    said = [("release", release), ("block", block)]
    lines = [{"type": f"releasebus.{t}", "organisation": AGENT, "data": data} for t, data in said]
    file.write_text("\n".join(map(json.dumps, lines)))

    answer = told(file, "portbase")

    assert [each["type"] for each in answer["documents"]] == ["portbase.track", "portbase.release"]
    assert answer["lost"] == [
        "Read with a finding: vat_check_digit: $.release_to.code.",
        "block: Portbase knows no block; the agent is told so (`no_block`).",
    ]


def test_an_interchange_is_read_as_its_partners_file_says(tmp_path: Path) -> None:
    file = interchange(tmp_path, ("COREOR", COREOR), sender="SHIPAGENT")
    answer = told(file, "ci5", "--partner", example("ship_agent"))

    assert answer["documents"][0]["type"] == "mgi.ci5.bon-a-delivrer-creer"


def with_data(**members: Any) -> str:
    data = {"container": CONTAINER, "port": "NLRTM", **members}
    return json.dumps({"type": "releasebus.accept", "data": data})


@each_row(
    "content, to, sentence",
    [
        ("{}", "nowhere", "No community system is called 'nowhere'"),
        ("hello", "portbase", "says nothing that a system here is told of"),
        ('{"type": "x.y", "data": {}}', "portbase", "Line 1, header ce_type: The type of the"),
        ('{"type": 5, "data": {}}', "portbase", "Line 1, $.type: This is no text."),
        ('{"type": "releasebus.release", "data": {}}', "portbase", "Line 1, $.container:"),
        ('{"cause": 1}', "portbase", "Line 1 is no fact of ledger.facts.v1"),
        ("[" * 200_000 + "]" * 200_000, "portbase", "Objects and arrays are nested too deep."),
        (f"{ACCEPT}\n{{oh", "portbase", "Line 2, column 2: A name is not in double quotes."),
        ('{"type":"x","type":"y"}', "portbase", "The name is given twice in its object."),
        (with_data(container="?"), "portbase", "$.container: This cannot be used as an identif"),
        (with_data(container=5), "portbase", "$.container: The container number is no text."),
        (with_data(pin="4711"), "portbase", "$.pin: A PIN, token or card number may not lie op"),
        (f'{ACCEPT[:-1]}, "organisation": "4711"}}', "portbase", "$.organisation: Digits alone"),
        (f'{ACCEPT[:-1]}, "id": "{"9" * 256}"}}', "portbase", "The header exceeds 255 charact"),
    ],
    ids=lambda each: each[:40],
)
def test_what_cannot_be_translated_is_told_with_what_is_wrong(
    tmp_path: Path, content: str, to: str, sentence: str
) -> None:
    file = tmp_path / "in.json"
    file.write_text(content)
    got = translated(file, to)

    assert got.exit_code == 2
    assert sentence in got.stderr


def test_a_message_of_ours_is_shown_as_the_bus_would_send_it(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    release = {
        "container": "cpuu 100001-0", "port": "nl rtm", "terminal": "rwg",
        "bills_of_lading": ["bltest0001"], "release_identification": "R1", "colour": "red",
        "release_to": {"scheme": "vat", "code": "BE 0400.000.001"},
    }  # fmt: skip
    said = {"type": "releasebus.release", "data": release, "organisation": "NXT 1", "colour": 1}
    file.write_text(json.dumps(said))
    written = {**said, "data": dict(release, container=CONTAINER, port="NLRTM")}

    answer = told(file, "portbase", *THEN)
    file.write_text(json.dumps(written))

    assert answer["documents"] == told(file, "portbase", *THEN)["documents"]
    assert answer["lost"] == [
        "Line 1, $.colour is left out: a line has type, data, id, organisation.",
        "Read with a finding: terminal_normalised: rwg.",
        "Read with a finding: vat_check_digit: $.release_to.code.",
        "Read with a finding: unknown_member: $.colour.",
    ]


def test_each_line_that_is_left_out_is_told(tmp_path: Path) -> None:
    file = tmp_path / "said.jsonl"
    fact = written(a_day().facts[0]).decode()
    file.write_text(f'{{"what": 1}}\n{ACCEPT}\n\n{fact}\n[]')

    shown = json.loads(translated(file, "portbase", "--json").stdout)["lost"]

    assert [each for each in shown if "left out" in each] == [
        "Line 1 is left out: it is no message of the bus, which has a type and data.",
        "Line 4 is left out: it is a fact of ledger.facts.v1.",
        "Line 5 is left out: it is no message of the bus, which has a type and data.",
    ]
    file.write_text(f"{fact}\n{ACCEPT}")
    assert "Line 2 is left out: it is a message of the bus." in told(file, "BEANR")["lost"]


def test_what_comes_to_nothing_says_why_and_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    said = {"container": CONTAINER, "port": "NLRTM"}
    file.write_text(json.dumps({"type": "releasebus.accept", "data": said}))
    got = translated(file, "portbase")

    assert (got.exit_code, got.stdout) == (1, "")
    assert "begin FILE with that" in got.stderr


def test_what_was_odd_is_told_in_its_own_words(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    said = {"container": CONTAINER, "port": "NLRTM", "request_id": "R1", "accepted": False}
    file.write_text(json.dumps({"type": "releasebus.answer_request", "data": said}))
    got = translated(file, "portbase")

    assert (got.exit_code, got.stdout) == (1, "")
    assert "note: Odd: It answers a request that nobody made: R1." in got.stderr


@each_row(
    "file, arguments, sentence",
    [
        (RELEASE, (*OF_CPU, "--to", "BEANR", "--at", "9999-12-31T00:00:00"), "the years 1970 to"),
        (None, ("--to", "NLRTM", "--from", "nosuch"), "FILE is in our own words"),
        (None, ("--to", "NLRTM", "--type", "x"), "FILE is in our own words"),
        (None, ("--to", "NLRTM", "--partner", example("ship_agent")), "no message of the partner"),
        (AIR, ("--to", "BEANR"), "is told of containers, and this is air cargo."),
        (NOWHERE, ("--to", "NLRTM"), "ZZZZZ: The bus does not serve this port."),
    ],
    ids=str,
)
def test_what_does_not_go_together_is_refused(
    tmp_path: Path, file: Path | str | None, arguments: tuple[str, ...], sentence: str
) -> None:
    if not isinstance(file, Path):
        written_here = tmp_path / "in.json"
        written_here.write_text(file or ACCEPT)
        file = written_here
    got = RUN.invoke(app, ["translate", str(file), *arguments])

    assert got.exit_code == 2, got.output
    assert sentence in got.stderr


def test_what_of_a_systems_body_is_no_message_is_told(tmp_path: Path) -> None:
    state = json.loads((SAMPLES / "portbase/samples/P4_webhook_released.json").read_bytes())
    file = tmp_path / "states.json"
    file.write_text(json.dumps([state, {"id": 5}]))

    assert any(each.startswith("portbase: $[1]") for each in told(file, "BEANR")["lost"])


def test_a_file_that_is_not_there_is_told() -> None:
    got = translated(Path("not-there.json"), "portbase")

    assert got.exit_code == 2
    assert "cannot be read" in got.stderr
