"""`releasebus up`: run parts of the bus in this process until SIGTERM or Ctrl-C."""

import asyncio
import logging
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DATABASE_VARIABLE,
    DEFAULT_KAFKA,
    AsJson,
    BootstrapServers,
    Namespace,
    PartnersFolder,
    TargetsFile,
    WebhooksFile,
    Where,
    usable_database,
    without_password,
)
from cli.voice import aside, emit
from schemas.signatures import SignaturePolicy

if TYPE_CHECKING:
    from cli.door_part import DoorSettings
    from cli.gateway_part import GatewayPlan
    from cli.parts import Running
    from consumers.intake.trust import Trust
    from producers.door.hooks.known import Webhooks

ALL = "all"
SIGNATURES_VARIABLE = "RELEASEBUS_SIGNATURES"
TRUST_VARIABLE = "RELEASEBUS_TRUST"

Parts = Annotated[
    str,
    typer.Option(
        help="Which parts, with commas: intake, apply, dispatch, gateway; or all. The gateway "
        "runs where --partners are."
    ),
]
Ledger = Annotated[
    str,
    typer.Option(
        envvar=DATABASE_VARIABLE,
        metavar="URL",
        help="The ledger's database, as SQLAlchemy writes it; its tables are made.",
    ),
]
HeadKey = Annotated[
    Path | None,
    typer.Option(help="File of the key that signs the chain's heads; made where missing."),
]
Heartbeat = Annotated[float, typer.Option(min=0.1, help="How often gates hear from the ledger.")]
DoorPort = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=65535,
        metavar="PORT",
        help="Serve the HTTPS door there too, for this machine; `releasebus door` has more.",
    ),
]
DoorFolder = Annotated[
    Path, typer.Option(help="Where the door keeps its tokens and its certificate.")
]
DoorSpeaksAs = Annotated[
    str,
    typer.Option(
        metavar="NXTPORT_ID",
        help="The door's own id: it signs for its callers, with signing.key in its folder.",
    ),
]
Signatures = Annotated[
    SignaturePolicy,
    typer.Option(
        envvar=SIGNATURES_VARIABLE,
        help="How strictly intake asks for them; `warn` and `off` are for a first look.",
    ),
]
TrustFile = Annotated[
    Path | None,
    typer.Option(
        "--trust",
        envvar=TRUST_VARIABLE,
        metavar="FILE",
        help="The keys of the register's sources, as `releasebus key trust` writes them.",
    ),
]

DispatchSpeaksAs = Annotated[
    str,
    typer.Option(
        metavar="NXTPORT_ID",
        help="Dispatch's own id: under it comes in what systems answer to its calls.",
    ),
]
DispatchKey = Annotated[
    Path | None, typer.Option(metavar="FILE", help="The key that it signs them with.")
]
OverridesBy = Annotated[
    str,
    typer.Option(
        envvar="RELEASEBUS_OVERRIDES_BY",
        metavar="NXTPORT_ID",
        help="Whose people may override, two of them each time; by default nobody's.",
    ),
]

Folders = Annotated[
    Path | None,
    typer.Option(help="Watch a folder for each partner there: PARTNER/in, PARTNER/out."),
]
GatewaySpeaksAs = Annotated[
    str,
    typer.Option(
        metavar="NXTPORT_ID",
        help="The gateway's own id: it signs for the partners whose files it takes.",
    ),
]
WhileStdin = Annotated[
    bool, typer.Option("--while-stdin", help="Stop also when standard input is closed.")
]
GatewayKey = Annotated[Path | None, typer.Option(help="The gateway's key; made where missing.")]


@ending
def up(  # noqa: PLR0913 - a command's options are its parameters
    *,
    parts: Parts = ALL,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    database_url: Ledger = "",
    namespace: Namespace = "",
    head_key: HeadKey = None,
    heartbeat_seconds: Heartbeat = 5.0,
    door: DoorPort = None,
    door_folder: DoorFolder = Path("door-out"),
    door_speaks_as: DoorSpeaksAs = "",
    signatures: Signatures = SignaturePolicy.REQUIRED,
    trust: TrustFile = None,
    overrides_by: OverridesBy = "",
    targets: TargetsFile = None,
    webhooks: WebhooksFile = None,
    partners: PartnersFolder = None,
    folders: Folders = None,
    gateway_speaks_as: GatewaySpeaksAs = "",
    gateway_key: GatewayKey = None,
    dispatch_speaks_as: DispatchSpeaksAs = "",
    dispatch_key: DispatchKey = None,
    while_stdin: WhileStdin = False,
    as_json: AsJson = False,
) -> None:
    """Run parts of the bus until SIGTERM or Ctrl-C.

    A part that is stopped finishes its batch, publishes what it owes and leaves its group, so
    that another one goes on where it was.
    """
    from cli.deliveries import brought  # noqa: PLC0415 - as below
    from cli.door_part import webhooks_of  # noqa: PLC0415 - as below
    from cli.parts import Running  # noqa: PLC0415 - heavy: only when it is run

    names = _named(parts, with_partners=partners is not None)
    where, by = Where(bootstrap_servers, _database(database_url), namespace), overrides_by or None
    trusted = replace(_trusted(names, signatures, trust), overrides_by=by)
    hooks = webhooks_of(webhooks)
    opened = None if door is None else _door(door, door_folder, door_speaks_as, signatures, hooks)
    plan = _plan(names, partners, folders, (gateway_speaks_as, gateway_key), signatures)
    _announce(where, names, as_json=as_json)
    told, voice = brought(targets, (dispatch_speaks_as, dispatch_key), signatures)
    running = Running(
        heartbeat_seconds, head_key, opened, trusted, by, told, plan, signatures, voice, hooks
    )
    asyncio.run(_up(where, names, running, while_stdin=while_stdin))


