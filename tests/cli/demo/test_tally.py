"""A day that does not add up is said not to, whatever is missing."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from cli.demo.elsewhere import Travelled
from cli.demo.gates import AtTheGates
from cli.demo.harvest import Harvest
from cli.demo.state import State
from cli.demo.tally import Standing, arrived, checks, signed, standing
from cli.options import Where
from producers.simulator import Letter
from producers.simulator.elsewhere import PLACES, tour_of
from producers.simulator.play import Played, Surprise
from producers.simulator.signers import new_signers
from schemas.facts import Outcome
from schemas.notices import Answered
from schemas.topics import INPUTS, REGISTRATIONS
from schemas.value import altered
from tests.cli.played import PlayedDay


@pytest.fixture
def stands(played: PlayedDay) -> Standing:
    return standing(played.day, Where("", played.database_url))


@pytest.fixture
def found(played: PlayedDay) -> Harvest:
    """What a faultless run leaves on the topics."""
    day = played.day
    letters = [said for said in day.planned if isinstance(said.content, Letter)]
    messages = [said for said in day.planned if not isinstance(said.content, Letter)]
    joined = sum(1 for _ in day.cast.registrations())
    harvest = Harvest()
    harvest.records.update({INPUTS[0].name: len(day.planned), REGISTRATIONS.name: joined})
    harvest.logged = len(messages) + joined
    harvest.dead.update(str(said.answer.reason) for said in letters)
    harvest.outcomes.update(str(said.answer.outcome) for said in messages)
    return harvest


def _faults(
    played: PlayedDay,
    stands: Standing,
    found: Harvest,
    gates: AtTheGates | None = None,
    said: Played | None = None,
    travelled: Travelled | None = None,
) -> list[str]:
    said = said or Played()
    said.joined = found.records[REGISTRATIONS.name]
    told = checks(played.day, said, stands, found, gates or AtTheGates(), travelled or Travelled())
    return [fault for check in told for fault in check.faults]


def test_a_faultless_day_adds_up(played: PlayedDay, stands: Standing, found: Harvest) -> None:
    assert _faults(played, stands, found) == []


LOSSES: dict[str, Callable[[Harvest], None]] = {
    "an input": lambda found: found.records.subtract([INPUTS[0].name]),
    "a logged message": lambda found: setattr(found, "logged", found.logged - 1),
    "a dead letter": lambda found: found.dead.subtract([next(iter(found.dead))]),
    "another cause": lambda found: found.dead.update(["unheard_of"]),
    "an outcome": lambda found: found.outcomes.subtract(["applied"]),
    "an outcome too many": lambda found: found.outcomes.update(["parked"]),
}


@pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES.keys())
def test_a_loss_is_told(
    played: PlayedDay, stands: Standing, found: Harvest, loss: Callable[[Harvest], None]
) -> None:
    loss(found)

    assert _faults(played, stands, found)


def test_a_message_that_intake_handed_on_again_is_a_duplicate_and_no_fault(
    played: PlayedDay, stands: Standing, found: Harvest
) -> None:
    found.repeated_messages += 1
    found.outcomes["duplicate"] += 1
    first, *rest = (each for each in stands.buckets if each.shard.startswith("ledger-"))
    told = Counter(first.outcomes) + Counter({Outcome.DUPLICATE: 1})
    again = replace(first, consumed=first.consumed + 1, outcomes=told)

    assert _faults(played, replace(stands, buckets=(again, *rest)), found) == []


def test_a_container_that_stands_elsewhere_is_told(
    played: PlayedDay, stands: Standing, found: Harvest
) -> None:
    number = played.container()
    file = stands.files[number]
    moved = altered(file, stays=(altered(file.stays[0], terminal="666"),))

    faults = _faults(played, replace(stands, files={**stands.files, number: moved}), found)

    assert faults == [f"{number} stands otherwise than its day was planned"]


def test_a_place_of_the_log_in_no_bucket_is_told(
    played: PlayedDay, stands: Standing, found: Harvest
) -> None:
    first, *rest = stands.buckets
    gap = replace(first, consumed=first.consumed + 1)

    assert any(
        "in no bucket" in fault
        for fault in _faults(played, replace(stands, buckets=(gap, *rest)), found)
    )


def test_an_unexpected_answer_and_a_wrong_gate_are_told(
    played: PlayedDay, stands: Standing, found: Harvest
) -> None:
    planned = played.day.planned[0]
    said = Played(surprises=[Surprise(planned, Answered(message_id="1", outcome="parked"))])
    gates = AtTheGates(wrong=["gate 1742 lets it out"])

    first, second = _faults(played, stands, found, gates, said)

    assert "was parked" in first
    assert second == "gate 1742 lets it out"


def test_what_its_sender_did_not_sign_is_told() -> None:
    sender, stranger = "NXT21000000001", "NXT21000000002"
    signers = new_signers([sender])
    own = signers.organisations[sender].key_id
    well: Counter[tuple[str, str | None]] = Counter({(sender, own): 7})

    assert signed(Harvest(signers=well), signers).faults == ()
    for wrong in ((sender, None), (sender, "another"), (stranger, own), (stranger, None)):
        assert len(signed(Harvest(signers=well + Counter({wrong: 1})), signers).faults) == 1


def test_every_container_is_in_one_state(played: PlayedDay, stands: Standing) -> None:
    assert stands.states.total() == len(played.day.boxes)
    assert isinstance(stands.states, Counter)
    assert stands.states[State.LEFT] > 20
    assert State.OTHER not in stands.states


def test_what_was_said_elsewhere_is_in_a_bucket_too(
    played: PlayedDay, stands: Standing, found: Harvest
) -> None:
    told = Travelled(published=3)
    assert _faults(played, stands, found, travelled=told) != []

    found.records[INPUTS[0].name] += 3
    found.logged += 3
    assert _faults(played, stands, found, travelled=told) == []


def test_a_container_elsewhere_that_stands_otherwise_than_its_system_had_it_is_told(
    played: PlayedDay,
) -> None:
    tour = tour_of(played.day.cast, 1, 2)
    states = {box.number: State.UNRELEASED for box in tour.boxes}

    faults = arrived(tour, Travelled(wrong=["X: Transfer was refused"]), states).faults

    assert faults[0] == "X: Transfer was refused"
    assert len(faults) == 1 + len(tour.boxes)
    assert all(f"at {place.name}: " in " ".join(faults) for place in PLACES)
