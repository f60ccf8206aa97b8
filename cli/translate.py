"""`releasebus translate`: one system's message as the documents of another, without a bus."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.exits import Exit, Told, ending
from cli.options import AsJson
from cli.systems import system_called
from cli.voice import aside, emit, harmless

if TYPE_CHECKING:
    from adapters.contract import Document, Part, System
    from cli.translating import Translated

LARGEST = 1 << 20
ENDINGS = {"xml": "xml", "json": "json", "edifact": "edi"}


@ending
def translate(  # noqa: PLR0913 - a command's options are its parameters
    file: Annotated[
        Path,
        typer.Argument(
            help="A system's body; messages or a fact of ours as JSON, a line each; an .edi file."
        ),
    ],
    *,
    to: Annotated[str, typer.Option(help="The system that is told, by its name or a port.")],
    sent_by: Annotated[
        str, typer.Option("--from", help="The system whose body it is, where that is not plain.")
    ] = "",
    body: Annotated[
        str, typer.Option("--type", help="Which body it is: its ce_type, as CPu's need one.")
    ] = "",
    partner: Annotated[
        Path | None, typer.Option(help="Of an .edi file: the file of the partner that sends it.")
    ] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S"], help="When, UTC; now.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A folder: a file a document.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write what FILE becomes at another system, and say what is lost on the way.

    The law is asked, no ledger: who is named in FILE is all that is known, by the same code
    everywhere. Bodies come one below the other on standard output; what is lost, and what was
    odd, on standard error. Ends with 1 where nothing comes of it.
    """
    system = system_called(to)
    port = to.upper() if to.upper() in system.ports else ""
    told = _translated(file, _Receiver(system, port), _Source(sent_by, body, partner), _time(at))
    if as_json:
        shown = [_as_object(document) for document in told.documents]
        emit({"system": system.name, "documents": shown, "lost": told.lost})
    elif out is not None:
        _into(out, told.documents)
    else:
        for document in told.documents:
            typer.echo(document.content.decode("utf-8", "replace"))
    if not as_json:
        for lost in told.lost:
            aside().print(f"note: {harmless(lost)}", markup=False, soft_wrap=True)
    if not told.documents:
        raise typer.Exit(Exit.FOUND)


def _time(said: datetime | None) -> datetime:
    from schemas.normalising import YEARS  # noqa: PLC0415 - heavy: only when it is run

    now = datetime.now(UTC) if said is None else said.replace(tzinfo=UTC)
    if now.year not in YEARS:
        raise Told(f"--at is outside of the years {YEARS.start} to {YEARS.stop - 1}.", Exit.USAGE)
    return now


class _Source:
    """What is said of the file beside its bytes."""

    def __init__(self, sent_by: str, body: str, partner: Path | None) -> None:
        self.sent_by = sent_by
        self.body = body
        self.partner = partner


class _Receiver:
    """Who is told, and the port that was asked for, if one was."""

    def __init__(self, system: "System", port: str) -> None:
        self.system = system
        self.port = port


def _translated(file: Path, to: _Receiver, source: _Source, now: datetime) -> "Translated":
    from cli.said_lines import said_in  # noqa: PLC0415 - heavy: only when it is run
    from cli.translating import documents_of, facts_of  # noqa: PLC0415 - the same
    from ledger.directory.directory import directory_of  # noqa: PLC0415 - the same

    said = None if source.partner else said_in(_bytes(file), now)
    if said is not None and (source.sent_by or source.body):
        sentence = "FILE is in our own words: --from and --type are of a system's body."
        raise Told(sentence, Exit.USAGE)
    if said is not None and said.facts:
        told = documents_of(said.facts, to.system, directory_of((), version=0))
        told.lost[:0] = said.left_out
        return told
    parts, left_out = (said.parts, said.left_out) if said else _not_ours(file, source)
    facts, directory, lost = facts_of(parts, to.system, to.port, now)
    told = documents_of(facts, to.system, directory)
    told.lost[:0] = [*left_out, *lost]
    return told


def _bytes(file: Path) -> bytes:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}.", Exit.USAGE) from error
    if len(data) > LARGEST:
        raise Told(f"{file} is larger than a message may be (1 MiB).", Exit.USAGE)
    return data


def _not_ours(file: Path, source: _Source) -> "tuple[Sequence[Part], Sequence[str]]":
    return (_edifact(file, source), ()) if source.partner else _of_a_system(file, source)


def _of_a_system(file: Path, source: _Source) -> "tuple[Sequence[Part], Sequence[str]]":
    """Return what the file says as a system's body, and what in it is no message."""
    from adapters.contract import NOTHING  # noqa: PLC0415 - heavy: only when it is run
    from adapters.registry import systems  # noqa: PLC0415 - the same

    asked = [system_called(source.sent_by)] if source.sent_by else [*systems().values()]
    data, problems = _bytes(file), list[str]()
    for each in asked:
        redacted = each.functions.redact(data)
        headers = {"ce_type": source.body, "ce_id": "translated"}
        parsed = each.functions.parse(redacted, headers, NOTHING)
        wrong = [f"{each.name}: {one.position}: {one.sentence}" for one in parsed.problems]
        if parsed.messages:
            return parsed.messages, wrong
        problems += wrong
        if parsed.requests:
            problems.append(f"{each.name}: it says that something changed, and not what.")
    why = "\n  ".join(harmless(each) for each in problems)
    raise Told(f"{file} says nothing that a system here is told of.\n  {why}", Exit.USAGE)


def _edifact(file: Path, source: _Source) -> "list[Part]":
    from cli.convert import parts_of  # noqa: PLC0415 - heavy: only when it is run

    if source.partner is None:
        return []
    found = list(parts_of(file, source.partner))
    if not found:
        told = f"{file} holds no message of the partner's: `releasebus edi check` tells why."
        raise Told(told, Exit.USAGE)
    return found


def _into(folder: Path, documents: "list[Document]") -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in zip(_names(documents), documents, strict=True):
            (folder / name).write_bytes(document.content)
            typer.echo(f"{folder / name}")
    except OSError as error:
        raise Told(f"{folder} cannot be written: {error.strerror}.", Exit.USAGE) from error


def _names(documents: "list[Document]") -> Iterator[str]:
    for number, document in enumerate(documents, 1):
        media = document.content_type.partition(";")[0]
        ending = next((end for word, end in ENDINGS.items() if word in media), "txt")
        yield f"{number:02}-{document.type.rpartition('.')[2]}.{ending}"


def _as_object(document: "Document") -> dict[str, Any]:
    return {
        "id": document.id,
        "type": document.type,
        "receiver": document.receiver,
        "content_type": document.content_type,
        "headers": dict(document.headers),
        "content": document.content.decode("utf-8", "replace"),
    }
