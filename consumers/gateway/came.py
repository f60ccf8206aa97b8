"""A record of edi.in.v1 as it came: from which partner, who stands behind it, what is in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from aiokafka import ConsumerRecord

from adapters.edifact.partners import Partner
from consumers.gateway.ids import bounded
from consumers.gateway.opened import Opened, opened
from consumers.intake.authentic import attested
from consumers.intake.claim import Claim, received
from consumers.intake.trust import NO_TRUST, Trust
from ledger.directory.directory import Directory
from producers.interchanges import FILE_TYPE, JSON, LARGE_FILE, LargeFile
from schemas.envelope import ORGANISATION_SOURCE, envelope_in, texts_of
from schemas.logged import Attestation
from schemas.replays import REPLAYED
from schemas.signatures import SIGNATURE, SIGNED_HEADERS, SPOKEN_FOR, taken_apart
from schemas.topics import EDI_IN, LARGEST_INTERCHANGE
from schemas.unreadable import Unreadable
from schemas.value import Misformed

DIGEST_LETTERS = 32
DIGEST = re.compile(r"[0-9a-f]{64}")
KEPT_OF_A_FILE = (*SIGNED_HEADERS, SIGNATURE, *SPOKEN_FOR, *REPLAYED)
"""Headers of what announces a file: by these alone it is known, later, who stands behind it."""


@dataclass(frozen=True, slots=True)
class Came:
    """One record, read; `deliveries` is what it is known by when it comes again.

    The first is its place; the second, where it says so itself, the id that its sender gave it.
    """

    record: ConsumerRecord[Any, Any]
    partner: Partner
    source: str
    attestation: Attestation
    interchanges: tuple[Opened, ...]
    deliveries: tuple[str, ...]
    at: datetime
    file: LargeFile | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who is known: partners by name, organisations, and how strictly signatures are asked for."""

    partners: Mapping[str, Partner]
    directory: Directory
    namespace: str = ""
    trust: Trust = field(default=NO_TRUST)
    largest_bytes: int | None = None
    """Of a record, where it is not what the topic takes."""

    def came(self, record: ConsumerRecord[Any, Any]) -> Came | Unreadable:
        """Return *record* read, or why it is dealt with as a whole."""
        found = self.sender(record)
        return found if isinstance(found, Unreadable) else self._read(*found)

    def sender(
        self, record: ConsumerRecord[Any, Any]
    ) -> tuple[Claim, Partner, Attestation] | Unreadable:
        """Return from which partner *record* is and who stands behind it, without reading it."""
        texts = texts_of(record.headers)
        if isinstance(texts, Unreadable):
            return texts
        partner = self.partners.get((record.key or b"").decode(errors="backslashreplace"))
        if partner is None:
            sentence = "The record key names no partner; each has a file in the partners' folder."
            return Unreadable("partner_unknown", "record key", sentence)
        # One that cannot sign says nothing of itself; where signatures are required it is refused.
        texts.setdefault("ce_source", ORGANISATION_SOURCE + partner.organisation)
        claim = Claim(record, texts, EDI_IN.name)
        attestation = attested(claim, self.directory, self.trust)
        if isinstance(attestation, Unreadable):
            return attestation
        if attestation.organisation != partner.organisation:
            sentence = "The sender is not the organisation that this partner's file names."
            return Unreadable("not_the_partner", "header ce_source", sentence)
        return claim, partner, attestation

    def _read(self, claim: Claim, partner: Partner, attestation: Attestation) -> Came | Unreadable:
        record = claim.record
        data = record.value
        if data is None:
            return Unreadable("value_missing", "value", "The record has no value.")
        most = self.largest_bytes or LARGEST_INTERCHANGE
        if len(data) > most:
            sentence = f"An interchange has at most {most} bytes here."
            return Unreadable("too_large", "value", sentence)
        if claim.texts.get("ce_type") == FILE_TYPE:
            return self._announced(claim, partner, attestation, data)
        found = tuple(opened([data], partner))
        if not any(each.header for each in found):
            sentence = "No interchange begins in it: there is no UNB that can be read."
            return Unreadable("no_interchange", "byte 0", sentence)
        return _came(claim, partner, attestation, found)

    def _announced(
        self, claim: Claim, partner: Partner, attestation: Attestation, data: bytes
    ) -> Came | Unreadable:
        unusable = _unusable_announcement(claim)
        if unusable is not None:
            return unusable
        try:
            file = LARGE_FILE.read(data)
        except Misformed:
            sentence = "It does not say of which file it tells: a digest, how many bytes, a name."
            return Unreadable("file_unnamed", "value", sentence)
        if DIGEST.fullmatch(file.sha256) is None:
            return Unreadable("file_unnamed", "$.sha256", "It is no SHA-256 in small hex digits.")
        return replace(_came(claim, partner, attestation, ()), file=file)


def _unusable_announcement(claim: Claim) -> Unreadable | None:
    """Return why what announces a file is not kept: its headers stay until the file is taken."""
    envelope = envelope_in(dict(claim.texts))
    if isinstance(envelope, Unreadable):
        return envelope
    if envelope.subject or envelope.dataschema or envelope.content_type != JSON:
        sentence = f"What announces a file is {JSON}, and has no ce_subject and no ce_dataschema."
        return Unreadable("file_unnamed", "headers", sentence)
    signature = claim.texts.get(SIGNATURE)
    # Where signatures are not asked for, nobody has looked at it yet.
    apart = None if signature is None else taken_apart(signature.encode())
    return apart if isinstance(apart, Unreadable) else None


def _came(
    claim: Claim, partner: Partner, attestation: Attestation, found: tuple[Opened, ...]
) -> Came:
    record = claim.record
    return Came(
        record=record,
        partner=partner,
        source=claim.texts["ce_source"],
        attestation=attestation,
        interchanges=found,
        deliveries=deliveries_of(record, claim.texts),
        at=datetime.fromtimestamp(record.timestamp / 1000, UTC),
    )


def deliveries_of(record: ConsumerRecord[Any, Any], texts: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a record is known by: its place, and the id that its sender gave, if any.

    Each with what it holds: a topic that was made anew has other records at the same places.
    """
    digest = sha256((record.key or b"") + b"\0" + (record.value or b"")).hexdigest()
    names = (f"at {received(record)}", f"as {texts['ce_id']}" if texts.get("ce_id") else "")
    return tuple(f"{bounded(quote(name))} {digest[:DIGEST_LETTERS]}" for name in names if name)
