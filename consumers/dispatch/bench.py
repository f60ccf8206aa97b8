"""Where one batch of facts is rendered: documents, what is remembered, and what is put aside."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from adapters.contract import NOTHING, Document, Memory, Parties, Rendered, System
from adapters.parties import organisations_named, port_of, quays_named
from adapters.registry import PortUnknown, systems_of
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.documents import LARGEST_DOCUMENT
from consumers.dispatch.remembered import MemoryKey
from ledger.book.faults import kind_and_place
from ledger.directory.directory import Directory
from schemas.facts import RecordedFact

log = logging.getLogger(__name__)

EVERY_SYSTEM = "*"


class Renders(Protocol):
    """What is made of facts, as a system's functions do it (adapters/contract.py)."""

    @property
    def correlation_of_fact(self) -> Callable[[RecordedFact], str]:
        """Under which id a fact's documents are ordered, and memory is kept."""

    @property
    def render(self) -> Callable[[RecordedFact, Parties, Memory], Rendered]:
        """Return the documents that a fact becomes."""


class Hearer(Protocol):
    """Who is told of facts: a community system, or anybody who is told in a way of its own."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def functions(self) -> Renders:
        """What it is told."""


Serving = Callable[[RecordedFact], Sequence[Hearer]]
"""Who has to be told of a fact."""


class DocumentTooLarge(Exception):
    """A document is larger than its topic takes; the adapter must split it."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A fact that is not rendered for one system, and why."""

    arrival: Arrival
    system: str
    error: str


@dataclass(frozen=True, slots=True)
class Made:
    """A document, the fact that it was made of, and what that is *about* to the system."""

    arrival: Arrival
    system: str
    document: Document
    about: str


@dataclass(slots=True)
class Bench:
    """The state of one batch: `memory` as loaded, `behind` whose facts are put aside.

    Pure apart from the log: what it holds afterwards is stored in one transaction, or dropped.
    """

    directory: Directory
    memory: dict[MemoryKey, Memory]
    behind: set[tuple[str, str]]
    changed: set[MemoryKey] = field(default_factory=set)
    made: list[Made] = field(default_factory=list)
    aside: list[Aside] = field(default_factory=list)
    told_to: Serving = field(default_factory=lambda: serving)

    def take(self, arrival: Arrival) -> None:
        """Render one fact for every system of its port, or put it aside."""
        recorded = arrival.recorded
        if recorded is None:
            self._put_aside(arrival, EVERY_SYSTEM, "NotReadable")
            return
        for system in self.told_to(recorded):
            self._for_system(arrival, recorded, system)

    def again(self, aside: Aside) -> None:
        """Render for one system a fact that was put aside before."""
        recorded = aside.arrival.recorded
        if recorded is None or aside.system == EVERY_SYSTEM:
            self.take(aside.arrival)
            return
        for system in self.told_to(recorded):
            if system.name == aside.system:
                self._for_system(aside.arrival, recorded, system)

    def _for_system(self, arrival: Arrival, recorded: RecordedFact, system: Hearer) -> None:
        stands_behind = {(arrival.container, name) for name in (system.name, EVERY_SYSTEM)}
        if self.behind & stands_behind:
            self._put_aside(arrival, system.name, "StandsBehind")
            return
        try:
            key = (system.name, system.functions.correlation_of_fact(recorded))
            before = self.memory.get(key, NOTHING)
            rendered = _rendered(system, recorded, self.directory, before)
        except Exception as error:  # noqa: BLE001  logged by its kind, for it may quote all
            # Our own bug must stop neither other containers nor other systems.
            event = f"{arrival.shard}-{arrival.seq}"
            log.error("Put aside %s for %s: %s", event, system.name, kind_and_place(error))  # noqa: TRY400  no message
            self._put_aside(arrival, system.name, type(error).__name__)
            return
        if rendered.memory != before:
            self.memory[key] = rendered.memory
            self.changed.add(key)
        for document in rendered.documents:
            # An interchange has a name of its own: its order is the container's.
            is_known = document.correlation_id == key[1]
            about = key[1] if is_known else arrival.container
            self.made.append(Made(arrival, system.name, document, about))

    def _put_aside(self, arrival: Arrival, system: str, error: str) -> None:
        self.behind.add((arrival.container, system))
        self.aside.append(Aside(arrival, system, error))


def memory_keys(
    arrivals: Iterable[Arrival], told_to: Serving | None = None
) -> Iterator[MemoryKey]:
    """Yield under which keys the facts' memory lies; a system that cannot tell is met later."""
    for arrival in arrivals:
        if arrival.recorded is not None:
            yield from _keys(arrival.recorded, told_to or serving)


def _keys(recorded: RecordedFact, told_to: Serving) -> Iterator[MemoryKey]:
    for system in told_to(recorded):
        try:
            correlation_id = system.functions.correlation_of_fact(recorded)
        except Exception as error:  # noqa: BLE001  put aside when it is rendered
            log.debug("%s does not tell where a fact belongs: %r", system.name, error)
        else:
            yield system.name, correlation_id


def serving(recorded: RecordedFact) -> tuple[System, ...]:
    """Return the systems that must know of *recorded*; none where nobody serves its port."""
    found = systems_of(port_of(recorded))
    if not isinstance(found, PortUnknown):
        return found
    if found.port not in _told_of:
        _told_of.add(found.port)
        log.warning("Nothing is dispatched: %s", found.sentence)
    return ()


_told_of: set[str] = set()


def parties_of(recorded: RecordedFact, directory: Directory) -> Parties:
    """Return the organisations that *recorded* names, as they stand in *directory*."""
    named: dict[str, None] = dict.fromkeys(organisations_named(recorded))
    operators = (directory.operator_of(*quay) for quay in quays_named(recorded))
    named.update((operator.id, None) for operator in operators if operator is not None)
    known: Mapping[str, object] = directory.by_id
    return {each: directory.by_id[each] for each in named if each in known}


def _rendered(
    system: Hearer, recorded: RecordedFact, directory: Directory, memory: Memory
) -> Rendered:
    parties = parties_of(recorded, directory)
    rendered = system.functions.render(recorded, parties, memory)
    for document in rendered.documents:
        if len(document.content) > LARGEST_DOCUMENT:
            raise DocumentTooLarge(f"{document.id}: {len(document.content)} bytes")
    return rendered
