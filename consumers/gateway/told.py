"""What partners are told of facts, as dispatch tells systems: each partner is a hearer."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from msgspec.structs import replace

from adapters.contract import Document, Memory, Parties, Rendered
from adapters.edifact.meaning.proof import Unsent
from adapters.edifact.meaning.tell import thread_of, told
from adapters.edifact.partners import ACKNOWLEDGEMENTS, Partner
from adapters.edifact.write import Draft, written
from consumers.dispatch.bench import Serving
from consumers.gateway.ids import told_reference
from consumers.gateway.out import telling
from producers.interchanges import MEDIUM
from schemas.envelope import JSON
from schemas.facts import RecordedFact
from schemas.partner_answers import PARTNER_ANSWER, PartnerAnswer, Verdict

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tells:
    """What one partner is told."""

    partner: Partner

    def correlation_of_fact(self, recorded: RecordedFact) -> str:
        """Return under what is remembered what this partner was told before."""
        return thread_of(recorded)

    def render(self, recorded: RecordedFact, parties: Parties, memory: Memory) -> Rendered:
        """Return the interchanges that a fact becomes, one a message."""
        found = told(recorded, self.partner, parties, memory)
        documents = [self._document(recorded, n, each) for n, each in enumerate(found.messages)]
        for place, each in enumerate(found.unsent, len(documents)):
            documents.append(self._not_sent(recorded, place, each))
        return Rendered(tuple(documents), found.memory)

    def _not_sent(self, recorded: RecordedFact, place: int, unsent: Unsent) -> Document:
        """Return what an operator is told instead of the partner, kept and sent like the rest."""
        partner, event = self.partner.name, f"{recorded.shard}-{recorded.seq}"
        # An alarm: the partner does not hear of it in its own format; its outbox says it.
        log.warning("%s not told of %s: %s", partner, event, unsent.why)
        reference = told_reference(recorded.shard, recorded.seq, place)
        answer = PartnerAnswer(
            partner=partner,
            reference=reference,
            verdict=Verdict.UNSENT,
            at=recorded.recorded_at,
            message_type=unsent.type,
            container=recorded.container,
            reason=unsent.why,
        )
        return Document(
            id=f"{event}.{partner}.{unsent.type.lower()}.unsent",
            type=unsent.type,
            receiver=partner,
            content_type=JSON,
            content=PARTNER_ANSWER.written(answer),
            correlation_id=reference,
            subject=recorded.container,
            time=recorded.recorded_at,
        )

    def _document(self, recorded: RecordedFact, place: int, draft: Draft) -> Document:
        partner, at = self.partner, recorded.recorded_at
        reference = told_reference(recorded.shard, recorded.seq, place)
        return Document(
            id=f"{recorded.shard}-{recorded.seq}.{partner.name}.{draft.kind.type.lower()}",
            type=draft.kind.type,
            receiver=partner.name,
            content_type=MEDIUM,
            # Its own reference (0062) says what it is, too: an APERAK names a message by it.
            content=written(
                telling(partner, reference, at), [replace(draft, reference=reference)]
            ),
            correlation_id=reference,
            subject=recorded.container,
            time=at,
        )


@dataclass(frozen=True, slots=True)
class PartnerTold:
    """A partner as a hearer of facts (consumers/dispatch/bench.py)."""

    name: str
    functions: Tells


def told_to(partners: Iterable[Partner]) -> Serving:
    """Return who hears of a fact: every partner that gets anything but answers, in one order."""
    hearers = tuple(
        PartnerTold(partner.name, Tells(partner))
        for partner in sorted(partners, key=lambda each: each.name)
        if partner.gets.keys() - ACKNOWLEDGEMENTS
    )
    return lambda _recorded: hearers
