"""Who calls is told by a token of which only a digest is kept."""

from pathlib import Path

import pytest

from producers.door.callers import (
    Callers,
    CallersUnreadable,
    Credential,
    credentials_in,
    new_token,
    write_credentials,
)
from schemas.plain_identity import shows_a_secret

HAULIER = "NXT21000000003"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "callers.jsonl"


def admit(file: Path) -> tuple[str, Credential]:
    token, credential = new_token(HAULIER)
    write_credentials(file, {credential.id: credential})
    return token, credential


def test_no_tokens_id_is_taken_for_a_code_where_it_travels() -> None:
    """Intake refuses a gateway's word on how it knew somebody, where it shows a card or a code."""
    ids = {new_token(HAULIER)[1].id for _ in range(200)}

    assert len(ids) == 200
    assert not [each for each in ids if shows_a_secret(f"token {each}")]


def test_a_token_tells_whose_it_is(file: Path) -> None:
    token, credential = admit(file)

    assert Callers(file).who(f"Bearer {token}") == (HAULIER, credential.id)
    assert Callers(file).who(f"bearer {token}") == (HAULIER, credential.id)


def test_nothing_but_the_whole_token_lets_anybody_in(file: Path) -> None:
    token, credential = admit(file)
    callers = Callers(file)

    wrong = (
        None,
        "",
        token,
        "Bearer ",
        f"Bearer {token[:-1]}",
        f"Bearer {token}x",
        f"Basic {token}",
        f"Bearer rb1.{credential.id}.",
        f"Bearer rb1.{credential.id}",
        f"Bearer {credential.sha256}",
        f"Bearer rb1.{'0' * 12}.{token.split('.')[2]}",
        "Bearer " + "a" * 100_000,
        "Bearer é.é.é",
    )
    assert [callers.who(each) for each in wrong] == [None] * len(wrong)


def test_the_file_holds_no_token_and_is_for_its_owner_alone(file: Path) -> None:
    token, _ = admit(file)

    assert token.split(".")[2].encode() not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_two_tokens_of_one_organisation_both_count(file: Path) -> None:
    (one, first), (two, second) = new_token(HAULIER), new_token(HAULIER)
    write_credentials(file, {first.id: first, second.id: second})
    callers = Callers(file)

    assert callers.who(f"Bearer {one}") == (HAULIER, first.id)
    assert callers.who(f"Bearer {two}") == (HAULIER, second.id)


def test_a_token_that_was_taken_out_ends_at_once(file: Path) -> None:
    token, _ = admit(file)
    callers = Callers(file)
    assert callers.who(f"Bearer {token}") is not None

    write_credentials(file, {})

    assert callers.who(f"Bearer {token}") is None


@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"id": "x"}\n'])
def test_a_file_that_cannot_be_read_lets_nobody_in(file: Path, content: bytes) -> None:
    token, _ = admit(file)
    callers = Callers(file)
    assert callers.who(f"Bearer {token}") is not None

    file.write_bytes(content)

    for _ in range(2):
        with pytest.raises(CallersUnreadable):
            callers.who(f"Bearer {token}")


def test_a_file_that_is_gone_lets_nobody_in(file: Path) -> None:
    with pytest.raises(CallersUnreadable):
        Callers(file).who("Bearer x")


def test_what_is_written_is_read_again(file: Path) -> None:
    _, credential = admit(file)

    assert credentials_in(file) == {credential.id: credential}
