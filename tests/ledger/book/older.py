"""A book as another version of the bus would have written it: older, or newer than ours."""

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from ledger.book import tables
from ledger.book.chain import GENESIS, link
from schemas.evolution.upcasts import SCHEMA_VERSION
from tests.ledger.book.log import LEDGER, Clerk
from tests.ledger.book.tampering import tampering

Rewrite = Callable[[dict[str, Any]], dict[str, Any]]


def written_by_another_version(clerk: Clerk, rewrite: Rewrite, first: int = 1) -> list[bytes]:
    """Write the ledger's entries from *first* on as another version would have; all else stays."""
    columns, shard = tables.entry.c, tables.shard
    head, bodies = GENESIS, []
    with tampering(clerk.engine) as connection:
        rows = connection.execute(
            select(tables.entry).where(columns.shard == LEDGER).order_by(columns.seq)
        ).all()
        for row in rows:
            changed = json.dumps(rewrite(json.loads(row.body))).encode()
            body = row.body if row.seq < first else changed
            head = link(head, row.salt, body)
            this = (columns.shard == LEDGER) & (columns.seq == row.seq)
            connection.execute(update(tables.entry).where(this).values(body=body, hash=head))
            bodies.append(body)
        connection.execute(update(shard).where(shard.c.shard == LEDGER).values(head=head))
    return bodies


def of_the_next_version(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "schema_version": SCHEMA_VERSION + 1, "fact": {**body["fact"], "crane": 7}}
