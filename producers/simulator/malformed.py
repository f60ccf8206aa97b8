"""Records that no ledger can be asked with: sound messages, each spoiled in one way."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from random import Random

from producers.simulator import numbers
from producers.simulator.cargo import Box
from producers.simulator.cast import PORT
from producers.simulator.planned import Letter, Planned, unreadable
from schemas import messages as m
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.messages import Role
from schemas.topics import CARRIER

NESTED = 10_000

Spoil = Callable[[Letter], Letter]


def spoiled(number: int, box: Box, wave: int, at: datetime, chance: Random) -> Planned:
    """Return the *number*th flawed record: an update of *box* that never becomes one."""
    causes = tuple(SPOILERS)
    cause = causes[number % len(causes)]
    message_id = numbers.message_id(chance)
    return Planned(
        wave=wave,
        at=at,
        role=Role.SHIP_AGENT,
        organisation=box.ship.agent.id,
        container=box.number,
        message_id=message_id,
        content=SPOILERS[cause](_sound(box, message_id, at)),
        answer=unreadable(cause),
    )


def _sound(box: Box, message_id: str, at: datetime) -> Letter:
    message = m.Update(
        container=box.number,
        port=PORT,
        bills_of_lading=box.bills,
        order_reference=f"ORDER-{message_id[:6].upper()}",
    )
    envelope = Envelope(
        id=message_id,
        source=ORGANISATION_SOURCE + box.ship.agent.id,
        type=m.Update.TYPE,
        time=at,
        subject=box.number,
    )
    value = message.model_dump_json(exclude_none=True).encode()
    return Letter(CARRIER, box.number.encode(), value, headers_of(envelope))


def _written(change: Callable[[bytes], bytes | None]) -> Spoil:
    return lambda letter: replace(letter, value=change(letter.value or b""))


def _headed(name: str, value: bytes | None) -> Spoil:
    def spoil(letter: Letter) -> Letter:
        kept = [header for header in letter.headers if header[0] != name]
        given = [] if value is None else [(name, value)]
        return replace(letter, headers=(*kept, *given))

    return spoil


def _without(member: str) -> Callable[[bytes], bytes]:
    def change(value: bytes) -> bytes:
        content = json.loads(value)
        del content[member]
        return json.dumps(content).encode()

    return change


def _with(member: bytes) -> Callable[[bytes], bytes]:
    return lambda value: value.replace(b"{", b"{" + member + b",", 1)


SPOILERS: dict[str, Spoil] = {
    "truncated": _written(lambda value: value[: len(value) // 2]),
    "wrong_key": lambda letter: replace(letter, key=b"MSCU0000000"),
    "not_utf8": _written(lambda value: value.replace(b"ORDER-", b"ORDER\xe9")),
    "field_missing": _written(_without("port")),
    "duplicate_key": _written(_with(b'"port":"NLRTM"')),
    "header_missing": _headed("ce_id", None),
    "not_a_number": _written(_with(b'"weight":NaN')),
    "type_not_of_this_topic": _headed("ce_type", m.Accept.TYPE.encode()),
    "time_unreadable": _headed("ce_time", b"yesterday at noon"),
    "value_missing": _written(lambda _: None),
    "source_unknown": _headed("ce_source", b"https://release.example/agents/7"),
    "too_deep": _written(_with(b'"remarks":' + b"[" * NESTED + b"]" * NESTED)),
    "malformed": _written(lambda value: value.replace(b'"', b"'")),
    "empty": _written(lambda _: b""),
}
"""By the cause that intake must find."""
