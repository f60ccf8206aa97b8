"""`releasebus audit` and `audit-check`: one container's trail for an authority, and its check."""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from cli.exits import Exit, Told, ending
from cli.options import (
    DEFAULT_DATABASE,
    AsJson,
    DatabaseUrl,
    HeadsFile,
    HeadsFrom,
    Namespace,
    existing_ledger,
)
from cli.voice import console, emit

if TYPE_CHECKING:
    from ledger.book.heads import HeadKey
    from schemas.heads import Head

COMPRESSED = ".gz"
GZIP_MAGIC = b"\x1f\x8b"
PUBLIC_KEY_BYTES = 32


@ending
def audit(  # noqa: PLR0913  each is an option of the command
    container: Annotated[str, typer.Argument(help="The number of the container.")],
    *,
    out: Annotated[Path, typer.Option(help="The file to write; one that ends in .gz is packed.")],
    database_url: DatabaseUrl = DEFAULT_DATABASE,
    heads: HeadsFile = None,
    bootstrap_servers: HeadsFrom = "",
    head_key: Annotated[
        Path | None,
        typer.Option(help="The key file: signs the file, and the ends that no head reaches yet."),
    ] = None,
    namespace: Namespace = "",
    as_json: AsJson = False,
) -> None:
    """Write one container's trail for an authority: all its entries, and what proves them.

    Of other containers the file holds digests alone. Ends with 1 where the ledger knows nothing
    of CONTAINER, or where entries have no signed head behind them yet.
    """
    from cli.audit import heads_kept, key_in  # noqa: PLC0415 - heavy

    url, number = existing_ledger(database_url), _number(container)
    if heads is None and head_key is None and not bootstrap_servers:
        raise Told(
            "Nothing would prove the entries: say where signed heads are with "
            "--bootstrap-servers or --heads, or give --head-key.",
            Exit.USAGE,
        )
    key = None if head_key is None else key_in(head_key)
    kept = heads_kept(heads, bootstrap_servers, namespace)
    counts = _write(out, _lines(url, number, kept, key))
    if not counts["entry"]:
        raise Told(f"The ledger knows nothing of {number}; no file was written.", Exit.FOUND)
    _tell(number, out, counts, key, as_json=as_json)


