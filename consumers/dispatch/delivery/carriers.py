"""What brings documents to a target: calls over HTTPS, or files in a folder."""

import asyncio
import hashlib
import logging
import os
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

import httpx

from adapters.contract import ON_BEHALF_OF
from consumers.dispatch.delivery.bounded import NOT_KEPT, bounded
from consumers.dispatch.delivery.callbacks import NOT_TOLD, NoCallback, addressed, unaddressed
from consumers.dispatch.delivery.calls import (
    ASKS,
    NO_CALL,
    Again,
    Call,
    Delivered,
    NotACall,
    Rejected,
    Verdict,
    call_of,
    verdict_on,
)
from consumers.dispatch.delivery.credentials import Accounts, Credentials, NoAccount
from consumers.dispatch.delivery.targets import Target, TargetsUnusable
from consumers.dispatch.delivery.tokens import NoToken
from consumers.dispatch.documents import Unsent
from consumers.on_disk import renamed

log = logging.getLogger(__name__)
# It would write every address that is called, with what is asked for in it.
logging.getLogger("httpx").setLevel(logging.WARNING)
WHOLE_CALL = 3
"""So many times the patience for one step of a call, all of it may take: an answer may drip."""
INTO_A_FOLDER = 0
"""The status of what went into a folder, which answers nothing."""
WHY_NOT_KEPT = "too much, what cannot be read to its end, or the door's secret"
NOT_YET = ".part"
LONGEST_NAME = 240
"""Of the 255 bytes that a file system takes; the rest is for the endings."""
NOWHERE: Mapping[str, str] = {}
"""No system is told where it may tell by itself."""
ENDINGS = {"json": ".json", "xml": ".xml", "edifact": ".edi", "plain": ".txt"}


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a document at its target; of a call also what was answered."""

    verdict: Verdict
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""


class Carrier(Protocol):
    """Brings documents to one target."""

    async def bring(self, document: Unsent) -> Brought:
        """Bring *document* there; that it fails for the moment is a verdict, and not raised."""

    async def close(self) -> None:
        """Let go of what is held."""


def carrier_to(target: Target, callbacks: Mapping[str, str] = NOWHERE) -> Carrier:
    """Return what brings documents to *target*; raise TargetsUnusable where a file of it lacks.

    *callbacks* are where systems may tell by themselves.
    """
    if target.folder is not None:
        return IntoAFolder(Path(target.folder))
    if target.url is None:
        raise TargetsUnusable(f"target {target.name}: it has either a url or a folder")
    return OverHttps(target, target.url, callbacks)


class OverHttps:
    """Calls the interface at a target, with the credentials that its operator was given.

    No redirect is followed, or a token would go wherever the answer says. No cookie is kept: what
    was answered to one party would go with another's call.
    """

    def __init__(
        self,
        target: Target,
        url: str,
        callbacks: Mapping[str, str] = NOWHERE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._name, self._system = target.name, target.system
        self._callbacks = callbacks
        self._url = url.rstrip("/")
        self._client = httpx.AsyncClient(
            verify=_authorities(target),
            timeout=target.timeout_seconds,
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            follow_redirects=False,
            transport=transport,
        )
        self._whole_seconds = WHOLE_CALL * target.timeout_seconds
        self._accounts = Accounts(target, self._client)

    async def bring(self, document: Unsent) -> Brought:
        """Make the call that *document* is."""
        try:
            call = call_of(addressed(document, self._callbacks))
            return await self._answered(call, self._accounts.of(_party(document)))
        except TimeoutError:
            return Brought(Again(f"its answer has no end in {self._whole_seconds:g} seconds"))
        except NoCallback:
            return Brought(Again(NOT_TOLD))
        except NotACall:
            # Brought again, it would stand before all that comes after it, and be none again.
            return Brought(Rejected(HTTPStatus.BAD_REQUEST, NO_CALL))
        except (NoToken, NoAccount) as error:
            return Brought(Again(str(error), not_let_in=True))
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            # Its message may quote an address with what is in it; its kind says enough.
            return Brought(Again(f"it cannot be reached ({type(error).__name__})"))

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    async def _answered(self, call: Call, credentials: Credentials) -> Brought:
        until = asyncio.get_running_loop().time() + self._whole_seconds
        async with asyncio.timeout_at(until):
            response = await self._sent(call, credentials)
        content = await _read(response, call, until)
        verdict = verdict_on(call, response.status_code, response.headers, datetime.now(UTC))
        if isinstance(verdict, Again) and verdict.not_let_in:
            credentials.drop()
        door = self._callbacks.get(self._system)
        if content is not None:
            content = unaddressed(content, door)
        if content is None:
            # What was taken is not brought again for its answer, which would be the same again.
            log.error("%s answers what cannot be kept: %s", self._name, WHY_NOT_KEPT)
            content = NOT_KEPT
        return Brought(verdict, _unaddressed(response.headers, door), content)

    async def _sent(self, call: Call, credentials: Credentials) -> httpx.Response:
        """Return the answer as far as its headers: what it means is known by its status."""
        headers = {**await credentials.headers(), **call.headers}
        request = self._client.build_request(
            call.method, self._url + call.path, headers=headers, content=call.content or None
        )
        return await self._client.send(request, stream=True)


class IntoAFolder:
    """Writes each document as a file, whole or not at all; the same one again is the same file.

    A reader takes what does not end in `.part`. Where a system may tell by itself, whoever makes
    the call puts in: the address may be a secret.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def bring(self, document: Unsent) -> Brought:
        """Write *document* to the folder."""
        try:
            await asyncio.to_thread(self._write, document)
        except OSError as error:
            return Brought(Again(f"the folder does not take it ({error.strerror})"))
        return Brought(Delivered(INTO_A_FOLDER))

    async def close(self) -> None:
        """Nothing is held."""

    def _write(self, document: Unsent) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = _short(quote(document.id, safe="@+=,")) + _ending(document.content_type)
        part = self._folder / (name + NOT_YET)
        with part.open("wb") as file:
            file.write(document.content)
            file.flush()
            os.fsync(file.fileno())
        renamed(part, self._folder / name)


def _short(name: str) -> str:
    """Return *name* so short that a folder takes it, still no other's."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[: LONGEST_NAME - 65]}~{hashlib.sha256(name.encode()).hexdigest()}"


def _ending(content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    return next((ending for word, ending in ENDINGS.items() if kind.endswith(word)), ".bin")


async def _read(response: httpx.Response, call: Call, until: float) -> bytes | None:
    """Return the answer's body, None where nothing of it can be kept.

    Raises httpx.TransportError where a call that only asks breaks off: the answer is all that
    it was made for, and asking again changes nothing.
    """
    try:
        async with asyncio.timeout_at(until):
            return await bounded(response)
    except (TimeoutError, httpx.DecodingError):
        return None
    except httpx.TransportError:
        if call.method == ASKS:
            raise
        return None
    finally:
        await response.aclose()


def _unaddressed(headers: Mapping[str, str], door: str | None) -> Mapping[str, str]:
    """Return the headers of an answer without those that bear the door's secret."""
    said = ((name, text, text.encode()) for name, text in headers.items())
    return {name: text for name, text, data in said if unaddressed(data, door) == data}


def _party(document: Unsent) -> str:
    """Return the organisation for which a call is made, empty where it is the bus itself."""
    said = (value.decode() for name, value in document.headers if name == ON_BEHALF_OF)
    return next(said, "")


def _authorities(target: Target) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=target.authority_file)
    except (OSError, ssl.SSLError) as error:
        raise TargetsUnusable(f"target {target.name}: authority_file: {error}") from error
