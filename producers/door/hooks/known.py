"""By what a system is known that calls the door, and where it finds it: the operator's file."""

import hashlib
import hmac
import logging
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from producers.door.door import SystemsUnreadable
from producers.door.hooks.calls import hook
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.value import Value

log = logging.getLogger(__name__)
SHORTEST_SECRET = 16
LONGEST_TOKEN = 8192
BEARER = "bearer"
_may_stand_in_a_path = re.compile(r"[A-Za-z0-9_-]{22,200}").fullmatch
"""128 bits and more, in letters that no proxy spells otherwise."""


class WebhooksUnusable(Exception):
    """The file of webhooks cannot be used as it is.

    It is TOML: `address`, where systems reach the door from outside, and `[webhook.SYSTEM]` for
    each that calls, with `secret_file` (and `header`, where the secret comes in one; else it
    stands in the path), or `token_key_file`. Secrets stand in files of their own, which it names.
    """


class Webhook(Value, frozen=True, forbid_unknown_fields=True):
    """By what a system is known.

    `secret_file` holds its secret, a line each while the next one takes over, the one to be told
    first; with `header` it comes in that header, else in the path, which then is the secret.
    `token_key_file` is the system's own public key, PEM: it signs a token for each call (JWT,
    ES256 or RS256) and sends it as `Authorization: Bearer` (SCR, identity_scr_portbase.md §B.2),
    or, with `token_member`, as that member of its body: where SCR was told that headers cannot be
    read (`subscriptionAuthTokenInBody`, §B.2; the member's name is not public, §F S11).
    """

    header: str | None = None
    secret_file: str | None = None
    token_key_file: str | None = None
    token_member: str | None = None


class _File(Value, frozen=True, forbid_unknown_fields=True):
    address: str | None = None
    webhook: Mapping[str, Webhook] = {}


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The systems that call, and the door's own address from outside, None where it has none."""

    address: str | None = None
    by_system: Mapping[str, Webhook] = field(default_factory=dict)

    def known_by(
        self, system: str, headers: Mapping[str, str], in_path: str, body: bytes = b""
    ) -> str | None:
        """Return by what *system* shows that it calls, None where it does not.

        Never a secret itself. Raises SystemsUnreadable.
        """
        webhook = self.by_system.get(system)
        if webhook is None:
            return None
        if webhook.token_key_file is not None:
            token = _token(headers, webhook.token_member, body)
            good = _is_token_of(token, webhook.token_key_file)
            return "its own token" if good and not in_path else None
        given = in_path if webhook.header is None else headers.get(webhook.header, "")
        misplaced = in_path if webhook.header is not None else ""
        good = _is_one_of(given, secrets_in(webhook.secret_file or ""))
        where = "path" if webhook.header is None else f"header {webhook.header}"
        return f"secret in its {where}" if good and not misplaced else None

    def stands_in_body(self, system: str) -> bool:
        """Tell whether *system* is known by its body alone."""
        webhook = self.by_system.get(system)
        return webhook is not None and webhook.token_member is not None

    def callback(self, system: str) -> str | None:
        """Return where *system* is to call, whole, and secret where that is how it is known."""
        webhook = self.by_system.get(system)
        if self.address is None or webhook is None:
            return None
        whole = self.address + hook(system)
        in_path = webhook.header is None and webhook.token_key_file is None
        return f"{whole}/{secrets_in(webhook.secret_file or '')[0]}" if in_path else whole


NO_WEBHOOKS = Webhooks()
"""No system calls, and none is told where it could."""


