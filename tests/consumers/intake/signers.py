"""A directory whose organisations have keys, and records that they signed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import ConsumerRecord

from consumers.intake.sort import Desk
from consumers.intake.trust import Trust
from ledger.directory.directory import directory_of
from producers.records import Record
from producers.signing import MessageKey, SpokenFor, new_message_key, signed
from schemas.doors import Door
from schemas.keys import Gateway, Key
from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.signatures import SignaturePolicy
from schemas.topics import DIRECTORY_INPUTS, INPUTS, MEBIBYTE

AGENT, FORWARDER, DOOR = (f"NXT2100000000{n}" for n in (1, 2, 9))
CAME_AT = datetime.fromtimestamp(1_772_352_000, UTC)
"""The broker's time of the records of records.py."""

HOUR = timedelta(hours=1)
AGENTS, FORWARDERS, DOORS, REGISTERS, STRANGERS = (new_message_key() for _ in range(5))


@dataclass(frozen=True)
class World:
    """Who has which keys and gateways, and how strictly signatures are asked for."""

    agent: tuple[Key, ...] = ()
    forwarder: tuple[Key, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    policies: dict[str, SignaturePolicy] = field(default_factory=dict)

    def desk(self) -> Desk:
        registered = (
            _organisation(AGENT, Role.SHIP_AGENT, self.agent or (known(AGENTS),)),
            _organisation(
                FORWARDER,
                Role.RELEASE_PARTY,
                self.forwarder or (known(FORWARDERS),),
                self.gateways,
            ),
            Organisation(DOOR, 1, "Demo Door", (), keys=(known(DOORS),)),
        )
        policies = {topic.name: SignaturePolicy.REQUIRED for topic in (*INPUTS, *DIRECTORY_INPUTS)}
        trust = Trust(policies | self.policies, {Door.REGISTER.source: (known(REGISTERS),)})
        return Desk("", MEBIBYTE, directory_of(registered, 3), trust)


def known(key: MessageKey, **more: Any) -> Key:
    """Return the key as the directory has it."""
    return Key(key.key_id, key.public_key, CAME_AT - HOUR, **more)


def signed_by(
    key: MessageKey, came: ConsumerRecord[Any, Any], spoken: SpokenFor | None = None
) -> ConsumerRecord[Any, Any]:
    """Return the record as it would have come, signed with *key*."""
    headers = (*came.headers, *(() if spoken is None else spoken.headers()))
    record = Record(came.topic, came.partition, came.key, came.value, headers)
    return with_headers(came, signed(record, key).headers)


def with_headers(came: ConsumerRecord[Any, Any], headers: Any) -> ConsumerRecord[Any, Any]:
    """Return the record with other headers."""
    return ConsumerRecord(
        came.topic,
        came.partition,
        came.offset,
        came.timestamp,
        came.timestamp_type,
        came.key,
        came.value,
        None,
        -1,
        -1,
        tuple(headers),
    )


def _organisation(
    organisation_id: str,
    role: Role,
    keys: tuple[Key, ...],
    gateways: tuple[Gateway, ...] = (),
) -> Organisation:
    return Organisation(organisation_id, 1, f"Demo {role}", (role,), keys=keys, gateways=gateways)
