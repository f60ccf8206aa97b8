"""A driver's card leaves its sender sealed or not at all, and the sealed body is a message."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.antwerp_cpu.parse import parse
from adapters.antwerp_cpu.redact import redact
from adapters.antwerp_cpu.sealing import sealed
from adapters.contract import NOTHING
from consumers.gate.opening import TerminalKeys
from consumers.gate.rights import SealedBox
from producers.sealing import UnusableIdentity, new_terminal_key, seal
from schemas import messages as m
from schemas.messages import Modality, SealedDriver
from schemas.unreadable import Unreadable
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, members, sample

KEY = new_terminal_key()
CARD = "000000012"
HEADERS = {"ce_type": f"{PREFIX}SubmitPickupRight", "ce_id": "BUS-000001"}


def for_the_terminal(identity: str) -> SealedDriver:
    return seal(identity, KEY.public_key, KEY.key_id)


def sealed_body(data: bytes) -> bytes:
    body = sealed(data, for_the_terminal)
    assert isinstance(body, bytes)
    return body


def test_e11_sealed_differs_from_what_came_in_its_party_alone() -> None:
    content, came = json.loads(sealed_body(sample("E11"))), members("E11")
    driver = content["pickupParty"].pop("driver")

    assert content["pickupParty"] == {"partyType": "Truck", "identificationType": "SealedBox"}
    assert {**content, "pickupParty": None} == {**came, "pickupParty": None}
    assert set(driver) == {"key_id", "ciphertext", "mask"}
    assert driver["mask"] == "**12"
    assert CARD not in json.dumps(content)


def test_e11_sealed_assigns_the_driver_whom_the_terminals_own_key_opens() -> None:
    (part,) = parse(sealed_body(sample("E11")), HEADERS, NOTHING).messages

    message = part.message
    assert isinstance(message, m.AssignPickup)
    assert (message.container, message.terminal) == ("CPUU1000010", "1742")
    assert message.modality is Modality.TRUCK
    assert message.driver is not None
    box = SealedBox(message.driver.key_id, message.driver.ciphertext)
    assert TerminalKeys({KEY.key_id: KEY.private_key}).names(box, CARD) is True
    assert part.findings == ()


def test_a_sealed_driver_passes_the_redaction_and_nothing_else_does() -> None:
    body = sealed_body(sample("E11"))
    content = json.loads(body)
    content["pickupParty"]["driver"]["name"] = "Jo"

    assert redact(body) == body
    assert b"ciphertext" not in redact(json.dumps(content).encode())


def test_a_right_that_names_no_driver_stays_as_it_came() -> None:
    revoked = changed("E11", actionType="Revoke", pickupParty=None)
    train = {"partyType": "Rail", "identificationType": "Tin", "identificationCode": "BE1"}
    by_rail = changed("E11", pickupParty=train)

    assert sealed(revoked, for_the_terminal) == revoked
    assert sealed(by_rail, for_the_terminal) == by_rail


@pytest.mark.parametrize(
    "data",
    [
        b'{"pickupParty":{"identificationCode":"000000012"',
        changed("E11", pickupParty={"identificationCode": ["000000012"]}),
        changed("E11", alfapassNumber=CARD),
        b'{"pickupParty":"000000012"}',
    ],
)
def test_what_might_show_the_card_all_the_same_is_not_sent(data: bytes) -> None:
    refused = sealed(data, for_the_terminal)

    assert isinstance(refused, Unreadable)
    assert refused.sensitive
    assert CARD not in repr(refused)


def test_a_card_that_cannot_be_sealed_is_told_to_who_sends_it() -> None:
    party = {"partyType": "Truck", "identificationType": "Alfapass", "identificationCode": " "}

    with pytest.raises(UnusableIdentity):
        sealed(changed("E11", pickupParty=party), for_the_terminal)


SPELLINGS = st.sampled_from(["pickupParty", "PickupParty", "pickup-party", "pickupparty"])
KINDS = st.sampled_from(["Alfapass", "ALFAPASS", "Card", None])
TYPES = st.sampled_from(["Truck", "truck", "TRUCK", "Walk", None])


@given(name=SPELLINGS, kind=KINDS, party_type=TYPES, beside=st.sampled_from(["x", "driverName"]))
def test_whatever_it_is_called_no_card_is_in_what_is_sent(
    name: str, kind: str | None, party_type: str | None, beside: str
) -> None:
    party: dict[str, Any] = {"identificationCode": CARD, beside: None}
    party |= {"identificationType": kind, "partyType": party_type}
    content = {**members("E11"), "pickupParty": None, name: party}
    kept = {own: value for own, value in content.items() if value is not None}

    result = sealed(json.dumps(kept).encode(), for_the_terminal)

    assert isinstance(result, Unreadable) or CARD.encode() not in result
