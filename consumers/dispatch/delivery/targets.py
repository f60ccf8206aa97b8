"""Where documents are brought to, as the operator's file says it."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from schemas.identifiers import Unusable, read_party_code
from schemas.value import Value

EVERYBODY = "*"
AT_ONCE = 4
TIMEOUT_SECONDS = 20.0
POLL_SECONDS = 900.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class TargetsUnusable(Exception):
    """The file of targets cannot be used as it is.

    It is TOML, a `[[target]]` for each place that documents go to: its `name`, the `system`, the
    `receiver` (an organisation's id, the system's own name for what it is asked, or `*` for every
    other), and `url` or `folder`. Secrets stand in files of their own, which it names.
    """


class ClientCredentials(Value, frozen=True, forbid_unknown_fields=True):
    """OAuth2, client credentials (RFC 6749 §4.4): where the token is had, and by whom."""

    token_url: str
    client_id: str
    client_secret_file: str
    scope: str = ""


class OwnToken(Value, frozen=True, forbid_unknown_fields=True):
    """A token that we sign for each call (JWT, ES256 or RS256), as SCR asks for.

    `key_file` is our private key, PEM. `claims` are those beside `exp`, the one that SCR demands
    (identity_scr_portbase.md §B.2), and `jti`.
    """

    key_file: str
    good_seconds: int = 60
    key_id: str = ""
    claims: Mapping[str, str] = {}


class Account(Value, frozen=True, forbid_unknown_fields=True):
    """By what somebody is let in at a target.

    Of `header_files` each names the file that holds a header's value, such as an API key;
    `headers` are those that are no secret.
    """

    headers: Mapping[str, str] = {}
    header_files: Mapping[str, str] = {}
    oauth2: ClientCredentials | None = None
    own_token: OwnToken | None = None


class Target(Value, frozen=True, forbid_unknown_fields=True):
    """One place that documents are brought to, and by what the bus is let in there.

    `accounts` are the parties' own, by organisation: a call on behalf of one is made with its
    account, or with that of `*` where it has none. `at_once` documents go there at the same time,
    those of one correlation id one after the other. `poll_seconds` is how often a system is asked
    what it may have told in vain, 0 never. `authority_file` is who signed the
    certificate there, in PEM, where it is none of the system's own.
    """

    name: str
    system: str
    receiver: str = EVERYBODY
    url: str | None = None
    folder: str | None = None
    headers: Mapping[str, str] = {}
    header_files: Mapping[str, str] = {}
    oauth2: ClientCredentials | None = None
    own_token: OwnToken | None = None
    accounts: Mapping[str, Account] = {}
    authority_file: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS
    at_once: int = AT_ONCE
    poll_seconds: float = POLL_SECONDS

    @property
    def account(self) -> Account:
        """Return by what the bus itself is let in."""
        return Account(self.headers, self.header_files, self.oauth2, self.own_token)


class _File(Value, frozen=True, forbid_unknown_fields=True):
    target: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Targets:
    """All places that documents are brought to, by who receives them."""

    by_receiver: Mapping[tuple[str, str], Target] = field(default_factory=dict)

    def of(self, system: str, receiver: str) -> Target | None:
        """Return where documents of *system* for *receiver* go, None where nobody brings them."""
        own = self.by_receiver.get((system, receiver))
        return own or self.by_receiver.get((system, EVERYBODY))

    @property
    def all(self) -> tuple[Target, ...]:
        """Return every target."""
        return tuple(self.by_receiver.values())


NOWHERE = Targets()
"""Documents are on their system's topic, and brought nowhere."""


def targets_in(file: Path, systems: Iterable[str]) -> Targets:
    """Return the targets in *file*; raise TargetsUnusable. *systems* are those that there are."""
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File)
    except OSError as error:
        raise TargetsUnusable(f"{file}: {error.strerror}") from error
    except ValueError as error:
        # tomllib's and msgspec's errors are ValueErrors; they quote no more than a place.
        raise TargetsUnusable(f"{file}: {error}") from error
    known, by_receiver, names = frozenset(systems), {}, set[str]()
    for target in found.target:
        wrong = _wrong(target, known)
        if target.name in names:
            wrong = "another target has the same name"
        if (target.system, target.receiver) in by_receiver:
            wrong = f"another target has the documents of {target.system} for {target.receiver}"
        if wrong:
            raise TargetsUnusable(f"{file}: target {target.name}: {wrong}")
        names.add(target.name)
        by_receiver[target.system, target.receiver] = target
    return Targets(by_receiver)


def _wrong(target: Target, systems: frozenset[str]) -> str:
    if target.system not in systems:
        return f"there is no system {target.system}; there are {', '.join(sorted(systems))}"
    if (target.url is None) is (target.folder is None):
        return "it has either a url or a folder"
    if target.at_once < 1 or target.timeout_seconds <= 0:
        return "at_once and timeout_seconds are more than nothing"
    if target.poll_seconds < 0:
        return "poll_seconds is a time, or 0 for never"
    if unknown := next((party for party in target.accounts if not _is_a_party(party)), None):
        return f"accounts: {unknown!r} is no NxtPort id, spelt as the directory has it, nor *"
    accounts = (target.account, *target.accounts.values())
    if any(each.oauth2 is not None and each.own_token is not None for each in accounts):
        return "an account has either oauth2 or own_token"
    if any(each.own_token is not None and each.own_token.good_seconds < 1 for each in accounts):
        return "good_seconds is more than nothing"
    granting = (each.oauth2.token_url for each in accounts if each.oauth2 is not None)
    for address in (target.url, *granting):
        if address is not None and not _safe(address):
            return f"{address} is no https address (http is for this machine alone)"
    return ""


def _is_a_party(name: str) -> bool:
    read = read_party_code("nxtport", name)
    return name == EVERYBODY or (not isinstance(read, Unusable) and read.value == name)


def _safe(address: str) -> bool:
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
