"""What partners are told of facts: stored with the mark, and the same whenever it is repeated."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from adapters.edifact.items import Interchange, Message
from adapters.edifact.judge import UN, Kind
from adapters.edifact.meaning.proof import Unsent as NotWritten
from adapters.edifact.meaning.tell import Told, told
from adapters.edifact.partners import Partner, partner_from
from adapters.edifact.read import read
from adapters.edifact.write import Draft, line
from consumers.apply.thread import DatabaseThread
from consumers.dispatch.again import rendered_again
from consumers.dispatch.arrivals import Arrival
from consumers.dispatch.documents import Unsent
from consumers.dispatch.store import Store
from consumers.gateway import told as telling
from consumers.gateway.out import told_record
from consumers.gateway.store import GatewayStore
from consumers.gateway.tables import TOLD
from consumers.gateway.told import told_to
from schemas.envelope import JSON, texts_of
from schemas.facts import RecordedFact, written
from schemas.partner_answers import PARTNER_ANSWER, Verdict
from schemas.topics import EDI_ANSWERS, EDI_OUT
from schemas.unreadable import Unreadable
from schemas.value import altered
from tests.adapters.story import AGENT, DIRECTORY, TERMINAL, a_day

FACTS = a_day().facts
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
COMMON = """
ports = ["BEANR"]
time_zone = "Europe/Brussels"
ours = ["RELEASEBUS:ZZ"]
"""


def partner(name: str, organisation: str, *lines: str) -> Partner:
    text = f'organisation = "{organisation}"\nidentities = ["{name.upper()}:ZZ"]\n'
    found = partner_from(text + COMMON + "\n".join(lines), name)
    assert isinstance(found, Partner), found
    return found


STATUSES = ("[gets.IFTSTA]", "statuses = { discharged = '74' }")
AGENT_PARTNER = partner("agent", AGENT, "[gets.CODECO]", *STATUSES)
QUAY_PARTNER = partner("quay", TERMINAL, 'contrl = "never"', "[gets.COREOR]")
SILENT = partner("silent", AGENT, "[sends.COREOR]")


def arrivals() -> list[Arrival]:
    return [
        Arrival(each.shard, each.seq, 3, each.seq, each.container, written(each), each)
        for each in FACTS
    ]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """The store of what the partners are told."""
    found = Store(sqlite_url, tables=TOLD, told_to=told_to([QUAY_PARTNER, SILENT, AGENT_PARTNER]))
    found.create()
    yield found
    found.close()


def standing(store: Store) -> tuple[Unsent, ...]:
    return store.unsent(range(12), 100)


def test_each_partner_is_told_what_concerns_it_and_each_message_is_alone(store: Store) -> None:
    store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    found = standing(store)

    assert sorted((each.receiver, each.type) for each in found) == [
        ("agent", "CODECO"),
        ("agent", "CODECO"),
        ("agent", "IFTSTA"),
        # Ordered, taken back while it was blocked, and ordered again.
        *[("quay", "COREOR")] * 3,
    ]
    for each in found:
        items = list(read([each.content]))
        assert [type(item) for item in items] == [Message, Interchange]
        assert [item.findings for item in items] == [(), ()]
        assert items[-1].reference == each.correlation_id


def test_what_a_repeat_makes_is_the_same_to_the_byte_and_is_stored_once(
    store: Store, tmp_path_factory: pytest.TempPathFactory
) -> None:
    store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    before = standing(store)
    store.settle(arrivals(), DIRECTORY)
    file = tmp_path_factory.mktemp("other") / "other.db"
    other = Store(f"sqlite:///{file}", tables=TOLD, told_to=told_to([AGENT_PARTNER, QUAY_PARTNER]))
    other.create()
    other.settle(arrivals(), DIRECTORY, {FACTS[0].shard})

    assert standing(store) == before
    assert {each.content for each in standing(other)} == {each.content for each in before}
    assert len({each.correlation_id for each in before}) == len(before)
    assert all(len(each.correlation_id) <= 14 for each in before)
    other.close()


def test_who_reads_capitals_alone_is_told_as_well(sqlite_url: str) -> None:
    plain = partner("agent", AGENT, 'level = "UNOA"', "[gets.CODECO]", *STATUSES)
    own = Store(sqlite_url, tables=TOLD, told_to=told_to([plain]))
    own.create()
    own.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    told = standing(own)
    own.close()

    assert [each.type for each in told] == ["IFTSTA", "CODECO", "CODECO"]
    for each in told:
        number = each.id.partition(".")[0].upper()  # by which an APERAK may name it
        assert f"+{number}+9'".encode() in each.content


def test_an_acknowledgement_is_asked_of_who_agreed_to_give_one(store: Store) -> None:
    store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    asked = {}
    for each in standing(store):
        header = next(
            item.header for item in read([each.content]) if isinstance(item, Interchange)
        )
        assert header is not None
        asked[each.receiver] = header.value(9)

    assert asked == {"agent": "1", "quay": ""}


def test_it_leaves_under_its_partners_name_with_its_own_id(store: Store) -> None:
    store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    records = [told_record(each, "x.") for each in standing(store)]
    headers = [texts_of(each.headers) for each in records]

    assert {each.topic for each in records} == {"x." + EDI_OUT.name}
    assert {each.key for each in records} == {b"agent", b"quay"}
    assert not [each for each in headers if isinstance(each, Unreadable)]
    assert len({str(each) for each in headers}) == len(records)
    assert [dict(each.headers)["rb_receiver"] for each in records] == [it.key for it in records]


def test_what_is_told_is_dated_by_the_clock_of_who_reads_it(store: Store) -> None:
    """UNB names no zone: what it says is the partner's own time."""
    store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    recorded = {f"{each.shard}-{each.seq}": each.recorded_at for each in FACTS}
    for each in standing(store):
        at = recorded[each.id.partition(".")[0]].astimezone(QUAY_PARTNER.zone)
        assert at.utcoffset()
        assert f"+{at:%y%m%d:%H%M}+{each.correlation_id}" in each.content.decode()


