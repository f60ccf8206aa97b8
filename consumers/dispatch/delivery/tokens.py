"""The token that a target's interface is called with: had by client credentials, kept a while."""

import asyncio
import math
import re
import time
from pathlib import Path

import httpx
import msgspec

from consumers.dispatch.delivery.bounded import bounded
from consumers.dispatch.delivery.targets import ClientCredentials, TargetsUnusable

EARLY_SECONDS = 30.0
"""So long before its end a token is had anew: a call with it is on its way for a while."""
UNTOLD_SECONDS = 300.0
"""How long a token is kept whose answer does not say how long it is good (RFC 6749 §5.1)."""
LONGEST_SECONDS = 86_400.0
NO_ANSWER = "the token's answer is none of OAuth2"
_of_a_token = re.compile(r"[\x21-\x7e]+").fullmatch
"""As RFC 6749 (Appendix A.12) has it, without the space, which no header of a token has."""


class NoToken(Exception):
    """The token cannot be had: look at client_id, client_secret_file and scope of the target."""


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    token_type: str = ""
    expires_in: float | None = None

    @property
    def good_seconds(self) -> float:
        """For how long it is good, as far as that is a time at all."""
        told = UNTOLD_SECONDS if self.expires_in is None else self.expires_in
        return min(told, LONGEST_SECONDS) if math.isfinite(told) else UNTOLD_SECONDS


class Tokens:
    """The one token of a target at a time; several that ask for it wait for the same call."""

    def __init__(self, credentials: ClientCredentials, client: httpx.AsyncClient) -> None:
        self._credentials = credentials
        self._secret = _secret_in(credentials.client_secret_file)
        self._client = client
        self._token = ""
        self._good_until = 0.0
        self._asking = asyncio.Lock()

    async def token(self) -> str:
        """Return a token that is still good; raise NoToken, or httpx.HTTPError."""
        async with self._asking:
            if time.monotonic() >= self._good_until:
                granted = await self._granted()
                self._token = granted.access_token
                self._good_until = time.monotonic() + granted.good_seconds - EARLY_SECONDS
            return self._token

    def drop(self) -> None:
        """Forget the token: the interface takes it no more."""
        self._good_until = 0.0

    async def _granted(self) -> _Granted:
        asked = {"grant_type": "client_credentials"}
        if self._credentials.scope:
            asked["scope"] = self._credentials.scope
        by = httpx.BasicAuth(self._credentials.client_id, self._secret)
        asking = self._client.build_request("POST", self._credentials.token_url, data=asked)
        response = await self._client.send(asking, auth=by, stream=True)
        try:
            content = await bounded(response)
        finally:
            await response.aclose()
        if response.status_code != httpx.codes.OK:
            raise NoToken(f"the token is not granted ({response.status_code})")
        return _granted_in(content or b"")


def _granted_in(content: bytes) -> _Granted:
    try:
        # Not strict: some servers write the number of seconds as a text.
        granted = msgspec.json.decode(content, type=_Granted, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Without its words, which may quote the token.
        raise NoToken(NO_ANSWER) from error
    if not _of_a_token(granted.access_token):
        raise NoToken(NO_ANSWER)
    return granted


def _secret_in(file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TargetsUnusable(f"client_secret_file cannot be read: {error}") from error
