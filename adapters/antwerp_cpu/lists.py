"""The list of releases that a party sees, by CPu's filters (cpu.md §2.3, §4.2 row 3)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from adapters.antwerp_cpu import bodies, panel
from adapters.antwerp_cpu.reads import (
    Reader,
    answered,
    public_reference,
    terminal_name,
    written_terminal,
)
from adapters.antwerp_cpu.standing import (
    Standing,
    action_status,
    concerns,
    right_status,
    stakeholder_seen_by,
)
from adapters.antwerp_cpu.wire_out import Notification
from adapters.antwerp_cpu.wire_read import ContainerRow, PagedContainers
from adapters.antwerp_cpu.wire_words import (
    ActionStatusFilter,
    Event,
    LightColor,
    ReleaseRightStatus,
    ReleaseStatusFilter,
)
from adapters.parties import party
from schemas.identifiers import Scheme
from schemas.lights import Lights
from schemas.stay import ReleaseStatus, Stay, TerminalLight

USUAL_PAGE: Final = 25
LONGEST_PAGE: Final = 100


@dataclass(frozen=True, slots=True)
class Filters:
    """The list's filters; one that is None lets everything pass.

    The texts may stand anywhere in what they are compared with, in any case (INFERRED: CPu does
    not say how they are compared).
    """

    status: ReleaseStatusFilter | None = None
    equipment_number: str | None = None
    bill_of_lading: str | None = None
    shipping_agent_name: str | None = None
    shipping_agent_tin: str | None = None
    terminal_name: str | None = None
    current_stakeholder_name: str | None = None
    current_stakeholder_tin: str | None = None
    release_right_status: ReleaseRightStatus | None = None
    action_status: ActionStatusFilter | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the list is asked for; the first page is 1."""

    number: int = 1
    size: int = USUAL_PAGE


def paged_containers(
    releases: Iterable[Standing], filters: Filters, page: Page, reader: Reader
) -> Notification:
    """Return `GetPagedContainers`: what concerns who asks and passes the filters, in order.

    A page outside of the list is empty; sizes outside of 1 to 100 are taken as the nearest.
    """
    rows = [
        row
        for standing in releases
        if concerns(standing.stay, reader.organisation, reader.parties)
        and _stands(standing, filters.status)
        for row in [_row(standing, reader)]
        if _passes(row, filters)
    ]
    size = min(max(page.size, 1), LONGEST_PAGE)
    number = max(page.number, 1)
    start = (number - 1) * size
    body = PagedContainers(
        page=number,
        page_size=size,
        total_rows=len(rows),
        total_pages=-(-len(rows) // size),
        containers=tuple(rows[start : start + size]),
    )
    # About no one container: the answer's own reference stands in the envelope's `id`.
    about = public_reference(f"list.{number}", reader)
    return answered(Event.GET_PAGED_CONTAINERS, about, body, reader)


def _row(standing: Standing, reader: Reader) -> ContainerRow:
    stay, parties = standing.stay, reader.parties
    agent = party(parties, stay.agent)
    seen = stakeholder_seen_by(stay, reader.organisation)
    stakeholder = None if seen is None else party(parties, seen)
    return ContainerRow(
        release_id=stay.release_id,
        equipment_number=stay.container,
        release_identification=stay.release_identification,
        bill_of_lading_numbers=stay.bills_of_lading,
        terminal_code=written_terminal(stay),
        terminal_name=terminal_name(stay, parties),
        port_lo_code=stay.port,
        shipping_agent_name=agent.name,
        shipping_agent_tin=agent.code(Scheme.VAT),
        current_stakeholder_name=None if stakeholder is None else stakeholder.name,
        current_stakeholder_tin=None if stakeholder is None else stakeholder.code(Scheme.VAT),
        release_right_status=right_status(stay, reader.organisation),
        action_status=action_status(stay, reader.organisation),
        green_light_color=panel.COMBINED[standing.lights.combined],
        release_date_time_utc=bodies.moment(stay.valid_from),
        expiration_date_time_utc=bodies.moment(stay.expires_at),
    )


def _stands(standing: Standing, status: ReleaseStatusFilter | None) -> bool:
    """Tell whether a release is among those that *status* shows (INFERRED from its words)."""
    stay, lights = standing.stay, standing.lights
    match status:
        case None:
            return True
        case ReleaseStatusFilter.ACTIVE:
            return stay.live
        case ReleaseStatusFilter.PENDING:
            return stay.live and stay.pending is not None
        case ReleaseStatusFilter.POLICE:
            return stay.live and _held_by_customs(lights)
        case ReleaseStatusFilter.TERMINAL:
            return stay.live and _held_by_terminal(stay)
        case ReleaseStatusFilter.SHIPPING:
            return stay.status is ReleaseStatus.BLOCKED


def _held_by_customs(lights: Lights) -> bool:
    return any(
        each.name == "Customs" and each.color is LightColor.RED for each in panel.shown(lights)
    )


def _held_by_terminal(stay: Stay) -> bool:
    return stay.terminal_light in {TerminalLight.BLOCKED, TerminalLight.SCANNING}


def _passes(row: ContainerRow, filters: Filters) -> bool:
    return _codes_fit(row, filters) and all(
        asked is None or any(_contains(value, asked) for value in values)
        for asked, values in (
            (filters.equipment_number, (row.equipment_number,)),
            (filters.bill_of_lading, row.bill_of_lading_numbers),
            (filters.shipping_agent_name, (row.shipping_agent_name,)),
            (filters.shipping_agent_tin, (row.shipping_agent_tin,)),
            (filters.terminal_name, (row.terminal_name,)),
            (filters.current_stakeholder_name, (row.current_stakeholder_name,)),
            (filters.current_stakeholder_tin, (row.current_stakeholder_tin,)),
        )
    )


def _codes_fit(row: ContainerRow, filters: Filters) -> bool:
    right, action = filters.release_right_status, filters.action_status
    # Undefined is what a row has where nothing can be done, and as a filter it is none.
    undefined = action in {None, ActionStatusFilter.UNDEFINED}
    return right in {None, row.release_right_status} and (undefined or action is row.action_status)


def _contains(value: str | None, asked: str) -> bool:
    return value is not None and asked.strip().casefold() in value.casefold()
