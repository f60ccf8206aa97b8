"""`releasebus dead-letters replay`: a letter goes in again, as it came or edited by two people."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.exits import Exit, Told, ending
from cli.options import DEFAULT_KAFKA, AsJson, BootstrapServers, Namespace
from cli.overriding import Agreed, done, signed_by_two
from producers.login import Servers
from schemas.overrides import Override
from schemas.replays import CONFIRMATION, LETTER, PROPOSAL, REPLAYED, TOLD, digest_of_record
from schemas.signatures import SIGNATURE
from schemas.topics import CONTAINER_PARTITIONS, DEAD_LETTERS, DIRECTORY_INPUTS

if TYPE_CHECKING:
    from consumers.tail import Seen
    from producers.records import Record

Headers = dict[str, bytes]
ORIGIN, REDACTED = f"{TOLD}original-topic", f"{TOLD}redacted"
OF_ORGANISATIONS = tuple(topic.name for topic in DIRECTORY_INPUTS)


@ending
def replay(  # noqa: PLR0913 - a command's options are its parameters
    place: Annotated[str, typer.Argument(help="Partition and offset, as `list` shows them: 3/17")],
    *,
    value: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The edited bytes, instead of those kept.")
    ] = None,
    key: Annotated[str, typer.Option(help="Another record key, such as the container.")] = "",
    header: Annotated[
        list[str] | None, typer.Option(metavar="NAME=TEXT", help="A header anew; several times.")
    ] = None,
    agreed: Agreed = None,
    bootstrap_servers: BootstrapServers = DEFAULT_KAFKA,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Put a dead letter on its topic again, as it came, where the bus was mended meanwhile.

    With --value, --key or --header it is edited: its sender's signature is no longer of it, and
    intake lets it in on two people's word alone. What they sign is shown without --agreed.
    """
    letter = asyncio.run(_letter(place, bootstrap_servers, namespace))
    headers = {name: data or b"" for name, data in letter.headers if not name.startswith(TOLD)}
    topic = dict(letter.headers).get(ORIGIN, b"").decode()
    as_kept = letter.value
    if value is None and dict(letter.headers).get(REDACTED) == b"true":
        raise Told(
            f"The bytes of {place} were not kept, as they may show an identity. Ask its sender to "
            "send it anew, or give what it should have said with --value.",
            Exit.FOUND,
        )
    if value is None and not key and not header:
        record = _record(topic, letter.key, as_kept, headers)
    else:
        record = _edited(place, topic, letter, headers, (value, key, header or []), agreed)
    asyncio.run(_put(bootstrap_servers, record))
    done(
        f"{place} stands on {topic} again. Look with `dead-letters list` whether it came back, "
        f"and mark it: `dead-letters handled {place} --note TEXT`.",
        as_json=as_json,
    )


def _edited(
    place: str,
    topic: str,
    letter: "Seen",
    headers: Headers,
    changed: tuple[Path | None, str, list[str]],
    agreed: Path | None,
) -> "Record":
    if topic.endswith(OF_ORGANISATIONS):
        raise Told(
            f"Nothing is replayed edited on {topic}: its sender has to say it anew.", Exit.USAGE
        )
    file, key, more = changed
    bare = {name: data for name, data in headers.items() if name not in {SIGNATURE, *REPLAYED}}
    anew = bare | dict(_header_in(each) for each in more)
    bytes_now = letter.value if file is None else _bytes_in(file)
    key_now = key.encode() or letter.key
    digest = digest_of_record(topic, key_now, anew, bytes_now)
    proposal, confirmation = signed_by_two(
        agreed, Override.REPLAY_EDITED_DEAD_LETTER, place, digest
    )
    signed = {LETTER: place, PROPOSAL: proposal, CONFIRMATION: confirmation}
    words = {name: text.encode() for name, text in signed.items()}
    return _record(topic, key_now, bytes_now, anew | words)


def _record(topic: str, key: bytes | None, value: bytes | None, headers: Headers) -> "Record":
    from producers.log import partition_of  # noqa: PLC0415 - heavy: only when it is run
    from producers.records import Record  # noqa: PLC0415 - the same

    partitions = 1 if topic.endswith(OF_ORGANISATIONS) else CONTAINER_PARTITIONS
    partition = partition_of(key or b"", partitions)
    return Record(topic, partition, key, value, tuple(headers.items()))


def _header_in(said: str) -> tuple[str, bytes]:
    name, equals, text = said.partition("=")
    if not equals or not name:
        raise Told(f"{said!r} is no header: say NAME=TEXT.", Exit.USAGE)
    return name, text.encode()


def _bytes_in(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}", Exit.USAGE) from error


async def _letter(place: str, servers: Servers, namespace: str) -> "Seen":
    from consumers.reach import reach_broker  # noqa: PLC0415 - heavy: only when it is run
    from consumers.tail import standing  # noqa: PLC0415 - the same

    await reach_broker(servers)
    async for record in standing(servers, [namespace + DEAD_LETTERS.name]):
        if f"{record.partition}/{record.offset}" == place:
            return record
    raise Told(f"No dead letter stands at {place!r}; `dead-letters list` has them.", Exit.FOUND)


async def _put(servers: Servers, record: "Record") -> None:
    from producers.operator import put_on_log  # noqa: PLC0415 - heavy: only when it is run

    await put_on_log(servers, record)
