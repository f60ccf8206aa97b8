"""What partners were told, put down as the gateway does when the broker has it."""

from datetime import datetime

import sqlalchemy as sa

from consumers.dispatch.store import Store
from consumers.gateway import tables
from ledger.book.engine import open_book
from ledger.book.moments import micros


def tell(
    database_url: str,
    reference: str,
    sent_at: datetime,
    *,
    number: str = "",
    kind: str = "COREOR",
    receiver: str = "quay",
) -> None:
    """Put down that a partner was told something, under its reference and number (1004)."""
    told = Store(database_url, tables=tables.TOLD)
    told.create()
    told.close()
    engine = open_book(database_url)
    row = {
        "id": f"{number or reference}.{receiver}.{kind.lower()}",
        "partition": 0,
        "seq": 1,
        "place": 0,
        "system": receiver,
        "type": kind,
        "receiver": receiver,
        "content_type": "",
        "content": b"",
        "correlation_id": reference,
        "subject": "MSKU1234565",
        "made_at": micros(sent_at),
        "headers": "[]",
        "sent_at": micros(sent_at),
    }
    with engine.begin() as connection:
        connection.execute(sa.insert(tables.TOLD.document), row)
    engine.dispose()
