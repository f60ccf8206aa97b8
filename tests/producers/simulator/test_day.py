"""The plan of a day: the same again, valid, private, and lawful to the last answer."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby, islice, pairwise

import pytest

from producers.sealing import TerminalKey
from producers.simulator import Day, Letter, as_expected, cast_of, plan_day, unfolding
from producers.simulator.cargo import IN_TIME, TROUBLES, Outline, Stage, Trouble
from producers.simulator.planned import Planned
from schemas.facts import Outcome
from schemas.identifiers import ContainerNumber, PartyCode, Scheme, read_container, read_party_code
from schemas.messages import AssignPickup, Modality, SealedDriver, UpdatePickup
from schemas.plain_identity import plain_identity
from schemas.stay import ReleaseStatus
from schemas.strict_json import read as read_json
from tests.producers.simulator.lawful import Played, played

pytestmark = pytest.mark.searches  # days are long stories

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def a_key() -> TerminalKey:
    return TerminalKey("0123456789abcdef", "A" * 43 + "=", "B" * 43 + "=")


def a_seal(identity: str, public_key: str, key_id: str, alias: str | None) -> SealedDriver:
    """A box that is the same again: what is in it is of no matter here."""
    del identity, public_key
    return SealedDriver(key_id=key_id, ciphertext="QUJD" * 40, mask="**12", alias=alias)


def a_day(seed: int, containers: int, *, time_passes: bool = False) -> Day:
    return plan_day(
        cast_of(seed, new_key=a_key),
        seed=seed,
        containers=containers,
        starts_at=MIDNIGHT,
        seal=a_seal,
        time_passes=time_passes,
    )


@pytest.fixture(scope="module", params=[False, True], ids=["of_the_demo", "in_which_time_passes"])
def day(request: pytest.FixtureRequest) -> Day:
    """A day as the demo plays it, and one for a ledger whose time is that of the day."""
    return a_day(7, 1000, time_passes=request.param)


@pytest.fixture(scope="module")
def result(day: Day) -> Played:
    """What the law makes of it."""
    return played(day, day.planned)


def test_the_same_seed_is_the_same_day() -> None:
    assert a_day(3, 60) == a_day(3, 60)


def test_another_seed_is_another_day() -> None:
    ids = {planned.message_id for planned in a_day(3, 60).planned}

    assert ids.isdisjoint(planned.message_id for planned in a_day(4, 60).planned)


def test_with_real_boxes_only_the_ciphertext_differs() -> None:
    first, again = (
        plan_day(cast_of(3), seed=3, containers=60, starts_at=MIDNIGHT).planned for _ in range(2)
    )

    assert [_without_box(planned) for planned in first] == [
        _without_box(planned) for planned in again
    ]
    assert first != again


def _without_box(planned: Planned) -> Planned:
    if isinstance(planned.content, AssignPickup | UpdatePickup):
        return replace(planned, content=planned.content.model_copy(update={"driver": None}))
    return planned


@pytest.mark.parametrize("count", [1, 2, 7, 50, 1000])
def test_every_container_is_there_once_with_a_valid_number(count: int) -> None:
    containers = [box.number for box in a_day(11, count).boxes]

    read = [read_container(number) for number in containers]

    assert len(set(containers)) == count
    assert all(isinstance(number, ContainerNumber) and not number.findings for number in read)


@pytest.mark.parametrize("seed", range(20))
def test_the_codes_of_the_cast_have_no_findings(seed: int) -> None:
    for company in cast_of(seed, new_key=a_key).companies:
        for scheme, code in ((Scheme.NXTPORT, company.id), (Scheme.VAT, company.vat)):
            read = read_party_code(scheme, code)

            assert isinstance(read, PartyCode)
            assert read.findings == ()


def test_nothing_that_is_said_shows_who_drives(day: Day) -> None:
    cards = [driver.card.encode() for driver in day.cast.drivers]

    for planned in day.planned:
        for part in _bytes_of(planned):
            assert not any(card in part for card in cards)
        if not isinstance(planned.content, Letter):
            content = read_json(_bytes_of(planned)[0], max_bytes=10_000)
            assert plain_identity(content) is None  # type: ignore[arg-type]  # sound JSON
    assert "card" not in repr(day.cast.drivers[0])


def _bytes_of(planned: Planned) -> list[bytes]:
    if isinstance(planned.content, Letter):
        letter = planned.content
        return [letter.value or b"", *(value for _, value in letter.headers)]
    return [planned.content.model_dump_json(exclude_none=True).encode()]


def test_the_law_gives_every_message_the_answer_that_is_planned(result: Played) -> None:
    told = [(said.answer.outcome, said.answer.reason) for said, _, _ in result.first]
    assert told == [(outcome, reason) for _, outcome, reason in result.first]


def test_what_waits_is_told_later_what_is_planned(result: Played) -> None:
    waits = [said for said, outcome, _ in result.first if outcome is Outcome.WAITING]
    assert waits
    for said in waits:
        later = [] if said.answer.later is None else [said.answer.later]
        assert later == result.later.get(said.message_id, [])


def test_every_container_ends_as_the_simulator_reckoned(day: Day, result: Played) -> None:
    for expected in day.expected:
        file = result.files[expected.container]
        assert as_expected(expected, file.stays), (expected, file.stays)
        assert expected.waiting == len(file.waiting)
        assert list(expected.findings) == result.findings.get(expected.container, [])


@pytest.mark.parametrize("seed", range(5))
def test_in_whatever_order_a_wave_is_heard_the_day_ends_the_same(seed: int) -> None:
    """Within a wave only one sender's messages about one container keep their order."""
    day = a_day(seed, 100)
    result = played(day, _shuffled(day, random.Random(seed)))

    for expected in day.expected:
        assert as_expected(expected, result.files[expected.container].stays)
    for said, outcome, reason in result.first:
        assert (said.answer.outcome, said.answer.reason) == (outcome, reason)


