"""Whether everything that travels may follow a released version: each breach, and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.evolution.changes import differences
from schemas.evolution.rules import RULES, Difference, Kind, Reader
from schemas.export import ASYNCAPI

Documents = Mapping[str, dict[str, Any]]
"""Every exported document by its path: `messages/release.json`, `asyncapi.json`."""

ENTRIES = "outputs/fact_record.json"
IN, OUT = "messages/", "outputs/"


@dataclass(frozen=True, slots=True)
class Found:
    """One difference between version *version* and now: in which document, breaking whom."""

    version: int
    document: str
    difference: Difference
    breaks: frozenset[Reader]

    @property
    def sentence(self) -> str:
        """What differs and where; of a breach also whom it breaks, and what to do instead."""
        rule, found = RULES[self.difference.kind], self.difference
        place = self.document if found.path == "$" else f"{self.document} {found.path}"
        told = f"{place}: {rule.said.format(found.about)}"
        if not self.breaks:
            return told
        whom = "; ".join(reader.value for reader in Reader if reader in self.breaks)
        return f"{told} (since version {self.version}; {whom}). {rule.instead}"


def compared(
    version: int, released: Documents, now: Documents, *, upcast: bool = False
) -> tuple[Found, ...]:
    """Return every difference between the *released* documents and those of *now*.

    What parties send must be read by us as before; what the bus says must be read by who knows
    the released version alone, and, since it is kept, by us too. With *upcast* the entries of
    that version are changed while they are read: that they can be, is then for the corpus to show.
    """
    return tuple(
        Found(version, document, difference, _broken(document, difference, upcast=upcast))
        for document, difference in _differences(released, now)
    )


def _broken(document: str, difference: Difference, *, upcast: bool) -> frozenset[Reader]:
    breaks = RULES[difference.kind].breaks
    if document.startswith(IN):
        return breaks - {Reader.OLD}
    return breaks - {Reader.NEW} if upcast and document == ENTRIES else breaks


def _differences(released: Documents, now: Documents) -> Iterator[tuple[str, Difference]]:
    for path in sorted(released.keys() | now.keys()):
        if path not in now:
            yield path, Difference(Kind.SCHEMA_GONE, "$")
        elif path not in released:
            yield path, Difference(Kind.SCHEMA_NEW, "$")
        else:
            compare = _topics if path == ASYNCAPI else differences
            yield from ((path, each) for each in compare(released[path], now[path]))


# --- the topics --------------------------------------------------------------------------------

_SETTINGS = ("partitions", "cleanup.policy")
"""What decides the order of a topic's records, and whether all of them are kept."""


def _topics(released: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    were, are = _channels(released), _channels(now)
    for address in sorted(were.keys() | are.keys()):
        if address not in are:
            yield Difference(Kind.TOPIC_GONE, address)
        elif address not in were:
            yield Difference(Kind.TOPIC_NEW, address)
        else:
            yield from _topic(address, were[address], are[address])
    headers = (each["components"]["schemas"]["cloudEvent"] for each in (released, now))
    for each in differences(*headers):
        yield Difference(each.kind, f"headers {each.path}", each.about)


def _channels(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    received = {
        each["channel"]["$ref"].rpartition("/")[2]
        for each in document["operations"].values()
        if each["action"] == "receive"
    }
    return {
        channel["address"]: {
            "takes": name in received or channel.get("x-internal", False),
            "messages": tuple(channel["messages"]),
            **_settings(channel["bindings"]["kafka"]),
        }
        for name, channel in document["channels"].items()
    }


def _settings(binding: dict[str, Any]) -> dict[str, Any]:
    told = {**binding, **binding["topicConfiguration"]}
    return {name: told[name] for name in _SETTINGS}


def _topic(address: str, was: dict[str, Any], now: dict[str, Any]) -> Iterator[Difference]:
    for message in was["messages"]:
        if message not in now["messages"]:
            yield Difference(Kind.TOPIC_TAKES_LESS, address, message)
    # On a topic of the bus's own all readers are the bus's too, and know what it says.
    more = Kind.TOPIC_TAKES_MORE if was["takes"] else Kind.TOPIC_SAYS_MORE
    for message in now["messages"]:
        if message not in was["messages"]:
            yield Difference(more, address, message)
    for name in _SETTINGS:
        if was[name] != now[name]:
            yield Difference(Kind.TOPIC_SETTING, address, f"{name} was {was[name]!r}")
