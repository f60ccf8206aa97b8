"""A fake of one system: takes calls, each key once, and says what its script has it say."""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

import httpx

T = TypeVar("T")
MOST_FAULTS = 3
"""Of one call; then it is let through, or no day would end."""


class Call(NamedTuple):
    """A call that the system took; `key` is empty where it only asks."""

    key: str
    method: str
    path: str
    content: bytes
    if_match: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered with, and what the system tells by itself because of it."""

    content: bytes = b""
    status: int = 200
    says: tuple[bytes, ...] = ()
    etag: str = ""


@dataclass(slots=True)
class Chance:
    """The faults of one run, by a seed; without one nothing goes wrong.

    Without `reorders` everything that happens happens in its order.
    """

    seed: int | None = None
    reorders: bool = True
    met: Counter[str] = field(default_factory=Counter)
    _random: random.Random = field(init=False)
    _faults_of: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def of_call(self, about: str) -> str:
        """Return what goes wrong with a call this time, empty where nothing does."""
        found = self._choice(("", "", "reset", "failing", "busy", "slow", "cut"))
        if not found or self._faults_of[about] == MOST_FAULTS:
            return ""
        self._faults_of[about] += 1
        return found

    def is_met(self, kind: str, one_in: int = 2) -> bool:
        """Tell whether this goes wrong now."""
        return self._choice((kind, *[""] * (one_in - 1))) == kind

    def shuffled(self, kind: str, things: list[T]) -> list[T]:
        """Return *things* in another order."""
        if self.seed is None or not self.reorders:
            return things
        order = self._random.sample(things, len(things))
        self.met[kind] += order != things
        return order

    def _choice(self, kinds: tuple[str, ...]) -> str:
        found = "" if self.seed is None else self._random.choice(kinds)
        self.met.update([found] if found else [])
        return found


Reacts = Callable[[Call], Answer]


@dataclass(slots=True)
class There:
    """The system itself: what it took, what it has to say, and how calls to it go wrong."""

    reacts: Reacts
    chance: Chance
    taken: list[Call] = field(default_factory=list)
    to_say: list[bytes] = field(default_factory=list)
    _answers: dict[str, Answer] = field(default_factory=dict)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        """Take a call, or let it go wrong."""
        key = request.headers.get("idempotency-key", "")
        fault = self.chance.of_call(key or request.url.path)
        if fault == "reset":
            raise httpx.ConnectError("planted")
        if fault == "failing":
            return httpx.Response(503)
        if fault == "busy":
            return httpx.Response(429, headers={"Retry-After": "7"})
        answer = self._taken(key, request)
        if fault == "slow":
            raise httpx.ReadTimeout("planted")
        if fault == "cut":
            raise httpx.ReadError("planted")
        headers: Mapping[str, str] = {"etag": answer.etag} if answer.etag else {}
        return httpx.Response(answer.status, headers=headers, content=answer.content)

    def _taken(self, key: str, request: httpx.Request) -> Answer:
        """Return the answer to a call; under a key that was there before, the same again."""
        if_match = request.headers.get("if-match", "")
        path = request.url.raw_path.decode()
        call = Call(key, request.method, path, request.content, if_match)
        if key in self._answers:
            assert call in self.taken, "another call under the same key"
            return self._answers[key]
        answer = self.reacts(call)
        self.to_say.extend(answer.says)
        if key:
            self.taken.append(call)
            self._answers[key] = answer
        return answer
