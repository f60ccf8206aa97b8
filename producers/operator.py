"""What the bus's own operator puts on the ledger's log, as the clock puts its ticks there."""

from datetime import datetime

from producers.careful import careful_producer
from producers.log import log_record
from producers.login import Servers
from producers.records import Record, send_all
from producers.whole import start_whole
from schemas.envelope import Envelope
from schemas.logged import Attestation
from schemas.messages import Message, OrganisationMessage, Resume
from schemas.override_messages import SettleDispute

OPERATOR = "operator"
SIGNATURES_OFF = "off"
SOURCE = f"urn:releasebus:{OPERATOR}"


def operator_record(message: Message, message_id: str, at: datetime, namespace: str) -> Record:
    """Return the log record of what an operator says; what it is about is named canonically."""
    match message:
        case (
            Resume(container=subject)
            | SettleDispute(container=subject)
            | OrganisationMessage(organisation=subject)
        ):
            envelope = Envelope(message_id, SOURCE, message.TYPE, at, subject)
        case _:
            raise TypeError(f"{type(message).__name__} is no operator's to say")
    return log_record(envelope, message, Attestation(OPERATOR, SIGNATURES_OFF, ""), namespace)


async def put_on_log(bootstrap_servers: Servers, record: Record) -> None:
    """Hand *record* to the broker; return when it has it for good."""
    producer = careful_producer(bootstrap_servers)
    await start_whole(producer)
    try:
        await send_all(producer, [record])
    finally:
        await producer.stop()
