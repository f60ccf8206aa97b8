"""`releasebus key` shows the public half of a key, and what registers or trusts it."""

import json
from pathlib import Path

from nacl.signing import VerifyKey
from typer.testing import CliRunner

from cli.main import app
from consumers.intake.trust import roots_in
from producers.signing import message_key
from schemas.keys import possession_of, public_key_in
from schemas.signatures import base64url_in

RUN = CliRunner()


def test_a_key_is_made_once_and_its_public_half_shown(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"

    first = RUN.invoke(app, ["key", "show", str(file), "--json"])
    again = RUN.invoke(app, ["key", "show", str(file)])

    key = message_key(file)
    assert json.loads(first.stdout) == {"key_id": key.key_id, "public_key": key.public_key}
    assert key.public_key in again.stdout
    assert file.read_bytes().hex() not in first.stdout + again.stdout


def test_the_message_that_registers_a_key_proves_that_it_is_held(tmp_path: Path) -> None:
    command = ["key", "show", str(tmp_path / "k"), "--organisation", "NXT21000000001"]

    message = json.loads(RUN.invoke(app, command).stdout)

    key, proof = message_key(tmp_path / "k"), base64url_in(message["proof"].encode())
    assert (message["organisation"], message["public_key"]) == ("NXT21000000001", key.public_key)
    assert proof is not None
    public = VerifyKey(public_key_in(key.public_key))
    public.verify(possession_of("NXT21000000001", key.key_id), proof)


def test_a_key_that_is_made_where_one_was_named_is_told(tmp_path: Path) -> None:
    file = tmp_path / "registre.key"

    made = RUN.invoke(app, ["key", "trust", str(file)])
    known = RUN.invoke(app, ["key", "trust", str(file)])

    assert "was not there" in " ".join(made.stderr.split())
    assert (known.stderr, known.stdout) == ("", made.stdout)


def test_what_is_written_of_trust_is_what_intake_reads(tmp_path: Path) -> None:
    file, trust = tmp_path / "register.key", tmp_path / "trust.toml"
    told = [RUN.invoke(app, ["key", "trust", str(file), *more]).stdout for more in SOURCES]
    trust.write_text("".join(told))

    roots = roots_in(trust)

    assert set(roots) == {"urn:releasebus:register", "urn:releasebus:c-point", "urn:x:y"}
    assert roots["urn:x:y"][0].id == message_key(file).key_id


SOURCES: tuple[tuple[str, ...], ...] = ((), ("--source", "c-point"), ("--source", "urn:x:y"))


def test_a_file_that_others_read_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "sender.key"
    message_key(file)
    file.chmod(0o644)

    got = RUN.invoke(app, ["key", "show", str(file)])

    assert got.exit_code == 1
    assert "open to every user" in got.stderr
    assert RUN.invoke(app, ["key", "trust", str(file), "--source", 'x"y']).exit_code == 2


def test_the_proof_is_over_the_id_as_the_directory_spells_it(tmp_path: Path) -> None:
    asked = ["key", "show", str(tmp_path / "agent.key"), "--organisation"]

    no_id = RUN.invoke(app, [*asked, "foo!"])
    assert (no_id.exit_code, list(tmp_path.iterdir())) == (2, [])
    message = json.loads(RUN.invoke(app, [*asked, "nxt 21-000000001"]).stdout)

    assert message["organisation"] == "NXT21000000001"
    key = message_key(tmp_path / "agent.key")
    assert message["proof"] == key.possession("NXT21000000001")
