"""Run PostgreSQL from the machine's own binaries, on loopback, in a throw-away folder."""

from __future__ import annotations

import enum
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import psycopg
from psycopg import sql

from compose.local.engine import (
    Account,
    Command,
    EngineBroken,
    EngineUnavailable,
    LocalEngine,
)
from compose.local.ports import LOOPBACK, free_port

if TYPE_CHECKING:
    from collections.abc import Mapping

SUPERUSER = "releasebus"
INITDB_TIMEOUT_SECONDS = 120
UNPRIVILEGED_USERS = ("postgres", "nobody")


class StopMode(enum.Enum):
    """How PostgreSQL is asked to stop: its documentation calls the modes by these names."""

    SMART = "SIGTERM"  # waits for every client to leave
    FAST = "SIGINT"  # ends the sessions, rolls back, writes a checkpoint
    IMMEDIATE = "SIGQUIT"  # ends at once; the next start recovers from the log


def binaries_folder() -> Path:
    """Find the newest server binaries; EngineUnavailable says what to install.

    Debian keeps initdb and postgres out of PATH, in a folder a major version.
    """
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda folder: float(folder.parent.name),
        reverse=True,
    )
    on_path = shutil.which("postgres")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else []), *_configured()]
    for folder in candidates:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    message = (
        "PostgreSQL's server binaries (initdb, postgres) are not on this machine: "
        "install PostgreSQL 15 or later"
    )
    raise EngineUnavailable(message)


def _configured() -> list[Path]:
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return []
    said = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)
    return [Path(said.stdout.strip())] if said.returncode == 0 else []


def unprivileged_account() -> Account | None:
    """Choose who runs PostgreSQL: ourselves, or another user when we are root.

    initdb and postgres refuse to run as root.
    """
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    message = f"PostgreSQL does not run as root, and none of {UNPRIVILEGED_USERS} exists"
    raise EngineUnavailable(message)


def what_postgres_lacks() -> str | None:
    """Say why PostgreSQL cannot be run here, or None."""
    try:
        binaries_folder()
        unprivileged_account()
    except EngineUnavailable as lack:
        return str(lack)
    return None


class LocalPostgres(LocalEngine):
    """PostgreSQL on a free port of loopback, fsync on, no password: about two seconds to start.

    ``settings`` are server settings, as in postgresql.conf. Any user of this machine may connect
    while it runs: for tests and trying out only.
    """

    name: ClassVar[str] = "postgres"

    def __init__(self, *, settings: Mapping[str, str] | None = None) -> None:
        """Choose nothing yet but the folder."""
        super().__init__()
        self.port = 0
        self._settings = {
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "fsync": "on",
            "max_connections": "100",
            "timezone": "UTC",
            **(settings or {}),
        }

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def draw_ports(self) -> None:
        """Choose a port."""
        self.port = free_port()

    def prepare(self) -> None:
        """Make the cluster with initdb, as a user who may."""
        if self._data.is_dir():
            return
        account = unprivileged_account()
        if account is not None:
            os.chown(self.folder, account.user_id, account.group_id)
        options = ["--auth=trust", f"--username={SUPERUSER}", "--encoding=UTF8", "--locale=C"]
        # --no-sync: only a loss of power could tell, and the folder would not survive it.
        said = subprocess.run(
            [str(binaries_folder() / "initdb"), *options, "--no-sync", "-D", str(self._data)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=INITDB_TIMEOUT_SECONDS,
            user=None if account is None else account.user_id,
            group=None if account is None else account.group_id,
            extra_groups=None if account is None else [],
        )
        if said.returncode != 0:
            message = f"initdb failed:\n{said.stdout}{said.stderr}"
            raise EngineBroken(message)

    def command(self) -> Command:
        """Run the server with its settings on the command line."""
        settings = {**self._settings, "port": str(self.port)}
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = [str(binaries_folder() / "postgres"), "-D", str(self._data), *flags]
        return Command(server, account=unprivileged_account())

    def is_ready(self, log: str) -> bool:
        """It says so in its log."""
        return "database system is ready to accept connections" in log

    def stop(self, mode: StopMode = StopMode.FAST) -> None:
        """Stop the server in that mode and keep its data; SMART waits for every client."""
        self._end(mode.value)

    def url(self, database: str = "postgres") -> str:
        """Give SQLAlchemy's URL of a database."""
        return f"postgresql+psycopg://{SUPERUSER}@{LOOPBACK}:{self.port}/{database}"

    def create_database(self, name: str, *, template: str | None = None) -> str:
        """Make a database, as a copy of ``template`` if one is named, and give its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(name), sql.Identifier(template or "template1")
        )
        self._run(statement)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the sessions that are in it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, statement: sql.Composed) -> None:
        address = f"postgresql://{SUPERUSER}@{LOOPBACK}:{self.port}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)
