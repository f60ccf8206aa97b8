"""`releasebus edi convert`: EDIFACT into the bus's messages as JSON lines, and back."""

import json
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from cli.edi import blocks, line_of_finding, nothing_there
from cli.exits import Exit, Told, ending
from cli.options import DEFAULT_LANGUAGE, SpokenLanguage
from cli.voice import aside, emit, harmless
from schemas.words import Language

if TYPE_CHECKING:
    from adapters.contract import Part
    from adapters.edifact.items import Group, Interchange, Item, Message
    from adapters.edifact.meaning.findings import ProfileFinding
    from adapters.edifact.partners import Partner
    from adapters.edifact.write import Draft
    from consumers.gateway.known import Known


@ending
def convert(
    file: Annotated[Path, typer.Argument(help="Interchanges, or with --from-json JSON lines.")],
    *,
    partner: Annotated[Path, typer.Option(help="The file of the partner that sends them.")],
    from_json: Annotated[
        bool, typer.Option("--from-json", help="Write the interchange instead.")
    ] = False,
    reference: Annotated[
        str, typer.Option(help="Of the interchange that is written (0020).")
    ] = "1",
    language: SpokenLanguage = DEFAULT_LANGUAGE,
) -> None:
    """Write what a partner's interchanges mean to the bus, a JSON line a message, as the gateway.

    Each line has the id that the gateway gives the message, so that one interchange gives the same
    ids whenever it comes. What is not taken is told on standard error; ends with 1 where anything
    is rejected. With --from-json the lines become an interchange of the partner.
    """
    from cli.gateway_part import partner_in  # noqa: PLC0415 - heavy: only when it is run

    agreed = partner_in(partner)
    if from_json:
        _write(file, agreed, reference)
    elif _rejected(file, agreed, language):
        raise typer.Exit(Exit.FOUND)


# --- EDIFACT into JSON ---------------------------------------------------------------------------


def _rejected(file: Path, partner: "Partner", language: Language) -> int:
    """Emit the messages of each interchange; return how many were rejected.

    Whether an interchange is taken is known at its end: so a file is read twice, one message at a
    time, and may be of any size.
    """
    from adapters.edifact.read import read  # noqa: PLC0415 - heavy: only when it is run
    from consumers.gateway.known import Known  # noqa: PLC0415 - the same
    from consumers.gateway.opened import judged, terms_of  # noqa: PLC0415 - the same

    items = read(blocks(file), terms_of(partner))
    known, rejected, found = Known(), 0, False
    for interchange, groups in judged(blocks(file), partner):
        found = True
        whole = _told(interchange, known, partner)
        rejected += _Converting(whole, deque(groups), partner, language).rejected(items)
    if not found:
        _tell(nothing_there(), language)
    return rejected + (not found)


def _told(interchange: "Interchange", known: "Known", partner: "Partner") -> "Interchange":
    """Return *interchange*, with the finding where it came before; it is known from now on."""
    from consumers.gateway.opened import once_more  # noqa: PLC0415 - heavy: only when it is run

    is_again = known.came(interchange, partner.lenient)
    return once_more(interchange) if is_again else interchange


@dataclass
class _Converting:
    """One interchange that is converted: what is wrong with it, and with its groups to come."""

    interchange: "Interchange"
    groups: "deque[Group]"
    partner: "Partner"
    language: Language
    seen: Counter[str] = field(default_factory=Counter)

    def rejected(self, items: "Iterator[Item]") -> int:
        """Emit what is taken of *items*, to the end of this; return how much is not."""
        from adapters.edifact.control import is_rejected, wrong_in  # noqa: PLC0415 - when it is run
        from adapters.edifact.items import Interchange  # noqa: PLC0415 - the same

        _tell(self.interchange, self.language)
        lenient = self.partner.lenient
        inside = takewhile(lambda item: not isinstance(item, Interchange), items)
        if self.interchange.header is None or is_rejected(self.interchange, lenient):
            for _ in inside:
                pass
            return 1
        return bool(wrong_in(self.interchange, lenient)) + sum(map(self._rejected, inside))

    def _rejected(self, item: "Item") -> int:
        from adapters.edifact.control import is_rejected, wrong_in  # noqa: PLC0415 - when it is run
        from adapters.edifact.items import Message  # noqa: PLC0415 - the same

        _tell(item, self.language)
        if not isinstance(item, Message):
            if item.findings:
                self.groups.popleft()
            return bool(wrong_in(item, self.partner.lenient))
        around = self._group_of(item)
        if around is not None and is_rejected(around, self.partner.lenient):
            return 0
        if is_rejected(item, self.partner.lenient):
            return 1
        return not self._taken(item, around)

    def _group_of(self, message: "Message") -> "Group | None":
        """Return the group that *message* stands in, if anything was found in it."""
        group = next(iter(self.groups), None)
        is_in = group is not None and group.header.byte < message.header.byte
        return group if is_in and message.in_group else None

    def _taken(self, message: "Message", group: "Group | None") -> bool:
        """Emit what is in one message; tell whether it was taken."""
        from adapters.edifact.meaning.understand import (  # noqa: PLC0415 - only when it is run
            tolerated,
            understood,
        )
        from consumers.gateway.ids import message_id  # noqa: PLC0415 - the same

        header = self.interchange.header or message.header
        self.seen[message.reference] += 1
        nth = self.seen[message.reference]
        found = understood(message, header, self.partner)
        for each in found.findings:
            aside().print(_said(message, each, self.language), soft_wrap=True)
        around = (*self.interchange.findings, *(group.findings if group else ()))
        told = tuple(tolerated(around))
        for part in found.parts:
            own = message_id(header, message.reference, part.id, nth=nth)
            emit(_object(part, own, self.partner, told))
        return not found.is_rejected


