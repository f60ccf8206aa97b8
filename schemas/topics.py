"""Every topic of the bus: what arrives, what is asked of the ledger, what is told to whom."""

from functools import lru_cache

from schemas.doors import Door
from schemas.value import Value, altered

CONTAINER_PARTITIONS = 12
MEBIBYTE = 1024 * 1024
# Every message asks for the topics of its parties: they are put together once.
TOPICS_KEPT = 10_000


class Topic(Value, frozen=True):
    """One Kafka topic as the bus creates it.

    `retention_days` None means for ever. `max_message_bytes` is the broker's limit for one
    record. All topics are created with `message.timestamp.type=LogAppendTime`, because the
    broker's clock, not the sender's, is what the ledger goes by.
    """

    name: str
    key: str
    purpose: str
    retention_days: int | None = 30
    compacted: bool = False
    partitions: int = CONTAINER_PARTITIONS
    max_message_bytes: int = MEBIBYTE

    def config(self) -> dict[str, str]:
        """Return the broker's settings for this topic."""
        retention_ms = -1 if self.retention_days is None else self.retention_days * 86_400_000
        # Kafka compacts no segment that is still written to: by default that is a week of
        # heartbeats for a gate to read before its first answer.
        soon = {"segment.ms": "3600000", "min.cleanable.dirty.ratio": "0.1"}
        return {
            **(soon if self.compacted else {}),
            "message.timestamp.type": "LogAppendTime",
            "cleanup.policy": "compact" if self.compacted else "delete",
            "retention.ms": str(retention_ms),
            "max.message.bytes": str(self.max_message_bytes),
        }


CARRIER = Topic("releases.carrier.v1", "container", "ship agents: release, update, block, revoke")
PARTY = Topic("releases.party.v1", "container", "release parties, transport operators: the chain")
TERMINAL = Topic("terminal.events.v1", "container", "terminals: discharge, light, gate")
CUSTOMS = Topic("customs.events.v1", "container", "customs link: customs status")
REGISTRATIONS = Topic(
    "registrations.v1", "organisation", "who joins the bus, with roles and keys", partitions=1
)
KEYS = Topic("keys.v1", "organisation", "organisations: their own keys and gateways", partitions=1)

LEDGER_LOG = Topic(
    "ledger.log.v1",
    "container",
    "every authentic, canonical message in the order it is asked of the ledger",
    retention_days=400,
    max_message_bytes=2 * MEBIBYTE,
)
DIRECTORY_LOG = Topic(
    "directory.log.v1",
    "organisation",
    "the same for organisations",
    retention_days=400,
    partitions=1,
    max_message_bytes=2 * MEBIBYTE,
)
LEDGER_FACTS = Topic(
    "ledger.facts.v1",
    "container",
    "every fact, with a snapshot of the stay; internal",
    retention_days=400,
    max_message_bytes=4 * MEBIBYTE,
)
DIRECTORY_FACTS = Topic(
    "directory.facts.v1",
    "organisation",
    "each organisation as it stands",
    retention_days=None,
    compacted=True,
    partitions=1,
    max_message_bytes=2 * MEBIBYTE,
)
LARGEST_INTERCHANGE = MEBIBYTE
"""Of bytes in one record of edi.in.v1; what follows from it has to fit its own topic."""
EDI_IN = Topic(
    "edi.in.v1",
    "partner",
    "EDIFACT partners: whole interchanges, bytes as they came",
    # The interchange, its headers and its signature on top.
    max_message_bytes=LARGEST_INTERCHANGE + MEBIBYTE // 4,
)
EDI_OUT = Topic(
    "edi.out.v1",
    "partner",
    "every interchange that the bus sends: CONTRL, APERAK, COREOR, CODECO, COPINO, IFTSTA",
    # A CONTRL tells each thing that is wrong: of one byte, a superfluous separator, in eleven.
    max_message_bytes=12 * MEBIBYTE,
)
EDI_ANSWERS = Topic(
    "edi.answers.v1",
    "partner",
    "what partners answered to what they were sent, whose answer is overdue, what was not sent",
)
BOARD = Topic("board.v1", "container", "for dashboards: no parties, no drivers", retention_days=7)
HEADS = Topic(
    "ledger.heads.v1",
    "shard",
    "signed heads of the hash chains",
    retention_days=None,
    partitions=1,
)
DEAD_LETTERS = Topic(
    "dead-letters.v1",
    "as it came",
    "what could not be read, bytes and headers untouched",
    retention_days=None,
    # A dead letter must fit whatever an input topic lets in, its own headers on top.
    max_message_bytes=16 * MEBIBYTE,
)

REGISTER = Door.REGISTER.value
"""Whose outbox the register's own messages are answered on; it is no organisation itself."""

INPUTS = (CARRIER, PARTY, TERMINAL, CUSTOMS)
DIRECTORY_INPUTS = (REGISTRATIONS, KEYS)
"""What the directory hears: from doors on the first, from each organisation itself on the second.

Kafka's access list knows topics, not messages: on one topic of both, who may change its own keys
could register anybody where signatures are off.
"""
LOGS = (LEDGER_LOG, DIRECTORY_LOG)
EDI = (EDI_IN, EDI_OUT, EDI_ANSWERS)


@lru_cache(maxsize=TOPICS_KEPT)
def pickup_rights(port: str, terminal: str) -> Topic:
    """Return the topic on which the terminal *terminal* of *port* consumes its entitlements."""
    return Topic(
        f"terminal.{port.lower()}-{terminal.lower()}.pickup-rights.v1",
        "container and release",
        f"the pick-up entitlements of terminal {terminal} at {port}",
        retention_days=None,
        compacted=True,
        partitions=1,
    )


@lru_cache(maxsize=TOPICS_KEPT)
def outbox(organisation: str) -> Topic:
    """Return the topic on which *organisation* is answered."""
    return Topic(
        f"party.{organisation.lower()}.outbox.v1",
        "container",
        f"outcomes of the messages of {organisation}, and what happens to its containers",
        partitions=1,
    )


SCR = Topic(
    "releases.scr.v1", "release address", "SCR's events, and the releases fetched after them"
)
OF_THEIR_OWN = {"scr": SCR}
"""What a system that stands above the ports says comes on a topic named by what it is about."""


def system_out(system: str) -> Topic:
    """Return the topic of the documents rendered for the community system *system*."""
    return Topic(f"pcs.{system}.out.v1", "correlation id", f"documents to {system}")


def system_in(system: str) -> Topic:
    """Return the topic of what the community system *system* says back."""
    own = OF_THEIR_OWN.get(system)
    if own is not None:
        return own
    return Topic(f"pcs.{system}.in.v1", "correlation id", f"replies and states of {system}")


@lru_cache(maxsize=TOPICS_KEPT)
def within(namespace: str, topic: Topic) -> Topic:
    """Return *topic* as it is called in *namespace*, so that several buses share a cluster."""
    return altered(topic, name=namespace + topic.name)


OUTBOXES_OF_DOORS = tuple(outbox(door.value) for door in Door)
"""Where the doors of onboarding are answered: they are no organisations."""

FIXED = (
    *INPUTS,
    *DIRECTORY_INPUTS,
    *LOGS,
    *EDI,
    LEDGER_FACTS,
    DIRECTORY_FACTS,
    BOARD,
    HEADS,
    DEAD_LETTERS,
    *OUTBOXES_OF_DOORS,
)
"""What is there before anybody joins; terminals and parties get their topics when they do."""
