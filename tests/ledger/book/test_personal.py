"""What is personal is locked wherever it is stored or published, and dies with its key."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from ledger.book import personal, tables
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.read import as_of, entry, history, now
from ledger.book.rebuild import check
from ledger.book.unrelayed import unrelayed
from ledger.book.verify import verify
from producers.announce import announced
from schemas import messages as m
from schemas.entitlement import ENTITLEMENT
from schemas.facts import RECORDED
from schemas.messages import Message, Modality, SealedDriver
from schemas.stay import Driver, driver_of
from tests.books import new_sqlite_book
from tests.ledger.book.log import (
    AGENT,
    FORWARDER,
    HAULIER,
    LEDGER,
    PORT,
    Clerk,
    accept,
    clerk_of,
    day_of,
    party,
    release,
)

BOX = "CPUU1000010"
BOX_OF_ANNA = b64encode(b"sealed for the quay: Anna").decode()
ANNA = SealedDriver(key_id="quay", ciphertext=BOX_OF_ANNA, mask="**12", alias="Anna of 7")
BERT = SealedDriver(key_id="quay", ciphertext=b64encode(b"Bert").decode(), mask="**34")
SECRETS = (BOX_OF_ANNA.encode(), b"**12", b"Anna of 7")
TERM = timedelta(days=90)


def assign(driver: SealedDriver = ANNA, **more: Any) -> m.AssignPickup:
    return m.AssignPickup(container=BOX, port=PORT, modality=Modality.TRUCK, driver=driver, **more)


def day_with(driver: SealedDriver = ANNA) -> Iterator[tuple[str, Message]]:
    """Yield a whole day of the box, *driver* driving."""
    for sender, message in day_of(BOX):
        named = isinstance(message, m.AssignPickup)
        yield sender, message.model_copy(update={"driver": driver}) if named else message


def told(clerk: Clerk, *said: tuple[str, Message]) -> list[Entry]:
    return [entry for sender, message in said for entry in clerk.say(sender, message)]


def to_the_haulier(clerk: Clerk) -> None:
    """Let the haulier hold the right."""
    transfer = m.Transfer(container=BOX, port=PORT, release_to=party(HAULIER))
    told(clerk, (AGENT, release(BOX)), (FORWARDER, accept(BOX)), (FORWARDER, transfer))
    told(clerk, (HAULIER, accept(BOX)))


def keys_of(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.execute(select(tables.stay_key.c.id)).scalars())


def stored(engine: Engine) -> bytes:
    """Return everything that the tables hold but the keys."""
    with reading(engine) as connection:
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in tables.metadata.sorted_tables
            if table is not tables.stay_key
            for row in connection.execute(select(table))
            for value in row
        )


def drivers_told(entries: list[Entry]) -> list[Driver | None]:
    """Return the drivers that the terminal is told of."""
    records = [each for e in entries for each in announced(e.recorded, e.body, "", e.driver)]
    values = [r.value for topic, r in records if "pickup-rights" in topic.name and r.value]
    return [ENTITLEMENT.read(value).driver for value in values]


def passes(clerk: Clerk, span: timedelta) -> list[str]:
    """Let time pass and be told; return the facts that it led to."""
    clerk.log.pass_by(span)
    return [entry.recorded.fact.type for entry in clerk.settle([clerk.log.tick()])]


def is_sound(engine: Engine) -> bool:
    with reading(engine) as connection:
        findings = list(verify(connection))
    return check(engine).sound and not findings


def test_who_drives_is_locked_in_every_table_and_open_for_the_terminal_alone(
    clerk: Clerk,
) -> None:
    entries = told(clerk, *day_with())

    everything = stored(clerk.engine)
    assert not any(secret in everything for secret in SECRETS)
    opened = [driver for driver in drivers_told(entries) if driver is not None]
    assert opened == [driver_of(ANNA)] * len(opened)
    assert len(opened) >= 4
    for topic, record in (r for e in entries for r in announced(e.recorded, e.body, "", e.driver)):
        alike = "pickup-rights" in topic.name
        assert alike or not any(secret in (record.value or b"") for secret in SECRETS)


def test_a_successor_publishes_from_the_table_what_was_published_from_memory(
    clerk: Clerk,
) -> None:
    entries = told(clerk, *day_with())

    assert list(unrelayed(clerk.engine, LEDGER, 0)) == entries


def test_whoever_takes_a_shard_opens_what_another_locked(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    clerk.say(HAULIER, assign())
    clerk.book.forget()
    entries = clerk.say(AGENT, m.Block(container=BOX, port=PORT))
    again = clerk.say(AGENT, m.Unblock(container=BOX, port=PORT))

    assert drivers_told([*entries, *again]) == [driver_of(ANNA)] * 2


def test_a_reader_of_the_book_sees_the_mask_as_long_as_the_key_lives(clerk: Clerk) -> None:
    entries = told(clerk, *list(day_with())[:7])
    with reading(clerk.engine) as connection:
        file, then = now(connection, BOX), as_of(connection, BOX, clerk.log.now)
        facts = list(history(connection, BOX))
        one = entry(connection, LEDGER, entries[-1].recorded.seq)

    assert file == then
    assert [stay.pickup and stay.pickup.driver for stay in file.stays] == [driver_of(ANNA)]
    assert one == facts[-1]
    assert one.stay is not None
    assert one.stay.pickup == file.stays[0].pickup


def test_a_request_that_is_refused_leaves_no_key(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    clerk.say(FORWARDER, assign())

    assert keys_of(clerk.engine) == []
    assert not any(secret in stored(clerk.engine) for secret in SECRETS)


def test_a_request_that_waits_is_locked_and_its_key_dies_when_it_was_in_vain(
    clerk: Clerk,
) -> None:
    clerk.say(HAULIER, assign())
    everything, kept = stored(clerk.engine), keys_of(clerk.engine)
    facts = passes(clerk, timedelta(hours=73))

    assert not any(secret in everything for secret in SECRETS)
    assert (len(kept), facts, keys_of(clerk.engine)) == (1, ["given_up"], [])


def test_a_request_that_waited_is_followed_with_its_driver(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    clerk.say(HAULIER, assign(bills_of_lading=("BL9",)))
    clerk.book.forget()
    update = m.Update(
        container=BOX, port=PORT, release_identification="REL1", bills_of_lading=("BL9",)
    )
    entries = clerk.say(AGENT, update)

    assert [e.recorded.fact.type for e in entries] == ["updated", "pickup_assigned"]
    assert drivers_told(entries) == [driver_of(ANNA)]
    assert len(keys_of(clerk.engine)) == 1


def test_a_message_that_breaks_our_code_is_parked_locked(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    record = clerk.log.say(HAULIER, assign())
    clerk.keep(clerk.book.settle_broken(clerk.leases[LEDGER], record, ValueError("too much")))

    assert not any(secret in stored(clerk.engine) for secret in SECRETS)
    assert len(keys_of(clerk.engine)) == 1


def test_the_keys_are_destroyed_when_the_term_is_over_and_all_else_stays(clerk: Clerk) -> None:
    told(clerk, *day_with())
    bodies = [entry.body for entry in unrelayed(clerk.engine, LEDGER, 0)]
    (key_id,) = keys_of(clerk.engine)
    assert "personal_parts_erased" not in passes(clerk, TERM - timedelta(hours=1))
    assert keys_of(clerk.engine) == [key_id]

    assert passes(clerk, timedelta(hours=1)) == ["personal_parts_erased"]
    assert keys_of(clerk.engine) == []
    assert passes(clerk, TERM) == []
    after = unrelayed(clerk.engine, LEDGER, 0)
    assert [entry.body for entry in after[: len(bodies)]] == bodies
    assert is_sound(clerk.engine)
    with reading(clerk.engine) as connection:
        facts = list(history(connection, BOX))
    shown = b"".join(RECORDED.written(fact) for fact in facts)
    assert not any(secret in shown for secret in SECRETS)
    erased = facts[-1]
    assert (erased.fact.type, erased.stay and erased.stay.personal) == (
        "personal_parts_erased",
        None,
    )


def test_no_copy_can_be_opened_once_the_keys_are_destroyed(clerk: Clerk) -> None:
    entries = told(clerk, *day_with())
    passes(clerk, TERM)
    clerk.book.forget()
    with reading(clerk.engine) as connection:
        locked = [personal.driver_in(each.recorded.stay) for each in entries]
        assert any(locked)
        assert personal.drivers(connection, locked) == {}


def test_a_destroyed_key_does_not_lie_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    engine = new_sqlite_book(file)
    clerk = clerk_of(engine)
    told(clerk, *day_with())
    with engine.connect() as connection:
        key = connection.execute(select(tables.stay_key.c.key)).scalar_one()
    clerk.book.forget()
    engine.dispose()
    assert key in file.read_bytes()
    passes(clerk, TERM)
    clerk.book.forget()
    engine.dispose()

    assert [each.name for each in tmp_path.iterdir()] == [file.name]
    assert key not in file.read_bytes()


def test_every_driver_of_a_stay_is_erased_with_it(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    clerk.say(HAULIER, assign())
    update = m.UpdatePickup(container=BOX, port=PORT, driver=BERT)
    later = m.UpdatePickup(container=BOX, port=PORT, expires_at=clerk.log.now + timedelta(days=3))
    entries = told(clerk, (HAULIER, update), (HAULIER, later))
    assert drivers_told(entries)[-1] == driver_of(BERT)
    assert len(keys_of(clerk.engine)) == 2
    clerk.say(AGENT, m.Delete(container=BOX, port=PORT))

    assert "personal_parts_erased" in passes(clerk, TERM)
    assert keys_of(clerk.engine) == []
    assert is_sound(clerk.engine)


def test_a_release_that_expired_keeps_its_driver_for_the_term_and_no_longer(
    clerk: Clerk,
) -> None:
    to_the_haulier(clerk)
    clerk.say(HAULIER, assign())
    assert passes(clerk, timedelta(days=60)) == ["expired", "pickup_ended"]
    passes(clerk, timedelta(days=30))

    assert len(keys_of(clerk.engine)) == 1
    assert passes(clerk, timedelta(days=60)) == ["personal_parts_erased"]
    assert keys_of(clerk.engine) == []


def test_a_right_that_stands_keeps_its_driver_however_long(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    long = m.Update(
        container=BOX,
        port=PORT,
        release_identification="REL1",
        expires_at=clerk.log.now + timedelta(days=400),
    )
    told(clerk, (AGENT, long), (HAULIER, assign()))
    passes(clerk, timedelta(days=300))

    assert len(keys_of(clerk.engine)) == 1
    (entry_of_block, *_) = clerk.say(AGENT, m.Block(container=BOX, port=PORT))
    assert entry_of_block.driver == driver_of(ANNA)


def test_a_box_that_is_none_is_not_kept(clerk: Clerk) -> None:
    to_the_haulier(clerk)
    huge = ANNA.model_copy(update={"ciphertext": "A" * 2048, "alias": "\x01" * 60})
    entries = clerk.say(HAULIER, assign(huge))
    (driver,) = drivers_told(entries)

    assert driver is not None
    assert (driver.ciphertext, driver.mask, driver.alias) == ("", "**12", "\x01" * 60)


def test_the_largest_box_fits_the_waiting_room(clerk: Clerk) -> None:
    largest = ANNA.model_copy(
        update={"ciphertext": "A" * personal.LARGEST_BOX, "mask": "**\U0001f69a\U0001f69a"}
    ).model_copy(update={"alias": "\x01" * 60})
    clerk.say(HAULIER, assign(largest))
    clerk.book.forget()
    with reading(clerk.engine) as connection:
        file = now(connection, BOX)

    (held,) = file.waiting
    assert isinstance(held.question.message, m.AssignPickup)


def test_a_key_of_somebody_else_opens_nothing(caplog: pytest.LogCaptureFixture) -> None:
    locked = driver_of(personal.locked(driver_of(ANNA), "0" * 32, personal.new_key()))

    assert personal.unlocked(locked, personal.new_key()) == locked
    assert "does not open" in caplog.text


def test_two_messages_are_never_locked_alike() -> None:
    key = personal.new_key()
    once, twice = (personal.locked(driver_of(ANNA), "0" * 32, key) for _ in range(2))

    assert once != twice
    assert driver_of(once).under == "0" * 32
    assert personal.unlocked(driver_of(once), key) == driver_of(ANNA)
