"""Putting a whole interchange on edi.in.v1, or word of a file, for the partner it is from."""

from datetime import UTC, datetime
from hashlib import sha256

from producers.log import partition_of
from producers.records import Record
from producers.signing import MessageKey, SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.topics import EDI_IN, within
from schemas.value import Form, Value

MEDIUM = "application/EDIFACT"
"""RFC 1767."""
TYPE = "releasebus.edifact.interchange"
FILE_TYPE = "releasebus.edifact.file"
JSON = "application/json"


class LargeFile(Value, frozen=True, kw_only=True):
    """A file that no record takes: it lies in its partner's folder, and is known by its digest."""

    sha256: str
    size: int
    name: str


LARGE_FILE: Form[LargeFile] = Form(LargeFile)


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
    envelope = _envelope(f"interchange-{_digest(name, data)}", TYPE, MEDIUM, sender)
    return _record(partner, data, envelope, namespace, (key, spoken_for))


def file_record(
    partner: str,
    file: LargeFile,
    sender: str,
    namespace: str = "",
    *,
    key: MessageKey | None = None,
    spoken_for: SpokenFor | None = None,
    name: str = "",
) -> Record:
    """Return the record that announces *file*, which a record does not take; as above."""
    data = LARGE_FILE.written(file)
    envelope = _envelope(f"file-{_digest(name, data)}", FILE_TYPE, JSON, sender)
    return _record(partner, data, envelope, namespace, (key, spoken_for))


def _digest(name: str, data: bytes) -> str:
    # A file's name may be no UTF-8 (L\xf6schung.edi, of a Windows client): Python has surrogates.
    return sha256(name.encode(errors="surrogatepass") + b"\0" + data).hexdigest()


def _envelope(own: str, kind: str, medium: str, sender: str) -> Envelope:
    return Envelope(
        id=own,
        source=ORGANISATION_SOURCE + sender,
        type=kind,
        time=datetime.now(UTC),
        content_type=medium,
    )


def _record(
    partner: str,
    data: bytes,
    envelope: Envelope,
    namespace: str,
    signs: tuple[MessageKey | None, SpokenFor | None],
) -> Record:
    own, (key, spoken_for) = partner.encode(), signs
    record = Record(
        topic=within(namespace, EDI_IN).name,
        partition=partition_of(own, EDI_IN.partitions),
        key=own,
        value=data,
        headers=(*headers_of(envelope), *(() if spoken_for is None else spoken_for.headers())),
    )
    return record if key is None else signed(record, key)
