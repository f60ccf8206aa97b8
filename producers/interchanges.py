"""Putting a whole interchange on edi.in.v1, for the partner that it is from."""

from datetime import UTC, datetime
from hashlib import sha256

from producers.log import partition_of
from producers.records import Record
from producers.signing import MessageKey, SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.topics import EDI_IN, within

MEDIUM = "application/EDIFACT"
"""RFC 1767."""
TYPE = "releasebus.edifact.interchange"


def interchange_record(
    partner: str,
    data: bytes,
    sender: str,
    namespace: str = "",
    *,
    key: MessageKey | None = None,
    spoken_for: SpokenFor | None = None,
    name: str = "",
) -> Record:
    """Return the record that brings *data* from *partner*, signed with *key* by *sender*.

    *sender* is an NxtPort id: the partner's organisation, or a gateway that speaks for it and
    says how. Its id follows from *name*, such as a file's, and *data*: brought again under one
    name, it is the same delivery and is not even answered twice.
    """
    digest = sha256(name.encode() + b"\0" + data).hexdigest()
    envelope = Envelope(
        id=f"interchange-{digest}",
        source=ORGANISATION_SOURCE + sender,
        type=TYPE,
        time=datetime.now(UTC),
        content_type=MEDIUM,
    )
    own = partner.encode()
    record = Record(
        topic=within(namespace, EDI_IN).name,
        partition=partition_of(own, EDI_IN.partitions),
        key=own,
        value=data,
        headers=(*headers_of(envelope), *(() if spoken_for is None else spoken_for.headers())),
    )
    return record if key is None else signed(record, key)
