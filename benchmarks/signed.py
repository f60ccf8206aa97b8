"""What a signature costs in CPU: made by the sender, verified in intake."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord
from nacl.bindings import crypto_sign_open

from benchmarks.ground import Ground, Measured
from benchmarks.workload import Said, at_the_door, cast
from consumers.intake.sort import Desk
from consumers.intake.trust import NO_TRUST, Trust, trust_everywhere
from ledger.directory.directory import Directory, directory_of
from producers.records import Record
from producers.signing import MessageKey, new_message_key, signed
from schemas.keys import Key
from schemas.organisations import Organisation
from schemas.signatures import SignaturePolicy
from schemas.topics import MEBIBYTE

AT_MOST = 9_000
SIGNED_BYTES = 500
MICROSECONDS = 1_000_000


async def signatures(ground: Ground, _known: object) -> list[Measured]:
    """CPU time alone, in this process and without engines: the machine may be busy."""
    said = ground.said[:AT_MOST]
    keys = {each.organisation: new_message_key() for each in cast()}
    plain = [at_the_door(one, "") for one in said]
    together = _signed(said, plain, keys)
    signing = _cost(lambda: _signed(said, plain, keys), len(said))
    directory = _directory(keys)
    off = _cost(lambda: _sorted(plain, directory, NO_TRUST), len(said))
    required = trust_everywhere(SignaturePolicy.REQUIRED, None)
    on = _cost(lambda: _sorted(together, directory, required), len(said))
    return [
        _measured("signing, CPU a message", signing, ""),
        _measured("intake's sorting, signatures off", off, ""),
        _measured("intake's sorting, signatures required", on, f"{on / off:.1f} x off"),
        _measured("verifying, CPU a message", on - off, f"of it Ed25519 {_ed25519():.0f} us"),
    ]


def _signed(
    said: Sequence[Said], records: Sequence[Record], keys: dict[str, MessageKey]
) -> list[Record]:
    both = zip(said, records, strict=True)
    return [signed(record, keys[one.sender]) for one, record in both]


def _sorted(records: Sequence[Record], directory: Directory, trust: Trust) -> None:
    desk = Desk("", MEBIBYTE, directory, trust)
    for came in map(_came, records):
        assert desk.sort(came).logged == 1


def _came(record: Record) -> ConsumerRecord[Any, Any]:
    topic, partition, key, value, headers = record
    return ConsumerRecord(topic, partition, 0, 1, 1, key, value, None, -1, -1, headers)


def _directory(keys: dict[str, MessageKey]) -> Directory:
    return directory_of(
        (
            Organisation(
                each.organisation,
                1,
                each.name,
                each.roles,
                keys=(_known(keys[each.organisation]),),
            )
            for each in cast()
        ),
        1,
    )


def _known(key: MessageKey) -> Key:
    return Key(key.key_id, key.public_key, datetime.fromtimestamp(0, UTC))


def _ed25519() -> float:
    """Return the microseconds of the primitive alone, over as many bytes as are signed."""
    key = new_message_key()
    whole, public = key.key.sign(bytes(SIGNED_BYTES)), bytes(key.key.verify_key)
    return (
        _cost(lambda: [crypto_sign_open(whole, public) for _ in range(1000)], 1000) * MICROSECONDS
    )


def _cost(work: Callable[[], object], messages: int) -> float:
    """Return the seconds of CPU that a message costs, the best of three."""
    found = []
    for _ in range(3):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return min(found) / messages


def _measured(what: str, seconds: float, beside: str) -> Measured:
    cost = seconds * MICROSECONDS
    return Measured(what, cost, f"{cost:.0f} us", beside)
