"""Notes on the whole way: each on its sender's own topic, beside the right, in nobody's way."""

import io

import pytest
from rich.console import Console

from cli.ledger import names_in, opened, story_in
from cli.story import drawn
from ledger.book.engine import open_book
from ledger.book.rebuild import check
from producers.client import Customs
from schemas import messages as m
from schemas.facts import Outcome
from schemas.messages import RegisterOrganisation
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteState
from tests.acceptance.test_line import (
    CONTAINER,
    assignment,
    at_quay,
    book_adds_up,
    entitlements,
    release,
    told,
)
from tests.bus import HAULIER, Bus, join, people, running_bus
from tests.engines import KafkaAtHand

HARBOUR_MASTER = "NXT21000000077"
JOINS = RegisterOrganisation(
    organisation=HARBOUR_MASTER, name="Harbour master", roles=(), system="antwerp_cpu"
)

# Everybody joins first, on a machine that may be busy.
pytestmark = [pytest.mark.searches, pytest.mark.timeout(300)]


async def test_each_kind_of_note_comes_by_its_own_party_and_stands_beside_the_right(
    kafka: KafkaAtHand, database_url: str, namespace: str
) -> None:
    async with (
        running_bus(kafka.bootstrap_servers, database_url, namespace) as bus,
        people(bus) as cast,
    ):
        await join(bus, [JOINS])
        await told(cast.carrier, release(to=HAULIER))
        await told(cast.haulier, at_quay(m.Accept))
        await told(cast.haulier, assignment(bus))
        slot = at_quay(AddNote, state="barge_slot_requested", reference="BTS-4711")
        document = at_quay(AddNote, state="customs_document_announced", reference="26BE1")
        goods = at_quay(AddNote, state="dangerous_goods_declared", un_numbers=("1203",))
        agreed = slot.model_copy(update={"state": NoteState.BARGE_SLOT_CONFIRMED})

        answers = [
            await told(cast.haulier, slot),
            await told(cast.terminal, agreed),
            await told(cast.carrier, goods),
            await told(cast.customs, document),
            await told(cast.forwarder, document),
            await _harbour_master_misses_it(bus),
        ]

        applied = Outcome.APPLIED
        assert answers == [applied, applied, applied, applied, "not_the_holder", applied]
        taken_back = at_quay(WithdrawNote, about="barge_slot", reference="BTS-4711")
        assert await told(cast.haulier, taken_back) == applied
        notes = (await entitlements(bus))[-1].notes
        assert [(note.state, note.by) for note in notes] == [
            ("barge_slot_confirmed", ""),
            ("dangerous_goods_declared", ""),
            ("customs_document_announced", ""),
            ("dangerous_goods_not_declared", ""),
        ]
    book_adds_up(database_url)
    _shown_and_rebuilt(database_url)


async def _harbour_master_misses_it(bus: Bus) -> str:
    async with Customs(bus.address, HARBOUR_MASTER) as harbour_master:
        return await told(harbour_master, at_quay(AddNote, state="dangerous_goods_not_declared"))


def _shown_and_rebuilt(database_url: str) -> None:
    with opened(database_url) as connection:
        story = story_in(connection, CONTAINER, names_in(connection))
    screen = io.StringIO()
    Console(file=screen, width=120, color_system=None).print(drawn(story))
    shown = screen.getvalue()
    assert "notes      Demo Terminal: the slot of the barge is confirmed (BTS-4711)" in shown
    assert "Harbour master: the harbour master misses the declaration" in shown
    engine = open_book(database_url)
    assert check(engine).sound
    engine.dispose()
