"""Onboarding in the book: steps are remembered, people are locked, and time moves companies on."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from ledger.book import load, personal, tables
from ledger.book.draft import Entry
from ledger.book.engine import reading
from ledger.book.rebuild import check
from ledger.book.verify import verify
from ledger.directory.directory import Directory
from ledger.record import LogRecord
from producers.announce import announced
from schemas import facts as f
from schemas import registrations as r
from schemas.messages import OrganisationMessage, Role
from schemas.notices import read_notice
from schemas.onboarding_facts import Onboarding, OnboardingMoved
from schemas.organisations import Organisation
from schemas.registrations import DOORS, BillingContact, Flow, Person
from schemas.steps import ENTRY
from tests.books import new_sqlite_book
from tests.ledger.book.log import AGENT, DIRECTORY, Clerk, clerk_of

COMPANY = "NXT26000000001"
NADIA = Person(name="Nadia Nieuw", email="nadia@nieuw.example")
BILLED = BillingContact(name="Nieuw NV", email="facturen@nieuw.example", vat="NL000000300B01")
ASKED = BillingContact(name="Piet Planning")
SECRETS = (b"Nadia", b"nadia@", b"Nieuw NV", b"facturen@", b"Piet")
WEEK, YEAR = timedelta(days=7), timedelta(days=365)


def asks(admin: Person | None = NADIA) -> r.SubmitRegistration:
    return r.SubmitRegistration(
        organisation=COMPANY,
        flow=Flow.NEW,
        name="Transport Nieuw BV",
        roles=(Role.RELEASE_PARTY,),
        admin=admin,
    )


def step(kind: type[OrganisationMessage]) -> OrganisationMessage:
    if kind is r.ConfirmBilling:
        return r.ConfirmBilling(organisation=COMPANY, billing=BILLED, contact=ASKED)
    return kind(organisation=COMPANY)


TO_BILLING = (
    r.TakeUpRegistration,
    r.ApproveRegistration,
    r.ActivateAccount,
    r.LogInToConsole,
    r.ConfirmBilling,
)


def whole_way() -> list[OrganisationMessage]:
    return [asks(), *(step(kind) for kind in (*TO_BILLING, r.FirstCpuLogin))]


def say(clerk: Clerk, *messages: OrganisationMessage) -> list[Entry]:
    """Say each at its door, one batch each."""
    return [entry for each in messages for entry in clerk.settle(said(clerk, [each]))]


def said(clerk: Clerk, messages: Iterable[OrganisationMessage]) -> list[LogRecord]:
    return [clerk.log.say(DOORS[type(each)], each, shard=DIRECTORY) for each in messages]


def told(entries: Iterable[Entry]) -> list[str]:
    """Return what came of it for the company: progress by progress, or the refusal."""
    words = []
    for entry in entries:
        match entry.recorded.fact:
            case OnboardingMoved(organisation=moved, progress=progress) if moved == COMPANY:
                words.append(str(progress))
            case f.Refused(reason=reason, detail=detail):
                words.append(f"no: {reason} {detail}")
            case _:
                pass  # how the company stands after it is asked for in its row
    return words


def passes(clerk: Clerk, span: timedelta, *, shard: str = DIRECTORY) -> list[str]:
    clerk.log.pass_by(span)
    return told(clerk.settle([clerk.log.tick(shard=shard)]))


def standing(clerk: Clerk) -> Onboarding | None:
    with reading(clerk.engine) as connection:
        return load.standing(connection, COMPANY)


def company(clerk: Clerk) -> Organisation:
    with reading(clerk.engine) as connection:
        found = load.directory(connection, Directory()).get(COMPANY)
    assert found is not None
    return found


def stored(engine: Engine) -> bytes:
    """Return everything that the tables hold but the keys."""
    hidden = (tables.stay_key, tables.organisation_key)
    with reading(engine) as connection:
        return b"\n".join(
            value if isinstance(value, bytes) else str(value).encode()
            for table in tables.metadata.sorted_tables
            if table not in hidden
            for row in connection.execute(select(table))
            for value in row
        )


def keys_of(engine: Engine, organisation: str = COMPANY) -> list[str]:
    columns = tables.organisation_key.c
    with reading(engine) as connection:
        found = connection.execute(select(columns.id).where(columns.organisation == organisation))
        return sorted(found.scalars())


def opened(clerk: Clerk, locked: str | None) -> str:
    with reading(clerk.engine) as connection:
        return personal.opened_text(connection, locked) or ""


def is_sound(engine: Engine) -> bool:
    with reading(engine) as connection:
        findings = list(verify(connection))
    return check(engine).sound and not findings


# --- steps ---------------------------------------------------------------------------------------


def test_each_step_is_remembered_from_batch_to_batch_and_by_who_takes_over(clerk: Clerk) -> None:
    for number, message in enumerate(whole_way(), 1):
        assert told(say(clerk, message))[0].startswith("no: ") is False
        clerk.book.forget()
        stands = standing(clerk)
        assert stands is not None
        assert stands.taken == ENTRY[:number]
        assert company(clerk).lacks == ENTRY[number:]
    assert is_sound(clerk.engine)


def test_steps_that_come_in_one_batch_are_taken_one_after_the_other(clerk: Clerk) -> None:
    entries = clerk.settle(said(clerk, whole_way()))

    assert told(entries) == [
        "submitted",
        "in_validation",
        "approved",
        "activated",
        "console_login",
        "billing_confirmed",
        "cpu_login",
    ]
    assert company(clerk).lacks == ()
    assert is_sound(clerk.engine)


def test_a_step_that_is_refused_changes_nothing_and_names_what_is_missing(clerk: Clerk) -> None:
    say(clerk, asks())
    before = standing(clerk)

    assert told(say(clerk, step(r.ActivateAccount))) == ["no: step_missing validation"]

    assert standing(clerk) == before
    assert company(clerk).version == 1


def test_a_step_that_is_told_twice_is_a_repeat_of_the_first(clerk: Clerk) -> None:
    (record,) = said(clerk, [asks()])
    clerk.settle([record])

    (again,) = clerk.settle([clerk.log.again(record)])

    assert isinstance(again.recorded.fact, f.Repeated)
    assert len(keys_of(clerk.engine)) == 1


# --- time ----------------------------------------------------------------------------------------


def test_where_the_team_is_silent_the_company_is_told_once_whom_to_ask(clerk: Clerk) -> None:
    say(clerk, asks())

    assert passes(clerk, WEEK - timedelta(seconds=1)) == []
    assert passes(clerk, timedelta(seconds=1)) == ["unconfirmed"]
    assert passes(clerk, WEEK) == []
    assert is_sound(clerk.engine)


def test_what_time_brings_stands_on_the_companys_outbox_with_its_text(clerk: Clerk) -> None:
    say(clerk, asks())
    clerk.log.pass_by(WEEK)

    (entry,) = clerk.settle([clerk.log.tick(shard=DIRECTORY)])

    ((topic, record),) = announced(entry.recorded, entry.body, "", entry.driver)
    assert topic.name == f"party.{COMPANY.lower()}.outbox.v1"
    assert b"Customer Success Team" in (record.value or b"")
    assert entry.recorded.outcome is None


def texts_of(entries: Iterable[Entry]) -> dict[str, str]:
    """Return what stands on the company's outbox of its last step, by language."""
    told = [
        read_notice(record.value or b"").texts
        for entry in entries
        for topic, record in announced(entry.recorded, entry.body, "", entry.driver)
        if topic.name == f"party.{COMPANY.lower()}.outbox.v1"
    ]
    return told[-1] or {}


