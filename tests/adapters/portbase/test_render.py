"""What the ledger tells that Portbase is asked about, and what it is not asked again."""

from adapters.contract import NOTHING
from adapters.portbase import SYSTEM
from adapters.portbase.memory import remembered
from adapters.portbase.render import RENDERED
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.system_messages import ObserveRelease
from schemas.value import altered
from tests.adapters.portbase.rounds import TRACKING, Round, kinds
from tests.adapters.rotterdam import DIRECTORY, facts_of_rotterdam
from tests.adapters.story import AGENT, FORWARDER, HAULIER, to
from tests.rows import each_row

FACTS = facts_of_rotterdam()


def documents(recorded: RecordedFact, memory: str = NOTHING) -> list[str]:
    rendered = SYSTEM.functions.render(recorded, DIRECTORY.by_id, memory)
    return kinds(list(rendered.documents))


@each_row("name", sorted(FACTS.keys() - RENDERED))
def test_what_portbase_knows_by_itself_it_is_not_told(name: str) -> None:
    rendered = SYSTEM.functions.render(FACTS[name], DIRECTORY.by_id, "as it was")

    assert (rendered.documents, rendered.memory) == ((), "as it was")


def test_a_state_that_was_doubted_is_not_asked_for_again() -> None:
    lost = FACTS["confirmation_lost"]
    by_a_state = altered(lost, cause=altered(lost.cause, message_type=ObserveRelease.TYPE))

    assert documents(lost) == ["track"]
    assert documents(by_a_state) == []


def test_a_bill_is_tracked_once_whoever_asks() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.hear(one.state() | {"id": None})

    assert kinds(one.ask(AGENT, m.Update, expires_at="2025-05-01T08:00:00Z")) == ["update"]
    assert kinds(one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))) == []
    # Its answer does not come: it is asked for once more.
    assert kinds(one.wait(hours=1))[0] == "track"


def test_the_id_that_was_asked_for_first_is_named() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))
    one.tracked()
    one.hear(one.state() | {"id": "another"})
    (call,) = one.ask(FORWARDER, m.Transfer, release_to=to(HAULIER))

    assert TRACKING.encode() in call.content
    assert remembered(one.memory["BLTEST0001"]).tracking == (TRACKING, "another")


def test_the_memory_of_another_bill_of_the_box_stays_its_own() -> None:
    one = Round()
    one.release(release_to=to(FORWARDER))

    assert list(one.memory) == ["BLTEST0001"]
    assert remembered(one.memory["BLTEST0001"]).bill == "BLTEST0001"
