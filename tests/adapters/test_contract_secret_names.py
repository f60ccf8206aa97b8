"""Every system that speaks JSON: what a member's name or its words tell to be a secret goes."""

import json

import pytest

from adapters.contract import System
from adapters.registry import systems

SYSTEMS = [each for each in systems().values() if any("json" in media for media in each.media_in)]
every_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: str(system.name))

NAMES = (
    *("P.I.N.", "p_i_n", "p i n", "pi\u200bn", "pinNo", "pinwaarde", "afhaalcode", "codeSortie"),
    *("accessCode", "releaseCode", "codeTCT", "Alfa_Pass", "driver", "Fahrer", "conducteur"),
    *(
        "bestuurder",
        "firstName",
        "lastName",
        "licencePlate",
        "kenteken",
        "cardNumber",
        "badgeNumber",
    ),
)
WORDS = (
    *("https://h/?pin=4711", "https://h/?p%69n=4711", '{"pin":"4711"}', "cGluPTQ3MTE="),
    *('{\\"pin\\":\\"4711\\"}', "PIN 4711", "TCT 4711", "code 48_21", "eyJwaW4iOiI0NzExIn0"),
)
KEPT = (
    *("ALPINE TRANSPORT 2000 B.V.", "SPINNAKER 247 BV", "HLCUSHA2403OTP12", "MEDUPIN12345"),
    *("CPUU1000010", "2026-03-01T08:00:00Z", "BE0400000001"),
)


def redacted(system: System, content: object) -> str:
    return system.functions.redact(json.dumps(content, ensure_ascii=False).encode()).decode()


@every_system
def test_a_secret_or_a_person_is_known_by_the_members_name(system: System) -> None:
    for name in NAMES:
        for value in ("Q47A", 4711, ["Q47A", "4711"], {"x": "Q47A"}):
            once = redacted(system, {"a": [{name: value, "b": "kept"}]})

            assert not any(each in once for each in ("Q47A", "4711")), name
            assert "kept" in once, name


@every_system
def test_a_secret_that_a_text_tells_is_taken_out(system: System) -> None:
    for text in WORDS:
        assert json.loads(redacted(system, {"a": [{"x": text}]})) == {"a": [{"x": "[redacted]"}]}


@every_system
def test_what_is_no_secret_stays(system: System) -> None:
    for text in KEPT:
        assert json.loads(redacted(system, {"agent": text})) == {"agent": text}
        assert json.loads(redacted(system, {"agent": [text]})) == {"agent": [text]}
