"""A terminal's gate: reads its pick-up rights in the background and answers from memory."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from consumers.gate.answers import Answer, said
from consumers.gate.judge import Presented
from consumers.gate.reader import Reader
from consumers.gate.settings import GateSettings
from consumers.gate.view import View
from schemas.identifiers import read_bills


@dataclass(frozen=True, slots=True)
class Health:
    """How a gate is doing.

    `age_seconds` is the age of the shard heard of longest ago, None where one was never heard;
    `counts` are the records applied by kind; `attempts` how often the topic was read from its
    beginning; `trouble` what the reader last failed of, None once it is well again.
    """

    caught_up: bool
    age_seconds: float | None
    counts: Mapping[str, int]
    attempts: int
    trouble: str | None


class Gate:
    """Answers for one terminal; to be used as an async context, in the loop that made it.

    Every answer is from memory, so it is there at once, also when the broker is away: then it
    soon is that the gate cannot tell. Raises NoSuchGate or UnusablePrivateKey when made.
    """

    def __init__(self, settings: GateSettings) -> None:
        self._settings = settings
        self._reader = Reader(settings)
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._reader.run(), name=f"gate {self._settings.topic}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def ready(self, timeout_seconds: float | None = None) -> None:
        """Wait until the topic was read once to its end; raises TimeoutError.

        Then each shard's next heartbeat decides how fresh the answers are.
        """
        async with asyncio.timeout(timeout_seconds):
            await self._reader.caught_up.wait()

    def ask(
        self,
        container: str,
        *,
        identity: str | None = None,
        operator_vat: str | None = None,
        bills_of_lading: Iterable[str] = (),
    ) -> Answer:
        """Return whether *container* may leave with this driver, or with this operator.

        *identity* is the driver's card as it was read (by truck), *operator_vat* the operator's
        VAT number (by barge or rail). Neither is kept or logged. Where bills of lading are
        presented, the right must be to one of them.
        """
        bills = frozenset(read_bills(bills_of_lading))
        presented = Presented(identity, operator_vat, bills)
        return self._reader.view.may_leave(container, presented, self._settings.clock())

    @property
    def view(self) -> View:
        """What the gate knows at this moment: to be shown; to judge, ask."""
        return self._reader.view

    @property
    def settings(self) -> GateSettings:
        """What the gate was told."""
        return self._settings

    def said(self, answer: Answer) -> tuple[str, ...]:
        """Return *answer* for the gate's screen, in the language of its settings."""
        return said(answer, self._settings.language)

    def health(self) -> Health:
        """Return how the gate is doing, for a probe or a dashboard."""
        reader = self._reader
        return Health(
            caught_up=reader.view.caught_up,
            age_seconds=reader.view.age_seconds(self._settings.clock()),
            counts=reader.view.counts,
            attempts=reader.attempts,
            trouble=reader.trouble,
        )
