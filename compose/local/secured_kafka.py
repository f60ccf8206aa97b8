"""Apache Kafka that asks who comes: SASL/SCRAM, ACLs, and nobody let in who is not known."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, ClassVar

from compose.local.kafka import LocalKafka

if TYPE_CHECKING:
    from collections.abc import Mapping

ADMINISTRATOR = "administrator"
BROKER = "broker"
CONTROLLER = "controller"
MECHANISM = "SCRAM-SHA-512"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule"


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
        self._broker_password = secrets.token_hex(16)
        super().__init__(settings=self._who_may(secrets.token_hex(16)), for_minutes=for_minutes)

    def _who_may(self, controller_password: str) -> Mapping[str, str]:
        broker = f'username="{BROKER}" password="{self._broker_password}"'
        controller = f'username="{CONTROLLER}" password="{controller_password}"'
        known = f'user_{CONTROLLER}="{controller_password}"'
        return {
            "inter.broker.listener.name": "CLIENTS",
            "listener.security.protocol.map": "CLIENTS:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT",
            "sasl.enabled.mechanisms": MECHANISM,
            "sasl.mechanism.inter.broker.protocol": MECHANISM,
            "listener.name.clients.scram-sha-512.sasl.jaas.config": f"{SCRAM} required {broker};",
            # The controller cannot ask SCRAM: the users lie in the log that it has yet to open.
            "sasl.mechanism.controller.protocol": "PLAIN",
            "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
            "listener.name.controller.plain.sasl.jaas.config": (
                f"{PLAIN} required {controller} {known};"
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": ";".join(f"User:{u}" for u in (ADMINISTRATOR, BROKER, CONTROLLER)),
            "allow.everyone.if.no.acl.found": "false",
        }

    def _first_users(self) -> list[str]:
        passwords = {ADMINISTRATOR: self.password, BROKER: self._broker_password}
        return [
            f"--add-scram={MECHANISM}=[name={user},password={password}]"
            for user, password in passwords.items()
        ]
