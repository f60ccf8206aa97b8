"""A status message that is not taken is answered so, where it says who sent it and which it is."""

import hashlib
import uuid
from typing import Final

from adapters import safe_xml
from adapters.cargonaut import xfnm, xfsu
from adapters.cargonaut.profile import MEDIA_XFNM, PROFILE_HEADER
from adapters.cargonaut.redact import REDACTED
from adapters.cargonaut.told import came_at
from adapters.contract import Headers, Request
from schemas.unreadable import Unreadable

ANSWER_IDS: Final = uuid.UUID("0d6d0c4b-6a5c-5c39-9f0c-3f2f7a2f9a55")


def refused(data: bytes, why: Unreadable, headers: Headers, about: str) -> tuple[Request, ...]:
    """Return the response that *data* was not taken; nothing where nobody can be answered.

    *about* is the air waybill, where it names one. The same message is answered once.
    """
    root, at = safe_xml.read(data), came_at(headers.get("ce_time", ""))
    if isinstance(root, Unreadable) or root.tag != xfsu.ROOT or at is None:
        return ()
    message, sender = xfsu.envelope(root)
    if not message or not sender or REDACTED in {message, sender}:
        return ()
    own = str(uuid.uuid5(ANSWER_IDS, hashlib.sha256(data).hexdigest()))
    answer = xfnm.Response(own, at, message, sender, why)
    content = xfnm.written(answer)
    if xfnm.faults(content):
        return ()  # it has an id, or a sender, that no answer could name
    return (
        Request(
            id=own,
            method="POST",
            path="",
            correlation_id=about or message,
            content_type=MEDIA_XFNM,
            content=content,
            headers=(PROFILE_HEADER,),
        ),
    )
