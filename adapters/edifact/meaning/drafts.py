"""The segments of messages to partners: one way for both directories, but for a head's dates."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from msgspec import Struct

from adapters.edifact.judge import UN, Kind
from adapters.edifact.meaning.carriers import coded
from adapters.edifact.partners.partner import Gets, Partner
from adapters.edifact.write import Draft, Line, line
from schemas.facts import RecordedFact
from schemas.messages import Modality
from schemas.stay import Stay

ORIGINAL: Final = "9"
REPLACE: Final = "5"
DELETION: Final = "3"
CANCELLATION: Final = "1"

DATES_BEHIND: Final = "D95B"
"""The directory in which a message's own dates stand behind its transport."""

MEANS: Final = {Modality.RAIL: "2", Modality.TRUCK: "3", Modality.BARGE: "8"}
"""8067 by UN recommendation 19."""

LONGEST_CARRIER: Final = 17
"""Characters of 3127; a longer one is left out."""

LONGEST_TYPE: Final = 10
"""Characters of 8155: an ISO size-type has four; what an agent wrote there may be anything."""


class Telling(Struct, frozen=True):
    """One fact on its way to one partner; `number` is that of the document (BGM 1004).

    `earlier` is the number of the one that stands with the partner, nothing where none does;
    `taken_back` that the last it was told was a deletion.
    """

    recorded: RecordedFact
    stay: Stay
    partner: Partner
    gets: Gets
    number: str
    earlier: str = ""
    taken_back: bool = False

    def draft(self, body: Iterator[Line]) -> Draft:
        """Return the message, alone in its interchange."""
        directory = self.gets.directory
        kind = Kind(self.gets.type, directory[:1], directory[1:], UN, self.gets.association)
        return Draft("1", kind, tuple(body))


def coreor(telling: Telling, function: str, terminal: str) -> Draft:
    """Return the order to a terminal to release a container: it names no one who gets it."""
    return telling.draft(_coreor(telling, function, terminal))


def function_of(draft: Draft) -> str:
    """Return what a message does to an earlier one (BGM 1225)."""
    return draft.body[0].elements[2][0][0]


def codeco(telling: Telling, document: str, at: datetime, means: Modality | None) -> Draft:
    """Return that a container passed the gate."""
    return telling.draft(_codeco(telling, document, at, means))


def copino(telling: Telling, function: str, means: Modality, vat: str) -> Draft:
    """Return by which barge or train a container is collected, and for whom."""
    return telling.draft(_copino(telling, function, means, vat))


def iftsta(telling: Telling, code: str, at: datetime) -> Draft:
    """Return how a container stands."""
    return telling.draft(_iftsta(telling, code, at))


def _coreor(telling: Telling, function: str, terminal: str) -> Iterator[Line]:
    stay = telling.stay
    dates = (
        moment("7", stay.valid_from, telling.partner),
        moment("36", stay.expires_at, telling.partner),
    )
    rest = (
        *_release(telling),
        *_earlier(telling, function),
        ship(stay.vessel_imo),
        quay("11", stay.port, terminal),
    )
    yield line("BGM", _document(telling), telling.number, function)
    yield from dated(telling.gets.directory, dates, rest)
    yield from _sides(telling)
    yield from _carrier(stay)
    yield line("NAD", "CG", (stay.agent, "160", "ZZZ"))
    yield from _equipment(stay)
    yield line("CNT", ("16", "1"))


def _codeco(
    telling: Telling, document: str, at: datetime, means: Modality | None
) -> Iterator[Line]:
    stay = telling.stay
    yield line("BGM", document, telling.number, ORIGINAL)
    yield from _sides(telling)
    yield from _carrier(stay)
    yield from _equipment(stay, named=tuple(_release(telling)))
    yield moment("7", at, telling.partner)
    yield quay("165", stay.port, stay.terminal)
    if means in MEANS:
        yield line("TDT", "1", "", MEANS[means])
    yield line("CNT", ("16", "1"))


