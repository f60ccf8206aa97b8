"""What SCR says, on its way to the log: in the names of whose accounts it names."""

import json
from datetime import UTC, datetime
from typing import Any

from adapters.scr import SYSTEM
from adapters.scr.profile import MEDIA
from consumers.dispatch.incoming.desk import IncomingDesk, Outcome, Said
from ledger.directory.directory import directory_of
from schemas import messages as m
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.identifiers import Scheme
from schemas.logged import Logged, read_logged
from schemas.messages import PartyRef
from schemas.organisations import Account, Organisation
from schemas.value import altered
from tests.adapters import story
from tests.adapters.scr.samples import CARRIER, FORWARDER, sample, shown
from tests.consumers.intake.records import came

T_MINING = Organisation("NXT22000000012", 1, "T-Mining", (), system="scr")
ACCOUNTS = {story.AGENT: CARRIER, story.FORWARDER: FORWARDER}
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def desk(*unlinked: str) -> IncomingDesk:
    found = [
        altered(each, accounts=(Account("scr", ACCOUNTS[each.id]),))
        if each.id in ACCOUNTS.keys() - set(unlinked)
        else each
        for each in story.ORGANISATIONS
    ]
    return IncomingDesk({"scr": SYSTEM}, directory_of([*found, T_MINING], 1))


def outcome(at: IncomingDesk, body: dict[str, Any], memory: str = "") -> Outcome:
    source = ORGANISATION_SOURCE + T_MINING.id
    envelope = Envelope("said-1", source, "scr.webhook", NOON, "", "", MEDIA)
    record = came("releases.scr.v1", json.dumps(body).encode(), headers_of(envelope))
    said = at.said(record)
    assert isinstance(said, Said), said
    return at.heard(said, memory)


def on_the_log(found: Outcome) -> list[Logged]:
    assert not found.problems, found.problems
    return [read_logged(record.headers, record.value or b"") for _, record in found.records]


def test_an_event_asks_and_the_release_is_the_word_of_the_carrier_and_of_the_holder() -> None:
    asked = outcome(desk(), sample("S1_transfer"))
    found = outcome(desk(), sample("S2_release"), asked.memory or "")

    assert (len(asked.requests), asked.records) == (1, ())
    released, transferred, accepted = on_the_log(found)
    assert [each.attestation.organisation for each in (released, transferred, accepted)] == [
        story.AGENT,
        story.AGENT,
        story.FORWARDER,
    ]
    assert {each.attestation.via for each in (released, transferred, accepted)} == {T_MINING.id}
    assert isinstance(transferred.message, m.Transfer)
    assert transferred.message.release_to == PartyRef(scheme=Scheme.NXTPORT, code=story.FORWARDER)
    assert outcome(desk(), sample("S2_release"), found.memory or "").records == ()


def test_what_an_unlinked_account_did_is_a_dead_letter_and_the_rest_is_followed() -> None:
    found = outcome(desk(story.FORWARDER), shown())

    kinds = [kind for kind, _ in found.records]
    assert kinds == ["log", "letter"]
    assert {problem.code for problem in found.problems} == {"unlinked_account"}
