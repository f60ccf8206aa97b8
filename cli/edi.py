"""`releasebus edi`: what stands in EDIFACT interchanges, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import DEFAULT_LANGUAGE, AsJson, SpokenLanguage
from cli.voice import console, emit, harmless
from schemas.words import Language

if TYPE_CHECKING:
    from adapters.edifact.findings import Finding
    from adapters.edifact.items import Interchange, Item
    from adapters.edifact.segments import Segment

app = typer.Typer(
    help="What stands in EDIFACT interchanges, and what is wrong with them.",
    no_args_is_help=True,
)
BLOCK_BYTES = 64 * 1024
Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Files of interchanges.")]
File = Annotated[Path, typer.Argument(help="A file of interchanges.")]


@app.command("check", epilog=EXIT_CODES)
@ending
def check(
    files: Files, *, language: SpokenLanguage = DEFAULT_LANGUAGE, as_json: AsJson = False
) -> None:
    """Check syntax, envelope and directory, and tell every finding with its place and rule.

    Ends with 1 where anything is found. A file may be of any size.
    """
    found = 0
    for file in files:
        if as_json:
            found += _check_for_a_program(file, language)
        else:
            found += _check_for_a_person(file, language)
    if found:
        raise typer.Exit(Exit.FOUND)


@app.command("show", epilog=EXIT_CODES)
@ending
def show(
    file: File, *, language: SpokenLanguage = DEFAULT_LANGUAGE, as_json: AsJson = False
) -> None:
    """Show a file segment by segment, with what is wrong below each; ends with 0 all the same.

    What is wrong with a group or an interchange is known where it ends, and shown there where it
    is about a segment before. A file may be of any size.
    """
    from adapters.edifact.read import read, segments_in  # noqa: PLC0415 - only when it is run

    showing = _Showing(segments_in(blocks(file)), language, as_json=as_json)
    for item in read(blocks(file), keep=False):
        showing.take(item)
    showing.rest()


class _Showing:
    """A file that is shown: its segments, read a second time, beside what closes."""

    def __init__(
        self, segments: "Iterator[Segment]", language: Language, *, as_json: bool
    ) -> None:
        self._segments = segments
        self._next = next(segments, None)
        self._language = language
        self._as_json = as_json

    def take(self, item: "Item") -> None:
        """Show the segments to the end of *item*, with what was found in it."""
        wrong: dict[int, list[Finding]] = {}
        for finding in item.findings:
            wrong.setdefault(finding.place.byte, []).append(finding)
        end = item.trailer.byte if item.trailer else -1
        behind = max((end, *wrong))
        while self._next is not None and self._next.byte <= behind:
            self._show(self._next, wrong.pop(self._next.byte, []))
            self._next = next(self._segments, None)
        self._show_late(item, [each for found in wrong.values() for each in found])

    def rest(self) -> None:
        """Show what is left."""
        while self._next is not None:
            self._show(self._next, [])
            self._next = next(self._segments, None)

    def _show(self, segment: "Segment", found: "list[Finding]") -> None:
        if self._as_json:
            emit(_segment_object(segment, found, self._language))
        else:
            _show(segment, found, self._language)

    def _show_late(self, item: "Item", found: "list[Finding]") -> None:
        """Show what is about segments that are shown already."""
        if self._as_json and found:
            told = {"of": _called(item), "reference": item.reference}
            emit({**told, "findings": _shown(found, self._language)})
        elif found:
            _tell(item, found, self._language)


def _check_for_a_person(file: Path, language: Language) -> int:
    from adapters.edifact.items import Interchange, unlisted_in  # noqa: PLC0415 - when it is run
    from adapters.edifact.words import phrase, whose  # noqa: PLC0415 - the same

    printed = console()
    printed.print(Text(harmless(str(file)), "bold"))
    total = found = 0
    for item in _items(file):
        unlisted = unlisted_in(item)
        found += len(item.findings) + unlisted
        if item.findings:
            _tell(item, item.findings, language)
        if unlisted:
            printed.print(Text(f"    {phrase('unlisted', language, count=unlisted)}", "dim"))
        if isinstance(item, Interchange):
            said = "wrong" if found else "right"
            told = phrase(said, language, messages=item.messages, count=found)
            line = harmless(f"  {whose(item, language)}: {told}")
            printed.print(Text(line, "red" if found else "green"))
            total, found = total + found, 0
    return total


def _tell(item: "Item", found: "Sequence[Finding]", language: Language) -> None:
    """Print what was found in one thing, below what it is called."""
    from adapters.edifact.words import whose  # noqa: PLC0415 - only when it is run

    printed = console()
    printed.print(Text(f"  {harmless(whose(item, language))}"))
    for finding in found:
        printed.print(line_of_finding(finding, language), soft_wrap=True)


def _items(file: Path) -> "Iterator[Item]":
    """Yield what is in a file; of one that has nothing in it, that its header is missing."""
    from adapters.edifact.read import read  # noqa: PLC0415 - only when it is run

    there = False
    for item in read(blocks(file), keep=False):
        there = True
        yield item
    if not there:
        yield nothing_there()


def nothing_there() -> "Interchange":
    """Return what is told of a file in which no interchange is: that its header is missing."""
    from adapters.edifact.findings import Finding, Place, Rule  # noqa: PLC0415 - only then
    from adapters.edifact.items import Interchange  # noqa: PLC0415 - the same

    return Interchange(None, None, (Finding(Rule.HEADER_MISSING, Place(), "UNB"),), 0, 0)


def line_of_finding(finding: "Finding", language: Language) -> Text:
    """Return one finding for a person: where, what, by which rule and code."""
    from adapters.edifact.codes import CODES  # noqa: PLC0415 - only when it is run
    from adapters.edifact.words import sentence, where  # noqa: PLC0415 - the same

    place = where(finding, language)
    rule = f" [{finding.rule}, {CODES[finding.rule]}]"
    said, place = harmless(sentence(finding, language)), harmless(place)
    return Text.assemble((f"    {place}: " if place else "    ", "yellow"), said, (rule, "dim"))


def _check_for_a_program(file: Path, language: Language) -> int:
    """Emit an object for each thing with findings and each interchange; return how many findings.

    That of an interchange comes behind those of what is in it, and counts all of it.
    """
    from adapters.edifact.items import Interchange, unlisted_in  # noqa: PLC0415 - when it is run

    total = count = 0
    for item in _items(file):
        own = len(item.findings) + unlisted_in(item)
        count += own
        if isinstance(item, Interchange):
            emit(_interchange_object(file, item, count, language))
            total, count = total + count, 0
        elif own:
            emit(_item_object(file, item, own, language))
    return total


def _item_object(file: Path, item: "Item", count: int, language: Language) -> dict[str, Any]:
    return {
        "file": str(file),
        "of": _called(item),
        "reference": item.reference,
        "count": count,
        "findings": [_finding_object(finding, item, language) for finding in item.findings],
    }


def _interchange_object(
    file: Path, interchange: "Interchange", count: int, language: Language
) -> dict[str, Any]:
    header = interchange.header
    return _item_object(file, interchange, count, language) | {
        "interchange": interchange.reference,
        "sender": header.value(2) if header else "",
        "recipient": header.value(3) if header else "",
        "messages": interchange.messages,
    }


def _called(item: "Item") -> str:
    return type(item).__name__.lower()


def _finding_object(finding: "Finding", item: "Item", language: Language) -> dict[str, Any]:
    from adapters.edifact.codes import CODES  # noqa: PLC0415 - only when it is run
    from adapters.edifact.words import sentence  # noqa: PLC0415 - the same

    place = finding.place
    return {
        "of": _called(item),
        "reference": item.reference,
        "rule": finding.rule.value,
        "layer": finding.layer.value,
        "code": CODES[finding.rule],
        "tag": finding.tag,
        "item": finding.item,
        "segment": place.segment,
        "position": place.position,
        "element": place.element,
        "component": place.component,
        "occurrence": place.occurrence,
        "byte": place.byte,
        "expected": finding.expected,
        "found": finding.found,
        "sentence": sentence(finding, language),
    }


def _show(segment: "Segment", found: "list[Finding]", language: Language) -> None:
    printed = console()
    number = (f"{segment.number:>6} ", "dim")
    tag = (harmless(segment.tag), "bold")
    rest = harmless(segment.text[len(segment.tag) :])
    printed.print(Text.assemble(number, tag, rest), soft_wrap=True)
    for finding in found:
        printed.print(line_of_finding(finding, language), soft_wrap=True)


def _segment_object(
    segment: "Segment", found: "list[Finding]", language: Language
) -> dict[str, Any]:
    return {
        "number": segment.number,
        "byte": segment.byte,
        "tag": segment.tag,
        "elements": segment.elements,
        "findings": _shown(found, language),
    }


def _shown(found: "list[Finding]", language: Language) -> list[dict[str, str]]:
    from adapters.edifact.words import sentence, where  # noqa: PLC0415 - only when it is run

    return [
        {
            "rule": finding.rule.value,
            "where": where(finding, language),
            "sentence": sentence(finding, language),
        }
        for finding in found
    ]


def blocks(file: Path) -> Iterator[bytes]:
    """Yield what is in a file, a block at a time."""
    try:
        with file.open("rb") as opened:
            while block := opened.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}.", Exit.USAGE) from error
