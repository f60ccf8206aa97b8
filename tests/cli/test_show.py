"""`releasebus show` finds what anybody may have in hand, and says when it knows nothing."""

import json
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from tests.cli.played import PlayedDay

RUN = CliRunner()


def _show(played: PlayedDay, *arguments: str) -> Result:
    return RUN.invoke(app, ["show", *arguments, "--database-url", played.database_url])


def test_a_container_is_found_however_it_is_written(played: PlayedDay) -> None:
    number = played.container()

    for written in (number, number.lower(), f"{number[:4]} {number[4:10]}-{number[10]}"):
        got = _show(played, written)
        assert got.exit_code == 0
        assert got.stdout.startswith(number)


def test_a_bill_of_lading_of_many_containers_is_an_overview(played: PlayedDay) -> None:
    bills = Counter(box.bills[0] for box in played.day.boxes)
    bill, count = bills.most_common(1)[0]
    assert count > 3

    got = _show(played, bill)

    named = {box.number for box in played.day.boxes if box.bills[0] == bill}
    assert got.exit_code == 0
    assert named == {line.split()[0] for line in got.stdout.splitlines()[1:]} & named


def test_a_release_a_message_and_an_event_lead_to_their_container(played: PlayedDay) -> None:
    number = played.container()
    told = json.loads(_show(played, number, "--json").stdout)["containers"][0]
    release = told["stays"][0]["stay"]["release_identification"]
    entry = told["entries"][0]

    for reference in (release, entry["event"], entry["recorded"]["cause"]["message_id"]):
        found = json.loads(_show(played, reference, "--json").stdout)
        assert number in {each["container"] for each in found["found"]}


def test_what_is_not_known_ends_with_one_and_a_hint(played: PlayedDay) -> None:
    got = _show(played, "MSCU0000000")

    assert got.exit_code == 1
    assert "knows nothing by 'MSCU0000000'" in got.stderr


def test_a_ledger_that_is_not_there_ends_with_three(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'none.db'}"

    got = RUN.invoke(app, ["show", "MSCU0000000", "--database-url", url])

    assert got.exit_code == 3
    assert "releasebus demo" in got.stderr


def test_a_file_that_is_no_ledger_ends_with_three(tmp_path: Path) -> None:
    file = tmp_path / "letter.db"
    file.write_text("Dear Sir or Madam, this is no database at all.")

    got = RUN.invoke(app, ["show", "MSCU0000000", "--database-url", f"sqlite:///{file}"])

    assert got.exit_code == 3
    assert "Traceback" not in got.output


@pytest.mark.parametrize("reference", ["", " ", "%", "' OR 1=1 --", "\x00", "ledger-99999999999"])
def test_a_strange_reference_is_only_unknown(played: PlayedDay, reference: str) -> None:
    assert _show(played, reference).exit_code == 1