def test_the_applicant_is_told_how_to_activate_or_whom_to_ask_in_four_languages(
    clerk: Clerk,
) -> None:
    say(clerk, asks(), step(r.TakeUpRegistration))
    approved = texts_of(say(clerk, step(r.ApproveRegistration)))
    other = r.DenyRegistration(organisation=COMPANY, reason="unknown at VIES")
    assert told(say(clerk, other)) == ["no: step_not_awaited denied"]

    assert approved.keys() == {"en", "nl", "fr", "de"}
    assert "set a user name, not an e-mail address" in approved["en"]
    assert "gebruikersnaam (geen e-mailadres)" in approved["nl"]


def test_who_is_denied_or_hears_nothing_is_told_to_ask_the_team(clerk: Clerk) -> None:
    say(clerk, asks())
    clerk.log.pass_by(WEEK)
    overdue = texts_of(clerk.settle([clerk.log.tick(shard=DIRECTORY)]))
    denied = texts_of(say(clerk, step(r.DenyRegistration)))

    assert "then ask the Customer Success Team" in overdue["en"]
    assert "ask the Customer Success Team why" in denied["en"]
    assert "Customer Success Team" in overdue["de"]
    assert "Customer Success Team" in denied["fr"]


def test_a_subscription_is_renewed_by_the_time_of_the_directory_alone(clerk: Clerk) -> None:
    say(clerk, *whole_way())

    assert passes(clerk, YEAR, shard="ledger-0") == []
    assert passes(clerk, timedelta(0)) == ["renewed"]
    assert passes(clerk, 2 * YEAR) == ["renewed", "renewed"]
    assert is_sound(clerk.engine)


