"""A truck's pick-up right with its driver sealed: done by who sends it, before any topic."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final, TypeAlias

from adapters.antwerp_cpu import codes
from adapters.antwerp_cpu.forms import NotReadable, spelt, validated
from adapters.antwerp_cpu.wire_in import PickupParty, SubmitPickupRight
from schemas.messages import Modality, SealedDriver
from schemas.plain_identity import plain_identity
from schemas.strict_json import JsonValue, UnreadableJson, canonical
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

Seal: TypeAlias = Callable[[str], SealedDriver]
"""Seals an identity for the terminal that the body names (producers/sealing.py)."""

SEALED_KIND: Final = "SealedBox"
"""The `identificationType` of a driver in the member `driver`, a word of this bus's own."""

PARTY, KIND, CODE = "pickupParty", "identificationType", "identificationCode"


def sealed(data: bytes, seal: Seal) -> bytes | Unreadable:
    """Return a SubmitPickupRight with the driver's card sealed, or why it may not be sent.

    A right that names no driver stays as it came. What is returned as bytes never shows an
    identity: where that cannot be told, it is Unreadable (fail closed). Whatever *seal* raises
    of an identity or a key that cannot be used is raised.
    """
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        return replace(content, sensitive=True)
    try:
        own = spelt(content, [])
        party = validated(SubmitPickupRight, own).pickup_party
    except NotReadable as error:
        return replace(error.why, sensitive=True)
    card = None if party is None else _card(party)
    if card is None or not isinstance(own, dict):
        shown = plain_identity(content)
        return data if shown is None else shown
    whole = own | {PARTY: _with_driver(own[PARTY], seal(card))}
    shown = plain_identity(whole)
    return canonical(whole) if shown is None else shown


def _card(party: PickupParty) -> str | None:
    # Who is neither by water nor by rail is taken for a driver.
    kind = codes.found_in(codes.MODALITIES, party.party_type or "")
    by_road = kind not in {Modality.BARGE, Modality.RAIL}
    return party.identification_code if by_road else None


def _with_driver(party: JsonValue, driver: SealedDriver) -> JsonValue:
    kept = {} if not isinstance(party, dict) else dict(party)
    kept.pop(CODE)
    return kept | {KIND: SEALED_KIND, "driver": driver.model_dump(exclude_none=True)}