def _copino(telling: Telling, function: str, means: Modality, vat: str) -> Iterator[Line]:
    stay = telling.stay
    yield line("BGM", _document(telling), telling.number, function)
    written = moment("137", telling.recorded.recorded_at, telling.partner)
    by = (vat, "160", "ZZZ") if len(vat) <= LONGEST_CARRIER else ()
    rest = (
        line("RFF", ("VA", vat)),
        *_earlier(telling, function),
        line("TDT", "1", "", MEANS[means], "", by),
        quay("88", stay.port, stay.terminal),
    )
    yield from dated(telling.gets.directory, (written,), rest)
    yield from _sides(telling)
    yield from _carrier(stay)
    yield from _equipment(stay, named=tuple(_release(telling)))
    yield line("CNT", ("16", "1"))


def _iftsta(telling: Telling, code: str, at: datetime) -> Iterator[Line]:
    stay = telling.stay
    yield line("BGM", _document(telling), telling.number, ORIGINAL)
    yield moment("137", telling.recorded.recorded_at, telling.partner)
    yield from _sides(telling)
    yield line("CNI", "1")
    yield line("STS", "1", code)
    yield from _release(telling)
    yield from bills(stay.bills_of_lading)
    yield moment("334", at, telling.partner)
    yield quay("175", stay.port, stay.terminal)
    yield container(stay.container, stay.equipment_type)


# --- segments that several have ----------------------------------------------------------------


def _document(telling: Telling) -> str:
    return next(iter(telling.gets.documents.values()), "")


def dated(directory: str, dates: Iterable[Line], rest: Iterable[Line]) -> Iterator[Line]:
    """Yield what stands between BGM and the parties, the message's own dates in their place.

    In D.95B that is behind the transport and its places; in D.00B before everything else, since
    behind a place (SG3) they would be dates of that place (edifact_france.md C.3).
    """
    if directory == DATES_BEHIND:
        yield from rest
        yield from dates
    else:
        yield from dates
        yield from rest


def _earlier(telling: Telling, function: str) -> Iterator[Line]:
    if telling.earlier and function != ORIGINAL:
        yield line("RFF", ("ACW", telling.earlier))


def _release(telling: Telling) -> Iterator[Line]:
    stay = telling.stay
    yield line("RFF", ("RE", stay.release_identification))
    if stay.stay_number:
        yield line("RFF", ("ATZ", stay.stay_number))


def bills(numbers: Iterable[str]) -> Iterator[Line]:
    """Yield bills of lading."""
    for bill in numbers:
        yield line("RFF", ("BM", bill))


def ship(imo: str | None) -> Line:
    """Return the main carriage, by sea."""
    named = (imo, "146", "11") if imo else ()
    return line("TDT", "20", "", "1", "", "", "", "", named)


def quay(qualifier: str, port: str, terminal: str) -> Line:
    """Return a place of *port*, and the quay there where it is known."""
    named = (terminal, "TER", "ZZZ") if terminal else ()
    return line("LOC", qualifier, (port, "139", "6"), named)


def moment(qualifier: str, at: datetime, partner: Partner) -> Line:
    """Return a moment in the partner's own zone, to the second where it has any."""
    local = at.astimezone(partner.zone)
    form, pattern = ("204", "%Y%m%d%H%M%S") if local.second else ("203", "%Y%m%d%H%M")
    return line("DTM", (qualifier, f"{local:{pattern}}", form))


def _sides(telling: Telling) -> Iterator[Line]:
    yield line("NAD", "MS", telling.partner.ours[0].code)
    yield line("NAD", "MR", telling.partner.identities[0].code)


def container(number: str, kind: str | None = None) -> Line:
    """Return a container that was brought for import, full."""
    known = (kind, "102", "5") if kind and len(kind) <= LONGEST_TYPE else ()
    return line("EQD", "CN", number, known, "", "3", "5")


def _carrier(stay: Stay) -> Iterator[Line]:
    """Yield whose container it is, as guides and traffic name it (edifact_france.md C.5, C.6)."""
    named = coded(stay.carrier.scheme, stay.carrier.code) if stay.carrier else ()
    if named:
        yield line("NAD", "CF", named)


def _equipment(stay: Stay, named: tuple[Line, ...] = ()) -> Iterator[Line]:
    yield container(stay.container, stay.equipment_type)
    yield from named
    yield from bills(stay.bills_of_lading)
