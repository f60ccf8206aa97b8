"""FSU/14 of Cargo-IMP as text: read and written; an FSA is the same in answer to a question.

`FSU/14`, a line of the air waybill, then a line a status, each with the lines that belong to it
(identity_scr_portbase.md §D [O2b]; 3,500 characters at most, [K11]).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from adapters.cargonaut.codes import DISCREPANCY
from schemas.unreadable import Unreadable
from schemas.value import Value, altered

MOST_CHARACTERS: Final = 3_500
LINE_END: Final = "\r\n"
MONTHS: Final = (
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
)  # fmt: skip


class Quantity(Value, frozen=True):
    """`T3`, or `P2K505.0T10`: two pieces of ten; the weight as it stands, `K` or `L` in front."""

    shape: str
    pieces: int
    weight: str = ""
    of: int | None = None


class When(Value, frozen=True):
    """`16OCT1317`: a day and a local time, which a line may leave out; never a year."""

    day: int
    month: int
    time: str = ""


class Status(Value, frozen=True):
    """One status line, and `more`: those behind it, that begin with a slash, OCI, OSI or ULD."""

    code: str
    place: str
    flight: str = ""
    when: When | None = None
    discrepancy: str = ""
    quantity: Quantity | None = None
    times: tuple[str, ...] = ()
    name: str = ""
    more: tuple[str, ...] = ()


class Fsu(Value, frozen=True):
    """A whole message; `unread` are the lines, from 1, that are no status of this form."""

    waybill: str
    quantity: Quantity
    statuses: tuple[Status, ...]
    kind: str = "FSU"
    version: str = "14"
    origin: str = ""
    destination: str = ""
    unread: tuple[int, ...] = ()


_begins = re.compile(r"(?P<kind>FSU|FSA)/(?P<version>[0-9]{1,2})").fullmatch
_QUANTITY: Final = (
    r"(?P<shape>[A-Z])(?P<pieces>[0-9]{1,5})(?P<weight>[KL][0-9]{1,7}(?:\.[0-9]{1,3})?)?"
    r"(?:T(?P<of>[0-9]{1,5}))?"
)
_is_quantity = re.compile(_QUANTITY).fullmatch
_consignment = re.compile(
    r"(?P<waybill>[0-9]{3}-[0-9]{8})(?:(?P<origin>[A-Z]{3})(?P<destination>[A-Z]{3}))?"
    rf"/(?P<quantity>{re.sub(r'[?]P<[a-z]+>', '?:', _QUANTITY)})"
).fullmatch
_MONTH: Final = "|".join(MONTHS)
_status = re.compile(
    r"(?P<code>[A-Z]{3})"
    r"(?:/(?P<flight>(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2}[0-9]{3,4}[A-Z]?))?"
    rf"(?:/(?P<day>0[1-9]|[12][0-9]|3[01])(?P<month>{_MONTH})"
    r"(?P<time>(?:[01][0-9]|2[0-3])[0-5][0-9])?)?"
    r"/(?P<place>[A-Z]{3}(?:[A-Z]{3})?)"
    r"(?P<rest>(?:/[^/\r\n]*)*)"
).fullmatch
# Scheduled, actual, estimated; so a split of a thousand pieces without weight cannot be told.
_is_time = re.compile(r"[SAE][0-9]{4}(?:-[A-Z])?").fullmatch
_is_name = re.compile(r"[A-Z0-9][A-Z0-9 .\-]{0,69}").fullmatch
_is_discrepancy = re.compile(r"[A-Z]{4}").fullmatch
_BEHIND: Final = ("/", "OCI/", "OSI/", "ULD/")


def read(text: str) -> Fsu | Unreadable:
    """Return the message in *text*, without the telex lines in front; or why there is none.

    A line that is no status is left out and its number told: the others stand.
    """
    lines = [each.rstrip() for each in text.splitlines()]
    first = next((place for place, each in enumerate(lines) if _begins(each)), None)
    if first is None:
        return Unreadable("not_fsu", "line 1", "No line of it is FSU/ or FSA/ with a version.")
    head = _begins(lines[first])
    line = _consignment(lines[first + 1]) if first + 1 < len(lines) else None
    quantity = None if line is None else quantity_in(line["quantity"])
    if head is None or line is None or quantity is None:
        sentence = "It is no air waybill with its pieces, such as 020-12345675FRAAMS/T3."
        return Unreadable("field_invalid", f"line {first + 2}", sentence)
    statuses, unread = _statuses(lines, first + 2)
    return Fsu(
        waybill=line["waybill"],
        quantity=quantity,
        statuses=statuses,
        kind=head["kind"],
        version=head["version"],
        origin=line["origin"] or "",
        destination=line["destination"] or "",
        unread=unread,
    )


def written(message: Fsu) -> str:
    """Return *message* as text; what was unread is not in it."""
    way = f"{message.origin}{message.destination}"
    lines = [
        f"{message.kind}/{message.version}",
        f"{message.waybill}{way}/{_quantity(message.quantity)}",
    ]
    for status in message.statuses:
        lines += [line_of(status), *status.more]
    return "".join(f"{line}{LINE_END}" for line in lines)


def quantity_in(text: str) -> Quantity | None:
    """Return the quantity that *text* is, or None."""
    found = _is_quantity(text)
    if found is None:
        return None
    of = None if found["of"] is None else int(found["of"])
    return Quantity(found["shape"], int(found["pieces"]), found["weight"] or "", of)


def status_in(line: str) -> Status | None:
    """Return the status that *line* is, or None."""
    found = _status(line)
    if found is None:
        return None
    rest = found["rest"].split("/")[1:]
    discrepancy = ""
    if found["code"] == DISCREPANCY:
        if not rest or not _is_discrepancy(rest[0]):
            return None
        discrepancy = rest.pop(0)
    quantity = quantity_in(rest[0]) if rest and not _is_time(rest[0]) else None
    rest = rest[1:] if quantity else rest
    times = _leading_times(rest)
    names = rest[len(times) :]
    if len(names) > 1 or not all(_is_name(each) for each in names):
        return None
    return Status(
        code=found["code"],
        place=found["place"],
        flight=found["flight"] or "",
        when=_when(found["day"], found["month"], found["time"]),
        discrepancy=discrepancy,
        quantity=quantity,
        times=times,
        name="".join(names),
    )


def line_of(status: Status) -> str:
    """Return *status* as its line, without those behind it."""
    return "/".join(_parts(status))


def _parts(status: Status) -> Iterator[str]:
    yield status.code
    if status.flight:
        yield status.flight
    if status.when is not None:
        when = status.when
        yield f"{when.day:02}{MONTHS[when.month - 1]}{when.time}"
    yield status.place
    if status.discrepancy:
        yield status.discrepancy
    if status.quantity is not None:
        yield _quantity(status.quantity)
    yield from status.times
    if status.name:
        yield status.name


def _quantity(quantity: Quantity) -> str:
    of = "" if quantity.of is None else f"T{quantity.of}"
    return f"{quantity.shape}{quantity.pieces}{quantity.weight}{of}"


def _when(day: str | None, month: str | None, time: str | None) -> When | None:
    if day is None or month is None:
        return None
    return When(int(day), MONTHS.index(month) + 1, time or "")


def _leading_times(parts: Iterable[str]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if not _is_time(part):
            break
        found.append(part)
    return tuple(found)


def _statuses(lines: list[str], first: int) -> tuple[tuple[Status, ...], tuple[int, ...]]:
    statuses: list[Status] = []
    unread: list[int] = []
    behind: list[list[str]] = []
    for number, line in enumerate(lines[first:], start=first + 1):
        status = None if line.startswith(_BEHIND) else status_in(line)
        if status is not None:
            statuses.append(status)
            behind.append([])
        elif line.startswith(_BEHIND) and behind:
            behind[-1].append(line)
        elif line:
            unread.append(number)
    told = zip(statuses, behind, strict=True)
    return tuple(_with_more(status, more) for status, more in told), tuple(unread)


def _with_more(status: Status, more: list[str]) -> Status:

    return altered(status, more=tuple(more))
