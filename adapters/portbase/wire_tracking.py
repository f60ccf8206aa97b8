"""Cargo Controller's tracking: what is asked to be followed, and how a bill of lading stands.

The names are those of public client code (identity_scr_portbase.md §C.5 [G3][G4], §F.2 P1 to P4).
"""

from typing import Any

from adapters.portbase.wire import Heard, Sent, When

# --- what is asked ----------------------------------------------------------------------------


class TrackRequest(Sent):
    """One bill of lading, with one of its containers: all of them follow by themselves."""

    bl_number: str
    transport_equipment_number: str


class TrackRequests(Sent):
    """What is to be followed, and where Portbase tells how it stands (P1)."""

    track_requests: tuple[TrackRequest, ...]
    webhook_url: str


# --- what it answers --------------------------------------------------------------------------


class Tracked(Heard):
    """A bill of lading under the id that every later call of it needs (§C.5 [B18])."""

    id: str | None = None
    bl_number: str | None = None


class TrackAnswer(Heard):
    """Which of them are followed from now on, and which are not (P2)."""

    tracked_b_ls: list[Tracked] | None = None
    not_tracked_b_ls: list[Tracked] | None = None


# --- how it stands ----------------------------------------------------------------------------


class Place(Heard):
    """A port."""

    location_name: Any = None
    location_un_code: str | None = None


class DischargeTerminal(Heard):
    """The quay where the bill's containers are put ashore."""

    code: str | None = None
    name: Any = None
    owner_full_name: Any = None


class Equipment(Heard):
    """One container of the bill."""

    equipment_number: str | None = None
    size_type: Any = None
    tare_weight: Any = None
    carrier_seal_number: Any = None
    shipper_seal_number: Any = None
    oversize_remarks: Any = None


class CommercialRelease(Heard):
    """A container that the carrier released, and until when."""

    equipment_number: str | None = None
    release_valid_until_date_time: When | None = None


class DischargeReport(Heard):
    """A container that stands on the quay, and since when."""

    equipment_number: str | None = None
    actual_discharge_date_time: When | None = None


class HinterlandTerminalData(Heard):
    """When a container left."""

    equipment_number: str | None = None
    gate_out: When | None = None


class InspectionItem(Heard):
    """What customs want to look at: one container, or several."""

    equipment_number: str | None = None
    equipment_numbers: list[str] | None = None
    status: str | None = None


class NominatedInlandOperator(Heard):
    """Who is to collect a container: by name alone (P6)."""

    equipment_number: str | None = None
    inland_operator_full_name: str | None = None


class DangerousGoods(Heard):
    """That goods are dangerous, by their UN number."""

    un_code: str | None = None


class GoodsAt(Heard):
    """A container that goods are in."""

    equipment_number: str | None = None


class GoodsItem(Heard):
    """Goods of the bill, as far as they matter here; whether one or several is INFERRED."""

    dangerous_goods: DangerousGoods | list[DangerousGoods] | None = None
    goods_item_transport_equipments: list[GoodsAt] | None = None


class BillOfLading(Heard):
    """A bill of lading as it stands; a list that is left out was not told."""

    bl_number: str | None = None
    customs_status: str | None = None
    port_of_discharge: Place | None = None
    discharge_terminal: DischargeTerminal | None = None
    handling_agent: Any = None
    vessel_visit: Any = None
    transport_equipments: list[Equipment] | None = None
    commercial_releases: list[CommercialRelease] | None = None
    discharge_reports: list[DischargeReport] | None = None
    hinterland_terminal_data: list[HinterlandTerminalData] | None = None
    inspection_items: list[InspectionItem] | None = None
    goods_items: Any = None


class TrackedBill(Heard):
    """The whole state of one bill; `event_type` stands in a webhook alone (P3, P4, P6 to P10)."""

    id: str | None = None
    event_type: str | None = None
    origin: str | None = None
    bl_number: str | None = None
    reference_number: Any = None
    bill_of_lading: BillOfLading | None = None
    nominated_inland_operators: list[NominatedInlandOperator] | None = None

    @property
    def bill(self) -> str | None:
        """The number of the bill, as it stands in either place."""
        inner = None if self.bill_of_lading is None else self.bill_of_lading.bl_number
        return self.bl_number or inner
