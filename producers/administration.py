"""Users and rights on a broker, as its administrator sees and makes them.

By confluent-kafka: aiokafka's admin client can neither make users nor read access lists.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from producers.login import Broker, Mechanism
from schemas.access import Access
from schemas.rights import Deed, Kind, Right

log = logging.getLogger(__name__)
PRINCIPAL = "User:"
# As many as Kafka's own tool takes for SHA-512 and SHA-256 (its least).
ITERATIONS = 4096
ANSWER_SECONDS = 30.0
ADMINISTRATES = frozenset({AclOperation.DESCRIBE, AclOperation.ALTER})
LOOK_AGAIN_SECONDS = 0.05


class NoAdministration(Exception):
    """The broker did not let this user see or change its users and rights.

    Log in as the administrator (one of the broker's `super.users`), on a broker with an
    authorizer (`authorizer.class.name`).
    """


class NotTakenOver(Exception):
    """The broker took a change and does not show it in time; run the command again."""


class Administration:
    """One administrator's connection to a broker; what it changes is in force when it returns."""

    def __init__(self, broker: Broker) -> None:
        self._mechanism = ScramMechanism.SCRAM_SHA_512
        if broker.login is not None and broker.login.mechanism is Mechanism.SCRAM_SHA_256:
            self._mechanism = ScramMechanism.SCRAM_SHA_256
        # What librdkafka says of its connections goes to our log, not to standard error.
        self._admin: Any = AdminClient(_settings(broker), logger=log)

    def users(self) -> frozenset[str]:
        """Return who can log in by SCRAM. Raises NoAdministration."""
        self._be_administrator()
        return frozenset(_result(self._admin.describe_user_scram_credentials()))

    def held(self) -> Access:
        """Return by user what it may do; one of the name `*` is anybody."""
        self._be_administrator()
        found: defaultdict[str, set[Right]] = defaultdict(set)
        for binding in _result(self._admin.describe_acls(_any())):
            found[binding.principal.removeprefix(PRINCIPAL)].add(_right(binding))
        return {user: frozenset(rights) for user, rights in found.items()}

    def set_password(self, user: str, password: str) -> None:
        """Let *user* log in with *password*, and with no other."""
        info = ScramCredentialInfo(self._mechanism, ITERATIONS)
        wanted = UserScramCredentialUpsertion(user, info, password.encode())
        _answers(self._admin.alter_user_scram_credentials([wanted]))
        _until(lambda: user in self.users(), user)

    def grant(self, pairs: Iterable[tuple[str, Right]]) -> None:
        """Give each user its right."""
        wanted = set(pairs)
        if wanted:
            _answers(self._admin.create_acls([_binding(*pair) for pair in wanted]))
            _until(lambda: wanted <= self._pairs(), "rights given")

    def take(self, pairs: Iterable[tuple[str, Right]]) -> None:
        """Take each right from its user."""
        unwanted = set(pairs)
        if unwanted:
            _answers(self._admin.delete_acls([_binding(*pair, exactly=True) for pair in unwanted]))
            _until(lambda: not unwanted & self._pairs(), "rights taken")

    def _be_administrator(self) -> None:
        # To be asked first: refused the access list, confluent-kafka 2.16.1 gives an empty one;
        # refused the users, it frees what is not its own and the process ends (both tried).
        asked = self._admin.describe_cluster(include_authorized_operations=True)
        allowed = set(_result(asked).authorized_operations or ())
        if not allowed >= ADMINISTRATES:
            raise NoAdministration("it may not alter the cluster")

    def _pairs(self) -> set[tuple[str, Right]]:
        return {(user, right) for user, rights in self.held().items() for right in rights}


def _settings(broker: Broker) -> dict[str, Any]:
    """Return how a client of confluent-kafka reaches *broker* and logs in there."""
    if (login := broker.login) is None:
        return {"bootstrap.servers": broker.bootstrap_servers}
    authority = {} if login.ca_file is None else {"ssl.ca.location": str(login.ca_file)}
    return {
        "bootstrap.servers": broker.bootstrap_servers,
        "security.protocol": login.protocol.value,
        "sasl.mechanism": login.mechanism.value,
        "sasl.username": login.user,
        "sasl.password": login.password,
        **authority,
    }


def _any() -> AclBindingFilter:
    any_at_all: Any = None  # so the library has it; its types do not
    return AclBindingFilter(
        ResourceType.ANY,
        any_at_all,
        ResourcePatternType.ANY,
        any_at_all,
        any_at_all,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _binding(user: str, right: Right, *, exactly: bool = False) -> Any:
    kind = AclBindingFilter if exactly else AclBinding
    return kind(
        ResourceType[right.kind.value],
        right.name,
        ResourcePatternType.PREFIXED if right.prefixed else ResourcePatternType.LITERAL,
        PRINCIPAL + user,
        right.host,
        AclOperation[right.deed.value],
        AclPermissionType.DENY if right.denied else AclPermissionType.ALLOW,
    )


def _right(binding: Any) -> Right:
    kinds, deeds = set(Kind), set(Deed)
    return Right(
        Kind(binding.restype.name) if binding.restype.name in kinds else Kind.UNKNOWN,
        binding.name,
        Deed(binding.operation.name) if binding.operation.name in deeds else Deed.UNKNOWN,
        prefixed=binding.resource_pattern_type is ResourcePatternType.PREFIXED,
        denied=binding.permission_type is AclPermissionType.DENY,
        host=binding.host,
    )


def _result(future: Any) -> Any:
    try:
        return future.result(ANSWER_SECONDS)
    except KafkaException as error:
        raise NoAdministration(str(error.args[0])) from error


def _answers(futures: Any) -> None:
    for future in futures.values():
        _result(future)


def _until(done: Callable[[], bool], what: str) -> None:
    """Wait for the metadata log: the broker answers before its authorizer has read it."""
    give_up_at = time.monotonic() + ANSWER_SECONDS
    while not done():
        if time.monotonic() > give_up_at:
            raise NotTakenOver(what)
        time.sleep(LOOK_AGAIN_SECONDS)
