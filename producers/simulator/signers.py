"""The keys of everybody who speaks in a day: made for one run, and in memory alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from producers.doors import Said
from producers.signing import MessageKey, new_message_key
from schemas.doors import Door
from schemas.key_messages import RegisterKey


@dataclass(frozen=True, slots=True)
class Signers:
    """A key for each door, which intake is told to trust, and one for each organisation.

    Nothing keeps their private halves: what they signed is checked with the public ones, which
    stand in the directory.
    """

    doors: Mapping[Door, MessageKey]
    organisations: Mapping[str, MessageKey]

    def registrations(self) -> Iterator[Said]:
        """Yield the register's messages that bring everybody's key, with their ids."""
        for organisation, key in self.organisations.items():
            registers = RegisterKey(
                organisation=organisation,
                public_key=key.public_key,
                proof=key.possession(organisation),
            )
            yield f"key/{organisation}/{key.key_id}", registers


def new_signers(organisations: Iterable[str]) -> Signers:
    """Make the keys of *organisations*, named by their ids, and of every door."""
    return Signers(
        {door: new_message_key() for door in Door},
        {organisation: new_message_key() for organisation in organisations},
    )
