"""What became of what partners are told: their answers, who has not answered, what was not sent.

Everything here is part of a transaction of the gateway's store: an answer is kept with what came,
and what is put on edi.answers.v1 of it too.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from adapters.edifact.control import REJECTED
from consumers.dispatch.remembered import insert
from consumers.gateway import tables
from consumers.gateway.handled import Acknowledged, Handled
from consumers.gateway.out import answer_record
from consumers.outgoing import Cause, keep
from ledger.book.moments import micros, moment
from producers.log import partition_of
from schemas.envelope import JSON
from schemas.partner_answers import PARTNER_ANSWER, PartnerAnswer, Verdict
from schemas.topics import EDI_IN

ANSWER = "answer"
"""What a record of edi.answers.v1 is counted by."""
NOBODY = ""
"""Who answered, of what nobody did in its time."""
TOLD_KINDS = ("coreor", "codeco", "copino", "iftsta")
"""How the ids of what is told of a fact end (consumers/gateway/told.py)."""


@dataclass(frozen=True, slots=True)
class Told:
    """One interchange that a partner was told a fact by; `reference` is its 0020."""

    reference: str
    type: str
    container: str
    sent_at: datetime | None


def keep_answers(
    connection: Connection, settled: Sequence[Handled], now: datetime, namespace: str
) -> None:
    """Store what partners answered, and that it is to be put on its topic."""
    for handled in settled:
        made = [
            (ANSWER, answer_record(answer, namespace))
            for each in handled.acknowledged
            for answer in _answers(connection, handled.partner, each, now)
        ]
        cause = Cause(f"{handled.deliveries[0]} answers", handled.partition, handled.offset)
        keep(connection, tables.record, cause, made, now)


def _answers(
    connection: Connection, partner: str, said: Acknowledged, now: datetime
) -> Sequence[PartnerAnswer]:
    """Keep one acknowledgement of everything that it answers, and return it as it is told."""
    verdict = Verdict.REJECTED if said.verdict == REJECTED else Verdict.ACCEPTED
    found = _told(connection, partner, said.names) or (Told(said.reference, "", "", None),)
    answers = [_answer(partner, each, verdict, now, said.by) for each in found]
    for each in answers:
        _put_down(connection, each)
    return answers


def _told(connection: Connection, partner: str, names: Iterable[str]) -> Sequence[Told]:
    """Return what *partner* was told under the first of *names* that is any of ours.

    The number of a document (1004) is that of a fact, and may have been told in several messages;
    who reads capitals alone was told it in capitals.
    """
    t = tables.TOLD.document.c
    for name in names:
        ids = [f"{name.lower()}.{partner}.{kind}" for kind in TOLD_KINDS]
        is_named = sa.and_(t.receiver == partner, sa.or_(t.correlation_id == name, t.id.in_(ids)))
        wanted = sa.select(t.correlation_id, t.type, t.subject, t.sent_at).where(is_named)
        rows = connection.execute(wanted.order_by(t.id)).all()
        if rows:
            return [_told_in(*row) for row in rows]
    return ()


def _told_in(reference: str, kind: str, container: str, sent_at: int | None) -> Told:
    return Told(reference, kind, container, None if sent_at is None else moment(sent_at))


def _answer(
    partner: str, told: Told, verdict: Verdict, at: datetime, answered_by: str
) -> PartnerAnswer:
    return PartnerAnswer(
        partner=partner,
        reference=told.reference,
        verdict=verdict,
        at=at,
        answered_by=answered_by or None,
        message_type=told.type or None,
        container=told.container or None,
        sent_at=told.sent_at,
    )


def _put_down(connection: Connection, answer: PartnerAnswer) -> bool:
    """Keep one answer, the latest where one way of answering is used twice; tell if it is new."""
    row = {
        "partner": answer.partner,
        "reference": answer.reference,
        "answered_by": answer.answered_by or NOBODY,
        "verdict": answer.verdict.value,
        "at": micros(answer.at),
    }
    new = insert(connection, tables.answer).values(row)
    if answer.verdict is Verdict.OVERDUE:
        asked = new.on_conflict_do_nothing().returning(tables.answer.c.reference)
        return connection.execute(asked).first() is not None
    later = {"verdict": new.excluded.verdict, "at": new.excluded.at}
    connection.execute(new.on_conflict_do_update(index_elements=KEY, set_=later))
    return True


KEY = ("partner", "reference", "answered_by")


# --- who does not answer ------------------------------------------------------------------------


def keep_overdue(
    connection: Connection, patience: Mapping[str, timedelta], now: datetime, namespace: str
) -> Sequence[PartnerAnswer]:
    """Store what partners were told longer ago than their *patience* and have not answered.

    Returned is what was not yet known to be overdue: each once for ever, whichever process looks.
    """
    new = [each for each in _late(connection, patience, now) if _put_down(connection, each)]
    for each in new:
        own = each.partner.encode()
        cause = Cause(f"overdue {each.partner} {each.reference}", _partition(own), 0)
        made = [(ANSWER, answer_record(each, namespace))]
        keep(connection, tables.record, cause, made, now)
    return new


def _partition(partner: bytes) -> int:
    """Return the partition of edi.in.v1 whose reader sends it: the partner's own."""
    return partition_of(partner, EDI_IN.partitions)


