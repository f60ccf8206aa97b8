"""What a system answers to a call, as a record of its topic: it comes in as all that it says."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.contract import HTTP_ETAG, HTTP_STATUS, IN_REPLY_TO, System
from consumers.dispatch.delivery.bounded import NOT_KEPT
from consumers.dispatch.delivery.carriers import INTO_A_FOLDER, Brought
from consumers.dispatch.documents import LARGEST_DOCUMENT, Unsent
from ledger.book.faults import kind_and_place
from ledger.directory.directory import Directory
from producers.door.door import Voice
from producers.log import partition_of
from producers.records import Record
from producers.signing import SpokenFor, signed
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.topics import system_in, within

log = logging.getLogger(__name__)
CHANNEL = "answer to a call"
LONGEST_ETAG = 255


@dataclass(frozen=True, slots=True)
class Replies:
    """Who says what a system answered: dispatch, in the name of who speaks for the system.

    Without a `voice` it is said unsigned, and let in only where signatures are not required.
    """

    systems: Mapping[str, System]
    directory: Callable[[], Directory]
    namespace: str = ""
    voice: Voice | None = None

    def record(
        self, document: Unsent, brought: Brought, status: int, at: datetime
    ) -> Record | None:
        """Return the answer to *document*; None where it was no call, but news for a party.

        And where it lies in a folder: nobody answered, and what comes of it comes by itself.
        """
        system = self.systems.get(document.system)
        is_call = document.receiver == document.system and status != INTO_A_FOLDER
        if system is None or not is_call:
            return None
        speaker = self.directory().speaking_for(document.system)
        if speaker is None:
            log.error("Nobody in the directory speaks for %s: register who does", document.system)
        organisation = document.system if speaker is None else speaker.id
        content, told = _content(system, brought), _told(document, brought, status)
        return self._said(document, content, told, organisation, at)

    def _said(
        self,
        document: Unsent,
        content: bytes,
        told: tuple[tuple[str, bytes], ...],
        organisation: str,
        at: datetime,
    ) -> Record:
        voice, topic = self.voice, within(self.namespace, system_in(document.system))
        envelope = Envelope(
            id=f"{document.id}.reply",
            source=ORGANISATION_SOURCE + (organisation if voice is None else voice.organisation),
            type=f"{document.system}.reply",
            time=at,
            subject=document.subject,
            content_type=min(self.systems[document.system].media_in),
        )
        for_whom = SpokenFor(organisation, f"TLS, as {document.system} is called", CHANNEL)
        key = document.correlation_id.encode()
        record = Record(
            topic=topic.name,
            partition=partition_of(key, topic.partitions),
            key=key,
            value=content,
            headers=(*headers_of(envelope), *(for_whom.headers() if voice else ()), *told),
        )
        return record if voice is None else signed(record, voice.key)


def reply_to(
    document: Unsent, brought: Brought, status: int, at: datetime, replies: Replies
) -> Record | None:
    """Return the record of *replies* of what was answered, or what a bug of ours leaves of it.

    The call is over, whatever breaks here: it is not made again for its answer.
    """
    bare = Brought(brought.verdict, content=NOT_KEPT if brought.content else b"")
    for said in (brought, bare):
        try:
            return replies.record(document, said, status, at)
        except Exception as error:  # noqa: BLE001  logged by its kind, for it may quote all
            log.error("No reply of the answer to %s: %s", document.id, kind_and_place(error))  # noqa: TRY400  no message
    log.error("Nothing is told of the answer to %s: a bug of the bus", document.id)
    return None


def _told(document: Unsent, brought: Brought, status: int) -> tuple[tuple[str, bytes], ...]:
    etag = brought.headers.get("etag", "")[:LONGEST_ETAG]
    return (
        (IN_REPLY_TO, document.id.encode()),
        (HTTP_STATUS, str(status).encode()),
        *(((HTTP_ETAG, etag.encode()),) if etag else ()),
    )


def _content(system: System, brought: Brought) -> bytes:
    """Return what may be stored of the answer; that it is not kept where our code cannot tell.

    Nor where no topic takes it: redacted, it may be longer than it came.
    """
    if brought.content == NOT_KEPT:
        return NOT_KEPT
    try:
        content = system.functions.redact(brought.content) if brought.content else b""
    except Exception as error:  # noqa: BLE001  the adapter's bug must not stop other documents
        log.error("An answer of %s is not kept: %s", system.name, kind_and_place(error))  # noqa: TRY400  no message
        return NOT_KEPT
    if len(content) > LARGEST_DOCUMENT:
        log.error("An answer of %s is not kept: its topic takes less", system.name)
        return NOT_KEPT
    return content
