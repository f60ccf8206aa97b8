"""Answers to CPu's questions about a release: detail, lights (cpu.md §2.3, §4.2; E16)."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from adapters.antwerp_cpu import bodies, panel, wire_out
from adapters.antwerp_cpu.standing import Standing, concerns, operator_of, runs_its_quay
from adapters.antwerp_cpu.wire_out import Body, Fault, Notification
from adapters.antwerp_cpu.wire_read import (
    CombinedLight,
    Light,
    ReleaseDetail,
    ReleaseLights,
    TransportOperator,
)
from adapters.antwerp_cpu.wire_words import Event
from adapters.contract import Parties
from adapters.parties import operators_of, party
from schemas.identifiers import Scheme, TerminalCode
from schemas.messages import Role
from schemas.reasons import Reason
from schemas.stay import Stay

READ_REFERENCES: Final = uuid.UUID("5b0c9d0e-6f0e-5d2a-9a0b-6b1f3f0f7c52")

ROLES: Final = {
    # Only TransportOperator is seen (E16); the others INFERRED from the roles' pages.
    Role.SHIP_AGENT: "ShippingAgent",
    Role.RELEASE_PARTY: "ReleaseParty",
    Role.TRANSPORT_OPERATOR: "TransportOperator",
    Role.TERMINAL_OPERATOR: "TerminalOperator",
    Role.CUSTOMS: "Customs",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, by which reference of its own, and when it is answered.

    `elsewhere` are the parties known to live on a third-party platform such as SCR: the
    directory does not say it.
    """

    organisation: str
    parties: Parties
    at: datetime
    reference: str | None = None
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Which:
    """Which release is meant: a container, and its papers where they are named."""

    container: str
    bills_of_lading: tuple[str, ...] = ()
    release_identification: str | None = None


def terminal_detail(
    releases: Sequence[Standing], release_id: str, reader: Reader
) -> ReleaseDetail | None:
    """Return the release by its id for the terminal where it is collected, None for others.

    `GET /release-rights?releaseId=` (cpu.md §4.2 row 5): the only answer that has the sealed
    driver, and only that terminal can open it.
    """
    for standing in releases:
        stay = standing.stay
        asked = stay.release_id == release_id
        if asked and runs_its_quay(stay, reader.organisation, reader.parties):
            return _detail(standing, reader)
    return None


def release_detail(releases: Sequence[Standing], which: Which, reader: Reader) -> Notification:
    """Return `GetReleaseDetail`, or `NotValidated` where no release or more than one is meant."""
    found = _found(releases, which, reader)
    if isinstance(found, Reason):
        return _refused(found, which, reader)
    return answered(Event.GET_RELEASE_DETAIL, which.container, _detail(found, reader), reader)


def release_lights(releases: Sequence[Standing], which: Which, reader: Reader) -> Notification:
    """Return `GetAllReleaseLights`, or `NotValidated` where no or more than one is meant."""
    found = _found(releases, which, reader)
    if isinstance(found, Reason):
        return _refused(found, which, reader)
    stay = found.stay
    body = ReleaseLights(
        release_id=stay.release_id,
        equipment_number=stay.container,
        release_identification=stay.release_identification,
        bill_of_lading_numbers=stay.bills_of_lading,
        terminal_code=written_terminal(stay),
        port_lo_code=stay.port,
        lights=_lights(found),
    )
    return answered(Event.GET_ALL_RELEASE_LIGHTS, which.container, body, reader)


def combined_light(releases: Sequence[Standing], which: Which, reader: Reader) -> Notification:
    """Return `GetCombinedGreenLight`, or `NotValidated` where no or more than one is meant."""
    found = _found(releases, which, reader)
    if isinstance(found, Reason):
        return _refused(found, which, reader)
    stay = found.stay
    body = CombinedLight(
        release_id=stay.release_id,
        equipment_number=stay.container,
        release_identification=stay.release_identification,
        bill_of_lading_numbers=stay.bills_of_lading,
        terminal_code=written_terminal(stay),
        port_lo_code=stay.port,
        green_light_color=panel.COMBINED[found.lights.combined],
    )
    return answered(Event.GET_COMBINED_GREEN_LIGHT, which.container, body, reader)


def answered(
    event: Event, about: str, body: Body, reader: Reader, errors: tuple[Fault, ...] = ()
) -> Notification:
    """Return the notification that answers a question, to who asked it alone."""
    return Notification(
        asset_id=wire_out.ASSET_ID,
        body=body,
        errors=errors,
        event=event,
        external_reference_id=reader.reference,
        id=about,
        public_reference_id=public_reference(f"{event}.{about}", reader),
        receiver_id=reader.organisation,
        sender_id=None,
        timestamp=bodies.timestamp(reader.at),
        type=wire_out.BODIES[event][0],
        warnings=(),
    )


