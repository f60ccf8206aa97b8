"""Which of the documents that are stored are to be brought somewhere, beside their topic."""

from collections.abc import Collection, Mapping
from typing import Any

from consumers.dispatch.delivery.targets import Targets

FIRST_TRY = 0


def planned(rows: Collection[Mapping[str, Any]], targets: Targets) -> list[dict[str, Any]]:
    """Return the rows of delivery for these *rows* of documents; none for whom nobody brings."""
    found = ((row, targets.of(row["system"], row["receiver"])) for row in rows)
    return [delivery_row(row, target.name) for row, target in found if target is not None]


def delivery_row(row: Mapping[str, Any], target: str) -> dict[str, Any]:
    """Return the row of delivery of a document that is still to be brought to *target*."""
    return {
        "document_id": row["id"],
        "target": target,
        **{name: row[name] for name in ("partition", "seq", "place", "correlation_id")},
        "attempts": 0,
        "next_at": FIRST_TRY,
        "ended_at": None,
        "status": None,
        "error": "",
    }
