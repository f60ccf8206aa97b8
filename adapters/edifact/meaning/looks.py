"""Where in a message a partner says things: references, quay, dates, container, VAT number."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import product

from msgspec import Struct

from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.moments import Moment, moment_of, zone_in
from adapters.edifact.meaning.notes import Notes
from adapters.edifact.meaning.sections import Section, Sections
from adapters.edifact.partners.partner import Partner, Sends, Spot
from adapters.edifact.segments import Segment
from schemas.identifiers import Scheme, Unusable, read_container, read_party_code, read_terminal
from schemas.messages import Modality, PartyRef

BERTH = "BER"
"""In 1131 beside a place: it names a berth, not a terminal."""

ITEMS = {"3225": (2, 1), "3223": (3, 1), "3039": (2, 1)}
"""Where data elements stand that may hold a quay: element and component."""

CONTAINER = "CN"
SHIPS_NUMBER = "146"
"""In 1131 beside 8213: an IMO number and no call sign (SMDG)."""


NUMBER_RULES = {
    "container_check_digit": ProfileRule.CONTAINER_CHECK_DIGIT,
    "container_format": ProfileRule.CONTAINER_NOT_ISO,
    "container_category": ProfileRule.CONTAINER_NOT_ISO,
}
"""What is odd about a container's number (schemas/identifiers/container.py), as a rule."""

FEWEST_DIGITS = 7
"""Of a VAT number; a SCAC or a code of BIC has none."""


class Quay(Struct, frozen=True):
    """Which quay is meant; `terminal` is empty where none was named."""

    port: str
    terminal: str


