"""A webhook comes onto its system's topic, redacted and signed, or the system is told why not."""

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from adapters.registry import systems
from consumers.dispatch.incoming.desk import IncomingDesk, Said
from consumers.intake.trust import Trust, trust_everywhere
from ledger.directory.directory import Directory, directory_of
from producers.door.allowance import Rate
from producers.door.door import SystemsUnreadable, Voice
from producers.door.entrance import LARGEST_BODY_BYTES
from producers.door.hooks.known import webhooks_in
from schemas.envelope import ORGANISATION_SOURCE
from schemas.keys import Gateway
from schemas.organisations import Organisation
from schemas.signatures import SignaturePolicy
from schemas.topics import system_in
from schemas.value import altered
from tests.adapters.portbase.samples import members
from tests.adapters.scr.samples import ADDRESS, sample
from tests.consumers.intake.records import came
from tests.producers.door.house import INLAND, NOW, SPEAKS_AS, House, directory

HOOK = "/hooks/portbase"
SPEAKER = "NXT21000000031"
PIN = "493827"


@dataclass(slots=True)
class Known:
    """Knows systems by the header `x-key`, or by the path; may be unable to look."""

    broken: bool = False
    asked: list[str] = field(default_factory=list)

    def known_by(
        self, system: str, headers: Mapping[str, str], in_path: str, _body: bytes = b""
    ) -> str | None:
        """Take `good` for anybody's secret."""
        if self.broken:
            raise SystemsUnreadable("the file")
        self.asked.append(system)
        return "secret" if "good" in {headers.get("x-key"), in_path} else None

    def stands_in_body(self, _system: str) -> bool:
        """Read no body first."""
        return False


def cast(*spoken_for: str) -> Directory:
    """Return the cast, with who speaks for Portbase and SCR and has appointed the door."""
    appointed = (Gateway(INLAND, NOW),)
    speakers = [
        Organisation(f"{SPEAKER[:-1]}{number}", 1, name, (), system=name, gateways=appointed)
        for number, name in enumerate(spoken_for, 1)
    ]
    return directory_of((*directory().by_id.values(), *speakers), version=1)


def house(**more: Any) -> House:
    settings: dict[str, Any] = {"hooks": Known(), "cast": cast("portbase", "scr")} | more
    return House(**settings)


async def told(
    where: House, body: bytes, path: str = HOOK, key: str = "good", **headers: str
) -> tuple[int, dict[str, str]]:
    async with where.client() as client:
        got = await client.post(path, content=body, headers={"x-key": key, **headers})
    return got.status_code, dict(got.headers)


def state() -> bytes:
    return json.dumps(members("P4")).encode()


async def test_it_is_on_its_systems_topic_when_the_system_is_told_so() -> None:
    where = house()

    assert (await told(where, state()))[0] == 202

    (record,) = where.published.records
    assert (record.topic, record.value) == (system_in("portbase").name, state())
    assert where.published.headers["ce_source"] == ORGANISATION_SOURCE + SPEAKER
    assert where.published.headers["ce_type"] == "portbase.webhook"
    assert record.key == b"HLCUSSZ2602ABC01"


async def test_what_scr_tells_comes_on_the_releases_topic_by_the_release_it_is_about() -> None:
    where = house()

    assert (await told(where, json.dumps(sample("S1_transfer")).encode(), "/hooks/scr"))[0] == 202

    (record,) = where.published.records
    assert (record.topic, record.key) == ("releases.scr.v1", ADDRESS.encode())


async def test_no_pin_passes_the_door() -> None:
    where = house()
    body = json.dumps({**members("P4"), "pinCode": PIN, "encryptedPin": PIN}).encode()

    assert (await told(where, body))[0] == 202

    assert PIN.encode() not in (where.published.last.value or b"")


@pytest.mark.parametrize("signed", [True, False])
async def test_dispatch_hears_it_as_the_systems_own_word(*, signed: bool) -> None:
    where = house(voice=Voice(INLAND, SPEAKS_AS) if signed else None)
    await told(where, state())

    policy = SignaturePolicy.REQUIRED if signed else SignaturePolicy.OFF
    said = _desk(where, trust_everywhere(policy, None)).said(_as_read(where))

    assert isinstance(said, Said), said
    assert said.attestation.organisation == SPEAKER
    assert said.correlation_id == "HLCUSSZ2602ABC01"
    if signed:
        assert (said.attestation.via, said.attestation.channel) == (INLAND, "https")


async def test_two_that_look_the_same_are_two() -> None:
    where = house()
    for _ in range(2):
        await told(where, state())

    first, second = (dict(each.headers)["ce_id"] for each in where.published.records)
    assert first != second


async def test_the_secret_may_stand_in_the_path() -> None:
    where = house()

    assert (await told(where, state(), f"{HOOK}/good", key=""))[0] == 202
    assert (await told(where, state(), f"{HOOK}/bad", key=""))[0] == 401


