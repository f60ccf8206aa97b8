"""The EDIFACT gateway as a part of the bus: partners read from files, voice and folders."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from adapters.edifact.partners import Partner, partner_from
from cli.exits import Exit, Told
from cli.options import Where, store_beside
from consumers.gateway import run as gateway
from consumers.gateway.settings import GatewaySettings
from consumers.intake.trust import Trust
from producers.door.door import Voice

SUFFIX = ".toml"


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """Who the partners are, where folders are watched, and who speaks for what lies there."""

    partners: Mapping[str, Partner]
    folders: Path | None = None
    voice: Voice | None = None


async def run_gateway(where: Where, plan: GatewayPlan, trust: Trust, stop: asyncio.Event) -> None:
    """Run the gateway until *stop* is set."""
    settings = GatewaySettings(
        where.bootstrap_servers,
        store_beside(where.database_url, "gateway"),
        plan.partners,
        where.namespace,
        ledger_url=where.database_url,
        trust=trust,
        folders=plan.folders,
        voice=plan.voice,
    )
    await gateway.run(settings, stop)


def partners_in(folder: Path) -> dict[str, Partner]:
    """Return the partners whose files lie in *folder*, by name; raise Told where one is wrong."""
    if not folder.is_dir():
        raise Told(f"There is no folder {str(folder)!r} with partners' files.", Exit.USAGE)
    files = sorted(folder.glob(f"*{SUFFIX}"))
    found = [partner_in(file) for file in files]
    if not found:
        raise Told(f"{folder} has no partner's file, such as quay1742{SUFFIX}.", Exit.USAGE)
    return {each.name: each for each in found}


def partner_in(file: Path) -> Partner:
    """Return the partner that *file* describes; raise Told with all that is wrong with it."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Told(f"{file} cannot be read ({type(error).__name__}).", Exit.USAGE) from error
    found = partner_from(text, file.stem)
    if isinstance(found, Partner):
        return found
    faults = "\n".join(f"  {fault}" for fault in found)
    raise Told(f"{file} describes no partner that can be taken:\n{faults}", Exit.USAGE)