def parts_of(file: Path, partner: Path) -> "Iterator[Part]":
    """Yield what a partner's interchanges mean, of what is not rejected; tell nothing."""
    from adapters.edifact.control import is_rejected  # noqa: PLC0415 - heavy: only when it is run
    from adapters.edifact.meaning.understand import understood  # noqa: PLC0415 - the same
    from cli.gateway_part import partner_in  # noqa: PLC0415 - the same
    from consumers.gateway.opened import opened  # noqa: PLC0415 - the same

    agreed = partner_in(partner)
    for found in opened(blocks(file), agreed):
        whole = found.report.interchange
        if found.header is None or is_rejected(whole, agreed.lenient):
            continue
        for message in found.sound:
            yield from understood(message, found.header, agreed).parts


def _tell(item: "Item", language: Language) -> None:
    from adapters.edifact.words import whose  # noqa: PLC0415 - only when it is run

    told = aside()
    if item.findings:
        told.print(Text(harmless(whose(item, language))))
    for finding in item.findings:
        told.print(line_of_finding(finding, language), soft_wrap=True)


def _said(message: "Message", found: "ProfileFinding", language: Language) -> Text:
    from adapters.edifact.words import (  # noqa: PLC0415 - only when it is run
        profile_sentence,
        profile_where,
        whose,
    )

    place = f"{whose(message, language)}, {profile_where(found, language)}: "
    said, place = harmless(profile_sentence(found, language)), harmless(place)
    colour = "red" if found.rejects else "yellow"
    return Text.assemble((place, colour), said, (f" [{found.rule}]", "dim"))


def _object(
    part: "Part", message_id: str, partner: "Partner", around: tuple[str, ...]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": message_id,
        "type": part.message.TYPE,
        "organisation": partner.organisation,
        "time": part.occurred_at.isoformat() if part.occurred_at else None,
        "data": part.message.model_dump(mode="json", exclude_none=True),
        "findings": [*part.findings, *around],
    }
    if part.on_behalf_of is not None:
        told["on_behalf_of"] = part.on_behalf_of.model_dump(mode="json")
    return told


# --- JSON into EDIFACT ---------------------------------------------------------------------------


def _write(file: Path, partner: "Partner", reference: str) -> None:
    from adapters.edifact.write import Envelope, NotInLevel, written  # noqa: PLC0415 - only then

    now = datetime.now(UTC)
    drafts = list(_drafts(file, partner, reference, now))
    envelope = Envelope(
        partner.level,
        partner.syntax,
        partner.identities[0].composite,
        partner.ours[0].composite,
        now.astimezone(partner.zone),
        reference,
    )
    try:
        data = written(envelope, drafts)
    except NotInLevel as error:
        raise Told(f"It cannot be written: {error}.", Exit.USAGE) from error
    wrong = _first_wrong(data)
    if wrong is not None:
        raise Told(f"It cannot be written: {wrong}", Exit.USAGE)
    sys.stdout.buffer.write(data)


def _first_wrong(data: bytes) -> str | None:
    """Return what `edi check` finds first in what was written: its reference may be anything."""
    from adapters.edifact.read import read  # noqa: PLC0415 - heavy: only when it is run
    from adapters.edifact.words import sentence, where  # noqa: PLC0415 - the same

    found = next((each for item in read([data]) for each in item.findings), None)
    return None if found is None else f"{where(found)}: {sentence(found)}"


def _drafts(file: Path, partner: "Partner", reference: str, now: datetime) -> "Iterator[Draft]":
    from msgspec.structs import replace  # noqa: PLC0415 - only when it is run

    from adapters.edifact.meaning.proof import Unsent, proven  # noqa: PLC0415 - the same
    from adapters.edifact.meaning.say import NotSaid, said  # noqa: PLC0415 - the same

    for number, part in enumerate(_parts(file), 1):
        try:
            draft = proven(said(part, partner, f"{reference}-{number}", now), partner)
        except NotSaid as error:
            raise Told(f"Line {number} of {file}: {error}", Exit.USAGE) from error
        except OverflowError as error:
            wrong = "It has a time that no time zone has."
            raise Told(f"Line {number} of {file}: {wrong}", Exit.USAGE) from error
        if isinstance(draft, Unsent):
            raise Told(f"Line {number} of {file}: {draft.why}", Exit.USAGE)
        yield replace(draft, reference=f"{number}")


def _parts(file: Path) -> "Iterator[Part]":
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Told(f"{file} cannot be read as text.", Exit.USAGE) from error
    for number, line in enumerate(lines, 1):
        try:
            yield _part(json.loads(line), number)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            wrong = f"Line {number} of {file} is none that `edi convert` writes."
            raise Told(wrong, Exit.USAGE) from error


def _part(line: dict[str, Any], number: int) -> "Part":
    from adapters.contract import Part  # noqa: PLC0415 - only when it is run
    from schemas.message_types import BY_TYPE  # noqa: PLC0415 - the same
    from schemas.messages import PartyRef  # noqa: PLC0415 - the same

    message = BY_TYPE[line["type"]].model_validate_json(json.dumps(line["data"]))
    named = line.get("on_behalf_of")
    time = line.get("time")
    return Part(
        message,
        str(line.get("id", number)),
        (),
        datetime.fromisoformat(time) if time else None,
        PartyRef.model_validate(named) if named else None,
    )