@ending
def audit_check(
    file: Annotated[Path, typer.Argument(help="A file that `releasebus audit` wrote.")],
    *,
    public_key: Annotated[
        Path | None,
        typer.Option(help="The bus's public keys in hex, one a line, come by another way."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check a container's trail with nothing but its file, and tell it in words.

    Needs no database and no broker. Ends with 1 where anything is not as it has to be, and
    with 4 where all fits and no --public-key was given: anybody can sign with a key of his own.
    """
    from cli.audit import public_keys_in  # noqa: PLC0415 - heavy: only when it is run
    from cli.trail_told import as_object, drawn  # noqa: PLC0415 - the same
    from ledger.trail.check import NoTrail, checked  # noqa: PLC0415 - the same

    keys = None if public_key is None else public_keys_in(public_key)
    try:
        result = checked(_lines_in(file), keys)
    except NoTrail as error:
        raise Told(
            f"{file} is no trail of a container that can be checked: {error}. Give a file that "
            "`releasebus audit` wrote, as it was written.",
            Exit.FOUND,
        ) from error
    if as_json:
        emit(as_object(result, given=keys is not None))
    else:
        drawn(result, given=keys is not None)
    if result.flaws:
        raise typer.Exit(Exit.FOUND)
    if keys is None:
        raise typer.Exit(Exit.UNPROVEN)


def _number(container: str) -> str:
    from schemas.identifiers import Unusable, read_container  # noqa: PLC0415 - heavy

    number = read_container(container)
    if isinstance(number, Unusable):
        raise Told(f"{container!r} is no container's number.", Exit.USAGE)
    return number.value


def _lines(
    url: str, container: str, heads: "Iterable[Head]", key: "HeadKey | None"
) -> Iterator[bytes]:
    from cli.ledger import names_in, opened  # noqa: PLC0415 - heavy: only when it is run
    from ledger.book.heads import check_head  # noqa: PLC0415 - the same
    from ledger.trail.extract import trail  # noqa: PLC0415 - the same

    # A head that our own key did not sign is nobody's proof; one of an older key may be.
    usable = [
        head
        for head in heads
        if key is None or head.key_id != key.key_id or check_head(head, key.public_key)
    ]
    with opened(url) as connection:
        names = names_in(connection)
        now = datetime.now(UTC)
        yield from trail(connection, container, usable, at=now, key=key, names=names)


def _write(out: Path, lines: Iterable[bytes]) -> Counter[str]:
    """Write the file whole or not at all; return how many lines of each sort it has.

    `open` are the entries that no head stands behind.
    """
    counts: Counter[str] = Counter()
    if out.is_dir():
        raise Told(f"{out} is a folder: name a file in it with --out.", Exit.USAGE)
    draft = out.with_name(f".{out.name}.part")
    into = _opened_for_writing(out, draft)
    try:
        with into as opened:
            for line in lines:
                opened.write(line)
                sort = line[len(b'{"line":"') :].partition(b'"')[0].decode()
                counts[sort] += 1
                counts["open"] = 0 if sort == "head" else counts["open"] + (sort == "entry")
        if counts["entry"]:
            draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
    return counts


def _number_of(counts: Counter[str], sort: str) -> str:
    one, many = {"entry": ("entry", "entries"), "head": ("signed head", "signed heads")}[sort]
    return f"{counts[sort]} {one if counts[sort] == 1 else many}"


def _opened_for_writing(out: Path, draft: Path) -> Any:
    try:
        return gzip.open(draft, "wb") if out.suffix == COMPRESSED else draft.open("wb")
    except OSError as error:
        raise Told(
            f"{out} cannot be written ({error.strerror}): name with --out a file in a folder that "
            "is there and may be written to.",
            Exit.USAGE,
        ) from error


def _tell(
    container: str, out: Path, counts: Counter[str], key: "HeadKey | None", *, as_json: bool
) -> None:
    if as_json:
        keys = {} if key is None else {key.key_id: key.public_key.hex()}
        found = {"entries": counts["entry"], "heads": counts["head"], "unproven": counts["open"]}
        answer = {"ok": not counts["open"], "container": container, "file": str(out)}
        emit({**answer, **found, "public_keys": keys})
    else:
        console().print(
            f"[green]The trail of {container} is in {out}[/]: {_number_of(counts, 'entry')}, "
            f"{_number_of(counts, 'head')}. Check it with `releasebus audit-check {out} "
            "--public-key KEYS`."
        )
        if key is not None:
            console().print(
                f"It is signed with key {key.key_id}. Let the authority have the public key by "
                f"another way than the file:\n{key.public_key.hex()}",
                soft_wrap=True,
            )
    if counts["open"]:
        raise Told(
            f"{counts['open']} of its entries have no signed head behind them yet. Take the trail "
            "again when the next head is signed (some seconds), or give --head-key.",
            Exit.FOUND,
        )


def _lines_in(file: Path) -> Iterator[bytes]:
    if file.is_dir():
        raise Told(f"{file} is a folder: name the file in it.", Exit.USAGE)
    if not file.is_file():
        raise Told(f"There is no file {file}.", Exit.USAGE)
    with _opened_for_reading(file) as raw:
        packed = raw.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        raw.seek(0)
        try:
            yield from gzip.GzipFile(fileobj=raw) if packed else raw
        except (EOFError, OSError, zlib.error) as error:
            raise Told(f"{file} was packed, and is cut off or broken.", Exit.FOUND) from error


def _opened_for_reading(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise Told(f"{file} cannot be read ({error.strerror}).", Exit.USAGE) from error