def _shuffled(day: Day, chance: random.Random) -> list[Planned]:
    heard: list[Planned] = []
    for wave in day.waves():
        senders: dict[str, list[Planned]] = {}
        for planned in wave:
            senders.setdefault(f"{planned.organisation}{planned.container}", []).append(planned)
        queues = list(senders.values())
        while queues:
            queue = chance.choice(queues)
            heard.append(queue.pop(0))
            queues = [each for each in queues if each]
    return heard


def test_the_moments_of_a_container_follow_its_waves(day: Day) -> None:
    ordered = sorted(
        (planned for planned in day.planned if not isinstance(planned.content, Letter)),
        key=lambda planned: (planned.container, planned.wave),
    )
    for _, story in groupby(ordered, key=lambda planned: planned.container):
        moments = [planned.at for planned in story]
        assert moments == sorted(moments)


def test_the_day_is_over_when_it_is_over(day: Day) -> None:
    moments = [planned.at for planned in day.planned]

    assert min(moments) >= MIDNIGHT
    assert (max(moments) - MIDNIGHT).total_seconds() < 24 * 3600


def test_a_day_of_a_thousand_containers_has_everything_that_can_happen(day: Day) -> None:
    troubles = Counter(box.trouble for box in day.boxes)
    stages = Counter(box.stage for box in day.boxes)

    assert set(troubles) | IN_TIME == set(Trouble)
    assert IN_TIME.isdisjoint(troubles) or set(troubles) >= IN_TIME
    assert set(stages) == set(Stage)
    assert {box.modality for box in day.boxes} == {Modality.TRUCK, Modality.BARGE, Modality.RAIL}
    assert sum(troubles[trouble] for trouble in TROUBLES) > 300
    left = [e for e in day.expected if any(s.status is ReleaseStatus.GATED_OUT for s in e.stays)]
    assert 500 < len(left) < 800


def test_bills_of_lading_cover_one_container_or_several(day: Day) -> None:
    covered = Counter(Counter(box.bills for box in day.boxes).values())

    assert {1, 2, 3, 4} <= set(covered)
    assert max(covered) > 20
    assert {1, 2, 4} == {len(box.bills) for box in day.boxes}


def test_the_right_passes_from_one_to_four_times(day: Day) -> None:
    assert {len(box.route) for box in day.boxes} == {1, 2, 3, 4}


def test_a_day_unfolds_by_its_moments_and_says_the_same() -> None:
    outline = Outline(seed=3, containers=300, starts_at=MIDNIGHT)
    unfolded = list(unfolding(cast_of(3, new_key=a_key), outline, a_seal))

    assert all(one.at <= next_one.at for one, next_one in pairwise(unfolded))
    by_wave = sorted(unfolded, key=lambda planned: (planned.wave, planned.at, planned.message_id))
    assert by_wave == sorted(
        a_day(3, 300).planned, key=lambda planned: (planned.wave, planned.at, planned.message_id)
    )


def test_a_day_of_any_size_holds_only_what_is_under_way() -> None:
    sealed = 0

    def counting(identity: str, public_key: str, key_id: str, alias: str | None) -> SealedDriver:
        nonlocal sealed
        sealed += 1
        return a_seal(identity, public_key, key_id, alias)

    outline = Outline(seed=3, containers=1_000_000, starts_at=MIDNIGHT)
    said = list(islice(unfolding(cast_of(3, new_key=a_key), outline, counting), 2000))

    assert len(said) == 2000
    assert sealed < 3000
