"""One place of a log as the reading takes it, and what the register knows of who speaks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


def moment(text: str) -> datetime:
    """Return a moment from its JSON."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, slots=True)
class Told:
    """One message: who says what about a container, when by its own clock and by the log's."""

    sender: str
    message_id: str
    kind: str
    body: Json
    said_at: datetime
    heard_at: datetime
    content: int = 0

    @property
    def key(self) -> tuple[str, str]:
        return self.sender, self.message_id

    def date(self, name: str) -> datetime | None:
        """Return a date of the message, where it gives one."""
        text = self.body.get(name)
        return None if text is None else moment(text)


@dataclass(frozen=True, slots=True)
class Settings:
    """What cpu.md leaves open (INFERRED), by the defaults that ledger/law/policy.py documents."""

    validity_days: int = 60
    past_days: int = 90
    future_minutes: int = 15
    request_waits_hours: int = 72
    report_waits_days: int = 14
    most_waiting: int = 50
    late_reports_hours: int = 24
    ended_told_days: int = 30
    forgotten_after_days: int = 90
    quay_before_confirms_minutes: int = 15


@dataclass(slots=True)
class Register:
    """Who joined, by the entries that took them in."""

    companies: dict[str, Json] = field(default_factory=dict)
    by_code: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    quays: dict[tuple[str, str], str] = field(default_factory=dict)

    def joins(self, company: Json) -> None:
        """Take in one organisation as the register said it."""
        own = company["organisation"]
        self.companies[own] = company
        codes = [("nxtport", own), *((c["scheme"], c["code"]) for c in company.get("codes", ()))]
        for code in codes:
            self.by_code.setdefault(code, set()).add(own)
        # cpu.md §7 rule 10: an inland terminal is a transport operator.
        if "terminal_operator" in company["roles"]:
            for quay in company.get("terminals", ()):
                self.quays[quay["port"], quay["code"]] = own

    def knows(self, company: str) -> bool:
        return company in self.companies

    def may(self, company: str, roles: frozenset[str]) -> bool:
        return not roles.isdisjoint(self.companies[company]["roles"])

    def named(self, reference: Json) -> list[str]:
        """Return everybody whom *reference* may mean."""
        return sorted(self.by_code.get((reference["scheme"], reference["code"]), ()))

    def vat_of(self, company: str) -> str | None:
        codes = self.companies[company].get("codes", ())
        return next((code["code"] for code in codes if code["scheme"] == "vat"), None)
