"""A party reads at the door what is its own, and another's looks to it as if it were not there."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from adapters.antwerp_cpu.standing import standings
from ledger.directory.directory import directory_of
from producers.door.antwerp_cpu.reading_calls import ENTITIES, PUBLIC_KEY, READS
from producers.door.door import NotAtHand
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.messages import Modality
from tests.adapters.story import (
    AGENT,
    CIPHERTEXT,
    CONTAINER,
    CUSTOMS,
    DIRECTORY,
    DRIVER,
    FORWARDER,
    HAULIER,
    ORGANISATIONS,
    OTHER_TERMINAL,
    RIVAL,
    TERMINAL,
    Story,
    to,
)
from tests.producers.door.house import KEY, NOW, ROOT, House
from tests.producers.door.house import TERMINAL as OWN_TERMINAL

UNKNOWN = "MSCU7029147"
UNKNOWN_ID = "0b8f1f5e-0000-4000-8000-00000000ffff"
CARD = "000000012"
STRANGERS = (RIVAL, OTHER_TERMINAL, CUSTOMS)
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def story() -> Story:
    """Tell of a release that was passed down to a haulier, who named a driver."""
    told = Story()
    told.released(release_to=to(FORWARDER))
    told.say(FORWARDER, m.Accept)
    told.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    told.say(HAULIER, m.Accept)
    told.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    return told


@dataclass(slots=True)
class Remembered:
    """A ledger and a dispatch that remember one container."""

    facts: Sequence[RecordedFact] = field(default_factory=lambda: story().facts)
    away: bool = False
    asked: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def release_id(self) -> str:
        """The one release's."""
        return standings(self.facts)[0].stay.release_id

    async def entries(self, container: str) -> Sequence[RecordedFact]:
        """Return the story of its container."""
        self._look()
        return [each for each in self.facts if each.container == container]

    async def containers_of(self, release_id: str) -> Sequence[str]:
        """Return its container for its release."""
        self._look()
        return [CONTAINER] if release_id == self.release_id else []

    async def told(
        self, system: str, container: str, since: datetime, receiver: str
    ) -> Sequence[tuple[bytes, datetime]]:
        """Return one notification, to the haulier."""
        self._look()
        self.asked.append((system, container, since, receiver))
        mine = (container, receiver) == (CONTAINER, HAULIER)
        return [(json.dumps(TOLD).encode(), NOW)] if mine else []

    def _look(self) -> None:
        if self.away:
            raise NotAtHand("planted")


TOLD = {
    "receiverId": HAULIER,
    "id": CONTAINER,
    "publicReferenceId": UNKNOWN_ID,
    "externalReferenceId": None,
    "type": "ReleaseRight",
    "event": "Transferred",
}


def house(**more: Any) -> House:
    return House(**{"kept": Remembered(), "cast": DIRECTORY, **more})


async def get(who: str, path: str, at: House | None = None, /, **query: str) -> httpx.Response:
    async with (at or house()).client(who) as client:
        return await client.get(ROOT + path, params=query)


def paths(container: str, release_id: str) -> list[tuple[str, dict[str, str]]]:
    """Return every call that reads something of one party, about this container."""
    box = f"/BEANR/containers/{container}/import"
    return [
        (f"/BEANR/containers/import/release-rights/{container}", {}),
        ("/BEANR/containers/import/release-rights", {"equipmentnumberfilter": container}),
        (f"{box}/release-lights-status", {}),
        (f"{box}/green-light-status", {}),
        ("/release-rights", {"releaseId": release_id}),
        ("/notifications", {"EquipmentNumber": container}),
    ]


@pytest.mark.parametrize("who", [AGENT, FORWARDER, HAULIER, TERMINAL])
async def test_whom_a_release_concerns_reads_how_it_stands(who: str) -> None:
    detail, listed, lights, combined = [
        (await get(who, path, house(), **query)).json()
        for path, query in paths(CONTAINER, UNKNOWN_ID)[:4]
    ]

    assert {each["receiverId"] for each in (detail, listed, lights, combined)} == {who}
    assert detail["event"] == "GetReleaseDetail"
    assert detail["body"]["equipmentNumber"] == CONTAINER
    sealed_for = CIPHERTEXT if who == TERMINAL else None
    assert detail["body"]["encryptedAlfapassNumber"] == sealed_for
    assert listed["body"]["totalRows"] == 1
    assert lights["body"]["lights"]
    assert combined["body"]["greenLightColor"] == "Red"


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("place", range(6))
async def test_anothers_release_looks_like_none(who: str, place: int) -> None:
    kept = Remembered()
    answers = []
    for container, release_id in ((CONTAINER, kept.release_id), (UNKNOWN, UNKNOWN_ID)):
        path, query = paths(container, release_id)[place]
        got = await get(who, path, house(kept=kept), **query)
        shown = GUID.sub("GUID", got.text.replace(container, "BOX"))
        answers.append((got.status_code, shown, sorted(got.headers.keys())))

    assert answers[0] == answers[1]


