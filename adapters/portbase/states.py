"""A whole bill of lading as Portbase tells it, against what is remembered of it.

The import webhook sends state alone: what changed, its receiver works out
(identity_scr_portbase.md §C.5 [B19], §G).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol, TypeVar

from adapters.portbase.codes import customs_light
from adapters.portbase.goods import Dangerous, dangerous_in
from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Box
from adapters.portbase.profile import PORTS
from adapters.portbase.settling import settle
from adapters.portbase.tracks import adopt
from adapters.portbase.wire_tracking import BillOfLading, InspectionItem, TrackedBill
from schemas.identifiers import Unusable, read_locode
from schemas.json_path import item
from schemas.value import altered

EACH: Final = "*"
"""In place of a container's number, where an inspection may be of any container of the bill."""


class _Numbered(Protocol):
    @property
    def equipment_number(self) -> str | None: ...


Row = TypeVar("Row", bound=_Numbered)


@dataclass(frozen=True, slots=True)
class _Lists:
    """What a state says by container; None where a list was left out."""

    equipment: Mapping[str, object]
    released: Mapping[str, datetime | None] | None
    operators: Mapping[str, str] | None
    inspected: Mapping[str, str] | None
    discharged: Mapping[str, datetime]
    left: Mapping[str, datetime]
    dangerous: Dangerous | None


def stands(hearing: Hearing, said: TrackedBill, path: str = "$") -> None:
    """Take in one state: tell what changed, answer what it settles, and ask again if need be.

    A webhook may come late or twice, and has nothing to tell that by: the answer to the GET
    after it counts.
    """
    before = hearing.known
    bill = said.bill_of_lading or BillOfLading()
    if not _placed(hearing, bill, path):
        return  # what happens elsewhere is not told of a port of Portbase's
    if said.id:
        adopt(hearing, said.id)
    lists = _lists(hearing, said, bill, path)
    for number in _numbers(hearing, lists):
        settle(hearing, _merged(hearing, hearing.known.box(number), lists))
    tracked = said.id in hearing.known.tracking
    if said.event_type is not None and said.id and tracked and hearing.known != before:
        hearing.ask_state(said.id)


# --- of the bill --------------------------------------------------------------------------------


def _placed(hearing: Hearing, bill: BillOfLading, path: str) -> bool:
    """Take note of where the bill is discharged; tell whether that is a port of Portbase's.

    A state without a port is about the one that was told last, somebody else's too.
    """
    port = None if bill.port_of_discharge is None else bill.port_of_discharge.location_un_code
    quay = None if bill.discharge_terminal is None else bill.discharge_terminal.code
    known, read = hearing.known, _port(port)
    if read is None and (port or known.elsewhere):
        place = f"{path}.billOfLading.portOfDischarge.locationUnCode"
        sentence = "This is no port of Portbase's: nothing of the bill is told."
        hearing.wrong("port_unknown", place, sentence)
        hearing.known = altered(known, elsewhere=True)
        return False
    hearing.known = altered(
        known,
        port=read or known.port,
        elsewhere=False,
        terminal=quay or known.terminal,
        customs=known.customs if bill.customs_status is None else bill.customs_status,
    )
    return True


def _port(told: str | None) -> str | None:
    read = read_locode(told or "")
    return None if isinstance(read, Unusable) or read.value not in PORTS else read.value


# --- by container -------------------------------------------------------------------------------


def _lists(hearing: Hearing, said: TrackedBill, bill: BillOfLading, path: str) -> _Lists:
    inner = f"{path}.billOfLading"
    releases = _rows(hearing, bill.commercial_releases, f"{inner}.commercialReleases")
    operators = _rows(hearing, said.nominated_inland_operators, f"{path}.nominatedInlandOperators")
    reports = _rows(hearing, bill.discharge_reports, f"{inner}.dischargeReports") or {}
    data = _rows(hearing, bill.hinterland_terminal_data, f"{inner}.hinterlandTerminalData") or {}
    equipment = _rows(hearing, bill.transport_equipments, f"{inner}.transportEquipments") or {}
    return _Lists(
        equipment=equipment,
        released=None
        if releases is None
        else {number: row.release_valid_until_date_time for number, row in releases.items()},
        operators=None
        if operators is None
        else {
            # Somebody without a name is somebody.
            number: row.inland_operator_full_name or "?"
            for number, row in operators.items()
        },
        inspected=_inspected(hearing, bill.inspection_items, f"{inner}.inspectionItems"),
        discharged=_times({each: row.actual_discharge_date_time for each, row in reports.items()}),
        left=_times({each: row.gate_out for each, row in data.items()}),
        dangerous=dangerous_in(hearing, bill.goods_items, tuple(equipment), f"{inner}.goodsItems"),
    )


