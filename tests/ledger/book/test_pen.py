"""What the pen writes is what the schema says, byte for byte, whatever is written."""

import json
import random
from dataclasses import fields, replace

from sqlalchemy import Engine, select

from ledger.book import tables
from ledger.book.engine import reading
from ledger.book.pen import Pen
from ledger.book.stored import stay_in
from schemas.facts import RecordedFact, read, written
from tests.ledger.book.log import LEDGER, Clerk, clerk_of
from tests.ledger.book.test_draft import ANSWER, page
from tests.ledger.book.test_rebuild import a_wild_week


def test_every_entry_of_a_wild_week_is_written_as_the_schema_says(sqlite_book: Engine) -> None:
    clerk = clerk_of(sqlite_book)
    a_wild_week(clerk, seed=5, records=600)
    clerk.book.forget()
    with reading(sqlite_book) as connection:
        bodies = list(connection.execute(select(tables.entry.c.body)).scalars())

    facts = [read(body) for body in bodies]
    assert [written(fact) for fact in facts] == bodies
    assert len({fact.fact.type for fact in facts}) > 15
    random.Random(5).shuffle(facts)
    pen = Pen()
    assert [pen.write(fact) for fact in facts] == [written(fact) for fact in facts]


def test_names_that_need_escaping_are_escaped() -> None:
    odd = 'a"b\\c/d\u2028é🚢\x7f\x01'
    recorded = replace(page().add(ANSWER).recorded, container=odd, port=odd, shard=odd)

    assert Pen().write(recorded) == written(recorded)
    assert read(Pen().write(recorded)) == recorded


def test_a_stay_that_came_in_the_place_of_another_is_not_taken_for_it(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day("CPUU1000010"))
    stay = entries[-1].recorded.stay
    assert stay is not None
    pen = Pen()
    for number in range(1000):
        # Each is forgotten at once; without care the next one would get its id.
        other = replace(stay, agent=f"agent {number}")
        assert stay_in(pen.write_stay(other).decode()) == other


def test_no_member_of_the_schema_is_left_out(clerk: Clerk) -> None:
    entries = clerk.settle(clerk.log.whole_day("CPUU1000010"))
    full = next(entry for entry in entries if entry.recorded.light_changes)
    names = json.loads(Pen().write(full.recorded)).keys()

    assert names == {field.name for field in fields(RecordedFact)}
    assert full.recorded.shard == LEDGER
