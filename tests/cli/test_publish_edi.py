"""`releasebus publish FILE.edi` says what is missing or of no use, before any broker is asked."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app

RUN = CliRunner()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ((), "--partner NAME"),
        (("--partner", "quay", "--key-file", "own.key"), "Say who signs: --source"),
        (("--partner", "quay", "--on-behalf-of", "NXT1"), "Say who speaks for it: --source"),
        (("--partner", "quay", "--topic", "terminal.events.v1"), "nothing comes of --topic"),
        (("--partner", "quay", "--type", "accept", "--id", "1"), "of --type, --id: leave it away"),
        (("--partner", "quay", "--key", "MSCU7029147"), "nothing comes of --key"),
    ],
)
def test_what_is_missing_or_of_no_use_is_told(
    tmp_path: Path, said: tuple[str, ...], told: str
) -> None:
    file = tmp_path / "in.edi"
    file.write_bytes(b"UNB+UNOC:3+A+B+261128:1200+1'UNZ+0+1'")
    got = RUN.invoke(app, ["publish", str(file), *said, "--bootstrap-servers", "nowhere:9"])

    assert got.exit_code == 2
    assert told in got.stderr