# --- people --------------------------------------------------------------------------------------


def test_people_are_locked_in_every_table_and_are_on_no_topic(clerk: Clerk) -> None:
    entries = say(clerk, *whole_way())

    everything = stored(clerk.engine)
    assert not [secret for secret in SECRETS if secret in everything]
    for entry in entries:
        for _, record in announced(entry.recorded, entry.body, "", entry.driver):
            assert not [secret for secret in SECRETS if secret in (record.value or b"")]
            assert b"locked:" not in (record.value or b"")
    stands = standing(clerk)
    assert stands is not None
    assert "Nadia Nieuw" in opened(clerk, stands.admin)
    assert "facturen@nieuw.example" in opened(clerk, stands.billing)
    assert "Piet Planning" in opened(clerk, stands.billing)


def test_what_was_replaced_can_be_read_by_nobody_any_more(clerk: Clerk) -> None:
    say(clerk, asks(), step(r.TakeUpRegistration), step(r.DenyRegistration))
    before = standing(clerk)
    assert before is not None
    (first,) = keys_of(clerk.engine)

    say(clerk, asks(Person(name="Bert Beter")))

    after = standing(clerk)
    assert after is not None
    assert first not in keys_of(clerk.engine)
    assert opened(clerk, before.admin) == ""
    assert "Bert Beter" in opened(clerk, after.admin)
    assert is_sound(clerk.engine)


def test_what_was_replaced_within_one_batch_leaves_no_key_either(clerk: Clerk) -> None:
    anew = asks(Person(name="Bert Beter"))
    clerk.settle(said(clerk, [asks(), step(r.DenyRegistration), anew]))

    stands = standing(clerk)
    assert stands is not None
    assert keys_of(clerk.engine) == [personal.key_of(stands.admin)]
    assert "Bert Beter" in opened(clerk, stands.admin)


def test_who_asks_anew_and_names_nobody_keeps_whom_it_named(clerk: Clerk) -> None:
    say(clerk, asks(), step(r.DenyRegistration), asks(admin=None))

    stands = standing(clerk)
    assert stands is not None
    assert "Nadia Nieuw" in opened(clerk, stands.admin)


def test_the_admin_outlives_that_billing_is_confirmed(clerk: Clerk) -> None:
    say(clerk, *whole_way())

    stands = standing(clerk)
    assert stands is not None
    kept = {personal.key_of(stands.admin), personal.key_of(stands.billing)}
    assert len(kept) == 2
    assert set(keys_of(clerk.engine)) == kept


@pytest.mark.parametrize("message", [step(r.ConfirmBilling), asks()])
def test_who_is_refused_leaves_no_key_and_no_name(
    clerk: Clerk, message: OrganisationMessage
) -> None:
    """The agent stands here already: nothing is awaited of it."""
    before = keys_of(clerk.engine, AGENT)
    message = message.model_copy(update={"organisation": AGENT})

    assert told(say(clerk, message))[0].startswith("no: ")

    assert keys_of(clerk.engine, AGENT) == before
    assert not [secret for secret in SECRETS if secret in stored(clerk.engine)]


def test_a_registration_that_breaks_our_code_is_parked_without_its_people(clerk: Clerk) -> None:
    for message in (asks(), step(r.ConfirmBilling)):
        (record,) = said(clerk, [message])
        lease = clerk.leases[DIRECTORY]
        (entry,) = clerk.keep(clerk.book.settle_broken(lease, record, KeyError("x")))
        assert isinstance(entry.recorded.fact, f.Parked)
        assert COMPANY in entry.recorded.fact.message
    assert not [secret for secret in SECRETS if secret in stored(clerk.engine)]


def test_a_key_that_was_destroyed_does_not_lie_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "book.db"
    engine = new_sqlite_book(file)
    clerk = clerk_of(engine)
    say(clerk, asks(), step(r.DenyRegistration))
    with engine.connect() as connection:
        columns = tables.organisation_key.c
        chosen = select(columns.key).where(columns.organisation == COMPANY)
        key = connection.execute(chosen).scalar_one()
    clerk.book.forget()
    engine.dispose()
    assert key in file.read_bytes()

    say(clerk, asks(Person(name="Bert Beter")))
    clerk.book.forget()
    engine.dispose()

    assert key not in file.read_bytes()
