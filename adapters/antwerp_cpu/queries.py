"""CPu's questions as they stand in the query of a call, by its own names (cpu.md §4.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from adapters.antwerp_cpu.lists import USUAL_PAGE, Filters, Page
from adapters.antwerp_cpu.reads import Which
from adapters.antwerp_cpu.wire_words import (
    ActionStatusFilter,
    Event,
    ReleaseRightStatus,
    ReleaseStatusFilter,
)
from schemas.identifiers import read_bills
from schemas.unreadable import Unreadable

Query = Mapping[str, str]
Word = TypeVar("Word", bound=StrEnum)

USUAL_DAYS: Final = 7
MOST_DAYS: Final = 30
"""So long dispatch keeps what it sent."""


class NotAsked(Exception):
    """A value of the query is none that can be asked for; caught by who reads a query."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(name)
        self.why = Unreadable("query_invalid", f"query {name}", sentence)


@dataclass(frozen=True, slots=True)
class Again:
    """Which notifications are to be given again, and from how many days back."""

    event: Event | None
    container: str | None
    public_reference_id: str | None
    days: int


def list_query(query: Query) -> tuple[Filters, Page] | Unreadable:
    """Return the filters and the page of a list (row 3), or which value is none."""
    asked = plain(query)
    try:
        filters = Filters(
            status=_word(asked, "status", ReleaseStatusFilter),
            equipment_number=asked.get("equipmentnumberfilter"),
            bill_of_lading=asked.get("billofladingnumberfilter"),
            shipping_agent_name=asked.get("shippingagentnamefilter"),
            shipping_agent_tin=asked.get("shippingagenttinfilter"),
            terminal_name=asked.get("terminalnamefilter"),
            current_stakeholder_name=asked.get("currentstakeholdernamefilter"),
            current_stakeholder_tin=asked.get("currentstakeholdertinfilter"),
            release_right_status=_word(asked, "releaserightstatusfilter", ReleaseRightStatus),
            action_status=_word(asked, "actionstatusfilter", ActionStatusFilter),
        )
        page = Page(whole_number(asked, "page", 1), whole_number(asked, "pagesize", USUAL_PAGE))
    except NotAsked as error:
        return error.why
    return filters, page


def detail_query(container: str, query: Query) -> Which:
    """Return which release of *container* is meant (row 4): its bills are one text with commas."""
    asked = plain(query)
    bills = read_bills(asked.get("billofladingnumbers", "").split(","))
    return Which(container, bills, asked.get("releaseidentification"))


def replay_query(query: Query) -> Again | Unreadable:
    """Return which notifications are asked for again (row 16), or which value is none."""
    asked = plain(query)
    try:
        event = _word(asked, "notificationevent", Event)
        days = min(whole_number(asked, "daysinbetween", USUAL_DAYS), MOST_DAYS)
    except NotAsked as error:
        return error.why
    return Again(event, asked.get("equipmentnumber"), asked.get("publicreferenceid"), days)


def plain(query: Query) -> dict[str, str]:
    """Return *query* by lower-case names, without what is empty: CPu itself mixes the cases."""
    return {name.lower(): value.strip() for name, value in query.items() if value.strip()}


def _word(asked: Query, name: str, words: type[Word]) -> Word | None:
    given = asked.get(name)
    if given is None:
        return None
    found = next((word for word in words if word.lower() == given.lower()), None)
    if found is None:
        raise NotAsked(name, f"This is none of {', '.join(words)}.")
    return found


def whole_number(asked: Query, name: str, usual: int) -> int:
    """Return the number in *asked* under *name*, *usual* where it is not there; raise NotAsked."""
    given = asked.get(name)
    if given is None:
        return usual
    if not given.isascii() or not given.isdecimal() or len(given) > len(str(2**31)):
        raise NotAsked(name, "This is no whole number.")
    return int(given)
