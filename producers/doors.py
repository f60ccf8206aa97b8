"""What a door of onboarding runs to speak on the bus, and all of them for who plays them."""

from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import groupby
from types import TracebackType
from typing import Self

from producers.client import BusAddress, Client
from producers.signing import MessageKey
from schemas.doors import Door
from schemas.key_messages import KEY_MESSAGES
from schemas.messages import OrganisationMessage
from schemas.notices import Answered
from schemas.registrations import DOORS
from schemas.topics import REGISTRATIONS

Said = tuple[str, OrganisationMessage]
"""A message with its id."""


class AtDoor(Client[OrganisationMessage]):
    """One door: C-point, the NxtPort Console, the CPu UI, the wallet, SCR, the register."""

    TOPIC = REGISTRATIONS

    def __init__(self, address: BusAddress, door: Door, key: MessageKey | None = None) -> None:
        super().__init__(address, door.value, key)
        self._door = door

    @property
    def source(self) -> str:
        """A door is no organisation of the directory."""
        return self._door.source


class Doors:
    """Every door that is needed, opened when it is first spoken at; an async context.

    Each message goes out at the door that it comes from, and in the order in which it is said.
    `keys` and `logged_in` are each door's own, where it signs or has a user of its own.
    """

    def __init__(
        self,
        address: BusAddress,
        keys: Mapping[Door, MessageKey] | None = None,
        logged_in: Mapping[Door, BusAddress] | None = None,
    ) -> None:
        self._address = address
        self._keys = keys or {}
        self._logged_in = logged_in or {}
        self._clients: dict[Door, AtDoor] = {}
        self._leaving = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        await self._leaving.aclose()

    async def publish_all(self, said: Iterable[Said]) -> None:
        """Publish messages, each with its id, one door after the other as they come."""
        for door, run in groupby(said, key=_door):
            client = await self._at(door)
            now = datetime.now(UTC)
            await client.publish_all([(message_id, message, now) for message_id, message in run])

    async def publish(self, message: OrganisationMessage) -> str:
        """Publish one message and return its id."""
        client = await self._at(_door_of(message))
        return await client.publish(message)

    async def outcome(
        self, message_id: str, message: OrganisationMessage, *, timeout_seconds: float = 30.0
    ) -> Answered:
        """Return what was answered to *message*; raise TimeoutError where nothing comes."""
        client = await self._at(_door_of(message))
        return await client.outcome(message_id, timeout_seconds=timeout_seconds)

    async def _at(self, door: Door) -> AtDoor:
        if door not in self._clients:
            address = self._logged_in.get(door, self._address)
            client = AtDoor(address, door, self._keys.get(door))
            self._clients[door] = await self._leaving.enter_async_context(client)
        return self._clients[door]


def _door(said: Said) -> Door:
    return _door_of(said[1])


def _door_of(message: OrganisationMessage) -> Door:
    """Return where a message is said: keys and gateways at the register, all else at its door."""
    return Door.REGISTER if isinstance(message, KEY_MESSAGES) else DOORS[type(message)]
