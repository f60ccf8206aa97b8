"""Who calls: bearer tokens, each of one organisation, of which only a digest is kept."""

import hashlib
import hmac
import logging
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from string import ascii_lowercase
from typing import NamedTuple

from schemas.value import Form, Misformed, Value

log = logging.getLogger(__name__)
SCHEME = "bearer"
MARK = "rb1"
SECRET_BYTES = 32
ID_LETTERS = 12
LONGEST_TOKEN = 200
NOBODY = "0" * 64
"""A digest that no token has: an unknown id is compared, too."""


class Credential(Value, frozen=True):
    """One token as it is kept: its id, whose it is, and SHA-256 of it in hex.

    A fast digest is enough: the secret is 256 bits of chance, which nobody guesses.
    """

    id: str
    organisation: str
    sha256: str


CREDENTIAL: Form[Credential] = Form(Credential)


class Caller(NamedTuple):
    """Who was found to call, and by which token."""

    organisation: str
    credential: str


class CallersUnreadable(Exception):
    """The file of the door's tokens cannot be read, so nobody is let in.

    It has one JSON object a line, made with `releasebus door token`; put back one that has.
    """


class Callers:
    """The tokens of a file; read anew when it changed, so that a revoked one ends at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int, int] | None = None
        self._known: Mapping[str, Credential] = {}

    def who(self, authorization: str | None) -> Caller | None:
        """Return who calls with this `Authorization` header, or None; never shows a token.

        Raises CallersUnreadable.
        """
        self._refresh()
        token = _token(authorization)
        parts = token.split(".")
        credential = self._known.get(parts[1]) if len(parts) == len((MARK, "id", "")) else None
        given = hashlib.sha256(token.encode()).hexdigest()
        kept = NOBODY if credential is None else credential.sha256
        if not hmac.compare_digest(given, kept) or credential is None:
            return None
        return Caller(credential.organisation, credential.id)

    def _refresh(self) -> None:
        try:
            found = self._file.stat()
            stamp = (found.st_mtime_ns, found.st_size, found.st_ino)
            if stamp != self._stamp:
                self._known = credentials_in(self._file)
                self._stamp = stamp
        except OSError as error:
            self._stamp = None
            raise CallersUnreadable(type(error).__name__) from error


def new_token(organisation: str) -> tuple[str, Credential]:
    """Return a new token, to be handed to *organisation* once, and what is kept of it."""
    # Letters alone: it travels in `rb_authentication`, and digits beside "token" are a code there.
    own = "".join(secrets.choice(ascii_lowercase) for _ in range(ID_LETTERS))
    token = f"{MARK}.{own}.{secrets.token_urlsafe(SECRET_BYTES)}"
    return token, Credential(own, organisation, hashlib.sha256(token.encode()).hexdigest())


def credentials_in(file: Path) -> Mapping[str, Credential]:
    """Return the tokens of *file* by id; raise CallersUnreadable, OSError where there is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
        read = [CREDENTIAL.read(line) for line in lines if line.strip()]
    except (Misformed, UnicodeDecodeError) as error:
        raise CallersUnreadable(str(file)) from error
    return {each.id: each for each in read}


def write_credentials(file: Path, known: Mapping[str, Credential]) -> None:
    """Put *known* in the place of *file*, at once or not at all; for its owner's eyes alone."""
    partial = file.with_name(f"{file.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as written:
        written.writelines(CREDENTIAL.written(each) + b"\n" for each in known.values())
        written.flush()
        os.fsync(written.fileno())
    partial.replace(file)


def _token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    usable = scheme.lower() == SCHEME and len(token) <= LONGEST_TOKEN
    return token.strip() if usable else ""
