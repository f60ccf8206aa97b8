"""`releasebus publish FILE.edi`: a whole interchange onto edi.in.v1, as a partner's own."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from cli.exits import Exit, Told
from cli.voice import console, emit
from producers.login import Servers
from schemas.envelope import ORGANISATION_SOURCE
from schemas.topics import EDI_IN, EDI_OUT, LARGEST_INTERCHANGE

SUFFIX = ".edi"
KNOWN_BY = "the operator's word at the command line"
CHANNEL = "command line"


@dataclass(frozen=True, slots=True)
class Bringing:
    """An interchange, whose it is, and who says so.

    `source` is the NxtPort id of the partner's organisation, or of a gateway that speaks for
    `on_behalf_of`; without one it is brought as bytes alone, which is let in only where signatures
    are not required.
    """

    partner: str
    data: bytes
    source: str = ""
    on_behalf_of: str = ""
    key_file: Path | None = None


def bring(servers: Servers, namespace: str, what: Bringing, *, as_json: bool) -> None:
    """Put the interchange on edi.in.v1 and say under which id."""
    if not what.partner:
        raise Told(
            "Say whose interchange it is: --partner NAME, as its file is called.", Exit.USAGE
        )
    if what.key_file is not None and not what.source:
        raise Told("Say who signs: --source NXTPORT_ID.", Exit.USAGE)
    if what.on_behalf_of and not what.source:
        raise Told("Say who speaks for it: --source NXTPORT_ID.", Exit.USAGE)
    if len(what.data) > LARGEST_INTERCHANGE:
        sentence = f"{EDI_IN.name} takes {LARGEST_INTERCHANGE} bytes, and it has {len(what.data)}."
        remedy = "Put it into the partner's watched folder, which takes any size."
        raise Told(f"{sentence} {remedy}", Exit.USAGE)
    own = asyncio.run(_bring(servers, namespace, what))
    if as_json:
        emit({"id": own, "topic": EDI_IN.name, "partner": what.partner})
    else:
        console().print(f"published as {own}; answers come on {EDI_OUT.name}", markup=False)


async def _bring(servers: Servers, namespace: str, what: Bringing) -> str:
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from producers.client import BusAddress  # noqa: PLC0415 - the same
    from producers.interchanges import interchange_record  # noqa: PLC0415 - the same
    from producers.raw import RawProducer  # noqa: PLC0415 - the same
    from producers.signing import SpokenFor, message_key  # noqa: PLC0415 - the same

    signs = None if what.key_file is None else message_key(what.key_file)
    spoken_for = None
    if what.on_behalf_of:
        spoken_for = SpokenFor(what.on_behalf_of, KNOWN_BY, CHANNEL)
    record = interchange_record(
        what.partner,
        what.data,
        what.source.removeprefix(ORGANISATION_SOURCE),
        namespace,
        spoken_for=spoken_for,
        # By hand it is meant to go again, and to be answered again.
        name=str(time.time_ns()),
    )
    headers = record.headers if what.source else ()
    await reach_broker(servers)
    async with RawProducer(BusAddress(servers, namespace), signs) as producer:
        await producer.publish(EDI_IN, record.key, record.value, headers)
    return next(value.decode() for name, value in record.headers if name == "ce_id")