@pytest.mark.parametrize("path", [HOOK, f"{HOOK}/other"])
async def test_a_stranger_is_told_nothing_and_is_held_back_soon(path: str) -> None:
    where = house(strangers=Rate(per_second=0.5, burst=2))
    async with where.client() as client:
        got = [await client.post(path, content=state()) for _ in range(3)]
        known = await client.post(HOOK, content=state(), headers={"x-key": "good"})

    assert [each.status_code for each in got] == [401, 401, 429]
    assert known.status_code == 202
    assert len(where.published.records) == 1


async def test_a_system_that_calls_too_often_is_told_when_and_no_other_is() -> None:
    where = house(of_systems=Rate(per_second=0.5, burst=2))
    event = json.dumps(sample("S1_transfer")).encode()
    async with where.client() as client:
        client.headers["x-key"] = "good"
        got = [await client.post(HOOK, content=state()) for _ in range(3)]
        other = await client.post("/hooks/scr", content=event)
        where.now += 2
        later = await client.post(HOOK, content=state())

    assert [each.status_code for each in got] == [202, 202, 429]
    assert got[2].headers["retry-after"] == "2"
    assert (other.status_code, later.status_code) == (202, 202)


async def test_a_token_in_the_body_opens_and_stands_on_no_topic(tmp_path: Path) -> None:
    key = ECKey.generate_key("P-256")
    (tmp_path / "scr.pem").write_bytes(key.as_pem(private=False))
    file = tmp_path / "webhooks.toml"
    file.write_text(
        f"[webhook.scr]\ntoken_key_file = '{tmp_path / 'scr.pem'}'\ntoken_member = 'token'\n"
    )
    where = house(hooks=webhooks_in(file, systems()))
    good = jwt.encode({"alg": "ES256"}, {"exp": int(time.time()) + 60}, key)
    old = jwt.encode({"alg": "ES256"}, {"exp": int(time.time()) - 60}, key)
    other = jwt.encode(
        {"alg": "ES256"}, {"exp": int(time.time()) + 60}, ECKey.generate_key("P-256")
    )
    event = sample("S1_transfer")

    for token in (old, other, "", good[:-8]):
        body = json.dumps({**event, "token": token}).encode()
        assert (await told(where, body, "/hooks/scr"))[0] == 401, token
    in_header = {"authorization": f"Bearer {good}"}
    assert (await told(where, json.dumps(event).encode(), "/hooks/scr", **in_header))[0] == 401
    assert (await told(where, b"no json", "/hooks/scr"))[0] == 401
    assert where.published.records == []
    body = json.dumps({**event, "token": good}).encode()
    assert (await told(where, body, "/hooks/scr"))[0] == 202

    (record,) = where.published.records
    assert good.encode() not in (record.value or b"")
    said = _desk(where, trust_everywhere(SignaturePolicy.OFF, None)).said(_as_read(where))
    assert isinstance(said, Said), said
    assert said.correlation_id == ADDRESS


async def test_without_a_file_of_webhooks_no_system_comes_in() -> None:
    where = House(cast=cast("portbase"))

    assert (await told(where, state()))[0] == 401


async def test_a_system_that_tells_nothing_has_no_hook() -> None:
    assert (await told(house(), state(), "/hooks/nobody"))[0] == 404


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"hooks": Known(broken=True)}, "No webhook of portbase is let in"),
        ({"cast": cast("scr")}, "Nobody in the directory speaks for portbase"),
        ({"voice": Voice("NXT21000000009", SPEAKS_AS)}, "may not speak for"),
    ],
)
async def test_what_is_our_own_fault_is_told_to_the_operator_and_comes_again(
    more: dict[str, Any], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    where = house(**more)

    status, headers = await told(where, state())

    assert (status, headers["retry-after"]) == (503, "5")
    assert said in caplog.text
    assert where.published.records == []


async def test_who_did_not_appoint_the_door_is_not_spoken_for() -> None:
    alone = altered(cast("portbase").by_id[SPEAKER], gateways=())
    known = directory_of((*directory().by_id.values(), alone), version=1)

    status, _ = await told(house(cast=known, voice=Voice(INLAND, SPEAKS_AS)), state())

    assert status == 503


async def test_a_broker_that_is_away_asks_for_it_again() -> None:
    where = house()
    where.published.away = True

    assert (await told(where, state()))[0] == 503


async def test_more_than_a_topic_takes_is_refused() -> None:
    where = house()

    assert (await told(where, b" " * (LARGEST_BODY_BYTES + 1)))[0] == 413
    assert where.published.records == []


async def test_nothing_of_what_came_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    where = house()
    for body in (b"\xff\x00 493827", json.dumps({"pin": PIN}).encode(), b""):
        assert (await told(where, body, f"{HOOK}/good-secret-path", key="good"))[0] == 202

    assert PIN not in caplog.text
    own = [each for each in caplog.records if each.name.startswith("producers")]
    assert not any("good" in each.getMessage() for each in own)


def _desk(where: House, trust: Trust) -> IncomingDesk:
    return IncomingDesk(systems(), where.cast, "", trust)


def _as_read(where: House) -> Any:
    record = where.published.last
    return came(record.topic, record.value, record.headers, key=record.key)
