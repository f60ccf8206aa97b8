"""What is made of one thing that Portbase said: messages, requests, problems, memory."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from adapters.contract import ON_BEHALF_OF, Parsed, Part, Request
from adapters.portbase.ids import correlation_of, request_id
from adapters.portbase.memory import Asked, Box, Known, digest, to_remember
from adapters.portbase.profile import DEFAULT_PORT, MEDIA, PROFILE, STATE
from schemas.identifiers import Unusable, read_container
from schemas.messages import ContainerMessage
from schemas.reading import made_canonical
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.unreadable import Unreadable
from schemas.value import altered

PARTS: Final = uuid.UUID("5d0a7d1e-7a0e-5c5b-9d5b-0c6a2f6f3b10")
MOST_FINDINGS: Final = 20
"""Of what nobody knows in one body; more are counted."""

STATE_KIND: Final = "tracked-bls"


class NotReadable(Exception):
    """A part of what came in is no message; caught in parse.py, which tells what is wrong."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why.code)
        self.why = why


def state_of(bill: str, tracking_id: str, unique: str) -> Request:
    """Return the call that asks how a bill stands."""
    return Request(
        id=request_id(unique, STATE_KIND, bill),
        method="GET",
        path=STATE.format(tracking_id),
        correlation_id=correlation_of(bill),
        headers=(PROFILE.header,),
    )


@dataclass(slots=True)
class Hearing:
    """One thing that Portbase said of one bill, while it is gone through."""

    known: Known
    parts: list[Part] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    problems: list[Unreadable] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def about(self, number: str) -> dict[str, object]:
        """Return what names the release of a container."""
        return {
            "container": number,
            "port": self.known.port or DEFAULT_PORT,
            "terminal": self.known.terminal,
            "bills_of_lading": (self.known.bill,),
        }

    def observation(self, box: Box, members: dict[str, object]) -> ObserveRelease | None:
        """Return how the release of *box* stands; None where its quay was never told."""
        if self.known.terminal is None:
            sentence = "The quay of the container was never told."
            self.wrong("field_missing", "$.billOfLading.dischargeTerminal.code", sentence)
            return None
        return ObserveRelease.model_validate(self.about(box.number) | members)

    def say(self, message: ContainerMessage, at: datetime | None = None) -> bool:
        """Say *message*, which happened *at* a time that Portbase told; tell whether it could be.

        What cannot is a problem, and comes again with the next state.
        """
        read = made_canonical(message)
        if isinstance(read, Unreadable):
            self.problems.append(read)
            return False
        if not isinstance(read.message, ContainerMessage):
            raise TypeError(type(read.message).__name__)
        unique = self._unique(f"{message.TYPE}/{digest(read.message.model_dump_json())}")
        told = (*self.findings[:MOST_FINDINGS], *self._beyond(), *read.findings)
        self.findings = []
        self.parts.append(Part(read.message, unique, tuple(dict.fromkeys(told)), at))
        return True

    def answer(self, asked: Asked, *, accepted: bool, reason: str = "") -> None:
        """Answer a request of the ledger's, which then waits no more."""
        self.known = self.known.without(asked)
        if asked.request_id:
            about = self.about(asked.container) | {
                "request_id": asked.request_id, "accepted": accepted, "reason": reason
            }  # fmt: skip
            self.say(AnswerRequest.model_validate(about))

    def ask_state(self, tracking_id: str) -> None:
        """Ask how the bill stands now."""
        unique = self._unique(f"{STATE_KIND}/{tracking_id}")
        self.requests.append(state_of(self.known.bill, tracking_id, unique))

    def make_call(self, asked: Asked, body: bytes) -> None:
        """Make the call that *asked* waited with for a tracking id."""
        self.requests.append(
            Request(
                id=asked.document,
                method="POST",
                path=asked.path,
                correlation_id=correlation_of(self.known.bill),
                content_type=MEDIA,
                content=body,
                headers=(PROFILE.header, (ON_BEHALF_OF, asked.on_behalf_of)),
            )
        )

    def wrong(self, code: str, place: str, sentence: str) -> None:
        """Tell that a part is no message, and go on."""
        self.problems.append(Unreadable(code, place, sentence))

    def number(self, raw: str | None, place: str) -> str | None:
        """Return a container's number in its one spelling, None where it is none."""
        read = read_container(raw or "")
        if isinstance(read, Unusable):
            self.wrong("field_invalid", place, "This is no number of a container.")
            return None
        return read.value

    def parsed(self) -> Parsed:
        """Return everything that was made."""
        return Parsed(
            messages=tuple(self.parts),
            requests=tuple(self.requests),
            memory=to_remember(self.known),
            problems=tuple(self.problems),
        )

    def _beyond(self) -> tuple[str, ...]:
        beyond = len(self.findings) - MOST_FINDINGS
        return (f"further_findings: {beyond}",) if beyond > 0 else ()

    def _unique(self, what: str) -> str:
        """Return an id that the same bytes give again, and no other state of the bill."""
        turn = self.known.turn
        self.known = altered(self.known, turn=turn + 1)
        return str(uuid.uuid5(PARTS, f"{self.known.bill}/{turn}/{what}"))
