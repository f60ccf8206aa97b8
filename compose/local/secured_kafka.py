"""Apache Kafka that asks who comes: SASL/SCRAM, ACLs, and nobody let in who is not known."""

from __future__ import annotations

import secrets
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

from compose.local.kafka import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compose.local.engine import Command

ADMINISTRATOR = "administrator"
BROKER = "broker"
CONTROLLER = "controller"
MECHANISM = "SCRAM-SHA-512"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"
BROKER_SECRET, CONTROLLER_SECRET = "KAFKA_BROKER_PASSWORD", "KAFKA_CONTROLLER_PASSWORD"

# As compose/secured.properties has them for the containers.
WHO_MAY: Mapping[str, str] = MappingProxyType(
    {
        "inter.broker.listener.name": "CLIENTS",
        "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
        "sasl.enabled.mechanisms": MECHANISM,
        "sasl.mechanism.inter.broker.protocol": MECHANISM,
        "listener.name.clients.scram-sha-512.sasl.jaas.config": (
            f'{SCRAM} required username="{BROKER}" password="${{env:{BROKER_SECRET}}}";'
        ),
        # The controller cannot ask SCRAM: the users lie in the log that it has yet to open.
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": (
            f'{PLAIN} required username="{CONTROLLER}" password="${{env:{CONTROLLER_SECRET}}}" '
            f'user_{CONTROLLER}="${{env:{CONTROLLER_SECRET}}}";'
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": ";".join(f"User:{user}" for user in (ADMINISTRATOR, BROKER, CONTROLLER)),
        "allow.everyone.if.no.acl.found": "false",
        "config.providers": "env",
        "config.providers.env.class": (
            "org.apache.kafka.common.config.provider.EnvVarConfigProvider"
        ),
    }
)


class SecuredKafka(LocalKafka):
    """The same broker with users: its administrator may do everything, all others nothing yet.

    Clients speak SASL_PLAINTEXT with SCRAM-SHA-512: nothing leaves this machine. Across machines
    it has to be SASL_SSL. `password` is the administrator's, made anew for each broker.
    """

    name: ClassVar[str] = "secured-kafka"
    listener: ClassVar[str] = "CLIENTS"

    def __init__(self, *, for_minutes: bool = False) -> None:
        """Choose the passwords of the administrator, of the broker and of the controller."""
        self.password = secrets.token_hex(16)
        self._own = {name: secrets.token_hex(16) for name in (BROKER_SECRET, CONTROLLER_SECRET)}
        super().__init__(settings=WHO_MAY, for_minutes=for_minutes)

    def command(self) -> Command:
        """Run it with its passwords in its environment: they stand in no file."""
        return replace(super().command(), environment=self._own)

    def _first_users(self) -> list[str]:
        passwords = {ADMINISTRATOR: self.password, BROKER: self._own[BROKER_SECRET]}
        return [
            f"--add-scram={MECHANISM}=[name={user},password={password}]"
            for user, password in passwords.items()
        ]