class Looking:
    """One message, gone through as its sender writes it."""

    def __init__(self, partner: Partner, sends: Sends, sections: Sections) -> None:
        self.partner = partner
        self.sends = sends
        self.sections = sections
        self.notes = Notes(partner, sections)

    # --- references ----------------------------------------------------------------------------

    def references(self, part: Section, qualifiers: Iterable[str]) -> Iterator[str]:
        """Yield what *part*, else the head, names under the first of *qualifiers* that is there.

        BGM stands for the number of the document itself.
        """
        for qualifier in qualifiers:
            if qualifier == "BGM":
                named = [self.sections.top().value(2)]
            else:
                named = list(_named(part, qualifier)) or list(_named(self.head, qualifier))
            if any(named):
                yield from filter(None, named)
                return

    def reference(self, part: Section, qualifiers: Iterable[str]) -> str | None:
        """Return the first of them."""
        return next(self.references(part, qualifiers), None)

    def needs(self, part: Section, qualifiers: tuple[str, ...], found: object) -> None:
        """Note that a reference is missing that a message cannot do without."""
        if not found:
            expected = f"RFF+{qualifiers[0]}" if qualifiers else "RFF"
            self.notes.add(
                ProfileRule.REFERENCE_MISSING, self._begins(part), item="1153", expected=expected
            )

    # --- places --------------------------------------------------------------------------------

    def quay(self, part: Section, *, needed: bool = True) -> Quay:
        """Return port and terminal, noting what is missing or not agreed."""
        named: Segment | None = None
        for spot, segment in self._spots(part):
            # A party names no port; the first place does, also where its quay is left out.
            named = named or (segment if spot.tag == "LOC" else None)
            if code := _code(segment, spot):
                return Quay(self._port(named), self._terminal(segment, spot, code))
        if not self.partner.terminal and needed:
            self._no_terminal(part)
        return Quay(self._port(named), self.partner.terminal)

    def _no_terminal(self, part: Section) -> None:
        spot = next(iter(self.sends.terminal), Spot("LOC", "11", "3223"))
        self.notes.add(
            ProfileRule.TERMINAL_MISSING,
            self._begins(part),
            item=spot.item,
            expected=f"{spot.tag}+{spot.qualifier}",
        )

    def _spots(self, part: Section) -> Iterator[tuple[Spot, Segment]]:
        """Yield where a quay may stand, in the partner's order; of *part*, else of the head."""
        for spot in self.sends.terminal:
            own = tuple(part.all(spot.tag, spot.qualifier))
            for segment in own or self.head.all(spot.tag, spot.qualifier):
                yield spot, segment

    def _port(self, segment: Segment | None) -> str:
        ports = self.partner.ports
        port = segment.value(2).strip().upper() if segment else ""
        if segment and port and port not in ports:
            self.notes.add(
                ProfileRule.PORT_NOT_AGREED,
                segment,
                2,
                1,
                item="3225",
                expected=", ".join(ports),
                found=port,
            )
        return port or ports[0]

    def _terminal(self, segment: Segment, spot: Spot, code: str) -> str:
        known = self.partner.terminals
        if code in known:
            return known[code]
        read = read_terminal(code)
        value = "" if isinstance(read, Unusable) else read.value
        if not value or (known and value not in known.values()):
            self.notes.add(
                ProfileRule.TERMINAL_NOT_AGREED,
                segment,
                *ITEMS[spot.item],
                item=spot.item,
                found=code,
            )
        return value or code

    # --- dates ---------------------------------------------------------------------------------

    def moment(self, part: Section, qualifiers: Iterable[str]) -> Moment | None:
        """Return the moment under the first of *qualifiers* that is there."""
        segment = self._dated(part, qualifiers)
        return None if segment is None else self._moment(segment)

    def _dated(self, part: Section, qualifiers: Iterable[str]) -> Segment | None:
        sections = product(qualifiers, (part, self.head))
        found = (section.first("DTM", qualifier) for qualifier, section in sections)
        return next(filter(None, found), None)

    def _moment(self, segment: Segment) -> Moment | None:
        value, form = segment.value(1, 2), segment.value(1, 3)
        told = moment_of(value, form, self.partner.zone)
        if told is None or not told.as_told:
            self.notes.add(
                ProfileRule.DATE_UNREADABLE, segment, 1, 2, item="2380", expected=form or "203"
            )
        for rule in told.odd if told else ():
            self.notes.add(rule, segment, 1, 2, item="2380", found=zone_in(value, form))
        return told

    def written(self, part: Section) -> datetime | None:
        """Return when a document was made; a day alone is no moment."""
        told = self.moment(part, self.sends.happened_at)
        return None if told is None or told.whole_day else told.at

    def happened(self, part: Section) -> datetime | None:
        """Return when what is reported happened, noting that nothing says so."""
        segment = self._dated(part, self.sends.happened_at)
        told = None if segment is None else self._moment(segment)
        if segment and told and told.whole_day:
            self.notes.add(ProfileRule.HOUR_MISSING, segment, 1, 2, item="2380")
        if told is None:
            expected = f"DTM+{self.sends.happened_at[0]}" if self.sends.happened_at else "DTM"
            self.notes.add(
                ProfileRule.DATE_MISSING, self._begins(part), item="2005", expected=expected
            )
        return told.at if told else None

    # --- the container, and who collects ---------------------------------------------------------

    def container(self, eqd: Segment) -> str | None:
        """Return the container of an EQD, noting where there is none; None for other equipment.

        What is noted from here on is noted of this container.
        """
        if eqd.value(1) != CONTAINER:
            self.notes.add(
                ProfileRule.NOT_A_CONTAINER, eqd, 1, item="8053", expected="CN", found=eqd.value(1)
            )
            return None
        number = eqd.value(2)
        if not number:
            self.notes.add(ProfileRule.CONTAINER_MISSING, eqd, 2, 1, item="8260")
            return None
        read = read_container(number)
        if isinstance(read, Unusable):
            self.notes.add(ProfileRule.CONTAINER_UNUSABLE, eqd, 2, 1, item="8260")
            return None
        self.notes.container = number
        for odd in read.findings:
            self.notes.add(NUMBER_RULES[odd.code], eqd, 2, 1, item="8260")
        return number

    def vessel(self) -> str | None:
        """Return the number of the ship, where the main carriage names it by one."""
        main = self.head.first("TDT", "20")
        if main is None or main.value(8, 2) != SHIPS_NUMBER:
            return None
        return main.value(8, 1) or None

    def means(self, part: Section) -> Modality | None:
        """Return by what a container comes or leaves, where its agreed codes say so (8067)."""
        said = [*part.all("TDT"), *self.head.all("TDT")]
        codes = (each.value(3) for each in said if each.value(1) != "20")
        return next((self.sends.means[code] for code in codes if code in self.sends.means), None)

    def operator(self, part: Section) -> PartyRef | None:
        """Return who collects by the VAT number that is named, noting where none is."""
        segment, code = next(self._vat_numbers(part), (None, ""))
        read = read_party_code(Scheme.VAT, code)
        if segment is None:
            expected = self.sends.vat_references or ("VA",)
            self.notes.add(
                ProfileRule.VAT_MISSING,
                self._begins(part),
                item="1154",
                expected=f"RFF+{expected[0]}",
            )
            return None
        if isinstance(read, Unusable):
            self.notes.add(ProfileRule.VAT_UNUSABLE, segment, item="1154")
            return None
        return PartyRef(scheme=Scheme.VAT, code=read.value)

    def _vat_numbers(self, part: Section) -> Iterator[tuple[Segment, str]]:
        """Yield what may be the operator's: references first, then parties, *part*'s before."""
        sections = (part, self.head)
        for section, qualifier in product(sections, self.sends.vat_references):
            yield from ((each, each.value(1, 2)) for each in section.all("RFF", qualifier))
        for section, qualifier in product(sections, self.sends.vat_parties):
            parties = ((each, each.value(2)) for each in section.all("NAD", qualifier))
            yield from (each for each in parties if _is_vat(each[1]))

    @property
    def head(self) -> Section:
        """What is said of the whole message."""
        return self.sections.head

    def _begins(self, part: Section) -> Segment:
        return part.segments[0] if part.segments else self.sections.header


def _named(section: Section, qualifier: str) -> Iterator[str]:
    for segment in section.all("RFF", qualifier):
        yield segment.value(1, 2).strip()


def _code(segment: Segment, spot: Spot) -> str:
    element, component = ITEMS[spot.item]
    if segment.value(element, component + 1) == BERTH:
        return ""
    return segment.value(element, component).strip()


def _is_vat(code: str) -> bool:
    """Tell whether a party's code can be a VAT number: most are codes of other lists."""
    read = read_party_code(Scheme.VAT, code)
    digits = sum(each.isdecimal() for each in code)
    return digits >= FEWEST_DIGITS and not isinstance(read, Unusable) and not read.findings
