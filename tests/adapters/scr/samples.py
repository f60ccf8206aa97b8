"""SCR's samples (identity_scr_portbase.md §F.1), as files beside the adapter, and their story."""

import json
from pathlib import Path
from typing import Any

import adapters.scr
from adapters.contract import IN_REPLY_TO, NOTHING, Headers, Memory, Parsed
from adapters.scr import SYSTEM

FOLDER = Path(adapters.scr.__file__).parent / "samples"
ADDRESS = "0x5b1c0e3d7af2446690c1b2d3e4f5061728394a5b"
CARRIER = "0xc0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c001"
FORWARDER = "0xa1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a111"
TRUCKER = "0xb2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b2b222"

RELEASE = "S2_release"
NO_HEADERS: Headers = {}


def sample(name: str) -> dict[str, Any]:
    """Return the sample with this name as JSON, its PIN redacted as it is on every topic."""
    content: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_bytes())
    redacted: dict[str, Any] = json.loads(SYSTEM.functions.redact(json.dumps(content).encode()))
    return redacted


def release(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the release of S2 with *changes* put over it, one after the other."""
    state = sample(RELEASE)
    for change in (*changes, more):
        state = over(state, change)
    return state


def shown(*numbers: int) -> dict[str, Any]:
    """Return the release as it stands after these samples: 3 for S3 and so on."""
    return release(*(sample(f"S{number}_changed") for number in numbers))


def over(state: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return *state* with *change* put over it, member by member."""
    result = dict(state)
    for name, value in change.items():
        within = state.get(name)
        if isinstance(within, dict) and isinstance(value, dict):
            result[name] = over(within, value)
        else:
            result[name] = value
    return result


class Watched:
    """A release as the adapter sees it: what comes in order, and what is remembered."""

    def __init__(self) -> None:
        self.memory: Memory = NOTHING
        self.asked: list[str] = []
        self._events = 0

    def event(self, name: str, organization: str = FORWARDER) -> Parsed:
        """Let a webhook come; return what becomes of it."""
        self._events += 1
        body = {"release": ADDRESS, "event": name, "organization": organization}
        return self.take(body, {"ce_id": f"event-{self._events}"})

    def answered(self, state: dict[str, Any]) -> Parsed:
        """Let the answer to what was asked last come."""
        return self.take(state, {IN_REPLY_TO: self.asked[-1]} if self.asked else {})

    def take(self, body: object, headers: Headers = NO_HEADERS) -> Parsed:
        """Let *body* come."""
        parsed = SYSTEM.functions.parse(json.dumps(body).encode(), headers, self.memory)
        self.memory = parsed.memory
        self.asked.extend(request.id for request in parsed.requests)
        return parsed


def said(parsed: Parsed) -> list[str]:
    """Return each message as who says what, and to whom: `forwarder transfer trucker`."""
    assert not parsed.problems, parsed.problems
    names = {CARRIER: "carrier", FORWARDER: "forwarder", TRUCKER: "trucker"}
    return [
        " ".join(
            names.get(word, word)
            for word in (
                part.accounts["on_behalf_of"],
                part.message.TYPE.removeprefix("releasebus."),
                part.accounts.get("release_to", ""),
            )
        ).strip()
        for part in parsed.messages
    ]
