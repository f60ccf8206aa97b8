"""Carrying out what two people agreed on: onto the log, and what the ledger answered."""

import asyncio
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told
from cli.options import Where
from cli.override import agreement_in
from cli.voice import console, emit
from schemas.overrides import Override, digest_of
from schemas.reasons import Reason
from schemas.words import Language, explained

if TYPE_CHECKING:
    from schemas.facts import RecordedFact
    from schemas.messages import Message

LOOK_AGAIN_SECONDS = 0.1
LONGEST_DETAIL = 2000
"""As the `reason` and the `note` of a message."""

Agreed = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="What two people signed for it, as `override confirm` writes it. Without it you are "
        "told what they have to propose.",
    ),
]
WaitSeconds = Annotated[float, typer.Option(min=0, help="How long to wait for the answer.")]


def carry_out(
    where: Where, asked: "Message", signed: tuple[str, str], wait_seconds: float
) -> None:
    """Put what is *asked* on its log, *signed* by two; tell why the ledger did not follow it.

    Its id is the digest of the proposal, so that the book does it once.
    """
    proposal, confirmation = signed
    both = {"proposal": proposal, "confirmation": confirmation}
    message = type(asked).model_validate(asked.model_dump() | both)
    message_id = digest_of(proposal)
    if _answer_to(where, message_id, wait_seconds=0) is not None:
        raise Told(
            "What these two agreed on was asked for before, and answered then: their word is good "
            "for once. Let them sign anew.",
            Exit.FOUND,
        )
    asyncio.run(_put_on_log(where, message, message_id))
    answer = _answer_to(where, message_id, wait_seconds)
    if answer is None:
        raise Told(
            f"No answer came in {wait_seconds:g} s. Look whether apply runs: the message stands "
            "on the log and is followed as soon as it does; do not send it again.",
            Exit.FOUND,
        )
    reason = getattr(answer.fact, "reason", None)
    if reason in set(Reason):
        words = explained(Reason(reason), getattr(answer.fact, "detail", ""))
        raise Told(words.whole(Language.EN), Exit.FOUND)


def signed_by_two(
    agreed: Path | None, what: Override, subject: str, detail: str
) -> tuple[str, str]:
    """Return proposal and confirmation of *agreed*; where there is none, tell how one is made."""
    if len(detail) > LONGEST_DETAIL:
        raise Told(f"What is said besides is {LONGEST_DETAIL} characters at most.", Exit.USAGE)
    if agreed is not None:
        return agreement_in(agreed)
    said = f" --detail {shlex.quote(detail)}" if detail else ""
    raise Told(
        "This takes two people, each with a key of their own, within fifteen minutes:\n"
        f"  releasebus override propose {what} {shlex.quote(subject)}{said} --key OWN > proposal\n"
        "  releasebus override confirm proposal --key OWN > agreed\n"
        "Then run this command again with --agreed agreed.",
        Exit.USAGE,
    )


def done(sentence: str, *, as_json: bool) -> None:
    """Say that it is done."""
    if as_json:
        emit({"ok": True, "done": sentence})
    else:
        console().print(sentence, markup=False)


async def _put_on_log(where: Where, message: "Message", message_id: str) -> None:
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from producers.operator import operator_record, put_on_log  # noqa: PLC0415 - the same

    await reach_broker(where.bootstrap_servers)
    record = operator_record(message, message_id, datetime.now(UTC), where.namespace)
    await put_on_log(where.bootstrap_servers, record)


def _answer_to(where: Where, message_id: str, wait_seconds: float) -> "RecordedFact | None":
    from cli.ledger import opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.aside import answer_to  # noqa: PLC0415 - the same

    deadline = time.monotonic() + wait_seconds
    while True:
        with opened(where.database_url) as connection:
            answer = answer_to(connection, message_id)
        if answer is not None or time.monotonic() > deadline:
            return answer
        time.sleep(LOOK_AGAIN_SECONDS)
