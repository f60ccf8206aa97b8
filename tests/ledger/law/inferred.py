"""What is inferred, as a document: each setting, its default, and the rows that rest on it.

`python -m tests.ledger.law.inferred` writes docs/inferred.md; a test holds it to be current.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

from ledger.law.policy import Policy
from tests.ledger.law.cells import cells
from tests.ledger.law.table import TABLE

DOCUMENT = Path(__file__).parents[3] / "docs" / "inferred.md"
HEAD = """# What is inferred, and which setting changes it

The sources of Certified Pick up leave these open (INFERRED in domain/cpu.md). Each is a setting of
`ledger/law/policy.py`: an owner's answer changes the setting, and with it the rows of the law's
table (`tests/ledger/law/table.py`) that are listed under it. Written by
`python -m tests.ledger.law.inferred` and held to be current by a test; never edit it by hand.
"""
FOOT = """
## Not decided

`InactiveReleaseRights` and the status `Archived` (cpu.md §3.2): no source says after how long a
right is inactive, nor what that ends. The bus archives nothing by itself: a release ends by its
expiry, its deletion or the gate-out.
"""


def document() -> str:
    """Return docs/inferred.md as it must be."""
    return HEAD + "".join(_of_settings()) + FOOT


def _of_settings() -> Iterator[str]:
    rows: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells(TABLE):
        name = cell.source.removeprefix("INFERRED ")
        if name != cell.source:
            rows[name][cell.action, cell.answer].append(cell.state)
    for setting in fields(Policy):
        assumed = setting.metadata.get("assumed")
        if assumed is None:
            continue
        yield f"\n## `{setting.name}` = {_said(setting.default)}\n\n"
        yield f"{assumed} ({setting.metadata['source']})\n"
        if setting.name in rows:
            yield "\n| who does what | in which state | answer |\n|---|---|---|\n"
        for (action, answer), states in rows[setting.name].items():
            yield f"| {action} | {', '.join(states)} | {answer} |\n"


def _said(default: object) -> str:
    if not isinstance(default, timedelta):
        return "yes" if default is True else "no" if default is False else str(default)
    minutes = int(default.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
