"""`python -m compose.local`: run Kafka and PostgreSQL of this machine until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from compose.local.engine import EngineBroken, EngineUnavailable
from compose.local.kafka import LocalKafka, make_ready
from compose.local.postgres import LocalPostgres

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

DATABASE = "releasebus"
EXIT_UNAVAILABLE = 3


def say(line: str) -> None:
    """Print a line at once, also into a pipe."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def up() -> None:
    """Run both engines in the foreground; their data is gone when they stop."""
    signal.signal(signal.SIGTERM, _interrupt)
    with ExitStack() as engines:
        say("starting PostgreSQL and Apache Kafka ...")
        postgres = engines.enter_context(LocalPostgres())
        kafka = engines.enter_context(LocalKafka())
        database_url = postgres.create_database(DATABASE)
        say(f"Apache Kafka  {kafka.bootstrap_servers}   log {kafka.log_path}")
        say(f"PostgreSQL    {database_url}   log {postgres.log_path}")
        say("For tests on these:")
        say(f"  export RELEASEBUS_TEST_KAFKA={kafka.bootstrap_servers}")
        say(f"  export RELEASEBUS_TEST_DATABASE={database_url}")
        say("Ctrl-C stops them and removes their data.")
        signal.pause()


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and run it; the exit code is 3 when the machine lacks something."""
    parser = argparse.ArgumentParser(prog="python -m compose.local", description=__doc__)
    parser.add_argument("command", choices=("up", "fetch"), help="fetch: only Kafka's jars")
    asked = parser.parse_args(arguments)
    try:
        if asked.command == "up":
            up()
        else:
            say(f"Apache Kafka's jars are in {make_ready()}")
    except (EngineUnavailable, EngineBroken) as error:
        sys.stderr.write(f"{error}\n")
        return EXIT_UNAVAILABLE
    except KeyboardInterrupt:
        say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
