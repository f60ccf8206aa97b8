"""What a call is let in by: headers, and a token that is granted or that we sign ourselves."""

import re
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from consumers.dispatch.delivery.targets import (
    EVERYBODY,
    Account,
    OwnToken,
    Target,
    TargetsUnusable,
)
from consumers.dispatch.delivery.tokens import Tokens

CURVE = "P-256"
"""Of ES256 (RFC 7518 §3.4)."""
_of_a_header = re.compile(r"[\x20-\x7e]*").fullmatch


class NoAccount(Exception):
    """A call is for a party that has no account at the target: give it one in its file."""


class Credentials:
    """What the calls of one account bear."""

    def __init__(self, account: Account, client: httpx.AsyncClient) -> None:
        self._headers = _bearable({**account.headers, **_headers_in(account.header_files)})
        self._token = _bearer(account, client)

    async def headers(self) -> dict[str, str]:
        """Return the headers of a call; raise NoToken, or httpx.HTTPError."""
        if self._token is None:
            return dict(self._headers)
        return {**self._headers, "Authorization": f"Bearer {await self._token.token()}"}

    def drop(self) -> None:
        """Forget what was granted: the interface takes it no more."""
        if self._token is not None:
            self._token.drop()


class Accounts:
    """Everybody's credentials at one target."""

    def __init__(self, target: Target, client: httpx.AsyncClient) -> None:
        self._own = Credentials(target.account, client)
        self._name = target.name
        self._of = {party: Credentials(own, client) for party, own in target.accounts.items()}

    def of(self, party: str) -> Credentials:
        """Return with what calls for *party* are made; empty is nobody but the bus itself.

        Raises NoAccount where the others have accounts of their own and it has none: it is not
        asked for in another's name.
        """
        if not party or not self._of:
            return self._own
        found = self._of.get(party) or self._of.get(EVERYBODY)
        if found is None:
            raise NoAccount(f"no account of {party} at {self._name}: give it one in its file")
        return found


class _Bearer(Protocol):
    async def token(self) -> str:
        """Return a token that is good now."""

    def drop(self) -> None:
        """Forget what is kept of it."""


class SignedTokens:
    """Tokens that we sign, a new one for each call: SCR takes each once (§B.2 of its facts)."""

    def __init__(self, own: OwnToken) -> None:
        self._own = own
        self._key = _private_key_in(own.key_file)
        algorithm = "ES256" if isinstance(self._key, ECKey) else "RS256"
        key_id = {"kid": own.key_id} if own.key_id else {}
        self._header = {"alg": algorithm, "typ": "JWT", **key_id}

    async def token(self) -> str:
        """Return a new token, good for a short time from now on."""
        now = int(time.time())
        # RS256 signs the same to the same: without an id two within a second would be one.
        times = {"exp": now + self._own.good_seconds, "jti": str(uuid.uuid4())}
        return jwt.encode(self._header, {**self._own.claims, **times}, self._key)

    def drop(self) -> None:
        """Nothing is kept."""


def _bearer(account: Account, client: httpx.AsyncClient) -> _Bearer | None:
    if account.oauth2 is not None:
        return Tokens(account.oauth2, client)
    return None if account.own_token is None else SignedTokens(account.own_token)


def _private_key_in(file: str) -> ECKey | RSAKey:
    try:
        pem = Path(file).read_bytes()
    except OSError as error:
        raise TargetsUnusable(f"key_file cannot be read: {error}") from error
    for kind in (ECKey, RSAKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            continue
        if key.is_private and (isinstance(key, RSAKey) or key.curve_name == CURVE):
            return key
    raise TargetsUnusable(f"{file} holds no private key of ES256 (P-256) or RS256, in PEM")


def _bearable(headers: dict[str, str]) -> dict[str, str]:
    """Return *headers*; one that no call can bear is told at the start, and not at each call."""
    for name, value in headers.items():
        if not _of_a_header(name) or not _of_a_header(value):
            raise TargetsUnusable(f"header {name!r}: a header is a text of printable ASCII")
    return headers


def _headers_in(files: Mapping[str, str]) -> dict[str, str]:
    try:
        return {name: Path(file).read_text("utf-8").strip() for name, file in files.items()}
    except (OSError, UnicodeDecodeError) as error:
        raise TargetsUnusable(f"the file of a header's value cannot be read: {error}") from error
