"""The options that commands share: where the bus is, and how the answer is written."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from cli.exits import AS_JSON, Exit, Told
from producers.login import Broker, LoginUnclear, Servers, login_in
from schemas.words import Language

KAFKA_VARIABLE = "RELEASEBUS_KAFKA"
DATABASE_VARIABLE = "RELEASEBUS_DATABASE"
NAMESPACE_VARIABLE = "RELEASEBUS_NAMESPACE"
LANGUAGE_VARIABLE = "RELEASEBUS_LANGUAGE"
# As POSIX has them: the first that is set says it.
LOCALES = ("LC_ALL", "LC_MESSAGES", "LANG")
DEMO_DATABASE = Path("demo-out") / "ledger.db"
SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"


def broker_at(said: str | Broker) -> Broker:
    """Return the broker there, with the login that the environment names."""
    try:
        return Broker(str(said), login_in(os.environ))
    except LoginUnclear as error:
        raise typer.BadParameter(f"{error}.") from error


BootstrapServers = Annotated[
    Broker,
    typer.Option(
        envvar=KAFKA_VARIABLE, metavar="HOST:PORT", parser=broker_at, help="Where Kafka is."
    ),
]
DatabaseUrl = Annotated[
    str,
    typer.Option(
        envvar=DATABASE_VARIABLE,
        metavar="URL",
        help="The ledger's database, as SQLAlchemy writes it; by default that of the last demo.",
    ),
]
Namespace = Annotated[
    str,
    typer.Option(envvar=NAMESPACE_VARIABLE, help="What stands before every topic's name."),
]
TargetsFile = Annotated[
    Path | None,
    typer.Option(
        "--targets",
        envvar="RELEASEBUS_TARGETS",
        metavar="FILE",
        help="Where documents are brought to, beside their topics; `releasebus deliveries` tells.",
    ),
]
PartnersFolder = Annotated[
    Path | None,
    typer.Option(
        "--partners",
        envvar="RELEASEBUS_PARTNERS",
        metavar="FOLDER",
        help="The EDIFACT partners, a TOML file each; `releasebus partner lint` checks one.",
    ),
]
WebhooksFile = Annotated[
    Path | None,
    typer.Option(
        "--webhooks",
        envvar="RELEASEBUS_WEBHOOKS",
        metavar="FILE",
        help="Which community systems may tell by themselves, by what each is known, and where "
        "the door is from outside.",
    ),
]
SpokenLanguage = Annotated[
    Language,
    typer.Option(
        "--language",
        envvar=LANGUAGE_VARIABLE,
        help="What people are told in; by default that of the environment, else English.",
    ),
]
HeadsFile = Annotated[
    Path | None,
    typer.Option(help="Signed heads kept elsewhere, as `tail ledger.heads.v1 --json` writes."),
]
HeadsFrom = Annotated[
    str, typer.Option(metavar="HOST:PORT", help="Take the heads from the topic there.")
]
AsJson = Annotated[bool, typer.Option(AS_JSON, help="Answer as JSON, for programs.")]

DEFAULT_KAFKA = Broker("127.0.0.1:9092")
DEFAULT_DATABASE = f"{SQLITE}{DEMO_DATABASE}"


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language of the locale in *environment*, English where it is none of ours."""
    locale = next((environment[name] for name in LOCALES if environment.get(name)), "")
    spoken = locale[:2].lower()
    return Language(spoken) if spoken in set(Language) else Language.EN


DEFAULT_LANGUAGE = language_of(os.environ)


@dataclass(frozen=True, slots=True)
class Where:
    """Where the bus is."""

    bootstrap_servers: Servers
    database_url: str
    namespace: str = ""


def usable_database(database_url: str) -> str:
    """Return *database_url* if it names a database that the ledger can be kept in."""
    if not database_url.startswith((SQLITE, POSTGRESQL)):
        raise Told(
            f"{without_password(database_url)} names no database for the ledger: give "
            f"{SQLITE}FILE or {POSTGRESQL}USER@HOST/NAME.",
            Exit.USAGE,
        )
    return database_url


def usable_container(said: str) -> str:
    """Return the container's number as the ledger writes it."""
    from schemas.identifiers import Unusable, read_container  # noqa: PLC0415 - only when asked

    number = read_container(said)
    if isinstance(number, Unusable):
        raise Told(f"{said!r} is no container number: {number.reason}", Exit.USAGE)
    return number.value


def existing_ledger(database_url: str) -> str:
    """Return *database_url* if there can be a ledger there; SQLite would make an empty one."""
    usable_database(database_url)
    if database_url.startswith(SQLITE):
        file = Path(database_url.removeprefix(SQLITE))
        if not file.is_file():
            raise Told(
                f"There is no ledger at {file}. Run `releasebus demo` first, or say where it is "
                f"with --database-url or {DATABASE_VARIABLE}.",
                Exit.UNREACHABLE,
            )
    return database_url


def store_beside(database_url: str, part: str = "dispatch") -> str:
    """Return where *part* keeps its own: with the ledger on PostgreSQL, beside it on SQLite.

    SQLite has one lock a file, and apply is not to wait for the others.
    """
    if not database_url.startswith(SQLITE):
        return database_url
    ledger = Path(database_url.removeprefix(SQLITE))
    return f"{SQLITE}{ledger.with_name(f'{ledger.stem}-{part}{ledger.suffix}')}"


def existing_store(database_url: str) -> str:
    """Return where the dispatch of this ledger keeps its own, if it has ever run beside it."""
    own = store_beside(existing_ledger(database_url))
    if own.startswith(SQLITE) and not Path(own.removeprefix(SQLITE)).is_file():
        sentence = f"Dispatch keeps nothing at {own}: it has not run beside this ledger."
        raise Told(sentence, Exit.UNREACHABLE)
    return own


def without_password(url: str) -> str:
    """Return *url* as it may be shown."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    return url.replace(f":{parts.password}@", ":***@", 1)
