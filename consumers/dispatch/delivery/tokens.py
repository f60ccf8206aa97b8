"""The token that a target's interface is called with: had by client credentials, kept a while."""

import asyncio
import time
from pathlib import Path

import httpx
import msgspec

from consumers.dispatch.delivery.targets import ClientCredentials, TargetsUnusable

EARLY_SECONDS = 30.0
"""So long before its end a token is had anew: a call with it is on its way for a while."""
UNTOLD_SECONDS = 300.0
"""How long a token is kept whose answer does not say how long it is good (RFC 6749 §5.1)."""


class NoToken(Exception):
    """The token cannot be had: look at client_id, client_secret_file and scope of the target."""


class _Granted(msgspec.Struct, frozen=True):
    access_token: str
    token_type: str = ""
    expires_in: float = UNTOLD_SECONDS


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
                self._good_until = time.monotonic() + granted.expires_in - EARLY_SECONDS
            return self._token

    def drop(self) -> None:
        """Forget the token: the interface takes it no more."""
        self._good_until = 0.0

    async def _granted(self) -> _Granted:
        asked = {"grant_type": "client_credentials"}
        if self._credentials.scope:
            asked["scope"] = self._credentials.scope
        by = httpx.BasicAuth(self._credentials.client_id, self._secret)
        response = await self._client.post(self._credentials.token_url, data=asked, auth=by)
        if response.status_code != httpx.codes.OK:
            raise NoToken(f"the token is not granted ({response.status_code})")
        try:
            return msgspec.json.decode(response.content, type=_Granted)
        except msgspec.DecodeError as error:
            # Without its words, which may quote the token.
            raise NoToken("the token's answer is none of OAuth2") from error


def _secret_in(file: str) -> str:
    try:
        return Path(file).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise TargetsUnusable(f"client_secret_file cannot be read: {error}") from error