def public_reference(about: str, reader: Reader) -> str:
    """Return the reference of an answer: the same when the same question is asked again."""
    asked = reader.reference or reader.at.isoformat()
    return str(uuid.uuid5(READ_REFERENCES, f"{asked}.{about}.{reader.organisation}"))


def written_terminal(stay: Stay) -> str:
    """Return the code of the stay's quay as CPu writes it, with four digits."""
    return TerminalCode(stay.terminal, stay.terminal).four_characters


def terminal_name(stay: Stay, parties: Parties) -> str | None:
    """Return what the operator of the stay's quay is called, None where nobody runs it."""
    operators = operators_of(parties, stay.port, (stay.terminal,))
    return party(parties, operators[0]).name if operators else None


def _found(releases: Sequence[Standing], which: Which, reader: Reader) -> Standing | Reason:
    """Return the one release that is meant; of several, the one that is still on the quay."""
    named = [
        each
        for each in releases
        if concerns(each.stay, reader.organisation, reader.parties) and _is_meant(each.stay, which)
    ]
    on_quay = [each for each in named if each.stay.on_quay]
    if len(on_quay) > 1:
        return Reason.SEVERAL_RELEASES
    newest = (on_quay or named)[-1:]
    return newest[0] if newest else Reason.NO_RELEASE_CAME


def _is_meant(stay: Stay, which: Which) -> bool:
    by_bills = not which.bills_of_lading or set(which.bills_of_lading) <= set(stay.bills_of_lading)
    named = which.release_identification
    by_number = named is None or named.casefold() == stay.release_identification.casefold()
    return stay.container == which.container and by_bills and by_number


def _refused(why: Reason, which: Which, reader: Reader) -> Notification:
    body = bodies.rejected_body(which.container, None)
    return answered(Event.NOT_VALIDATED, which.container, body, reader, (bodies.fault(why),))


def _detail(standing: Standing, reader: Reader) -> ReleaseDetail:
    stay, parties = standing.stay, reader.parties
    at_its_quay = runs_its_quay(stay, reader.organisation, parties)
    driver = None if stay.pickup is None else stay.pickup.driver
    return ReleaseDetail(
        release_id=stay.release_id,
        equipment_number=stay.container,
        release_identification=stay.release_identification,
        bill_of_lading_numbers=",".join(stay.bills_of_lading),
        release_order_reference=stay.order_reference,
        empty_return_reference=None,  # "not fully implemented" (cpu.md §2.1), nor is it here
        terminal_name=terminal_name(stay, parties),
        terminal_code=written_terminal(stay),
        port_lo_code=stay.port,
        lights=_lights(standing),
        release_date_time_utc=bodies.moment(stay.valid_from),
        # Not only where it was given, as in notifications: who reads a detail plans by it.
        expiration_date_time_utc=bodies.moment(stay.expires_at),
        shipping_agent_name=party(parties, stay.agent).name,
        encrypted_alfapass_number=driver.ciphertext if driver and at_its_quay else None,
        transport_operator=_operator(stay, reader) if _may_see_operator(stay, reader) else None,
        means_of_transport=bodies.means(stay),
        public_reference_id=public_reference(f"detail.{stay.release_id}", reader),
        external_reference_id=reader.reference,
    )


def _may_see_operator(stay: Stay, reader: Reader) -> bool:
    operator = operator_of(stay, reader.parties)
    seen = {stay.agent, stay.holder, operator}
    return reader.organisation in seen or runs_its_quay(stay, reader.organisation, reader.parties)


def _operator(stay: Stay, reader: Reader) -> TransportOperator | None:
    operator = operator_of(stay, reader.parties)
    if operator is None:
        return None
    known = party(reader.parties, operator)
    return TransportOperator(
        name=known.name,
        nxt_entity_id=known.id,
        duns=known.code(Scheme.DUNS),
        eori=known.code(Scheme.EORI),
        vat=known.code(Scheme.VAT),
        scac=known.code(Scheme.SCAC),
        apcs=known.code(Scheme.APCS),
        external_id=known.code(Scheme.EXTERNAL),
        is_alternative_system=operator in reader.elsewhere,
        cpu_roles=tuple(ROLES[role] for role in known.roles),
    )


def _lights(standing: Standing) -> tuple[Light, ...]:
    return tuple(_light(each, standing) for each in panel.shown(standing.lights))


def _light(light: panel.Shown, standing: Standing) -> Light:
    changed_at = standing.changed_at.get(light.light)
    return Light(
        green_light_name=light.name,
        green_light_value=light.value,
        color=light.color,
        label=light.label,
        date_last_updated=None if changed_at is None else bodies.moment(changed_at),
    )