async def test_the_sealed_driver_goes_to_the_quay_of_the_release_alone() -> None:
    kept = Remembered()
    for who in (AGENT, FORWARDER, HAULIER, *STRANGERS):
        got = await get(who, "/release-rights", house(kept=kept), releaseId=kept.release_id)
        assert (got.status_code, CIPHERTEXT in got.text) == (404, False)

    got = await get(TERMINAL, "/release-rights", house(kept=kept), releaseId=kept.release_id)
    assert got.json()["encryptedAlfapassNumber"] == CIPHERTEXT


async def test_a_release_is_looked_for_in_the_port_of_the_path() -> None:
    got = await get(HAULIER, f"/BEZEE/containers/import/release-rights/{CONTAINER}")

    assert got.json()["event"] == "NotValidated"


async def test_the_callers_own_reference_comes_back() -> None:
    path = f"/BEANR/containers/import/release-rights/{CONTAINER}"

    got = await get(HAULIER, path, externalReferenceId="BUS-1")

    assert got.json()["externalReferenceId"] == "BUS-1"
    assert (await get(HAULIER, path, externalReferenceId="\t")).status_code == 400


async def test_what_a_party_was_told_is_told_it_again_and_nobody_else() -> None:
    kept = Remembered()
    path, asked = "/notifications", {"EquipmentNumber": "cpuu 100001-0", "DaysInBetween": "3"}

    mine = await get(HAULIER, path, house(kept=kept), **asked)
    none = await get(HAULIER, path, house(kept=kept), **asked, NotificationEvent="Block")
    others = await get(FORWARDER, path, house(kept=kept), **asked)

    assert [each["event"] for each in mine.json()] == ["Transferred"]
    assert json.loads(mine.json()[0]["message"]) == TOLD
    assert (none.json(), others.json()) == ([], [])
    since = NOW - timedelta(days=3)
    assert kept.asked[0] == ("antwerp_cpu", CONTAINER, since, HAULIER)
    assert kept.asked[2] == ("antwerp_cpu", CONTAINER, since, FORWARDER)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"/BEANR/containers/import/release-rights/{CARD}", {}),
        ("/BEANR/containers/import/release-rights", {}),
        ("/BEANR/containers/import/release-rights", {"equipmentnumberfilter": CARD}),
        (
            "/BEANR/containers/import/release-rights",
            {"equipmentnumberfilter": CONTAINER, "status": CARD},
        ),
        ("/notifications", {}),
        ("/notifications", {"EquipmentNumber": CARD}),
        ("/notifications", {"EquipmentNumber": CONTAINER, "DaysInBetween": "x"}),
        ("/entities", {}),
        ("/entities", {"Vat": f"?{CARD}"}),
    ],
    ids=str,
)
async def test_what_cannot_be_asked_is_told_without_repeating_it(
    path: str, query: dict[str, str]
) -> None:
    got = await get(HAULIER, path, house(), **query)

    assert got.status_code == 400, got.text
    assert CARD not in got.text


@pytest.mark.parametrize(("path", "query"), paths(CONTAINER, UNKNOWN_ID), ids=str)
async def test_what_cannot_be_read_is_told(path: str, query: dict[str, str]) -> None:
    away = await get(HAULIER, path, house(kept=Remembered(away=True)), **query)
    never = await get(HAULIER, path, house(kept=None), **query)

    assert (away.status_code, "retry-after" in away.headers) == (503, True)
    assert never.status_code == 501


async def test_who_is_newer_than_the_doors_directory_is_waited_for() -> None:
    behind = directory_of((each for each in ORGANISATIONS if each.id != AGENT), 1)
    path, query = paths(CONTAINER, UNKNOWN_ID)[1]

    got = await get(HAULIER, path, house(cast=behind), **query)

    assert (got.status_code, "retry-after" in got.headers) == (503, True)


async def test_the_phone_book_and_the_keys_of_quays_are_everybodys() -> None:
    found = await get(HAULIER, "/entities", Vat="be 0400.000.001")
    key = await get(
        OWN_TERMINAL, PUBLIC_KEY.path, House(), portLoCode="BEANR", terminalCode="K1742"
    )
    none = await get(
        OWN_TERMINAL, PUBLIC_KEY.path, House(), portLoCode="BEANR", terminalCode="1700"
    )
    nowhere = await get(OWN_TERMINAL, PUBLIC_KEY.path, House())

    assert [each["nxtEntityId"] for each in found.json()["phoneBookItems"]] == [FORWARDER]
    assert key.json() == {
        "errors": [],
        "terminalNxtEntityId": OWN_TERMINAL,
        "publicKey": KEY.public_key,
        "keyId": KEY.key_id,
    }
    assert (none.status_code, nowhere.status_code) == (404, 404)
    assert ENTITIES.path == "/entities"


@pytest.mark.parametrize("each", READS, ids=lambda each: str(each.path))
async def test_nobody_reads_without_a_token_and_nothing_is_kept_on_the_way(each: Any) -> None:
    path = each.path.format(port_locode="BEANR", equipment_number=CONTAINER)

    assert (await get("", path)).status_code == 401
    assert (await get(HAULIER, path)).headers["cache-control"] == "no-store"
