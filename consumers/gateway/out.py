"""What leaves on edi.out.v1: whole interchanges, under the partner's name, each with its id."""

from datetime import datetime

from adapters.edifact.control import TEST
from adapters.edifact.meaning.spelling import at_level
from adapters.edifact.partners import Partner, When
from adapters.edifact.segments import Segment
from adapters.edifact.write import Envelope
from consumers.dispatch.documents import Unsent
from producers.interchanges import MEDIUM
from producers.log import partition_of
from producers.records import Record
from schemas import envelope as cloud_event
from schemas.envelope import JSON
from schemas.partner_answers import PARTNER_ANSWER, PartnerAnswer
from schemas.topics import EDI_ANSWERS, EDI_OUT, within

SOURCE = "urn:releasebus:gateway"
TYPE = "releasebus.edifact."
ANSWERED = "releasebus.partner_answer"
ASKS_FOR_CONTROL = ("", "", "", "1")
"""From the password (S005) on to the request for an acknowledgement (0031)."""


def out_record(
    partner: str, envelope: cloud_event.Envelope, interchange: bytes, namespace: str
) -> Record:
    """Return the record that carries *interchange* to *partner*."""
    key = partner.encode()
    return Record(
        topic=within(namespace, EDI_OUT).name,
        partition=partition_of(key, EDI_OUT.partitions),
        key=key,
        value=interchange,
        headers=(*cloud_event.headers_of(envelope), ("rb_receiver", key)),
    )


def envelope_of(identity: str, kind: str, reference: str, at: datetime) -> cloud_event.Envelope:
    """Return the envelope of an interchange of ours; *reference* is its own (0020)."""
    return cloud_event.Envelope(
        id=identity,
        source=SOURCE,
        type=TYPE + kind.lower(),
        time=at,
        subject=reference,
        content_type=MEDIUM,
    )


def answering(
    partner: Partner, header: Segment, reference: str, at: datetime, *, is_test: bool
) -> Envelope:
    """Return the UNB of an answer to what came under *header*: to whom it was from."""
    return Envelope(
        level=partner.level,
        version=partner.syntax,
        sender=partner.ours[0].composite,
        recipient=_sender_of(header, partner),
        at=at.astimezone(partner.zone),
        reference=reference,
        further=TEST if is_test else (),
    )


def _sender_of(header: Segment, partner: Partner) -> tuple[str, ...]:
    """Return who sent what came under *header*; what its own level cannot spell is left out.

    Of the code that it is known by the partner's file says that it can.
    """
    came = tuple(header.composite(2))
    return came if all(at_level(each, partner.level) == each for each in came) else came[:1]


def telling(partner: Partner, reference: str, at: datetime) -> Envelope:
    """Return the UNB of what *partner* is told; it asks for a CONTRL where one is agreed."""
    return Envelope(
        level=partner.level,
        version=partner.syntax,
        sender=partner.ours[0].composite,
        recipient=partner.identities[0].composite,
        at=at.astimezone(partner.zone),
        reference=reference,
        further=ASKS_FOR_CONTROL if acknowledges(partner) else (),
    )


def acknowledges(partner: Partner) -> bool:
    """Tell whether a partner is asked to acknowledge what it gets, as agreed on CONTRL."""
    return partner.contrl is not When.NEVER


def answer_record(answer: PartnerAnswer, namespace: str) -> Record:
    """Return the record that tells what a partner answered, or that it did not."""
    key = answer.partner.encode()
    by = (answer.answered_by or "nobody").lower()
    envelope = cloud_event.Envelope(
        id=f"{answer.reference}.{answer.partner}.{by}.{answer.verdict}",
        source=SOURCE,
        type=ANSWERED,
        time=answer.at,
        subject=answer.reference,
    )
    return Record(
        topic=within(namespace, EDI_ANSWERS).name,
        partition=partition_of(key, EDI_ANSWERS.partitions),
        key=key,
        value=PARTNER_ANSWER.written(answer),
        headers=cloud_event.headers_of(envelope),
    )


def told_record(document: Unsent, namespace: str) -> Record:
    """Return the record of what a partner is told of a fact, or that it could not be."""
    if document.content_type == JSON:
        return answer_record(PARTNER_ANSWER.read(document.content), namespace)
    envelope = envelope_of(document.id, document.type, document.correlation_id, document.made_at)
    return out_record(document.receiver, envelope, document.content, namespace)
