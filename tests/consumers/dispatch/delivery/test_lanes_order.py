"""Calls about the same go in the order in which they were asked, whatever they were made of."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from adapters.registry import systems
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.delivery.targets import Target
from consumers.dispatch.incoming.desk import IncomingDesk
from consumers.dispatch.incoming.store import IncomingStore
from consumers.dispatch.store import Store
from ledger.directory.directory import directory_of
from schemas import messages as m
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.facts import RecordedFact, written
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.adapters import rotterdam
from tests.adapters.portbase.rounds import BILL, TRACKING
from tests.adapters.rotterdam import PORTBASE
from tests.adapters.story import AGENT, CONTAINER, FORWARDER, HAULIER, Story, to
from tests.consumers.dispatch.delivery.made import to as targets_to
from tests.consumers.intake.records import came

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)
EVERY = range(12)
OTHER_HAULIER, ITS_EAN = "NXT21000000055", "8713987004566"
TARGETS = targets_to(Target("Rotterdam", "portbase", "portbase", url="https://x.example.org"))


@dataclass(slots=True)
class Bus:
    """A store of dispatch, and all that a port's parties and Portbase say."""

    store: Store
    incoming: IncomingStore
    story: Story
    heard: int = 500

    def say(self, *said: RecordedFact) -> None:
        """Let the ledger's facts be dispatched."""
        arrivals = [
            Arrival(each.shard, each.seq, 3, each.seq, each.container, written(each), each)
            for each in said
        ]
        begun = {each.shard for each in said}
        assert self.store.settle(arrivals, self.story.directory, begun).aside == 0

    def hear(self, content: object) -> None:
        """Let Portbase say *content*; its topic has partitions and offsets of its own."""
        self.heard += 1
        envelope = Envelope(
            f"said-{self.heard}",
            ORGANISATION_SOURCE + PORTBASE,
            "portbase.webhook",
            self.story.now,
            CONTAINER,
            "",
            "application/vnd.portbase.secure-chain+json",
        )
        record = came(
            "pcs.portbase.in.v1",
            json.dumps(content).encode(),
            headers_of(envelope),
            key=BILL.encode(),
            partition=9,
            offset=self.heard,
        )
        self.incoming.settle(IncomingDesk(systems(), self.story.directory), [record])

    def deliver(self, now: datetime = NOW) -> list[str]:
        """Bring all that is due, and return whom each nomination among it names."""
        eans: list[str] = []
        while due := self.store.lanes.due("Rotterdam", EVERY, now, 1):
            eans.extend(nominated([due[0].document.content]))
            self.store.lanes.ended(due[0], now, 200)
        return eans


@pytest.fixture
def bus(sqlite_url: str) -> Iterator[Bus]:
    store, incoming = Store(sqlite_url, targets=TARGETS), IncomingStore(sqlite_url, TARGETS)
    store.create()
    incoming.create()
    story = rotterdam.in_rotterdam()
    first = next(each for each in rotterdam.ORGANISATIONS if each.id == HAULIER)
    codes = (
        altered(each, value=ITS_EAN) if each.scheme == "ean" else each for each in first.codes
    )
    other = altered(first, id=OTHER_HAULIER, name="Second Haulier B.V.", codes=tuple(codes))
    story.directory = directory_of([*rotterdam.ORGANISATIONS, other], 1)
    yield Bus(store, incoming, story)
    store.close()
    incoming.close()


def nominated(contents: Sequence[bytes]) -> list[str]:
    """Return which of the two hauliers each nomination among *contents* names."""
    hauliers = [each.decode() for each in contents if b"nominations" in each]
    return ["other" if ITS_EAN in each else "first" for each in hauliers]


def test_a_haulier_who_had_to_wait_is_nominated_before_the_one_who_takes_its_place(
    bus: Bus,
) -> None:
    story = bus.story
    release = story.say(
        AGENT,
        m.Release,
        terminal=rotterdam.QUAY,
        bills_of_lading=(BILL,),
        release_identification="R1",
        valid_from="2025-03-01T08:00:00Z",
        release_to=to(FORWARDER),
    )
    observed = story.say(
        PORTBASE,
        ObserveRelease,
        terminal=rotterdam.QUAY,
        bills_of_lading=(BILL,),
        status="released",
        agent=to(AGENT),
        holders=(to(FORWARDER),),
    )
    bus.say(*release, *observed)
    bus.deliver()

    # Its tracking id is not known yet: the nomination waits, and is made of the answer.
    bus.say(*story.say(FORWARDER, m.Transfer, release_to=to(HAULIER)))
    bus.hear({"trackedBLs": [{"id": TRACKING, "blNumber": BILL}], "notTrackedBLs": []})
    for each in bus.store.lanes.due("Rotterdam", EVERY, NOW, 10):
        bus.store.lanes.again(each, NOW + timedelta(minutes=5), "it answers 503")
    bus.say(*story.say(FORWARDER, m.Transfer, release_to=to(OTHER_HAULIER)))

    sent = [each.content for each in bus.store.unsent(EVERY, 100)]
    assert nominated(sent) == ["first", "other"]
    assert bus.deliver(LATER) == ["first", "other"]
