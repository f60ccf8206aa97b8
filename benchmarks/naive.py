"""What most teams write first: FastStream, one message, one ORM transaction."""

import asyncio
import json
import time

from aiokafka import AIOKafkaProducer
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from sqlalchemy import BigInteger, Engine, LargeBinary, Text, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from benchmarks.workload import Said, logged
from producers.records import Record, send_all
from producers.topics import ensure
from schemas.topics import LEDGER_FACTS, LEDGER_LOG, within


class Tables(DeclarativeBase):
    """The naive handler's own tables."""


class SeenMessage(Tables):
    """What was handled before."""

    __tablename__ = "naive_seen"
    message_id: Mapped[str] = mapped_column(Text, primary_key=True)


class StayRow(Tables):
    """One container."""

    __tablename__ = "naive_stay"
    container: Mapped[str] = mapped_column(Text, primary_key=True)
    steps: Mapped[int] = mapped_column(BigInteger)


class EntryRow(Tables):
    """One entry."""

    __tablename__ = "naive_entry"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    container: Mapped[str] = mapped_column(Text, index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


async def naive_rate(bootstrap_servers: str, database_url: str, said: list[Said]) -> float:
    """Return messages a second of the naive handler, 12 partitions, ack policy NACK_ON_ERROR.

    It answers on a topic after the commit, so it may lose what it answers: that is part of why
    it is naive, and not of what is timed.
    """
    namespace = "naive."
    await ensure(bootstrap_servers, namespace, (LEDGER_LOG, LEDGER_FACTS))
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, enable_idempotence=True)
    await producer.start()
    await send_all(producer, [logged(each, namespace) for each in said])
    engine = create_engine(database_url)
    Tables.metadata.create_all(engine)
    broker = KafkaBroker(bootstrap_servers, logger=None)
    handled: list[float] = []
    done = asyncio.Event()

    @broker.subscriber(
        within(namespace, LEDGER_LOG).name,
        group_id="naive",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
        decoder=_undecoded,
    )
    async def handle(body: bytes) -> None:
        _apply(engine, f"message-{len(handled)}", body)
        answer = Record(within(namespace, LEDGER_FACTS).name, 0, None, body)
        await send_all(producer, [answer])
        handled.append(time.perf_counter())
        if len(handled) >= len(said):
            done.set()

    await broker.start()
    await done.wait()
    await broker.stop()
    await producer.stop()
    engine.dispose()
    return (len(said) - 1) / (handled[-1] - handled[0])


async def _undecoded(message: KafkaMessage) -> bytes:
    return bytes(message.body)


def _apply(engine: Engine, message_id: str, body: bytes) -> None:
    """Do in one ORM transaction what the ledger does with one message, as far as rows go."""
    container = json.loads(body)["container"]
    with Session(engine) as session, session.begin():
        if session.get(SeenMessage, message_id) is not None:
            return
        stay = session.scalars(select(StayRow).where(StayRow.container == container)).first()
        if stay is None:
            session.add(StayRow(container=container, steps=1))
        else:
            stay.steps += 1
        session.add(SeenMessage(message_id=message_id))
        session.add(EntryRow(container=container, body=body))
