"""Where messages about organisations are put before the law of the directory, and written down."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from pydantic import BaseModel
from sqlalchemy import Connection

from ledger.book import load, personal
from ledger.book.bulk import Values
from ledger.book.moments import micros
from ledger.directory.answer import answer
from ledger.directory.directory import Directory
from ledger.directory.onboarding import Known, pass_time
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal, Ruling
from schemas import registrations as r
from schemas.facts import Fact, OrganisationRegistered
from schemas.logged import Logged
from schemas.messages import Message, OrganisationMessage
from schemas.onboarding_facts import Onboarding, OnboardingMoved
from schemas.organisations import Organisation
from schemas.value import altered

PERSONAL: Mapping[type[Message], tuple[str, ...]] = {
    r.SubmitRegistration: ("admin",),
    r.ConfirmBilling: ("billing", "contact"),
}
"""What of a message tells of a person: it is stored locked, under a key of its own."""


@dataclass(slots=True)
class Registrar:
    """The directory while one batch is answered, and what of it changed.

    `organisations` and `standings` are what has to be written; `keys` are new ones for what is
    personal, `keys_gone` those of what was replaced.
    """

    connection: Connection
    directory: Directory
    policy: Policy
    organisations: list[tuple[Organisation, int]] = field(default_factory=list)
    standings: dict[str, Onboarding] = field(default_factory=dict)
    keys: dict[str, Values] = field(default_factory=dict)
    keys_gone: list[str] = field(default_factory=list)

    def rule(
        self, message: OrganisationMessage, logged: Logged, now: datetime, key_id: str
    ) -> Ruling:
        """Return what *message* comes to; what is personal of it is locked under *key_id*.

        *logged* is it as it stood on the log, with who stands behind it.
        """
        key, locked = personal.new_key(), None
        told = _personal(message)
        if told is not None:
            locked = personal.locked_text(told, key_id, key)
        known = altered(
            self._known(message.organisation, now, locked),
            sender=logged.attestation.organisation,
            signed_by=logged.attestation.key_id,
            message_id=logged.envelope.id,
        )
        ruling = answer(message, known)
        if locked is not None and not isinstance(ruling, Refusal):
            self.keys[key_id] = (key_id, message.organisation, micros(now), key)
            self._forget(known.standing, message)
        return ruling

    def keep(self, facts: Iterable[Fact], first_seq: int) -> None:
        """Take note of how the organisations stand by *facts*, the first of them *first_seq*."""
        for seq, fact in enumerate(facts, first_seq):
            if isinstance(fact, OrganisationRegistered):
                self.directory = self.directory.joined_by(fact.organisation, seq)
                self.organisations.append((fact.organisation, seq))
            elif isinstance(fact, OnboardingMoved):
                self.standings[fact.organisation] = fact.standing

    def moved_by_time(self, organisations: Collection[str], now: datetime) -> Iterable[Fact]:
        """Yield what time alone brought to *organisations*."""
        for each in organisations:
            organisation = self.directory.get(each)
            if organisation is not None:
                yield from pass_time(organisation, self._known(each, now, None))

    def _known(self, organisation: str, now: datetime, locked: str | None) -> Known:
        if organisation not in self.standings:
            standing = load.standing(self.connection, organisation)
        else:
            standing = self.standings[organisation]
        return Known(self.directory, now, self.policy, standing, locked)

    def _forget(self, standing: Onboarding | None, message: OrganisationMessage) -> None:
        """Destroy the key of what the message replaced."""
        if standing is None:
            return
        admin = isinstance(message, r.SubmitRegistration)
        before = personal.key_of(standing.admin if admin else standing.billing)
        if before is not None and self.keys.pop(before, None) is None:
            self.keys_gone.append(before)


def _personal(message: OrganisationMessage) -> str | None:
    parts = {name: getattr(message, name) for name in PERSONAL.get(type(message), ())}
    told = {
        name: part.model_dump(mode="json", exclude_none=True)
        for name, part in parts.items()
        if isinstance(part, BaseModel)
    }
    return msgspec.json.encode(told).decode() if told else None
