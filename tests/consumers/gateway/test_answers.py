"""What partners answered is found by what they name, kept, and told to whoever listens."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from consumers.dispatch.store import Store
from consumers.gateway.answers import ANSWER
from consumers.gateway.store import GatewayStore
from consumers.gateway.tables import TOLD
from producers.log import partition_of
from producers.records import Record
from schemas.partner_answers import PARTNER_ANSWER, PartnerAnswer, Verdict
from schemas.topics import EDI_ANSWERS, EDI_IN
from tests.consumers.gateway.interchanges import desk, interchange, partner, record
from tests.consumers.gateway.telling import tell

ALL = range(12)
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
AN_HOUR = {"quay": timedelta(minutes=60)}
LATE = NOW + timedelta(minutes=61)
OTHER = "other"
"""A partner that is told of the same facts as the terminal, under the same references."""


@pytest.fixture
def store(database_url: str) -> Iterator[GatewayStore]:
    """A store of its own, in which the terminal was told three things at nine."""
    found = GatewayStore(database_url)
    found.create()
    tell(database_url, "R1", NOW, number="ledger-3-17")
    tell(database_url, "R2", NOW, number="ledger-3-17", kind="IFTSTA")
    tell(database_url, "R3", NOW)
    yield found
    found.close()


def answered(store: GatewayStore, offset: int, *messages: str, by: str = "quay") -> None:
    """Let the terminal say this, or another partner."""
    brought = interchange(*messages, reference=f"A{offset}", asks=False, sender="QUAY:ZZ")
    at = desk(*(partner(name=name) for name in ("quay", OTHER)))
    store.settle(at, [record(brought, offset=offset, key=by.encode())])


TERMINATOR = "'"


def contrl(reference: str, verdict: str = "7") -> str:
    body = f"UCI+{reference}+RELEASEBUS:ZZ+QUAY:ZZ+{verdict}"
    return f"UNH+1+CONTRL:D:3:UN'{body}'UNT+3+1'"


def aperak(bgm: str, reference: str) -> str:
    return f"UNH+1+APERAK:D:95B:UN'BGM+312+X+{bgm}'RFF+{reference}'UNT+4+1'"


def said(store: GatewayStore) -> list[tuple[str, str | None, str]]:
    """Return what is to be told on the topic of answers."""
    told = [each.record for each in store.unsent(ALL, 100) if each.system == ANSWER]
    assert {each.topic for each in told} <= {EDI_ANSWERS.name}
    return [_shown(_read(each)) for each in told]


def _read(told: Record) -> PartnerAnswer:
    return PARTNER_ANSWER.read(told.value or b"")


def shown(store: GatewayStore, *verdicts: Verdict) -> list[tuple[str, str | None, str]]:
    return [_shown(each) for each in store.answers("quay", verdicts or tuple(Verdict))]


def _shown(answer: PartnerAnswer) -> tuple[str, str | None, str]:
    return answer.reference, answer.answered_by, answer.verdict.value


@pytest.mark.parametrize("name", ["ACW:R1", "AGO:R1"])
def test_an_aperak_is_matched_by_our_reference_wherever_it_is_named(
    store: GatewayStore, name: str
) -> None:
    answered(store, 0, aperak("29+AP", name))

    assert said(store) == shown(store) == [("R1", "APERAK", "accepted")]


def test_of_several_that_an_aperak_names_alike_the_first_is_what_it_answers(
    store: GatewayStore,
) -> None:
    twice = aperak("29+AP", "ACW:R1").replace("'UNT+4", "'RFF+ACW:R3'UNT+5")
    answered(store, 0, twice)

    assert shown(store) == [("R1", "APERAK", "accepted")]


def test_the_number_of_a_document_answers_every_message_that_had_it(store: GatewayStore) -> None:
    answered(store, 0, aperak("27+RE", "AGO:LEDGER-3-17"))

    assert shown(store) == [("R1", "APERAK", "rejected"), ("R2", "APERAK", "rejected")]
    assert said(store) == shown(store)
    (first, _) = store.answers("quay")
    assert (first.message_type, first.container, first.sent_at) == ("COREOR", "MSKU1234565", NOW)


def test_a_control_message_and_an_aperak_both_stand(store: GatewayStore) -> None:
    answered(store, 0, contrl("R1"))
    answered(store, 1, aperak("27+RE", "ACW:R1"))

    assert shown(store) == [("R1", "CONTRL", "accepted"), ("R1", "APERAK", "rejected")]
    assert shown(store, Verdict.REJECTED) == [("R1", "APERAK", "rejected")]


def test_whichever_part_of_it_a_partner_refuses_it_was_not_taken(
    store: GatewayStore, database_url: str
) -> None:
    rows = {
        "7": "accepted",
        "8": "accepted",
        "1": "accepted",
        "2": "accepted",
        "5": "accepted",
        "4+29": "rejected",
        "6": "rejected",
        "3": "rejected",
        "7'UCF+G1+RELEASEBUS:ZZ+QUAY:ZZ+4+29": "rejected",
        "8'UCF+G1+RELEASEBUS:ZZ+QUAY:ZZ+6": "rejected",
        "7'UCM+1+COREOR:D:95B:UN+4+12": "rejected",
        "7'UCM+1+COREOR:D:95B:UN+7": "accepted",
    }
    for number in range(len(rows)):
        tell(database_url, f"W{number}", NOW)
    for number, verdict in enumerate(rows):
        answered(store, number, contrl(f"W{number}", verdict).replace("UNT+3", count_of(verdict)))
    found = {reference: verdict for reference, _, verdict in shown(store)}

    assert {row: found[f"W{number}"] for number, row in enumerate(rows)} == rows


def count_of(verdict: str) -> str:
    return f"UNT+{3 + len(verdict.split(TERMINATOR)) - 1}"


def test_what_answers_the_same_anew_counts_instead(store: GatewayStore) -> None:
    answered(store, 0, contrl("R1", "4+29"))
    answered(store, 1, contrl("R1"))

    assert shown(store) == [("R1", "CONTRL", "accepted")]
    assert [verdict for _, _, verdict in said(store)] == ["rejected", "accepted"]
    ids = {dict(each.record.headers)["ce_id"] for each in store.unsent(ALL, 100)}
    assert len(ids) == 2, "else who listens takes the second for the first again"


def test_an_answer_to_nothing_that_was_told_is_kept_under_what_it_names(
    store: GatewayStore,
) -> None:
    answered(
        store, 0, contrl("OTHER", "4+29"), aperak("29+AP", "ACW:NONE").replace("UNH+1", "UNH+2")
    )

    assert ("OTHER", "CONTRL", "rejected") in said(store)
    assert store.answers("other") == []


def test_a_repeated_interchange_answers_nothing_anew(store: GatewayStore) -> None:
    answered(store, 0, contrl("R1"))
    store.settle(desk(), [record(interchange(contrl("R1", "7"), reference="A0"), offset=9)])

    assert said(store) == [("R1", "CONTRL", "accepted")]


def test_what_is_not_acknowledged_in_its_time_is_overdue_and_told_once(
    store: GatewayStore,
) -> None:
    answered(
        store,
        0,
        contrl("R1"),
        aperak("29+AP", "ACW:R3").replace("+1'", "+2'").replace("H+1", "H+2"),
    )
    assert store.overdue(AN_HOUR, NOW + timedelta(minutes=59)) == []
    assert store.overdue({}, LATE) == []
    assert store.overdue({"other": timedelta(0)}, LATE) == []

    late = store.overdue(AN_HOUR, LATE)

    assert [_shown(each) for each in late] == [("R2", None, "overdue")]
    assert store.overdue(AN_HOUR, LATE) == []
    assert said(store).count(("R2", None, "overdue")) == 1
    assert shown(store, Verdict.OVERDUE) == [("R2", None, "overdue")]


def test_what_was_overdue_and_is_answered_after_all_is_overdue_no_more(
    store: GatewayStore,
) -> None:
    store.overdue(AN_HOUR, LATE)
    answered(store, 0, contrl("R1"))

    assert shown(store, Verdict.OVERDUE) == [
        ("R2", None, "overdue"),
        ("R3", None, "overdue"),
    ]
    assert ("R1", "CONTRL", "accepted") in shown(store)


def each_answer(store: GatewayStore, *verdicts: Verdict) -> list[tuple[str, str, str]]:
    """Return who answered what, and how, of all partners."""
    found = store.answers(None, verdicts or tuple(Verdict))
    return sorted((each.partner, each.reference, each.verdict.value) for each in found)


@pytest.mark.parametrize("names", ["R1", "ledger-3-17"])
def test_what_two_partners_were_told_under_one_reference_each_answers_for_itself(
    store: GatewayStore, database_url: str, names: str
) -> None:
    """A reference of ours counts the facts, of which several partners may be told."""
    tell(database_url, "R1", NOW, number="ledger-3-17", receiver=OTHER, kind="CODECO")
    answered(store, 0, aperak("27+RE", f"ACW:{names}"), by=OTHER)

    assert each_answer(store) == [(OTHER, "R1", "rejected")]
    told = [_read(each.record) for each in store.unsent(ALL, 100) if each.system == ANSWER]
    assert [(each.partner, each.message_type) for each in told] == [(OTHER, "CODECO")]
    both = {"quay": timedelta(minutes=60), OTHER: timedelta(minutes=60)}
    late = store.overdue(both, LATE)
    assert {(each.partner, each.reference) for each in late} == {
        ("quay", reference) for reference in ("R1", "R2", "R3")
    }


def test_who_answers_what_another_was_told_hears_nothing_of_it(store: GatewayStore) -> None:
    answered(store, 0, contrl("R1"), by=OTHER)
    (told,) = (_read(each.record) for each in store.unsent(ALL, 100) if each.system == ANSWER)

    assert (told.partner, told.reference, told.container, told.sent_at) == (
        OTHER,
        "R1",
        None,
        None,
    )
    assert "R1" in {each.reference for each in store.overdue(AN_HOUR, LATE)}


def test_one_that_two_partners_leave_unanswered_is_overdue_of_each(
    store: GatewayStore, database_url: str
) -> None:
    tell(database_url, "R1", NOW, receiver=OTHER)
    store.overdue({"quay": timedelta(minutes=60), OTHER: timedelta(minutes=60)}, LATE)
    waiting = [each for each in store.unsent(ALL, 100) if each.system == ANSWER]

    assert {(_read(each.record).partner, _read(each.record).reference) for each in waiting} == {
        (OTHER, "R1"),
        *(("quay", reference) for reference in ("R1", "R2", "R3")),
    }
    # Each lies with who sends its partner's: another never asks for it.
    for each in waiting:
        own = partition_of(_read(each.record).partner.encode(), EDI_IN.partitions)
        assert [it.id for it in store.unsent([own], 100)].count(each.id) == 1

    answered(store, 0, contrl("R1"))
    assert (OTHER, "R1", "overdue") in each_answer(store, Verdict.OVERDUE)
    assert ("quay", "R1", "overdue") not in each_answer(store, Verdict.OVERDUE)


def test_answers_are_forgotten_behind_what_they_answer_and_no_sooner(
    store: GatewayStore, database_url: str
) -> None:
    """Else what was acknowledged thirty days ago would be overdue until that is forgotten, too."""
    for offset, reference in enumerate(("R1", "R2", "R3", "NONE OF OURS")):
        answered(store, offset, contrl(reference))
    later = datetime.now(UTC) + timedelta(days=1)
    store.forget(later)
    assert [reference for reference, _, _ in shown(store)] == ["R1", "R2", "R3"]
    assert store.overdue(AN_HOUR, later) == []

    told = Store(database_url, tables=TOLD)
    told.forget(later)
    told.close()
    assert store.overdue(AN_HOUR, later) == []
    store.forget(later)

    assert shown(store) == []
