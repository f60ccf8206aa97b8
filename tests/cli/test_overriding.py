"""Without an agreement a command says what to propose; with one, what the ledger answered."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import overriding
from cli.main import app
from producers.signing import message_key
from schemas import override_messages as o
from schemas.facts import Refused
from schemas.overrides import NotAgreed, Override, digest_of
from schemas.reasons import Reason
from tests.books import new_sqlite_book
from tests.ledger.book.log import AGENT, HAULIER, RIVAL, clerk_of, release

RUN = CliRunner()
BOX = "CPUU1000010"


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A ledger in which two agents claim a box."""
    engine = new_sqlite_book(tmp_path / "ledger.db")
    clerk = clerk_of(engine)
    clerk.say(AGENT, release(BOX))
    clerk.say(RIVAL, release(BOX, number="RIVAL-1"))
    clerk.book.forget()
    yield str(engine.url)
    engine.dispose()


def run(url: str, *arguments: str) -> Result:
    return RUN.invoke(app, [*arguments, "--database-url", url])


def claims(url: str) -> dict[str, str]:
    """The disputed releases by their agents, as the command tells them."""
    told = run(url, "settle-dispute", BOX)
    assert told.exit_code == 2
    rows = [line.split() for line in told.output.splitlines() if line.startswith("  ")]
    return {agent: release_id for release_id, agent, _ in rows}


def new_key(folder: Path) -> tuple[str, str]:
    """A key's file as its holder shows it, and its id."""
    key, file = message_key(folder / "new"), folder / "new.json"
    shown = RUN.invoke(app, ["key", "show", str(folder / "new"), "--organisation", HAULIER])
    file.write_text(shown.stdout)
    return str(file), key.key_id


def test_each_command_says_what_two_people_have_to_propose(url: str, tmp_path: Path) -> None:
    chosen = claims(url)[RIVAL]
    file, key_id = new_key(tmp_path)
    commands: tuple[tuple[tuple[str, ...], Override, str, str], ...] = (
        (
            ("party", "suspend", HAULIER, "--reason", "it's"),
            Override.SUSPEND_ORGANISATION,
            HAULIER,
            """'it'"'"'s'""",
        ),
        (("party", "reinstate", HAULIER), Override.REINSTATE_ORGANISATION, HAULIER, ""),
        (
            ("settle-dispute", BOX, chosen, "--note", "seen"),
            Override.SETTLE_DISPUTE,
            chosen,
            "seen",
        ),
        (
            ("key", "change", HAULIER, "--revoke", "k1", "--since", "2026-03-01T08:00:00"),
            Override.CHANGE_KEY,
            HAULIER,
            "'revoke k1 since 2026-03-01T08:00:00+00:00'",
        ),
        (
            ("key", "change", HAULIER, "--register", file),
            Override.CHANGE_KEY,
            HAULIER,
            f"'register {key_id}'",
        ),
    )
    for arguments, what, subject, detail in commands:
        told = run(url, *arguments)
        said = f" --detail {detail}" if detail else ""
        assert told.exit_code == 2, told.output
        assert f"override propose {what} {subject}{said} --key OWN" in told.output


@pytest.mark.parametrize(
    "arguments",
    [
        ("key", "change", HAULIER),
        ("key", "change", HAULIER, "--register", "no-such-file"),
        ("settle-dispute", BOX, "no-such-release"),
        ("party", "suspend", HAULIER, "--reason", "x" * 2001),
        ("party", "suspend", HAULIER, "--agreed", "no-such-file"),
    ],
)
def test_what_cannot_be_asked_is_told_before_anything_is_said(
    url: str, arguments: tuple[str, ...]
) -> None:
    assert run(url, *arguments).exit_code == 2


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is put on a log, instead of there."""
    found: list[Any] = []

    async def keep(_where: Any, message: Any, message_id: str) -> None:
        found.append((message, message_id))

    monkeypatch.setattr(overriding, "_put_on_log", keep)
    return found


class Answer:
    """An entry, as far as the command looks at it."""

    def __init__(self, fact: Any) -> None:
        self.fact = fact


def agreement(folder: Path) -> str:
    file = folder / "agreed"
    file.write_text(json.dumps({"proposal": "a.b.c", "confirmation": "d.e.f"}))
    return str(file)


def suspended(
    url: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *answers: Answer | None
) -> Result:
    """Suspend, where the ledger's book answers so, look by look."""
    left = list(answers)
    monkeypatch.setattr(overriding, "_answer_to", lambda *_, **__: left.pop(0))
    asked = ("party", "suspend", HAULIER, "--reason", "why", "--agreed", agreement(folder))
    return run(url, *asked)


def test_what_two_signed_goes_on_the_log_under_its_own_id(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[Any]
) -> None:
    done = suspended(url, tmp_path, monkeypatch, None, Answer(None))

    assert done.exit_code == 0, done.output
    message = o.SuspendOrganisation(
        organisation=HAULIER, reason="why", proposal="a.b.c", confirmation="d.e.f"
    )
    assert said == [(message, digest_of("a.b.c"))]
    assert "is suspended" in done.output


def test_a_refusal_is_told_with_what_to_do(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[Any]
) -> None:
    refused = Refused(reason=Reason.FOUR_EYES_NEEDED, detail=NotAgreed.TOO_LATE)

    told = suspended(url, tmp_path, monkeypatch, None, Answer(refused))

    assert len(said) == 1
    assert told.exit_code == 1
    assert "More than fifteen minutes passed" in told.output
    assert "let one propose and another confirm anew" in told.output


def test_an_answer_that_does_not_come_is_told_and_so_is_one_that_came_before(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: list[Any]
) -> None:
    silent = suspended(url, tmp_path, monkeypatch, None, None)
    assert (silent.exit_code, "whether apply runs" in silent.output) == (1, True)
    assert len(said) == 1

    repeated = suspended(url, tmp_path, monkeypatch, Answer(None))
    assert (repeated.exit_code, "good for once" in repeated.output) == (1, True)
    assert len(said) == 1