def webhooks_in(file: Path, systems: Iterable[str]) -> Webhooks:
    """Return the webhooks in *file*, of *systems* alone; raise WebhooksUnusable."""
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    except OSError as error:
        raise WebhooksUnusable(f"{file}: {error.strerror}") from error
    except ValueError as error:
        # tomllib's and msgspec's errors are ValueErrors; they quote no more than a place.
        raise WebhooksUnusable(f"{file}: {error}") from error
    known = frozenset(systems)
    for system, webhook in found.webhook.items():
        if system not in known:
            there = ", ".join(sorted(known))
            raise WebhooksUnusable(f"{file}: there is no system {system}; there are {there}")
        if wrong := _wrong(webhook):
            raise WebhooksUnusable(f"{file}: webhook of {system}: {wrong}")
    if found.address is not None and not _usable(found.address):
        raise WebhooksUnusable(f"{file}: address: it is no https address without more to it")
    address = None if found.address is None else found.address.rstrip("/")
    return Webhooks(address, found.webhook)


def _wrong(webhook: Webhook) -> str:
    if (webhook.secret_file is None) is (webhook.token_key_file is None):
        return "it has either a secret_file or a token_key_file"
    if webhook.token_key_file is None and webhook.token_member is not None:
        return "a token_member wants a token_key_file"
    if webhook.token_member == "":
        return "token_member is the name of a member"
    try:
        if webhook.token_key_file is not None:
            _key_in(webhook.token_key_file)
            return "" if webhook.header is None else "a token has its own header"
        secrets = secrets_in(webhook.secret_file or "")
    except SystemsUnreadable as error:
        return str(error)
    if webhook.header is None and not all(_may_stand_in_a_path(each) for each in secrets):
        return "a secret in a path has 22 to 200 letters, digits, - and _"
    if any(len(each) < SHORTEST_SECRET for each in secrets):
        return f"a secret has at least {SHORTEST_SECRET} characters"
    return ""


def _usable(address: str) -> bool:
    parts = urlsplit(address)
    more = parts.username or parts.password or parts.query or parts.fragment
    return parts.scheme == "https" and bool(parts.hostname) and not more


# --- secrets and tokens --------------------------------------------------------------------------


def secrets_in(file: str) -> tuple[str, ...]:
    """Return the secrets in *file*, read anew each time: one that is taken out ends at once.

    Raises SystemsUnreadable, also where there is none: nobody is let in by nothing.
    """
    try:
        lines = Path(file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SystemsUnreadable(f"{file} cannot be read ({type(error).__name__})") from error
    found = tuple(line.strip() for line in lines if line.strip())
    if not found:
        raise SystemsUnreadable(f"{file} has no secret in it")
    return found


def _is_one_of(given: str, secrets: tuple[str, ...]) -> bool:
    """Tell whether *given* is a secret, in a time that tells nothing of how nearly it is one."""
    digest = hashlib.sha256(given.encode()).digest()
    known = [hashlib.sha256(each.encode()).digest() for each in secrets]
    # A list: all are compared, whichever it is.
    return any([hmac.compare_digest(digest, each) for each in known])  # noqa: C419  as said


def _key_in(file: str) -> ECKey | RSAKey:
    try:
        pem = Path(file).read_bytes()
    except OSError as error:
        raise SystemsUnreadable(f"{file} cannot be read ({type(error).__name__})") from error
    for kind in (ECKey, RSAKey):
        try:
            key = kind.import_key(pem)
        except (JoseError, ValueError, TypeError):
            log.debug("%s holds no %s", file, kind.__name__)
        else:
            return key
    raise SystemsUnreadable(f"{file} holds no public key of an ES256 or RS256 token, in PEM")


def _token(headers: Mapping[str, str], member: str | None, body: bytes) -> str:
    """Return the token that came in its header, or in that member of the body; empty for none."""
    if member is None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == BEARER else ""
    content = read_json(body, max_bytes=MEBIBYTE)
    given = content.get(member) if isinstance(content, dict) else None
    return given.removeprefix("Bearer ") if isinstance(given, str) else ""


def _is_token_of(token: str, key_file: str) -> bool:
    """Tell whether it is a token that the key of *key_file* signed, and that is still good."""
    if not token or len(token) > LONGEST_TOKEN:
        return False
    key = _key_in(key_file)
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    try:
        claims = jwt.decode(token.strip(), key, algorithms=[algorithm]).claims
        jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
    except (JoseError, ValueError, TypeError):
        # Nothing of the error: it may quote the token.
        return False
    return True
