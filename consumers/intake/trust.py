"""How strictly signatures are asked for, and the keys that intake trusts from its settings."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from schemas.keys import Key, UnusableMessageKey, key_id_of, public_key_in
from schemas.signatures import SignaturePolicy
from schemas.topics import DIRECTORY_INPUTS, EDI_IN, INPUTS, Topic
from schemas.value import Moment, Value


class TrustUnusable(Exception):
    """The file with the keys of the register's sources cannot be used as it is.

    It is TOML, a `[[key]]` for each key with `source`, such as urn:releasebus:register, and
    `public_key`, as `releasebus key` shows it; `expires_at` and `revoked_at` where they apply.
    """


class RootKey(Value, frozen=True, forbid_unknown_fields=True):
    """A key in the file of trust, and the ce_source that it signs for."""

    source: str
    public_key: str
    expires_at: Moment | None = None
    revoked_at: Moment | None = None


class RootKeys(Value, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    key: tuple[RootKey, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """How strictly signatures are asked for by topic, and the keys that no topic can bring.

    A topic that is not named asks for none. `roots` are the keys of the register's sources, by
    ce_source, as the settings have them (docs/decisions/0013). `overrides_by` is the organisation
    of whose people two have to agree on an edited dead letter; where it is None none comes in.
    """

    policies: Mapping[str, SignaturePolicy] = field(default_factory=dict)
    roots: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    overrides_by: str | None = None

    def policy_of(self, topic: str) -> SignaturePolicy:
        """Return how strictly signatures are asked for on *topic*, named without namespace."""
        return self.policies.get(topic, SignaturePolicy.OFF)

    def warnings(self, topics: Iterable[Topic] = (*INPUTS, *DIRECTORY_INPUTS)) -> Iterator[str]:
        """Yield what an operator has to be told at every start, a line a topic."""
        for topic in topics:
            match self.policy_of(topic.name):
                case SignaturePolicy.OFF:
                    yield f"Signatures are off on {topic.name}: whoever writes there is believed"
                case SignaturePolicy.WARN:
                    yield f"Signatures are not required on {topic.name}: unsigned is let in"
                case SignaturePolicy.REQUIRED:
                    pass


NO_TRUST = Trust()
"""Signatures are off everywhere: for tests, and a first look."""


def trust_in(policy: SignaturePolicy, topics: Iterable[Topic]) -> Trust:
    """Return *policy* for these topics, and no keys but those of the directory."""
    return Trust({topic.name: policy for topic in topics})


def trust_everywhere(policy: SignaturePolicy, file: Path | None) -> Trust:
    """Return *policy* for every topic of the parties, and the keys in *file*.

    Raises TrustUnusable.
    """
    policies = {topic.name: policy for topic in (*INPUTS, *DIRECTORY_INPUTS, EDI_IN)}
    return Trust(policies, {} if file is None else roots_in(file))


def entry_for(source: str, public_key: str) -> str:
    """Return the lines of a file of trust by which *source* may sign with this key."""
    return f'[[key]]\nsource = "{source}"\npublic_key = "{public_key}"\n'


def roots_in(file: Path) -> Mapping[str, tuple[Key, ...]]:
    """Return the keys of the register's sources in *file*, by ce_source; raise TrustUnusable."""
    try:
        found = msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), RootKeys)
        read = [(root.source, _key(root)) for root in found.key]
    except OSError as error:
        raise TrustUnusable(f"{file}: {error.strerror}") from error
    except (ValueError, UnusableMessageKey) as error:
        # tomllib's and msgspec's errors are ValueErrors; they quote no more than a place.
        raise TrustUnusable(f"{file}: {error}") from error
    roots: dict[str, list[Key]] = defaultdict(list)
    for source, key in read:
        roots[source].append(key)
    return {source: tuple(keys) for source, keys in roots.items()}


def _key(root: RootKey) -> Key:
    key_id = key_id_of(public_key_in(root.public_key))
    # When it came into the file is nobody's business but the operator's: it always counted.
    always = datetime.fromtimestamp(0, UTC)
    return Key(key_id, root.public_key, always, None, root.expires_at, root.revoked_at)
