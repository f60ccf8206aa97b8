"""Who we are on Kafka: the one value that every client of ours logs in with."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

USER_VARIABLE = "RELEASEBUS_KAFKA_USER"
PASSWORD_VARIABLE = "RELEASEBUS_KAFKA_PASSWORD"  # noqa: S105  the variable's name
PASSWORD_FILE_VARIABLE = "RELEASEBUS_KAFKA_PASSWORD_FILE"  # noqa: S105  the same
PROTOCOL_VARIABLE = "RELEASEBUS_KAFKA_PROTOCOL"
MECHANISM_VARIABLE = "RELEASEBUS_KAFKA_MECHANISM"
CA_FILE_VARIABLE = "RELEASEBUS_KAFKA_CA_FILE"
LOGIN_VARIABLES = frozenset(
    {
        USER_VARIABLE,
        PASSWORD_VARIABLE,
        PASSWORD_FILE_VARIABLE,
        PROTOCOL_VARIABLE,
        MECHANISM_VARIABLE,
        CA_FILE_VARIABLE,
    }
)
Name = TypeVar("Name", bound=StrEnum)


class LoginUnclear(Exception):
    """The environment says only half of how to log in to Kafka; it is said what lacks."""


class Protocol(StrEnum):
    """How a client speaks to a broker that asks who it is; Kafka's own names."""

    SASL_SSL = "SASL_SSL"
    SASL_PLAINTEXT = "SASL_PLAINTEXT"


class Mechanism(StrEnum):
    """How it shows that it has the password without sending it (RFC 5802); Kafka's own names."""

    SCRAM_SHA_512 = "SCRAM-SHA-512"
    SCRAM_SHA_256 = "SCRAM-SHA-256"


@dataclass(frozen=True, slots=True)
class Login:
    """A user of Kafka with its password, which no repr and no log shows.

    Without `ca_file` the broker's certificate is checked against the machine's authorities.
    """

    user: str
    password: str = field(repr=False)
    protocol: Protocol = Protocol.SASL_SSL
    mechanism: Mechanism = Mechanism.SCRAM_SHA_512
    ca_file: Path | None = None

    def tls(self) -> ssl.SSLContext | None:
        """Return what the broker's certificate is checked with, None where there is no TLS."""
        if self.protocol is Protocol.SASL_PLAINTEXT:
            return None
        return ssl.create_default_context(cafile=self.ca_file)


@dataclass(frozen=True, slots=True)
class Broker:
    """Where Kafka is, and who we are there; without a login we say nothing of it."""

    bootstrap_servers: str
    login: Login | None = None

    def __str__(self) -> str:
        return self.bootstrap_servers


Servers: TypeAlias = str | Broker
"""Where Kafka is: an address alone where nobody has to log in."""


def connection(servers: Servers) -> dict[str, Any]:
    """Return how any client of aiokafka reaches *servers* and logs in there."""
    if isinstance(servers, str):
        return {"bootstrap_servers": servers}
    if (login := servers.login) is None:
        return {"bootstrap_servers": servers.bootstrap_servers}
    return {
        "bootstrap_servers": servers.bootstrap_servers,
        "security_protocol": login.protocol.value,
        "ssl_context": login.tls(),
        "sasl_mechanism": login.mechanism.value,
        "sasl_plain_username": login.user,
        "sasl_plain_password": login.password,
    }


def login_in(environment: Mapping[str, str]) -> Login | None:
    """Return the login that *environment* names, None where it names no user.

    Raises LoginUnclear where a part of it lacks or cannot be read.
    """
    user = environment.get(USER_VARIABLE, "")
    if not user:
        if environment.get(PASSWORD_VARIABLE) or environment.get(PASSWORD_FILE_VARIABLE):
            raise LoginUnclear(f"There is a password for Kafka and no user: set {USER_VARIABLE}")
        return None
    ca_file = environment.get(CA_FILE_VARIABLE)
    return Login(
        user,
        _password_in(environment),
        _one_of(Protocol, environment, PROTOCOL_VARIABLE, Protocol.SASL_SSL),
        _one_of(Mechanism, environment, MECHANISM_VARIABLE, Mechanism.SCRAM_SHA_512),
        Path(ca_file) if ca_file else None,
    )


def _password_in(environment: Mapping[str, str]) -> str:
    said, file = environment.get(PASSWORD_VARIABLE), environment.get(PASSWORD_FILE_VARIABLE)
    if said and file:
        raise LoginUnclear(f"Set {PASSWORD_VARIABLE} or {PASSWORD_FILE_VARIABLE}, not both")
    if file:
        try:
            said = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is no text"
            raise LoginUnclear(f"{PASSWORD_FILE_VARIABLE}={file}: {why}") from None
    if not said:
        raise LoginUnclear(
            f"{USER_VARIABLE} is set without a password: set {PASSWORD_FILE_VARIABLE} to a file "
            f"that holds it, or {PASSWORD_VARIABLE}"
        )
    return said


def _one_of(names: type[Name], environment: Mapping[str, str], variable: str, usual: Name) -> Name:
    said = environment.get(variable) or usual.value
    try:
        return names(said)
    except ValueError:
        raise LoginUnclear(f"{variable}={said}: it is one of {', '.join(names)}") from None
