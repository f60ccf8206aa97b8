"""The bodies of CPu's notifications, made of what the ledger recorded (cpu.md §4.3)."""

from datetime import UTC, datetime
from typing import TypedDict

from adapters.antwerp_cpu import codes
from adapters.antwerp_cpu.wire_out import (
    Fault,
    KeyBody,
    KeyParty,
    LightBody,
    RejectedBody,
    RightBody,
    TerminalBody,
)
from adapters.antwerp_cpu.wire_words import ActionType, MeansOfTransport, Party
from adapters.contract import Parties
from adapters.parties import party
from schemas.identifiers import Scheme, TerminalCode
from schemas.messages import Modality
from schemas.reasons import Reason
from schemas.stay import PickupRight, Stay
from schemas.words import explained


class _Papers(TypedDict):
    """The members that all bodies about a release have in common."""

    terminal_code: str
    port_lo_code: str
    equipment_number: str
    bill_of_lading_numbers: tuple[str, ...]
    release_identification: str
    release_id: str
    release_date_time_utc: str
    expiration_date_time_utc: str | None


def party_block(parties: Parties, organisation: str) -> Party:
    """Return the party block of an organisation; raise PartyMissing where it is not known."""
    known = party(parties, organisation)
    return Party(
        nxt_entity_id=known.id,
        name=known.name,
        eori=known.code(Scheme.EORI),
        tin=known.code(Scheme.VAT),
        apcs=known.code(Scheme.APCS),
        duns=known.code(Scheme.DUNS),
        external_id=known.code(Scheme.EXTERNAL),
    )


def light_body(
    stay: Stay, parties: Parties, name: str, original: str | None, new: str
) -> LightBody:
    """Return the body that tells of one light (E3)."""
    papers = _papers(stay)
    return LightBody(
        carrier=party_block(parties, stay.agent),
        green_light_name=name,
        original_value=original,
        new_value=new,
        means_of_transport=means(stay),
        **papers,
    )


def right_body(
    stay: Stay,
    parties: Parties,
    action: ActionType | None,
    *,
    sender: str | None,
    hop: tuple[str, str] | None = None,
) -> RightBody:
    """Return the body that tells what became of a release or its right (E5).

    *hop* is who gave the right to whom; where several hops are meant, none is named: a party
    need not know the whole chain (design.md §8).
    """
    giver, receiver = hop if hop is not None else (None, None)
    return RightBody(
        sender=_block(parties, sender),
        carrier=party_block(parties, stay.agent),
        release_from=_block(parties, giver),
        release_to=_block(parties, receiver),
        action_type=action,
        **_papers(stay),
    )


def terminal_body(stay: Stay, parties: Parties, sender: str | None) -> TerminalBody:
    """Return the body that tells what the terminal reported."""
    return TerminalBody(
        sender=_block(parties, sender),
        carrier=party_block(parties, stay.agent),
        means_of_transport=means(stay),
        **_papers(stay),
    )


def key_body(stay: Stay, parties: Parties, operator: str, pickup: PickupRight | None) -> KeyBody:
    """Return the body that tells of the digital key; the driver stands in it masked only."""
    return KeyBody(
        carrier=party_block(parties, stay.agent),
        transport_operator=party_block(parties, operator),
        pickup_party=None if pickup is None else _collector(pickup),
        **_papers(stay),
    )


def rejected_body(container: str, stay: Stay | None) -> RejectedBody:
    """Return the echo of a request; its papers only where *stay* may be shown to the sender."""
    return RejectedBody(
        equipment_number=container,
        bill_of_lading_numbers=() if stay is None else stay.bills_of_lading,
        release_identification=None if stay is None else stay.release_identification,
    )


def fault(reason: Reason) -> Fault:
    """Return what is told of a request that was refused."""
    return Fault(
        error_code=codes.error_code(reason), error_description=explained(reason).sentence()
    )


def timestamp(time: datetime) -> str:
    """Return *time* with seven fractional digits, as the envelope has it (cpu.md §4.3)."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}0Z"


def moment(time: datetime) -> str:
    """Return *time* as the bodies have it: a fraction only where there is one (E3, E5)."""
    return f"{time.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


def means(stay: Stay) -> MeansOfTransport | None:
    """Return how the container leaves, None until that is known (E3)."""
    by = stay.leaves_by
    return None if by is None or by is Modality.UNKNOWN else codes.MEANS[by]


def _block(parties: Parties, organisation: str | None) -> Party | None:
    return None if organisation is None else party_block(parties, organisation)


def _papers(stay: Stay) -> _Papers:
    return _Papers(
        terminal_code=TerminalCode(stay.terminal, stay.terminal).four_characters,
        port_lo_code=stay.port,
        equipment_number=stay.container,
        bill_of_lading_numbers=stay.bills_of_lading,
        release_identification=stay.release_identification,
        release_id=stay.release_id,
        release_date_time_utc=moment(stay.valid_from),
        # Null although the default of sixty days applies (cpu.md §7 rule 3).
        expiration_date_time_utc=moment(stay.expires_at) if stay.expiry_given else None,
    )


def _collector(pickup: PickupRight) -> KeyParty:
    driver = pickup.driver
    return KeyParty(
        party_type=codes.MEANS[pickup.modality],
        alfapass_number_mask=None if driver is None else driver.mask,
        driver_alias=None if driver is None else driver.alias,
    )
