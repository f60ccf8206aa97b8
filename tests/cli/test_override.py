"""One person proposes, another confirms, and the two words are what the ledger asks for."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.override import agreement_in
from cli.resume import _message
from ledger.four_eyes import Agreement, Wanted, agreed
from ledger.key_file import key_kept_in
from producers.signing import message_key
from schemas.keys import Key
from schemas.overrides import Intent, NotAgreed, Override, digest_of, signed_form, to_sign
from schemas.signatures import header_of

RUN = CliRunner()
BOX = "CPUU1000010"


def own_key(folder: Path, person: str) -> Key:
    key = message_key(folder / person)
    return Key(key.key_id, key.public_key, datetime(2026, 1, 1, tzinfo=UTC), person)


@pytest.fixture
def keys(tmp_path: Path) -> tuple[Key, Key]:
    return own_key(tmp_path, "ada"), own_key(tmp_path, "ben")


def run(folder: Path, person: str, *arguments: str) -> Result:
    return RUN.invoke(app, ["override", *arguments, "--key", str(folder / person)])


def proposed(folder: Path) -> str:
    found = run(folder, "ada", "propose", "resume", BOX, "--detail", "0.2")
    assert found.exit_code == 0, found.output
    (folder / "proposal").write_text(found.stdout, encoding="utf-8")
    return str(folder / "proposal")


def test_what_two_people_signed_is_their_agreement(tmp_path: Path, keys: tuple[Key, Key]) -> None:
    confirmed = run(tmp_path, "ben", "confirm", proposed(tmp_path))
    assert f"resume: {BOX} 0.2" in confirmed.stderr
    (tmp_path / "agreed").write_text(confirmed.stdout, encoding="utf-8")

    both = agreement_in(tmp_path / "agreed")
    wanted = Wanted(Override.RESUME, BOX, "0.2")
    found = agreed(wanted, *both, keys, datetime.now(UTC))
    assert found == Agreement("ada", "ben", digest_of(both[0]))

    message, message_id = _message(BOX, "0.2", tmp_path / "agreed")
    assert (message.proposal, message.confirmation) == both
    assert message_id == found.digest


def test_who_proposed_confirms_in_vain(tmp_path: Path, keys: tuple[Key, Key]) -> None:
    confirmed = json.loads(run(tmp_path, "ada", "confirm", proposed(tmp_path)).stdout)
    wanted = Wanted(Override.RESUME, BOX, "0.2")
    both = confirmed["proposal"], confirmed["confirmation"]
    found = agreed(wanted, *both, keys, datetime.now(UTC))
    assert found is NotAgreed.SAME_PERSON


@pytest.mark.usefixtures("keys")
def test_what_is_no_proposal_is_not_confirmed(tmp_path: Path) -> None:
    confirmed = json.loads(run(tmp_path, "ben", "confirm", proposed(tmp_path)).stdout)
    for content in ("", "a.b.c", confirmed["confirmation"]):
        (tmp_path / "other").write_text(content, encoding="utf-8")
        assert run(tmp_path, "ben", "confirm", str(tmp_path / "other")).exit_code == 2


def test_no_key_is_made_by_signing(tmp_path: Path) -> None:
    refused = run(tmp_path, "cleo", "propose", "resume", BOX)
    assert refused.exit_code == 2
    assert "releasebus key show" in " ".join(refused.output.split())
    assert not (tmp_path / "cleo").exists()


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("said", ["\x1b[1A\x1b[2Kresume: another", "0.2\r", "0.2\n", "\u202e2.0"])
def test_what_a_screen_would_not_show_as_it_is_signed_is_not_confirmed(
    tmp_path: Path, said: str
) -> None:
    assert run(tmp_path, "ada", "propose", "resume", BOX, "--detail", said).exit_code == 2
    key_id = message_key(tmp_path / "ada").key_id
    signed = to_sign(header_of(key_id), Intent(Override.RESUME, BOX, said, datetime.now(UTC)))
    written = signed_form(signed, key_kept_in(tmp_path / "ada").sign(signed).signature)
    (tmp_path / "proposal").write_text(written, encoding="utf-8")

    found = run(tmp_path, "ben", "confirm", str(tmp_path / "proposal"))

    assert found.exit_code == 1
    assert found.stdout == ""
    assert said not in found.stderr