async def test_a_fact_that_breaks_our_code_is_put_aside_for_that_partner_until_a_mended_start(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:

    def breaks(recorded: RecordedFact, sender: Partner, *given: object) -> object:
        if sender.name == "agent":
            raise ZeroDivisionError
        return told(recorded, sender, *given)  # type: ignore[arg-type]  # as they came

    with monkeypatch.context() as patched:
        patched.setattr(telling, "told", breaks)
        store.settle(arrivals(), DIRECTORY, {FACTS[0].shard})
    assert {each.receiver for each in standing(store)} == {"quay"}
    assert {each.system for each in store.parked()} == {"agent"}

    thread = DatabaseThread()
    await rendered_again(store, thread, DIRECTORY)
    thread.close()

    assert {each.receiver for each in standing(store)} == {"quay", "agent"}
    assert store.parked() == ()


def test_what_cannot_be_written_to_a_partner_is_kept_and_told_to_who_runs_the_bus(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    plain = partner("agent", AGENT, 'level = "UNOA"', "[gets.CODECO]", *STATUSES)
    facts = [_with_odd_bill(each) for each in FACTS if each.stay is not None]
    odd = [replace(each, recorded=fact) for each, fact in zip(arrivals(), facts, strict=True)]
    own, kept = (
        Store(sqlite_url, tables=TOLD, told_to=told_to([plain, QUAY_PARTNER])),
        GatewayStore(sqlite_url),
    )
    kept.create()
    own.settle(odd, DIRECTORY, {facts[0].shard})
    own.settle(odd, DIRECTORY)

    records = [(each.receiver, told_record(each, "x.")) for each in standing(own)]
    unsent = [each for receiver, each in records if receiver == "agent"]
    answers = [PARTNER_ANSWER.read(each.value or b"") for each in unsent]
    assert {each.topic for each in unsent} == {"x." + EDI_ANSWERS.name}
    assert sorted(each.message_type or "" for each in answers) == ["CODECO", "CODECO", "IFTSTA"]
    assert {(each.partner, each.verdict, each.container) for each in answers} == {
        ("agent", Verdict.UNSENT, facts[0].container)
    }
    assert all("cannot read" in (each.reason or "") for each in answers)
    assert len({texts_of(each.headers)["ce_id"] for each in unsent}) == 3  # type: ignore[index]  # read
    assert "not told of" in caplog.text

    own.sent(standing(own), NOW)
    assert not kept.overdue({"agent": timedelta(minutes=1)}, NOW + timedelta(days=1))
    shown = kept.answers("agent", [Verdict.UNSENT])
    assert sorted(shown, key=str) == sorted(answers, key=str)
    assert [each.message_type for each in kept.answers("quay", [Verdict.UNSENT])] == ["COREOR"] * 3
    assert (len(kept.answers()), kept.answers(None, [Verdict.REJECTED])) == (6, [])
    kept.close()
    own.close()


def test_who_gets_answers_alone_hears_of_no_fact() -> None:
    assert [each.name for each in told_to([SILENT, QUAY_PARTNER])(FACTS[0])] == ["quay"]


def test_what_is_not_sent_has_a_reference_of_its_own_beside_what_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = Draft("1", Kind("COREOR", "D", "95B", UN), (line("BGM", "12", "1", "9"),))
    of_both = Told((order,), (NotWritten("COPINO", "for some reason"),))
    monkeypatch.setattr(telling, "told", lambda *_given: of_both)
    documents = telling.Tells(QUAY_PARTNER).render(FACTS[0], {}, "").documents

    assert [each.content_type == JSON for each in documents] == [False, True]
    assert len({each.correlation_id for each in documents}) == 2


def _with_odd_bill(recorded: RecordedFact) -> RecordedFact:
    assert recorded.stay is not None
    stay = altered(recorded.stay, bills_of_lading=("\u0414\u041e\u041a1",))
    return altered(recorded, stay=stay)
