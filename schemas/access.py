"""Which users Kafka has to know with which rights, and in what a broker differs from that."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.rights import EVERYWHERE, Kind, Right, Whose, rights_of
from schemas.value import Value

Access: TypeAlias = Mapping[str, frozenset[Right]]
"""By user, what it may do."""

ANYBODY = "*"
EVERY_ORGANISATION = "organisation"


class NameTaken(Exception):
    """Two users of Kafka would be one: rename the one in the file of users."""


class Difference(Value, frozen=True):
    """In what a broker differs from what is wanted; `strangers` are users that nobody wanted."""

    users_missing: tuple[str, ...]
    strangers: tuple[str, ...]
    missing: tuple[tuple[str, Right], ...]
    too_many: tuple[tuple[str, Right], ...]

    @property
    def is_none(self) -> bool:
        """Tell whether the broker is as it is wanted."""
        return not (self.users_missing or self.strangers or self.missing or self.too_many)


def of_the_bus(
    users: Mapping[str, str], systems: Iterable[str], namespace: str = ""
) -> dict[str, frozenset[Right]]:
    """Return the access of the bus's own *users*, each with its role. Raises NoSuchRole."""
    whose = Whose(systems=tuple(systems))
    return {user: rights_of(role, whose, namespace) for user, role in users.items()}


def of_organisation(
    organisation: Organisation, namespace: str = ""
) -> dict[str, frozenset[Right]]:
    """Return the access of an organisation's user and of the users of its gates.

    The user is called as its id; a gate's user as its quay: `gate-beanr-1742`.
    """
    roles = [EVERY_ORGANISATION, *(role.value for role in organisation.roles)]
    runs_quays = Role.TERMINAL_OPERATOR in organisation.roles
    quays = organisation.terminals if runs_quays else ()
    if organisation.system is not None:
        roles += ["gateway", "community_system"]
    systems = () if organisation.system is None else (organisation.system,)
    whose = Whose(organisation.id, quays, systems)
    own = [rights_of(role, whose, namespace) for role in roles]
    gates = {
        f"gate-{quay.port}-{quay.code}".lower(): rights_of(
            "gate", Whose(organisation.id, (quay,)), namespace
        )
        for quay in quays
    }
    return {organisation.id: frozenset[Right]().union(*own), **gates}


def together(*accesses: Access) -> dict[str, frozenset[Right]]:
    """Return all of *accesses*; raise NameTaken where a user is in two."""
    found: dict[str, frozenset[Right]] = {}
    for access in accesses:
        if twice := found.keys() & access.keys():
            raise NameTaken(", ".join(sorted(twice)))
        found.update(access)
    return found


def difference(
    wanted: Access, users: Iterable[str], held: Access, *, namespace: str = "", whole: bool
) -> Difference:
    """Return in what a broker with *users* that hold *held* differs from *wanted*.

    With *whole*, *wanted* are all there should be, and what anybody else holds is too many. Of
    what other namespaces of the broker have, nothing is said.
    """
    there = set(users)
    asked = wanted.keys() | held.keys() if whole else wanted.keys() | {ANYBODY}
    nothing: frozenset[Right] = frozenset()
    missing = [
        (user, right) for user in wanted for right in wanted[user] - held.get(user, nothing)
    ]
    too_many = [
        (user, right)
        for user in asked
        for right in held.get(user, nothing) - wanted.get(user, nothing)
        if _reaches(right, namespace)
    ]
    return Difference(
        tuple(sorted(wanted.keys() - there)),
        tuple(sorted(there - wanted.keys())) if whole else (),
        _sorted(missing),
        _sorted(too_many),
    )


def _reaches(right: Right, namespace: str) -> bool:
    """Tell whether *right* is about anything of *namespace*."""
    if right.kind not in {Kind.TOPIC, Kind.GROUP, Kind.TRANSACTIONAL_ID}:
        return True
    if right.name == EVERYWHERE or right.name.startswith(namespace):
        return True
    return right.prefixed and namespace.startswith(right.name)


def _sorted(pairs: Iterable[tuple[str, Right]]) -> tuple[tuple[str, Right], ...]:
    return tuple(sorted(pairs, key=lambda pair: (pair[0], str(pair[1]))))
