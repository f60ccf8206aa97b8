"""How a command ends: an exit code a kind of ending, and a sentence instead of a traceback."""

import functools
import inspect
import json
import logging
import os
import sys
from collections.abc import Callable
from enum import IntEnum
from typing import Any, ParamSpec

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

log = logging.getLogger(__name__)
AS_JSON = "--json"
DEBUG_VARIABLE = "RELEASEBUS_DEBUG"
OURS = ("schemas", "ledger", "consumers", "producers", "adapters", "cli", "compose")
OUT_OF_REACH = frozenset({"BrokerAway", "NotLetIn", "OtherVersion"})
NOT_ALLOWED = "AuthorizationFailedError"
Parameters = ParamSpec("Parameters")


class Exit(IntEnum):
    """The exit codes: the same for every command, and for ever."""

    OK = 0
    FOUND = 1
    USAGE = 2
    UNREACHABLE = 3
    UNPROVEN = 4
    INTERRUPTED = 130


EXIT_CODES = (
    "Exit codes: 0 all is well; 1 something is wrong, and it is said what; 2 the command was not "
    "understood; 3 broker or database cannot be reached; 4 nothing wrong was "
    "found, and nothing proves it; 130 interrupted."
)


class Told(Exception):
    """Something that the user is to be told, with what to do, and the code to end with."""

    def __init__(self, sentence: str, code: Exit) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.code = code


class Commands(TyperGroup):
    """All commands: with `--json` a wrong usage too is answered as an object."""

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run the command that is asked for, and end the program."""
        given = settings.get("args", args[0] if args else None)
        if AS_JSON not in (sys.argv[1:] if given is None else given):
            return super().main(*args, **settings)
        try:
            code = super().main(*args, **{**settings, "standalone_mode": False})
        except TyperException as error:
            code = error.exit_code
            typer.echo(_as_object(_usage(error), code))
        sys.exit(code)


def _usage(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "releasebus"
    said = error.format_message().rstrip(".")
    return f"{said}. `{command} --help` tells how it is used."


def ending(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Make *command* end with a sentence and a code whatever is raised in it.

    With `--json` the sentence is an object on standard output. RELEASEBUS_DEBUG=1 shows the
    traceback of what nobody expected.
    """

    @functools.wraps(command)
    def ended(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            _tell("Interrupted.", Exit.INTERRUPTED, as_json=kwargs.get("as_json") is True)
        except BrokenPipeError:
            # Whoever read us has seen enough (`| head`); Python would complain at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except Exception as error:
            if os.environ.get(DEBUG_VARIABLE):
                log.exception("What the sentence below comes from")
            told = told_of(error)
            _tell(told.sentence, told.code, as_json=kwargs.get("as_json") is True)

    return ended


def told_of(error: BaseException) -> Told:
    """Return what the user is told of *error*."""
    if isinstance(error, Told):
        return error
    module, name = type(error).__module__.partition(".")[0], type(error).__name__
    said = str(error).strip()
    if name in {"EngineUnavailable", "EngineBroken"}:
        return Told(said, Exit.UNREACHABLE)
    if module in OURS:
        # The docstring of our exceptions says what the operator is to do.
        words = " ".join((inspect.getdoc(error) or name).split())
        code = Exit.UNREACHABLE if name in OUT_OF_REACH else Exit.FOUND
        return Told(f"{said}: {words}" if said else words, code)
    if name.endswith(NOT_ALLOWED):
        return Told(
            f"The broker knows who asks and does not allow it ({name}: {_first_line(said)}). "
            "`releasebus acl check`, run by the administrator, tells which rights lack or are too "
            "many; RELEASEBUS_KAFKA_USER says who asks.",
            Exit.FOUND,
        )
    if module in {"aiokafka", "kafka"}:
        return Told(
            f"The broker does not answer as it should ({name}: {_first_line(said)}). Look whether "
            "it runs and whether --bootstrap-servers is right.",
            Exit.UNREACHABLE,
        )
    if module in {"sqlalchemy", "psycopg", "sqlite3"}:
        return Told(
            f"The database does not answer as it should ({_first_line(said)}). Look whether it "
            "runs, whether --database-url is right, and whether `releasebus up` has made its "
            "tables.",
            Exit.UNREACHABLE,
        )
    return Told(
        f"This is a fault of the program ({name}: {_first_line(said)}). Run it again with "
        f"{DEBUG_VARIABLE}=1 to see where, and report that.",
        Exit.FOUND,
    )


def _first_line(text: str) -> str:
    return text.partition("\n")[0]


def _tell(sentence: str, code: Exit, *, as_json: bool) -> None:
    if as_json:
        typer.echo(_as_object(sentence, code))
    else:
        typer.echo(sentence, err=True)
    raise typer.Exit(int(code))


def _as_object(sentence: str, code: int) -> str:
    return json.dumps({"ok": False, "exit_code": int(code), "error": sentence})
