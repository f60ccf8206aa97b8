"""What can be done about a container, and who tries."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from schemas import messages as m
from schemas.messages import ContainerMessage, CustomsStatus, Modality
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteKind, NoteState
from schemas.observed import ObservedStatus
from schemas.system_messages import AnswerRequest, ObserveRelease
from tests.ledger.law.world import (
    AGENT,
    ANOTHER_DRIVER,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    NOW,
    OTHER_HAULIER,
    OTHER_QUAY,
    PORT_AUTHORITY,
    PORTBASE,
    QUAY,
    RIVAL,
    TERMINAL,
    THE_BILLS,
    UNREGISTERED,
    Heard,
    Scene,
    assign,
    party,
    release,
    say,
)

ACTORS = {
    "agent": AGENT,
    "rival": RIVAL,
    "forwarder": FORWARDER,
    "haulier": HAULIER,
    "other_haulier": OTHER_HAULIER,
    "terminal": TERMINAL,
    "neighbour": NEIGHBOUR,
    "customs": CUSTOMS,
    "portbase": PORTBASE,
    "port": PORT_AUTHORITY,
    "unregistered": UNREGISTERED,
}
DEEDS: Mapping[str, ContainerMessage] = {
    "releases": release(),
    "claims": release(release_identification="RIVAL1"),
    "prolongs": say(m.Update, expires_at=NOW + timedelta(days=90)),
    "moves": say(m.Update, terminal=OTHER_QUAY),
    "blocks": say(m.Block),
    "unblocks": say(m.Unblock),
    "revokes": say(m.Revoke),
    "deletes": say(m.Delete),
    "transfers_to_forwarder": say(m.Transfer, release_to=party(FORWARDER)),
    "transfers_to_haulier": say(m.Transfer, release_to=party(HAULIER)),
    "transfers_to_other_haulier": say(m.Transfer, release_to=party(OTHER_HAULIER)),
    "accepts": say(m.Accept),
    "declines": say(m.Decline),
    "assigns": assign(),
    "names_another_driver": say(m.UpdatePickup, driver=ANOTHER_DRIVER),
    "revokes_pickup": say(m.RevokePickup),
    "means_to_go_by_barge": say(m.SetMeansOfTransport, means_of_transport=Modality.BARGE),
    "discharges": say(m.ReportDischarge, terminal=QUAY),
    "discharges_by_bill": say(m.ReportDischarge, terminal=QUAY, bills_of_lading=THE_BILLS),
    "discharges_neither": say(m.ReportDischarge, terminal=QUAY, bills_of_lading=("BL9",)),
    "discharges_there": say(m.ReportDischarge, terminal=OTHER_QUAY),
    "releases_at_terminal": say(m.ReportTerminalRelease, terminal=QUAY),
    "blocks_at_terminal": say(m.ReportTerminalBlock, terminal=QUAY),
    "orders_scan": say(m.ReportScanning, terminal=QUAY),
    "unblocks_at_terminal": say(m.ReportTerminalUnblock, terminal=QUAY),
    "gates_in": say(m.ReportGateIn, terminal=QUAY),
    "gates_out": say(m.ReportGateOut, terminal=QUAY),
    "gates_out_with_another": say(
        m.ReportGateOut, terminal=QUAY, picked_up_by=party(OTHER_HAULIER)
    ),
    "overrules_and_gates_out": say(m.ReportGateOut, terminal=QUAY, overruled=True),
    "gates_out_there": say(m.ReportGateOut, terminal=OTHER_QUAY),
    "confirms_the_end": say(m.ConfirmPickupEnd, terminal=QUAY, pickup_id="the-pickup"),
    "clears": say(m.ReportCustomsStatus, status=CustomsStatus.RELEASED),
    "clears_by_bill": say(
        m.ReportCustomsStatus, status=CustomsStatus.RELEASED, bills_of_lading=THE_BILLS
    ),
    "clears_for_transhipment": say(m.ReportCustomsStatus, status=CustomsStatus.TRANSHIPMENT),
    "observes": say(ObserveRelease, terminal=QUAY, status=ObservedStatus.RELEASED),
    "answers": say(AnswerRequest, request_id="r", accepted=True),
    "asks_for_a_slot": say(AddNote, state=NoteState.BARGE_SLOT_REQUESTED, reference="BTS-1"),
    "confirms_a_slot": say(
        AddNote, terminal=QUAY, state=NoteState.BARGE_SLOT_CONFIRMED, reference="BTS-1"
    ),
    "notes_dangerous_goods": say(AddNote, state=NoteState.DANGEROUS_GOODS_ABOARD),
    "misses_the_declaration": say(AddNote, state=NoteState.DANGEROUS_GOODS_NOT_DECLARED),
    "announces_a_document": say(
        AddNote, state=NoteState.CUSTOMS_DOCUMENT_ANNOUNCED, reference="26BE000000000001"
    ),
    "takes_its_slot_back": say(WithdrawNote, about=NoteKind.BARGE_SLOT, reference="BTS-1"),
    "controls_documents": say(m.ReportCustomsStatus, status=CustomsStatus.DOCUMENTARY_CONTROL),
}
Action = Callable[[Scene], Heard]


def action(name: str) -> Action:
    """The action of a row: `agent blocks`, or what time does."""
    who, _, deed = name.partition(" ")
    if who == "time":
        days = {"passes_the_pickup": 2.0, "passes_the_expiry": 59.0}[deed]
        return lambda scene: scene.when_time_passes(days=days)
    return lambda scene: scene.when(ACTORS[who], DEEDS[deed])
