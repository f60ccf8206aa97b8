"""What the door answers where it cannot do what is asked: RFC 7807, as CPu (cpu.md §4.1)."""

import json
import math
from collections.abc import Iterable, Mapping

from starlette.responses import Response

from schemas.unreadable import Unreadable

MEDIA = "application/problem+json"
NO_STORE = {"cache-control": "no-store"}
AUTHENTICATE = {"www-authenticate": 'Bearer realm="releasebus"'}
CLOSE = {"connection": "close"}


def problem(
    status: int,
    code: str,
    sentence: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: Iterable[Unreadable] = (),
) -> Response:
    """Return the answer to a call that failed; it never repeats what was sent."""
    told = [
        {"errorCode": each.code, "errorDescription": each.sentence, "position": each.position}
        for each in errors
    ]
    content = {
        "type": f"urn:releasebus:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": sentence,
        "instance": None,
        **({"errors": told} if told else {}),
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    return Response(body, status, {**NO_STORE, **(headers or {})}, media_type=MEDIA)


def unreadable(faults: Iterable[Unreadable]) -> Response:
    """Return the answer to a body that is no message, each fault where it is.

    400, where CPu says 405 with the words "Invalid input" (cpu.md §7 rule 11): a client that
    knows HTTP would take that for a wrong method.
    """
    found = tuple(faults)
    sentence = f"At {found[0].position}: {found[0].sentence}"
    return problem(400, found[0].code, sentence, errors=found)


def retry_later(status: int, code: str, sentence: str, seconds: float) -> Response:
    """Return the answer to a call that is welcome again after so many seconds."""
    after = {"retry-after": str(max(math.ceil(seconds), 1))}
    return problem(status, code, sentence, headers=after)
