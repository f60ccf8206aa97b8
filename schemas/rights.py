"""What each role may do on Kafka (design.md §8): the table beside this file, read as values."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

from schemas.organisations import Terminal
from schemas.topics import FIXED, outbox, pickup_rights, system_in, system_out
from schemas.value import Value

EVERYWHERE = "*"
# A dot would make one organisation's prefix begin another's.
_is_plain_id = re.compile(r"[A-Za-z0-9-]+").fullmatch


class NoSuchRole(Exception):
    """There is no such role; schemas/roles.toml has them all."""


class NotForKafka(Exception):
    """This organisation's id is not made of letters, digits and dashes, so it gets no rights.

    Its prefix could begin another's. Register it under an id that is.
    """


class Kind(StrEnum):
    """What a right is about, as Kafka's clients name it."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"
    TRANSACTIONAL_ID = "TRANSACTIONAL_ID"
    CLUSTER = "BROKER"
    UNKNOWN = "UNKNOWN"


class Deed(StrEnum):
    """What may be done; Kafka's operations."""

    READ = "READ"
    WRITE = "WRITE"
    CREATE = "CREATE"
    DESCRIBE = "DESCRIBE"
    DELETE = "DELETE"
    ALTER = "ALTER"
    ALL = "ALL"
    CLUSTER_ACTION = "CLUSTER_ACTION"
    DESCRIBE_CONFIGS = "DESCRIBE_CONFIGS"
    ALTER_CONFIGS = "ALTER_CONFIGS"
    IDEMPOTENT_WRITE = "IDEMPOTENT_WRITE"
    UNKNOWN = "UNKNOWN"


class Right(Value, frozen=True):
    """One line of Kafka's access list for one user, in all a namespace's own names.

    With `prefixed` it is about every name that begins so. `denied` goes before any that allows.
    """

    kind: Kind
    name: str
    deed: Deed
    prefixed: bool = False
    denied: bool = False
    host: str = EVERYWHERE

    def __str__(self) -> str:
        what = "" if self.kind is Kind.TOPIC else f"{self.kind.name.lower()} "
        where = "" if self.host == EVERYWHERE else f" from {self.host}"
        name = f"{self.name}*" if self.prefixed else self.name
        return f"{'never ' if self.denied else ''}{self.deed.lower()} {what}{name}{where}"


class Whose(Value, frozen=True):
    """What the placeholders of the table stand for, for one user."""

    organisation: str = ""
    terminals: tuple[Terminal, ...] = ()
    systems: tuple[str, ...] = ()

    def named(self, pattern: str) -> Iterator[str]:
        """Yield the names that *pattern* of the table stands for."""
        match pattern:
            case "{fixed}":
                yield from (topic.name for topic in FIXED)
            case "{outbox}":
                yield outbox(self._id()).name
            case "{pickup_rights}":
                yield from (pickup_rights(own.port, own.code).name for own in self.terminals)
            case "{system_out}":
                yield from (system_out(system).name for system in self.systems)
            case "{system_in}":
                yield from (system_in(system).name for system in self.systems)
            case _:
                yield pattern.replace("{own}", self._own()) if "{own}" in pattern else pattern

    def _own(self) -> str:
        return f"party.{self._id().lower()}."

    def _id(self) -> str:
        if not _is_plain_id(self.organisation):
            raise NotForKafka(repr(self.organisation))
        return self.organisation


COLUMNS: Mapping[str, tuple[tuple[Kind, Deed], ...]] = {
    "read": ((Kind.TOPIC, Deed.READ),),
    "write": ((Kind.TOPIC, Deed.WRITE),),
    "never_write": ((Kind.TOPIC, Deed.WRITE),),
    "never_read": ((Kind.TOPIC, Deed.READ),),
    "create": ((Kind.TOPIC, Deed.CREATE),),
    "describe": ((Kind.TOPIC, Deed.DESCRIBE),),
    "groups": ((Kind.GROUP, Deed.READ),),
    "describe_groups": ((Kind.GROUP, Deed.DESCRIBE),),
    "transactions": ((Kind.TRANSACTIONAL_ID, Deed.WRITE),),
}
DENYING = "never_"


@cache
def roles() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Return the table: by role and by column, what names it gives."""
    text = (files("schemas") / "roles.toml").read_text(encoding="utf-8")
    return {
        role: {column: tuple(names) for column, names in columns.items()}
        for role, columns in tomllib.loads(text).items()
    }


def rights_of(role: str, whose: Whose, namespace: str = "") -> frozenset[Right]:
    """Return what *role* may do; raise NoSuchRole or NotForKafka."""
    columns = roles().get(role)
    if columns is None:
        raise NoSuchRole(f"{role!r}; there are {', '.join(roles())}")
    return frozenset(
        Right(
            kind,
            namespace + name.removesuffix("*"),
            deed,
            prefixed=name.endswith("*"),
            denied=column.startswith(DENYING),
        )
        for column, patterns in columns.items()
        for name in _names(patterns, whose)
        for kind, deed in COLUMNS[column]
    )


def _names(patterns: Iterable[str], whose: Whose) -> Iterator[str]:
    for pattern in patterns:
        yield from whose.named(pattern)