def _database(url: str) -> str:
    if not url:
        raise Told(
            "Say where the ledger's database is: --database-url or "
            f"{DATABASE_VARIABLE}, such as postgresql+psycopg://user@host/releasebus.",
            Exit.USAGE,
        )
    return usable_database(url)


def _named(parts: str, *, with_partners: bool) -> tuple[str, ...]:
    from cli.parts import PARTS, WITHOUT_PARTNERS  # noqa: PLC0415 - heavy: only when it is run

    if parts == ALL:
        return tuple(PARTS) if with_partners else WITHOUT_PARTNERS
    names = tuple(name.strip() for name in parts.split(","))
    if unknown := set(names) - PARTS.keys():
        raise Told(
            f"There is no part {', '.join(sorted(unknown))!r}. There are: {', '.join(PARTS)}.",
            Exit.USAGE,
        )
    return names


def _door(
    port: int, folder: Path, speaks_as: str, policy: SignaturePolicy, webhooks: "Webhooks"
) -> "DoorSettings":
    from cli.door_part import DoorSettings  # noqa: PLC0415 - heavy: only when it is run

    if policy is SignaturePolicy.REQUIRED and not speaks_as:
        raise Told(
            "Signatures are required, so the door has to sign: say as whom, --door-speaks-as "
            "NXTPORT_ID; `releasebus key show` registers its key. Or, for a first look, "
            "--signatures off.",
            Exit.USAGE,
        )
    return DoorSettings(port, folder, speaks_as=speaks_as, webhooks=webhooks)


def _plan(
    names: tuple[str, ...],
    partners: Path | None,
    folders: Path | None,
    voice: tuple[str, Path | None],
    policy: SignaturePolicy,
) -> "GatewayPlan | None":
    from cli.gateway_part import GatewayPlan, partners_in  # noqa: PLC0415 - as above
    from cli.parts import GATEWAY  # noqa: PLC0415 - as above
    from cli.speaking import voice_of  # noqa: PLC0415 - as above

    if GATEWAY not in names:
        return None
    if partners is None:
        raise Told("Say who the gateway's partners are: --partners FOLDER.", Exit.USAGE)
    if folders is not None and policy is SignaturePolicy.REQUIRED and not voice[0]:
        raise Told(
            "Signatures are required, so the gateway has to sign for the partners whose files it "
            "takes: say as whom, --gateway-speaks-as NXTPORT_ID. Or, for a first look, "
            "--signatures off.",
            Exit.USAGE,
        )
    return GatewayPlan(partners_in(partners), folders, voice_of("gateway", *voice))


def _trusted(names: tuple[str, ...], policy: SignaturePolicy, file: Path | None) -> "Trust":
    from consumers.intake.trust import NO_TRUST, trust_everywhere  # noqa: PLC0415 - as above

    if "intake" not in names and "gateway" not in names:
        return NO_TRUST
    if "intake" in names and policy is SignaturePolicy.REQUIRED and file is None:
        raise Told(
            "Signatures are required, so say whose registrations count: --trust FILE or "
            f"{TRUST_VARIABLE}, as `releasebus key trust` writes it; or, for a first look, "
            "--signatures off.",
            Exit.USAGE,
        )
    return trust_everywhere(policy, file)


async def _up(
    where: Where, names: tuple[str, ...], running: "Running", *, while_stdin: bool
) -> None:
    from cli.parts import prepare_database, run_parts, stop_on_signals  # noqa: PLC0415 - as above
    from consumers.reach import reach_broker  # noqa: PLC0415 - as above

    logging.getLogger().setLevel(logging.INFO)
    stop = asyncio.Event()
    stop_on_signals(stop)
    if while_stdin:
        _stop_with_stdin(stop)
    await reach_broker(where.bootstrap_servers)
    await asyncio.to_thread(prepare_database, where.database_url)
    await run_parts(names, where, running, stop)


def _stop_with_stdin(stop: asyncio.Event) -> None:
    """Stop when whoever started us is gone, however it went: its end of the pipe closes."""
    loop, descriptor = asyncio.get_running_loop(), sys.stdin.fileno()

    def heard() -> None:
        if not os.read(descriptor, 512):
            loop.remove_reader(descriptor)
            stop.set()

    loop.add_reader(descriptor, heard)


def _announce(where: Where, names: tuple[str, ...], *, as_json: bool) -> None:
    database = without_password(where.database_url)
    if as_json:
        emit({"parts": names, "kafka": str(where.bootstrap_servers), "database": database})
        return
    aside().print(f"{', '.join(names)} on Kafka {where.bootstrap_servers} and {database}")