def _times(given: Mapping[str, datetime | None]) -> dict[str, datetime]:
    return {number: time for number, time in given.items() if time is not None}


def _rows(hearing: Hearing, rows: Sequence[Row] | None, path: str) -> dict[str, Row] | None:
    """Return the rows of a list by the container that each is about; None where it is left out."""
    if rows is None:
        return None
    found: dict[str, Row] = {}
    for place, row in enumerate(rows):
        number = hearing.number(row.equipment_number, f"{item(path, place)}.equipmentNumber")
        if number is not None:
            found[number] = row
    return found


def _inspected(
    hearing: Hearing, items: Sequence[InspectionItem] | None, path: str
) -> dict[str, str] | None:
    """Return what customs want to look at; an item names one container, or several.

    One that names none holds every container until it is known which.
    """
    if items is None:
        return None
    found: dict[str, str] = {}
    for place, each in enumerate(items):
        one = (each.equipment_number,) if each.equipment_number else ()
        named: Sequence[str | None] = (*(each.equipment_numbers or ()), *one) or (None,)
        numbers = (hearing.number(raw, f"{item(path, place)}") for raw in named)
        found.update((number or EACH, each.status or "?") for number in numbers)
    return found


def _numbers(hearing: Hearing, lists: _Lists) -> Iterator[str]:
    """Yield every container that is named, is known, or is asked about, each once."""
    named = (
        lists.equipment,
        lists.released or (),
        lists.operators or (),
        (lists.inspected or {}).keys() - {EACH},
        lists.discharged,
        lists.left,
        lists.dangerous or (),
        [box.number for box in hearing.known.boxes],
        [asked.container for asked in hearing.known.asked],
    )
    yield from dict.fromkeys(number for each in named for number in each)


def _merged(hearing: Hearing, box: Box, lists: _Lists) -> Box:
    number = box.number
    box = altered(
        box,
        discharged=box.discharged or lists.discharged.get(number),
        left=box.left or lists.left.get(number),
        dangerous=box.dangerous if lists.dangerous is None else lists.dangerous.get(number),
    )
    return _with_customs(hearing, _with_operator(hearing, _with_release(box, lists), lists), lists)


def _with_release(box: Box, lists: _Lists) -> Box:
    if lists.released is None:
        return box
    if box.number in lists.released:
        until = lists.released[box.number]
        # A new date, or a new release, is for the terminal to judge anew.
        same = box.released and until == box.until
        return altered(box, released=True, until=until, invalid=box.invalid and same)
    if box.left is not None or not box.released:
        # What left is on no list any more: it was not withdrawn.
        return box
    # The chain lapses with the release (§C.4 [B6]).
    return altered(box, released=False, until=None, invalid=False, chain=(), operator=None)


def _with_operator(hearing: Hearing, box: Box, lists: _Lists) -> Box:
    if lists.operators is None:
        return box
    nominee = lists.operators.get(box.number, "")
    if box.left is not None and not nominee:
        return box
    return altered(box, nominee=nominee, operator=hearing.known.operator_named(nominee))


def _with_customs(hearing: Hearing, box: Box, lists: _Lists) -> Box:
    listed = lists.inspected
    open_one = box.inspection if listed is None else listed.get(box.number, listed.get(EACH))
    said = f"{hearing.known.customs or ''}/{open_one or ''}"
    box = altered(box, inspection=open_one)
    if said == box.customs_said:
        return box
    light, understood = customs_light(hearing.known.customs, open_one)
    if not understood:
        place = "inspectionItems" if open_one else "customsStatus"
        hearing.findings.append(f"code_unknown: $.billOfLading.{place}")
    return altered(box, customs=light or box.customs, customs_said=said)
