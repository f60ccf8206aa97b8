"""What is inferred, as a document: each setting, its default, and the rows that rest on it.

`python -m tests.ledger.law.inferred` writes docs/inferred.md; a test holds it to be current.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from ledger.law.policy import Policy
from tests.ledger.law import system_table
from tests.ledger.law.cells import cells
from tests.ledger.law.inferences import FIXED, STATEMENTS, Statement
from tests.ledger.law.table import TABLE

ROOT = Path(__file__).parents[3]
PROFILE = "adapters/antwerp_cpu/profile.py"
DOCUMENT = ROOT / "docs" / "inferred.md"
HEAD = """# What is inferred, and which setting changes it

The sources of Certified Pick up leave these open (INFERRED in domain/cpu.md). Each is a setting of
`ledger/law/policy.py`: an owner's answer changes the setting, and with it the rows of the law's
tables (`tests/ledger/law/table.py`, `system_table.py`) that are listed under it. Below them stands
what is inferred and no setting, with the reason; and at the end every statement of cpu.md §1 to §7
that is marked, with what it rests on. Written by `python -m tests.ledger.law.inferred` and held to
be current by a test; never edit it by hand.
"""
NO_SETTING = """
# Inferred, and no setting

Another answer here would be another law. Where the design says it, the rows are marked DESIGN.
"""
NOT_DECIDED = """
# Not decided

`InactiveReleaseRights` and the status `Archived` (cpu.md §3.2): no source says after how long a
right is inactive, nor what that ends. The bus archives nothing by itself: a release ends by its
expiry, its deletion or the gate-out.
"""
EVERY_MARK = """
# Every INFERRED of cpu.md §1 to §7

| § | inferred | rests on |
|---|---|---|
"""
ROWS_HEAD = "\n| who does what | in which state | answer |\n|---|---|---|\n"
Rows: TypeAlias = Mapping[str, Mapping[tuple[str, str], list[str]]]


def document() -> str:
    """Return docs/inferred.md as it must be."""
    rows = rows_by_name()
    settings, fixed = "".join(_of_settings(rows)), "".join(_of_fixed(rows))
    marks = "".join(_of_mark(statement) for statement in STATEMENTS)
    return HEAD + settings + NO_SETTING + fixed + NOT_DECIDED + EVERY_MARK + marks


def rows_by_name() -> Rows:
    """Return the rows of both tables whose source names a setting or what is fixed."""
    rows: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell, where in (
        *((cell, "") for cell in cells(TABLE)),
        *((cell, " (a system's port)") for cell in cells(system_table.TABLE)),
    ):
        _, _, name = cell.source.partition(" ")
        if name:
            rows[name][cell.action + where, cell.answer].append(cell.state)
    return rows


def _of_settings(rows: Rows) -> Iterator[str]:
    for setting in fields(Policy):
        assumed = setting.metadata.get("assumed")
        if assumed is None:
            continue
        yield f"\n## `{setting.name}` = {_said(setting.default)}\n\n"
        yield f"{assumed} ({setting.metadata['source']})\n"
        yield from _table(rows, setting.name)


def _of_fixed(rows: Rows) -> Iterator[str]:
    for fixed in FIXED:
        yield f"\n## `{fixed.name}`\n\n"
        says = f" ({fixed.design})" if fixed.design else ""
        yield f"{fixed.assumed} Why it is no setting: {fixed.because}{says}\n"
        if fixed.shown_by:
            yield f"\nShown by `{fixed.shown_by}`.\n"
        yield from _table(rows, fixed.name)


def _table(rows: Rows, name: str) -> Iterator[str]:
    if name in rows:
        yield ROWS_HEAD
    for (action, answer), states in rows.get(name, {}).items():
        yield f"| {action} | {', '.join(states)} | {answer} |\n"


def _of_mark(statement: Statement) -> str:
    names = ", ".join(f"`{name}`" for name in statement.rests_on)
    place = statement.at or (f"{PROFILE}, {statement.note}" if statement.note else "")
    where = f" (`{place}`)" if place else ""
    rests_on = names or f"no rule of the law. {statement.elsewhere}{where}"
    return f"| {statement.section} | {statement.says} | {rests_on} |\n"


def _said(default: object) -> str:
    if not isinstance(default, timedelta):
        return "yes" if default is True else "no" if default is False else str(default)
    minutes = int(default.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")
