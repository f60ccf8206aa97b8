"""Where the bus is: what a command may assume, and what it may show."""

from pathlib import Path

import pytest

from cli.exits import Exit, Told
from cli.options import existing_ledger, language_of, without_password
from schemas.words import Language


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "none.db"

    with pytest.raises(Told, match="releasebus demo") as told:
        existing_ledger(f"sqlite:///{file}")

    assert told.value.code is Exit.UNREACHABLE
    assert not file.exists()


def test_another_database_is_for_its_driver_to_look_for() -> None:
    url = "postgresql+psycopg://bus@db/releasebus"

    assert existing_ledger(url) == url


@pytest.mark.parametrize("url", ["gibberish", "mysql://a:s3cret@b/c", "postgresql://bus@db/rb"])
def test_a_database_that_no_ledger_can_be_in_is_a_wrong_usage(url: str) -> None:
    with pytest.raises(Told, match="sqlite:///FILE") as told:
        existing_ledger(url)

    assert told.value.code is Exit.USAGE
    assert "s3cret" not in told.value.sentence


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql+psycopg://bus:s3cret@db:5432/rb", "postgresql+psycopg://bus:***@db:5432/rb"),
        ("postgresql+psycopg://bus@db/rb", "postgresql+psycopg://bus@db/rb"),
        ("sqlite:///demo-out/ledger.db", "sqlite:///demo-out/ledger.db"),
    ],
)
def test_a_password_is_never_shown(url: str, shown: str) -> None:
    assert without_password(url) == shown


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, Language.EN),
        ({"LANG": "C.UTF-8"}, Language.EN),
        ({"LANG": "nl_BE.UTF-8"}, Language.NL),
        ({"LC_ALL": "de_DE", "LANG": "fr_FR"}, Language.DE),
        ({"LC_ALL": "", "LC_MESSAGES": "fr", "LANG": "nl_NL"}, Language.FR),
        ({"LANG": "pl_PL.UTF-8"}, Language.EN),
    ],
)
def test_people_are_told_things_in_the_language_of_their_locale(
    environment: dict[str, str], language: Language
) -> None:
    assert language_of(environment) is language
