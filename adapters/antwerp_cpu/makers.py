"""One maker for each of CPu's request bodies: what it says, as a message of the bus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.antwerp_cpu import codes, wire_in
from adapters.antwerp_cpu.forms import Form, Given, NotReadable, made, party_ref
from adapters.antwerp_cpu.profile import DEFAULT_PORT
from adapters.antwerp_cpu.redact import REDACTED
from adapters.antwerp_cpu.wire_in import Asked
from adapters.contract import Headers
from schemas import messages as m
from schemas.messages import ContainerMessage, Modality, PartyRef
from schemas.unreadable import Unreadable

PORT_IN_PATH: Final = "port-locode"
CONTAINER_IN_PATH: Final = "equipment-number"
TERMINAL_IN_CALL: Final = "terminal-code"
"""Of who calls: the gate-out body of 2020 does not name its quay (cpu.md §2.5)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a body, before it has an id."""

    message: ContainerMessage
    occurred_at: datetime | None = None
    on_behalf_of: PartyRef | None = None


Maker = Callable[[Form, Headers], Found]
BulkMaker = Callable[[Form, Form, type[ContainerMessage], Headers], Found]
Verbs = Mapping[str, type[ContainerMessage]]


# --- the release and its right -------------------------------------------------------------------


def _commercial_release(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.AGENT_ACTIONS)
    return _of_a_right(form, verb, _which(form, headers))


def _release_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.RIGHT_ACTIONS)
    return _of_a_right(form, verb, _which(form, headers))


def _bulk_right(whole: Form, form: Form, verb: type[ContainerMessage], headers: Headers) -> Found:
    which = _named_in(form) | {
        "port": _or_called(whole.take("port_lo_code"), headers, PORT_IN_PATH),
        "terminal": form.take("terminal_code"),
    }
    return _of_a_right(form, verb, which)


def _of_a_right(form: Form, verb: type[ContainerMessage], which: dict[str, Given]) -> Found:
    speaker = None
    for name, theirs in _MORE.items():
        if name in verb.model_fields and theirs in type(form.body).model_fields:
            which[name] = form.take(theirs)
    for name, theirs in _TIMES.items():
        if name in verb.model_fields and theirs in type(form.body).model_fields:
            which[name] = form.time(theirs)
    if "valid_from" in which and which["valid_from"].value is None and _has(form, "valid_from"):
        which["valid_from"] = form.time("valid_from")
    for name in ("release_to", "carrier"):
        if name in verb.model_fields and name in type(form.body).model_fields:
            which[name] = form.party(name)
    if verb in {m.Transfer, m.Revoke} and _has(form, "release_from"):
        speaker = party_ref(form.party("release_from"))
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), on_behalf_of=speaker)


# --- the pick-up right ---------------------------------------------------------------------------


def _pickup_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.PICKUP_ACTIONS)
    which = _which(form, headers)
    occurred_at = form.time("timestamp").value
    if verb is not m.RevokePickup:
        which |= _collector(form.part("pickup_party"))
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), occurred_at)


def _collector(party: Form) -> dict[str, Given]:
    # By water or rail the code names a vessel or a train at most; a truck's names a person, and
    # a person comes sealed only, in the member `driver` that is this bus's own (sealing.py).
    modality = party.coded("party_type", _PARTY_TYPES)
    _no_plain_driver(party, modality)
    driver = party.take("driver")
    party.take("identification_type")
    party.findings.extend(party.leftovers())
    return {"modality": Given(modality, f"{party.path}.partyType"), "driver": driver}


def _no_plain_driver(party: Form, modality: Modality) -> None:
    code = party.take("identification_code")
    phone = party.take("mobile_phone_number")
    shown = phone if phone.value not in {None, REDACTED} else code
    by_phone = shown is phone
    if by_phone or (modality is Modality.TRUCK and code.value is not None):
        sentence = (
            "A driver's identity may not lie open: assign the pick-up with the identity sealed "
            "for the terminal, or at the bus's own door, which seals it."
        )
        raise NotReadable(Unreadable("plain_identity", shown.path, sentence, sensitive=True))


def _barge_rail_right(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.PICKUP_ACTIONS)
    identifier = form.part("release_identifier")
    which = _named_in(identifier) | {
        "port": _port_assumed(form, headers),
        "terminal": form.take("terminal_code"),
    }
    if verb is not m.RevokePickup:
        # The body does not say which of the two it is (cpu.md §2.4): that was said, or not,
        # with the means of transport.
        which["modality"] = Given(Modality.UNKNOWN, "$")
        form.findings.append("modality_unknown: $")
    form.findings.extend((*identifier.leftovers(), *form.leftovers()))
    return Found(made(verb, which, form.findings))


def _means_of_transport(form: Form, headers: Headers) -> Found:
    means = form.coded("means_of_transport", codes.MODALITIES)
    identifier = form.part("identifier")
    which = _named_in(identifier) | {
        "port": _port_assumed(form, headers),
        "means_of_transport": Given(means, "$.meansOfTransport"),
    }
    form.findings.extend((*identifier.leftovers(), *form.leftovers()))
    return Found(made(m.SetMeansOfTransport, which, form.findings))


# --- the terminal --------------------------------------------------------------------------------


def _terminal_release(form: Form, headers: Headers) -> Found:
    verb = form.coded("action_type", codes.TERMINAL_ACTIONS)
    which = _place(form, headers) | {
        "container": _or_called(form.take("equipment_number"), headers, CONTAINER_IN_PATH),
        "stay_number": form.take("stay_number"),
    }
    occurred_at = form.time("release_date_time_utc").value
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings), occurred_at)


def _bulk_terminal_release(
    whole: Form, form: Form, verb: type[ContainerMessage], headers: Headers
) -> Found:
    which = _named_in(form) | _place(whole, headers)
    form.findings.extend(form.leftovers())
    return Found(made(verb, which, form.findings))


def _gate_out(form: Form, headers: Headers) -> Found:
    which = {
        "container": _or_called(form.take("equipment_number"), headers, CONTAINER_IN_PATH),
        "bills_of_lading": form.take("bill_of_lading_numbers"),
        "port": _or_called(form.take("port_lo_code"), headers, PORT_IN_PATH),
        "terminal": _or_called(form.take("terminal_code"), headers, TERMINAL_IN_CALL),
        "stay_number": form.take("stay_number"),
    }
    occurred_at = form.time("timestamp").value
    form.findings.extend(form.leftovers())
    return Found(made(m.ReportGateOut, which, form.findings), occurred_at)


# --- the members that name the release -----------------------------------------------------------


def _which(form: Form, headers: Headers) -> dict[str, Given]:
    container = _or_called(form.take("equipment_number"), headers, CONTAINER_IN_PATH)
    return _named_in(form) | _place(form, headers) | {"container": container}


def _named_in(form: Form) -> dict[str, Given]:
    return {
        "container": form.take("equipment_number"),
        "bills_of_lading": form.take("bill_of_lading_numbers"),
        "release_identification": form.take("release_identification"),
    }


def _place(form: Form, headers: Headers) -> dict[str, Given]:
    return {
        "port": _or_called(form.take("port_lo_code"), headers, PORT_IN_PATH),
        "terminal": form.take("terminal_code"),
    }


def _or_called(given: Given, headers: Headers, name: str) -> Given:
    """Return the member of the body, or what stood for it in the call."""
    called = headers.get(name)
    if called is None:
        return given
    if given.value is None:
        return Given(called, f"header {name}")
    if given.value.strip().upper() != called.strip().upper():
        sentence = "The body and the path of the call name different ones."
        raise NotReadable(Unreadable("path_and_body_differ", given.path, sentence))
    return given


def _port_assumed(form: Form, headers: Headers) -> Given:
    named = headers.get(PORT_IN_PATH)
    if named is not None:
        return Given(named, f"header {PORT_IN_PATH}")
    form.findings.append(f"port_assumed: {DEFAULT_PORT}")
    return Given(DEFAULT_PORT, "$")


def _has(form: Form, name: str) -> bool:
    return getattr(form.body, name, None) is not None


_PARTY_TYPES: Final[Mapping[str, Modality]] = {
    name: codes.MODALITIES[name] for name in ("truck", "rail", "barge")
}
_MORE: Final = {
    "order_reference": "release_order_reference",
    "equipment_type": "equipment_type",
    "reason": "reason_for_action",
}
_TIMES: Final = {
    "valid_from": "release_date_time_utc",
    "expires_at": "expiration_date_time_utc",
}

SINGLES: Final[Mapping[str, tuple[type[Asked], Maker]]] = {
    "CommercialReleaseAction": (wire_in.CommercialReleaseAction, _commercial_release),
    "ReleaseRightAction": (wire_in.ReleaseRightAction, _release_right),
    "SubmitPickupRight": (wire_in.SubmitPickupRight, _pickup_right),
    "SubmitBargeRailPickupRight": (wire_in.SubmitBargeRailPickupRight, _barge_rail_right),
    "TerminalRelease": (wire_in.TerminalRelease, _terminal_release),
    "GateOut": (wire_in.GateOut, _gate_out),
    "UpdateMeansOfTransport": (wire_in.UpdateMeansOfTransportRequest, _means_of_transport),
    "UpdateMeansOfTransportRequest": (wire_in.UpdateMeansOfTransportRequest, _means_of_transport),
}


BULKS: Final[Mapping[str, tuple[type[Asked], Verbs, BulkMaker]]] = {
    "ReleaseRightBulkAction": (
        wire_in.ReleaseRightBulkAction,
        codes.RIGHT_ACTIONS,
        _bulk_right,
    ),
    "TerminalReleaseBulkAction": (
        wire_in.TerminalReleaseBulkAction,
        codes.TERMINAL_ACTIONS,
        _bulk_terminal_release,
    ),
}
