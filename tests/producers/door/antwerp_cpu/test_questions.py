"""A terminal's system asks its gate through the door, and nobody else's."""

import logging

import pytest

from producers.door.door import GateAnswers
from schemas.unreadable import Unreadable
from tests.adapters.antwerp_cpu.samples import sample
from tests.producers.door.house import HAULIER, INLAND, PORT, QUAY, ROOT, TERMINAL, House

VALIDATE = f"{ROOT}/BEANR/sync-validation/pickup/containers"
IDENTIFY = f"{ROOT}/BEANR/validation/pickup/identification"
CARD = "000000012"


def gate(answer: bytes | Unreadable = b'{"valid": true}') -> GateAnswers:
    async def identify(data: bytes) -> bool | Unreadable:
        return answer if isinstance(answer, Unreadable) else CARD.encode() in data

    return GateAnswers(validate=lambda _data: answer, identify=identify)


async def test_the_gate_answers_its_own_terminal() -> None:
    house = House(gates={(PORT, QUAY): gate()})
    who = {"identificationType": "Alfapass", "identificationCode": CARD}
    async with house.client(TERMINAL) as client:
        valid = await client.post(VALIDATE, content=sample("E15a"))
        known = await client.post(IDENTIFY, json=who)
        unknown = await client.post(IDENTIFY, json={})

    assert (valid.status_code, valid.json()) == (200, {"valid": True})
    assert (known.json(), unknown.json()) == (True, False)
    assert valid.headers["cache-control"] == "no-store"
    assert house.published.records == []


@pytest.mark.parametrize("caller", [HAULIER, INLAND])
async def test_nobody_else_is_answered(caller: str) -> None:
    house = House(gates={(PORT, QUAY): gate()})
    async with house.client(caller) as client:
        got = await client.post(VALIDATE, content=sample("E15a"))

    assert (got.status_code, got.json()["type"]) == (403, "urn:releasebus:problem:not_your_gate")


async def test_of_two_quays_the_one_that_is_named_answers() -> None:
    house = House(gates={(PORT, QUAY): gate(), (PORT, "1700"): gate(b'{"quay": 1700}')})
    answers = []
    async with house.client(TERMINAL) as client:
        for named in (
            {},
            {"terminal-code": "K1700"},
            {"terminal-code": "9"},
            {"terminal-code": ""},
        ):
            got = await client.post(VALIDATE, content=sample("E15a"), headers=named)
            answers.append((got.status_code, got.json().get("quay")))

    assert answers == [(400, None), (200, 1700), (403, None), (403, None)]


async def test_in_another_port_no_gate_answers() -> None:
    house = House(gates={(PORT, QUAY): gate()})
    async with house.client(TERMINAL) as client:
        elsewhere = await client.post(VALIDATE.replace("BEANR", "NLRTM"), content=b"{}")
        nowhere = await client.post(VALIDATE.replace("BEANR", CARD * 3), content=b"{}")

    assert (elsewhere.status_code, nowhere.status_code) == (403, 400)
    assert CARD not in nowhere.text


async def test_a_question_that_cannot_be_read_is_told_where(
    caplog: pytest.LogCaptureFixture,
) -> None:
    why = Unreadable("field_missing", "$.alfapassNumber", "The card's number is missing.")
    house = House(gates={(PORT, QUAY): gate(why)})
    with caplog.at_level(logging.DEBUG):
        async with house.client(TERMINAL) as client:
            got = [
                await client.post(path, content=sample("E15a")) for path in (VALIDATE, IDENTIFY)
            ]

    assert [each.status_code for each in got] == [400, 400]
    assert got[0].json()["errors"][0]["position"] == "$.alfapassNumber"
    assert CARD not in caplog.text