def _late(
    connection: Connection, patience: Mapping[str, timedelta], now: datetime
) -> Sequence[PartnerAnswer]:
    t, a = tables.TOLD.document.c, tables.answer.c
    is_late = sa.or_(
        sa.false(),
        *(
            sa.and_(t.receiver == partner, t.sent_at < micros(now - minutes))
            for partner, minutes in patience.items()
        ),
    )
    # That none came counts, too: it is told once.
    answered = sa.exists().where(a.partner == t.receiver, a.reference == t.correlation_id)
    wanted = sa.select(t.receiver, t.correlation_id, t.type, t.subject, t.sent_at)
    rows = connection.execute(
        wanted.where(is_late, t.content_type != JSON, ~answered).order_by(t.sent_at)
    ).all()
    return [
        _answer(partner, _told_in(*told), Verdict.OVERDUE, now, NOBODY) for partner, *told in rows
    ]


# --- what is shown ------------------------------------------------------------------------------


def standing(
    connection: Connection, partner: str | None, verdicts: Collection[Verdict]
) -> Sequence[PartnerAnswer]:
    """Return the answers of *partner*, or of all, that stand, the oldest first.

    What was overdue and was answered after all is overdue no more.
    """
    a, t = tables.answer.c, tables.TOLD.document.c
    other = tables.answer.alias()
    came = sa.exists().where(
        other.c.partner == a.partner,
        other.c.reference == a.reference,
        other.c.answered_by != NOBODY,
    )
    is_its = sa.and_(t.receiver == a.partner, t.correlation_id == a.reference)
    wanted = (
        sa.select(
            *(a.partner, a.verdict, a.at, a.answered_by),
            *(a.reference, sa.func.coalesce(t.type, ""), sa.func.coalesce(t.subject, "")),
            t.sent_at,
        )
        .select_from(tables.answer.outerjoin(tables.TOLD.document, is_its))
        .where(a.verdict.in_([each.value for each in verdicts]))
        .where(sa.or_(a.answered_by != NOBODY, ~came))
    )
    if partner is not None:
        wanted = wanted.where(a.partner == partner)
    found = [
        _answer(whose, _told_in(*told), Verdict(verdict), moment(at), by)
        for whose, verdict, at, by, *told in connection.execute(wanted)
    ]
    if Verdict.UNSENT in verdicts:
        found.extend(_unsent(connection, partner))
    return sorted(found, key=lambda it: (it.at, it.partner, it.reference, it.answered_by or ""))


def _unsent(connection: Connection, partner: str | None) -> Iterator[PartnerAnswer]:
    """Yield what could not be written to *partner*, or to anybody."""
    t = tables.TOLD.document.c
    wanted = sa.select(t.content).where(t.content_type == JSON)
    if partner is not None:
        wanted = wanted.where(t.receiver == partner)
    for content in connection.execute(wanted).scalars():
        yield PARTNER_ANSWER.read(bytes(content))
