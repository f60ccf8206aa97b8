"""Whether a day adds up: every message in one bucket, every container where it must be."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from cli.demo.elsewhere import Travelled
from cli.demo.gates import AtTheGates
from cli.demo.harvest import Harvest
from cli.demo.state import State, missing_of, state_of
from cli.ledger import names_in, opened
from cli.options import Where
from cli.words import Names
from ledger.book import load
from ledger.book.read import Buckets, buckets
from ledger.law.file import File
from producers.simulator import Day, Letter, as_expected
from producers.simulator.elsewhere import Tour
from producers.simulator.play import Played
from producers.simulator.signers import Signers
from schemas.facts import Outcome
from schemas.reasons import Missing


@dataclass(frozen=True, slots=True)
class Standing:
    """How the ledger stands at the end of a day."""

    files: Mapping[str, File]
    names: Names
    buckets: tuple[Buckets, ...]
    states: Counter[State]
    missing: Counter[Missing]

    @property
    def entries_expected(self) -> int:
        """How many messages were answered, organisations included."""
        return sum(sum(each.outcomes.values()) for each in self.buckets)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must add up; `faults` is what does not."""

    what: str
    faults: tuple[str, ...] = ()


def standing(day: Day, where: Where) -> Standing:
    """Return how the ledger stands, of the containers of *day*."""
    now = datetime.now(UTC)
    with opened(where.database_url) as connection:
        files = load.files(connection, [box.number for box in day.boxes])
        names, counted = names_in(connection), buckets(connection)
    states = Counter(state_of(file, now) for file in files.values())
    on_the_quay = (file for file in files.values() if state_of(file, now) is not State.LEFT)
    missing = Counter(reason for file in on_the_quay for reason in missing_of(file, now)[:1])
    return Standing(files, names, counted, states, missing)


def checks(
    day: Day,
    played: Played,
    stands: Standing,
    found: Harvest,
    gates: AtTheGates,
    travelled: Travelled,
) -> Iterator[Check]:
    """Yield everything that must add up."""
    yield Check("every message was answered as its sender must be", tuple(_surprises(played)))
    yield Check(
        "every record is in one bucket, none in two",
        tuple(_conserved(day, played, found, travelled)),
    )
    yield Check("every place of the logs is accounted for", tuple(_accounted(stands.buckets)))
    yield Check("what was published is what is in the book", tuple(_published(stands, found)))
    yield Check("every container stands where it must", tuple(_stand(day, stands.files)))
    yield Check("the gates let out whom they must, and nobody else", tuple(gates.wrong))


def signed(found: Harvest, signers: Signers) -> Check:
    """Return whether every message in the ledger was signed by who said it."""
    faults = [
        f"{count:,} of {organisation} " + (f"signed with {key_id}" if key_id else "unsigned")
        for (organisation, key_id), count in found.signers.items()
        if organisation not in signers.organisations
        or signers.organisations[organisation].key_id != key_id
    ]
    return Check("every message in the ledger was signed by its sender", tuple(faults))


def arrived(tour: Tour, travelled: Travelled, states: Mapping[str, State]) -> Check:
    """Return whether each container elsewhere stands as its port's system had it at the end."""
    return Check(
        "in each other port its system was asked, and had its way",
        (*travelled.wrong, *_elsewhere(tour, states)),
    )


def _elsewhere(tour: Tour, states: Mapping[str, State]) -> Iterator[str]:
    for box in tour.boxes:
        stands, wanted = states[box.number], State.LEFT if box.leaves else State.READY
        if stands is not wanted:
            yield f"{box.number} at {box.place.name}: {stands.value} instead of {wanted.value}"


def _surprises(played: Played) -> Iterator[str]:
    for each in played.surprises:
        plan, answered = each.planned.answer, each.answered
        yield (
            f"{each.planned.container}: {type(each.planned.content).__name__} of "
            f"{each.planned.organisation} was {answered.outcome} {answered.reason or ''}, "
            f"not {plan.outcome} {plan.reason or ''}"
        )


def _conserved(day: Day, played: Played, found: Harvest, travelled: Travelled) -> Iterator[str]:
    spoiled = Counter(
        str(said.answer.reason) for said in day.planned if isinstance(said.content, Letter)
    )
    published = len(day.planned) + played.joined + travelled.published
    yield from _differs("published", published, found.inputs)
    yield from (f"{place}: neither on a log nor a dead letter" for place in found.lost)
    yield from _differs("logged or dead", found.inputs, found.logged + found.dead.total())
    for cause in spoiled | found.dead:
        yield from _differs(f"dead letters, {cause}", spoiled[cause], found.dead[cause])
    planned = Counter(
        str(said.answer.outcome) for said in day.planned if not isinstance(said.content, Letter)
    )
    planned[Outcome.DUPLICATE] += found.repeated_messages
    for outcome in planned | found.outcomes:
        yield from _differs(outcome, planned[outcome], found.outcomes[outcome])


def _accounted(counted: Iterable[Buckets]) -> Iterator[str]:
    for each in counted:
        yield from _differs(f"{each.shard}: in no bucket", 0, each.unaccounted)


def _published(stands: Standing, found: Harvest) -> Iterator[str]:
    for outcome, count in _outcomes(stands.buckets).items():
        yield from _differs(
            f"published as {outcome}", count, (found.outcomes + found.elsewhere)[outcome]
        )


def _outcomes(counted: Iterable[Buckets]) -> Counter[str]:
    outcomes: Counter[str] = Counter()
    for each in counted:
        if not each.shard.startswith("directory-"):
            outcomes.update({outcome.value: count for outcome, count in each.outcomes.items()})
    return outcomes


def _stand(day: Day, files: Mapping[str, File]) -> Iterator[str]:
    for expected in day.expected:
        file = files[expected.container]
        if not as_expected(expected, file.stays):
            yield f"{expected.container} stands otherwise than its day was planned"
        yield from _differs(f"{expected.container}: waiting", expected.waiting, len(file.waiting))


def _differs(what: str, expected: int, found: int) -> Iterator[str]:
    if expected != found:
        yield f"{what}: {found:,} instead of {expected:,}"
