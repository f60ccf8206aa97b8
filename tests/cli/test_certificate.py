"""A certificate is made where there is none, and never in the place of another."""

import ssl
from pathlib import Path

import pytest

from cli.certificate import certificate_in
from cli.exits import Told


def test_it_is_made_once_and_fits_its_key(tmp_path: Path) -> None:
    made = certificate_in(tmp_path / "door")
    content = [file.read_bytes() for file in made]
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(*made)

    assert certificate_in(tmp_path / "door") == made
    assert [file.read_bytes() for file in made] == content


def test_half_of_one_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_text("somebody's")

    certificate, _ = certificate_in(tmp_path)
    assert not certificate.exists()
    assert (tmp_path / "key.pem").read_text() == "somebody's"


def test_without_openssl_it_is_said_what_to_give(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Told, match="--certificate"):
        certificate_in(tmp_path)
