"""`releasebus edi`: what stands in EDIFACT interchanges, and what is wrong with them."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.exits import EXIT_CODES, Exit, Told, ending
from cli.options import DEFAULT_LANGUAGE, AsJson, SpokenLanguage
from cli.voice import console, emit, harmless
from schemas.words import Language

if TYPE_CHECKING:
    from adapters.edifact.control import Report
    from adapters.edifact.findings import Finding
    from adapters.edifact.items import Item
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
    """Show a file segment by segment, with what is wrong below each; ends with 0 all the same."""
    from adapters.edifact.read import read, segments_in  # noqa: PLC0415 - only when it is run

    wrong: dict[int, list[Finding]] = {}
    for item in read(blocks(file), keep=False):
        for finding in item.findings:
            wrong.setdefault(finding.place.byte, []).append(finding)
    for segment in segments_in(blocks(file)):
        found = wrong.get(segment.byte, [])
        if as_json:
            emit(_segment_object(segment, found, language))
        else:
            _show(segment, found, language)


def _check_for_a_person(file: Path, language: Language) -> int:
    from adapters.edifact.items import Interchange  # noqa: PLC0415 - only when it is run
    from adapters.edifact.words import phrase, whose  # noqa: PLC0415 - the same

    printed = console()
    printed.print(Text(str(file), "bold"))
    total = found = 0
    for item in _items(file):
        count = len(item.findings) + item.unlisted
        found += count
        if count:
            printed.print(Text(f"  {harmless(whose(item, language))}"))
        for finding in item.findings:
            printed.print(line_of_finding(finding, language), soft_wrap=True)
        if item.unlisted:
            more = phrase("unlisted", language, count=item.unlisted)
            printed.print(Text(f"    {more}", "dim"))
        if isinstance(item, Interchange):
            said = "wrong" if found else "right"
            told = phrase(said, language, messages=item.messages, count=found)
            line = harmless(f"  {whose(item, language)}: {told}")
            printed.print(Text(line, "red" if found else "green"))
            total, found = total + found, 0
    return total


def _items(file: Path) -> "Iterator[Item]":
    """Yield what is in a file; of one that has nothing in it, that its header is missing."""
    from adapters.edifact.findings import Finding, Place, Rule  # noqa: PLC0415 - only then
    from adapters.edifact.items import Interchange  # noqa: PLC0415 - the same
    from adapters.edifact.read import read  # noqa: PLC0415 - the same

    there = False
    for item in read(blocks(file), keep=False):
        there = True
        yield item
    if not there:
        missing = Finding(Rule.HEADER_MISSING, Place(), "UNB")
        yield Interchange(None, None, (missing,), 0, 0)


def line_of_finding(finding: "Finding", language: Language) -> Text:
    """Return one finding for a person: where, what, by which rule and code."""
    from adapters.edifact.codes import CODES  # noqa: PLC0415 - only when it is run
    from adapters.edifact.words import sentence, where  # noqa: PLC0415 - the same

    place = where(finding, language)
    rule = f" [{finding.rule}, {CODES[finding.rule]}]"
    said, place = harmless(sentence(finding, language)), harmless(place)
    return Text.assemble((f"    {place}: " if place else "    ", "yellow"), said, (rule, "dim"))


def _check_for_a_program(file: Path, language: Language) -> int:
    """Emit an object an interchange; return how much was found."""
    from adapters.edifact.control import reports  # noqa: PLC0415 - only when it is run

    found = 0
    for report in reports(_items(file)):
        told = _report_object(file, report, language)
        emit(told)
        found += told["count"]
    return found


def _report_object(file: Path, report: "Report", language: Language) -> dict[str, Any]:
    interchange = report.interchange
    groups = [each.group for each in report.groups]
    messages = [*report.messages, *(one for each in report.groups for one in each.messages)]
    items: list[Item] = [interchange, *groups, *messages]
    header = interchange.header
    return {
        "file": str(file),
        "interchange": interchange.reference,
        "sender": header.value(2) if header else "",
        "recipient": header.value(3) if header else "",
        "messages": interchange.messages,
        "count": sum(len(each.findings) + each.unlisted for each in items),
        "findings": [
            _finding_object(finding, each, language) for each in items for finding in each.findings
        ],
    }


def _finding_object(finding: "Finding", item: "Item", language: Language) -> dict[str, Any]:
    from adapters.edifact.codes import CODES  # noqa: PLC0415 - only when it is run
    from adapters.edifact.words import sentence  # noqa: PLC0415 - the same

    place = finding.place
    return {
        "of": type(item).__name__.lower(),
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
    from adapters.edifact.words import sentence, where  # noqa: PLC0415 - only when it is run

    return {
        "number": segment.number,
        "byte": segment.byte,
        "tag": segment.tag,
        "elements": segment.elements,
        "findings": [
            {
                "rule": finding.rule.value,
                "where": where(finding, language),
                "sentence": sentence(finding, language),
            }
            for finding in found
        ],
    }


def blocks(file: Path) -> Iterator[bytes]:
    """Yield what is in a file, a block at a time."""
    try:
        with file.open("rb") as opened:
            while block := opened.read(BLOCK_BYTES):
                yield block
    except OSError as error:
        raise Told(f"{file} cannot be read: {error.strerror}.", Exit.USAGE) from error
