"""The bodies that CPu once had, or spells in two ways, are understood all the same."""

import json
from datetime import UTC, datetime

import pytest

from adapters.antwerp_cpu.parse import parse
from adapters.contract import NOTHING, Parsed, Part
from schemas import messages as m
from schemas.messages import Modality, SealedDriver
from tests.adapters.antwerp_cpu.samples import PREFIX, changed, members, sample
from tests.adapters.story import DRIVER

SEALED = DRIVER.model_dump(exclude_none=True)


def parsed(body: str, data: bytes, **headers: str) -> Parsed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse(data, {"ce_type": PREFIX + body, "ce_id": "BUS-000001", **named}, NOTHING)


def part(body: str, data: bytes, **headers: str) -> Part:
    found = parsed(body, data, **headers)
    assert found.problems == ()
    (only,) = found.messages
    return only


# --- the gate-out of 2020 (cpu.md §2.5) ---------------------------------------------------------


def test_the_gate_out_of_2020_takes_its_quay_from_the_call() -> None:
    found = part("GateOut", sample("GATEOUT"), terminal_code="K1742")

    assert found.message == m.ReportGateOut(
        container="CPUU1000010",
        port="BEANR",
        terminal="1742",
        bills_of_lading=("BLTEST0001",),
    )
    assert found.occurred_at == datetime(2025, 3, 2, 6, 10, tzinfo=UTC)
    assert found.findings == ("terminal_normalised: K1742",)


def test_a_gate_out_may_name_its_quay_and_its_stay() -> None:
    data = changed("GATEOUT", terminalCode="1742", stayNumber="V185322")

    message = part("GateOut", data).message

    assert isinstance(message, m.ReportGateOut)
    assert (message.terminal, message.stay_number) == ("1742", "V185322")


def test_a_gate_out_of_no_quay_is_told() -> None:
    (problem,) = parsed("GateOut", sample("GATEOUT")).problems

    assert (problem.code, problem.position) == ("field_missing", "$.terminalCode")


# --- the driver ---------------------------------------------------------------------------------


def with_party(**party: object) -> bytes:
    return changed("E11", pickupParty={"partyType": "Truck", **party})


@pytest.mark.parametrize("kind", ["Alfapass", "SealedBox", None])
def test_a_sealed_driver_is_assigned(kind: str | None) -> None:
    found = part("SubmitPickupRight", with_party(driver=SEALED, identificationType=kind))

    assert isinstance(found.message, m.AssignPickup)
    assert found.message.modality is Modality.TRUCK
    assert found.message.driver == SealedDriver.model_validate(SEALED)
    assert found.occurred_at == datetime(2025, 3, 2, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "party",
    [
        {"driver": SEALED | {"ciphertext": "MDAwMDAwMDEy"}},
        {"driver": SEALED | {"name": "Jo"}},
        {"driver": "000000012"},
        {"driver": SEALED, "identificationCode": "000000012"},
        {"mobilePhoneNumber": "+32470000000"},
    ],
)
def test_a_driver_in_plain_is_refused_and_its_dead_letter_keeps_a_digest(
    party: dict[str, object],
) -> None:
    found = parsed("SubmitPickupRight", with_party(**party))

    assert found.messages == ()
    assert all(problem.sensitive for problem in found.problems)
    assert "000000012" not in repr(found)
    assert "32470000000" not in repr(found)


def test_a_truck_without_a_driver_is_for_the_law_to_refuse() -> None:
    message = part("SubmitPickupRight", with_party()).message

    assert isinstance(message, m.AssignPickup)
    assert message.driver is None


# --- spelt as in 2020, in the guides, or as CPu itself answers (cpu.md §7 rules 11 to 13) -

DRIFT = [
    # body, sample, members as they are spelt elsewhere, the same members as of 2023
    ("CommercialReleaseAction", "E1", {"port-locode": "BEANR"}, {"portLoCode": "BEANR"}),
    ("CommercialReleaseAction", "E1", {"portLocode": "BEANR"}, {"portLoCode": "BEANR"}),
    (
        "CommercialReleaseAction",
        "E1",
        {"expirationDatetimeUtc": "2025-05-01T08:00:00Z"},
        {"expirationDateTimeUtc": "2025-05-01T08:00:00Z"},
    ),
    (
        "CommercialReleaseAction",
        "E1",
        {"equipment-number": "CPUU1000010"},
        {"equipmentNumber": "CPUU1000010"},
    ),
    (
        "CommercialReleaseAction",
        "E1",
        {"releaseTo": {"identificationType": "TIN", "identificationCode": "BE0400000001"}},
        {"releaseTo": {"identificationType": "Tin", "identificationCode": "BE0400000001"}},
    ),
    (
        "ReleaseRightAction",
        "E4",
        {"releaseTo": {"identificationType": "APCS", "identificationCode": "ZA0001"}},
        {"releaseTo": {"identificationType": "Apcs", "identificationCode": "ZA0001"}},
    ),
    (
        "ReleaseRightAction",
        "E4",
        {"billOfLadingNumbers": "BLTEST0001,BLTEST0002"},
        {"billOfLadingNumbers": ["BLTEST0001", "BLTEST0002"]},
    ),
    ("ReleaseRightAction", "E6", {"actionType": "ACCEPT"}, {"actionType": "Accept"}),
    ("TerminalRelease", "E13", {"terminalCode": "Kaai1742"}, {"terminalCode": "01742"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "number", "then", "now"), DRIFT)
def test_what_was_spelt_otherwise_is_the_same_message(
    body: str, number: str, then: dict[str, object], now: dict[str, object]
) -> None:
    plain = {name.replace("-", "").lower() for name in (*then, *now)}
    rest = {n: v for n, v in members(number).items() if n.lower() not in plain}

    found = part(body, json.dumps(rest | then).encode())

    assert found.message == part(body, json.dumps(rest | now).encode()).message
