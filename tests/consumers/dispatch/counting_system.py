"""A system that counts what it has rendered of each container, and breaks where it is told to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from adapters.contract import (
    HTTP_PATH,
    Document,
    Functions,
    Headers,
    Memory,
    Parsed,
    Parties,
    Profile,
    Rendered,
    System,
    document_id,
)
from consumers.dispatch.arrivals import Arrival
from schemas import facts as f
from schemas.facts import Cause, RecordedFact, written

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class CountingSystem:
    """`broken` are the seqs that it cannot render, `astray` those that it makes no call of.

    Its memory is how many it has rendered.
    """

    name: str = "counting"
    broken: set[int] = field(default_factory=set)
    astray: frozenset[int] = frozenset()
    type: str = "counted"

    def system(self) -> System:
        """Return it as a system of Antwerp."""
        return System(
            name=self.name,
            title="Counts",
            ports=frozenset({"BEANR"}),
            authority="ledger",
            media_in=frozenset(),
            media_out=frozenset({"text/plain"}),
            renders=frozenset(),
            profile=Profile("counting"),
            functions=Functions(
                correlation_of_fact=lambda recorded: recorded.container,
                correlation_of_bytes=lambda _data, _headers: "",
                render=self._render,
                parse=_parse,
                redact=bytes,
                proofread=lambda _document: (),
            ),
        )

    def _render(self, recorded: RecordedFact, _parties: Parties, memory: Memory) -> Rendered:
        if recorded.seq in self.broken:
            raise KeyError(recorded.seq)
        count = int(memory or "0") + 1
        document = Document(
            id=document_id(recorded, self.name, "count", "NXT1"),
            type=self.type,
            receiver="NXT1",
            content_type="text/plain",
            content=f"{recorded.container} {count}".encode(),
            correlation_id=recorded.container,
            subject=recorded.container,
            time=recorded.recorded_at,
            headers=((HTTP_PATH, "/../elsewhere"),) if recorded.seq in self.astray else (),
        )
        return Rendered((document,), str(count))


def _parse(_data: bytes, _headers: Headers, memory: Memory) -> Parsed:
    return Parsed(memory=memory)


def a_fact(
    seq: int, container: str = "CPUU1000010", shard: str = "ledger-3", directory_version: int = 0
) -> RecordedFact:
    """Return a fact of any kind with this place."""
    return RecordedFact(
        shard=shard,
        seq=seq,
        recorded_at=NOON,
        container=container,
        port="BEANR",
        fact=f.Waiting(until=NOON, message="{}"),
        cause=Cause(
            message_id=f"m{seq}",
            message_type="releasebus.accept",
            source="urn:x",
            organisation="NXT1",
            occurred_at=NOON,
            log_offset=seq,
            directory_version=directory_version,
            policy_version="test",
        ),
    )


def an_arrival(seq: int, container: str = "CPUU1000010", shard: str = "ledger-3") -> Arrival:
    """Return the same as it arrives, two offsets for each seq as transactions leave them."""
    recorded = a_fact(seq, container, shard)
    partition = int(shard.rpartition("-")[2])
    return Arrival(shard, seq, partition, seq * 2, container, written(recorded), recorded)
