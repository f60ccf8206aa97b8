"""What a container lacks to leave: for a person at 80 columns, and for a program."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from adapters.registry import systems_of
from cli.story import place_of
from cli.titles import title_of
from cli.words import Telling
from ledger.book.why import Alarm, Inquiry, Lack, Leaving, Verdict, Way
from ledger.law.file import Held, Request, RequestState
from schemas.stay import Stay
from schemas.words import explained


def drawn(inquiry: Inquiry, telling: Telling) -> RenderableType:
    """Return the answer for a person: every stay, then what waits and what was alarmed."""
    parts: list[RenderableType] = [Rule(inquiry.container, align="left")]
    for verdict in inquiry.verdicts:
        parts += [*_of_stay(verdict, telling), ""]
    if inquiry.unreleased is not None:
        parts += [_lacks((inquiry.unreleased,), "", telling), ""]
    parts += [_alarmed(alarm, telling) for alarm in inquiry.strays]
    parts += [Text(f"… {_waits(held, telling)}", "cyan") for held in inquiry.waiting]
    parts += [_asked(request, telling) for request in inquiry.requests]
    if inquiry.parked:
        parts.append(Text(telling.phrase("parked"), "bold red"))
    return Group(*parts[:-1] if parts[-1] == "" else parts)


def _of_stay(verdict: Verdict, telling: Telling) -> Iterator[RenderableType]:
    yield Text(place_of(verdict.stay, telling.language), "bold")
    if verdict.left is not None:
        yield Text(_left(verdict.left, telling))
    elif verdict.may_leave:
        yield Text(
            telling.phrase("may_leave_obliged" if verdict.obliged else "may_leave"), "green"
        )
        yield Text(_until(verdict, telling))
    else:
        yield _lacks(verdict.lacks, verdict.stay.port, telling)
    for alarm in verdict.alarms:
        yield _alarmed(alarm, telling)


def _left(left: Leaving, telling: Telling) -> str:
    if left.picked_up_by is None:
        return telling.phrase("left", at=_minute(left.at))
    return telling.phrase("left_with", party=telling.name(left.picked_up_by), at=_minute(left.at))


def _until(verdict: Verdict, telling: Telling) -> str:
    pickup = verdict.stay.pickup
    party = telling.name(pickup.operator if pickup else None)
    modality = telling.word("modalities", pickup.modality if pickup else "unknown")
    return telling.phrase(
        "right_until", party=party, modality=modality, until=_minute(verdict.until)
    )


def _lacks(lacks: tuple[Lack, ...], port: str, telling: Telling) -> RenderableType:
    count = len(lacks)
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right", style="yellow")
    table.add_column(overflow="fold")
    for number, lack in enumerate(lacks, 1):
        sentence = explained(lack.reason).sentence(telling.language)
        since = _since(lack, telling)
        table.add_row(f"{number}.", Text.assemble(sentence, (since, "dim")))
        for way in lack.ways:
            table.add_row("", _way(way, port, telling))
    heading = telling.phrase("missing_one" if count == 1 else "missing_several", count=count)
    return Group(Text(heading, "yellow"), table)


def _since(lack: Lack, telling: Telling) -> str:
    at = _minute(lack.since)
    return f" ({telling.phrase('since_then', at=at)})" if lack.since else ""


def _way(way: Way, port: str, telling: Telling) -> RenderableType:
    step = Table.grid(padding=(0, 1, 0, 0))
    step.add_column()
    step.add_column(overflow="fold")
    step.add_row("→", way.remedy.said(telling.language, _named(way, telling)))
    if published := " · ".join(_published(way, port)):
        step.add_row("", Text(published, "dim"))
    return step


def _named(way: Way, telling: Telling) -> str:
    return ", ".join(telling.name(party) for party in way.parties)


def _published(way: Way, port: str) -> Iterator[str]:
    """Yield what to publish on the bus, and what that is at the systems of the port."""
    if way.remedy.message is not None:
        yield way.remedy.message
        yield from _actions(way.remedy.message, port).values()


def _actions(message: str | None, port: str) -> Mapping[str, str]:
    systems = systems_of(port)
    return {
        system.name: system.actions[message]
        for system in (systems if isinstance(systems, tuple) else ())
        if message is not None and message in system.actions
    }


def _alarmed(alarm: Alarm, telling: Telling) -> Text:
    sentence = explained(alarm.finding).sentence(telling.language)
    return Text.assemble((f"! {sentence}", "bold red"), (f" {_minute(alarm.at)} UTC", "dim"))


def _waits(held: Held, telling: Telling) -> str:
    cause = held.question.cause
    return telling.phrase(
        "waits",
        party=telling.name(cause.organisation),
        ask=telling.word("asks", cause.message_type),
        until=_minute(held.until),
    )


def _asked(request: Request, telling: Telling) -> Text:
    overdue = request.state is RequestState.OVERDUE
    said = telling.phrase(
        "overdue_at_system" if overdue else "put_to_system",
        party=telling.name(request.cause.organisation),
        ask=telling.word("asks", request.cause.message_type),
        system=title_of(request.system),
        until=_minute(request.due_at),
    )
    return Text(f"! {said}", "bold red") if overdue else Text(f"… {said}", "cyan")


def _minute(at: datetime | None) -> str:
    """Return a moment as every language reads it, in UTC."""
    return "?" if at is None else f"{at:%Y-%m-%d %H:%M}"


def as_object(inquiry: Inquiry, telling: Telling) -> dict[str, Any]:
    """Return the answer for a program; the sentences are in the language that was asked for."""
    lack = inquiry.unreleased
    return {
        "container": inquiry.container,
        "language": telling.language.value,
        "stays": [_stay_object(verdict, telling) for verdict in inquiry.verdicts],
        "missing": [] if lack is None else [_lack_object(lack, "", telling)],
        "findings": [_alarm_object(alarm, telling) for alarm in inquiry.strays],
        "waiting": [_held_object(held, telling) for held in inquiry.waiting],
        "requests": [_request_object(request, telling) for request in inquiry.requests],
        "parked": inquiry.parked,
    }


def _stay_object(verdict: Verdict, telling: Telling) -> dict[str, Any]:
    stay, left = verdict.stay, verdict.left
    return {
        **_place(stay),
        "may_leave": verdict.may_leave,
        "until": _moment(verdict.until),
        "with_obligation": verdict.obliged,
        "missing": [_lack_object(lack, stay.port, telling) for lack in verdict.lacks],
        "left_at": _moment(left.at) if left else None,
        "left_with": _party(left.picked_up_by, telling) if left and left.picked_up_by else None,
        "findings": [_alarm_object(alarm, telling) for alarm in verdict.alarms],
    }


def _place(stay: Stay) -> dict[str, Any]:
    return {
        "release_id": stay.release_id,
        "release_identification": stay.release_identification,
        "port": stay.port,
        "terminal": stay.terminal,
        "status": stay.status.value,
    }


def _lack_object(lack: Lack, port: str, telling: Telling) -> dict[str, Any]:
    words = explained(lack.reason)
    return {
        "reason": lack.reason.value,
        "code": words.code,
        "sentence": words.sentence(telling.language),
        "since": _moment(lack.since),
        "can_fix": [_way_object(way, port, telling) for way in lack.ways],
    }


def _way_object(way: Way, port: str, telling: Telling) -> dict[str, Any]:
    message = way.remedy.message
    return {
        "role": way.remedy.who.value,
        "called": way.remedy.who.called(telling.language),
        "parties": [_party(party, telling) for party in way.parties],
        "does": way.remedy.does[telling.language],
        "message": message,
        "actions": _actions(message, port),
    }


def _party(party: str, telling: Telling) -> dict[str, str]:
    return {"id": party, "name": telling.name(party)}


def _alarm_object(alarm: Alarm, telling: Telling) -> dict[str, Any]:
    words = explained(alarm.finding)
    return {
        "finding": alarm.finding.value,
        "sentence": words.sentence(telling.language),
        "at": _moment(alarm.at),
    }


def _held_object(held: Held, telling: Telling) -> dict[str, Any]:
    cause = held.question.cause
    return {
        "message_id": cause.message_id,
        "message_type": cause.message_type,
        "organisation": _party(cause.organisation, telling),
        "until": _moment(held.until),
        "sentence": _waits(held, telling),
    }


def _request_object(request: Request, telling: Telling) -> dict[str, Any]:
    return {
        "id": request.id,
        "system": request.system,
        "state": request.state.value,
        "message_type": request.cause.message_type,
        "organisation": _party(request.cause.organisation, telling),
        "due_at": _moment(request.due_at),
    }


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
