"""Rights that are handed on in SCR, and what the ledger makes of them in Antwerp."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.antwerp_cpu import SYSTEM as CPU
from adapters.contract import NOTHING, Parsed
from adapters.parties import Unlinked, linked
from ledger.directory.accounts import organisation_of
from ledger.directory.directory import Directory, directory_of
from schemas import facts as f
from schemas import messages as m
from schemas.facts import RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, Modality, PartyRef
from schemas.organisations import Account, Organisation
from schemas.stay import Stay
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.scr import samples
from tests.adapters.scr.samples import Watched, release, shown
from tests.adapters.story import AGENT, CUSTOMS, DRIVER, FORWARDER, HAULIER, TERMINAL, Story, to

ACCOUNTS = {
    AGENT: samples.CARRIER,
    FORWARDER: samples.FORWARDER,
    HAULIER: samples.TRUCKER,
}
BILL = ("MEDUZZ123456",)
T_MINING = Organisation("NXT22000000012", 1, "T-Mining", (), system="scr")
EIGHT = datetime(2026, 3, 1, 8, tzinfo=UTC)


def directory(*linked_to_scr: str) -> Directory:
    found = [
        altered(each, accounts=(Account("scr", ACCOUNTS[each.id]),))
        if each.id in linked_to_scr
        else each
        for each in antwerp.ORGANISATIONS
    ]
    return directory_of([*found, T_MINING], version=1)


@dataclass(slots=True)
class Antwerp:
    """SCR's word and the parties' own, on one log; `unlinked` were not followed."""

    linked_to_scr: tuple[str, ...] = (AGENT, FORWARDER, HAULIER)
    unlinked: list[str] = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)
    story: Story = field(init=False)

    def __post_init__(self) -> None:
        self.story = Story(
            container="MSCU7029147", now=EIGHT, directory=directory(*self.linked_to_scr)
        )

    def scr_shows(self, state: dict[str, Any]) -> list[str]:
        """Let SCR tell of an event and show the release; return what the ledger says to it."""
        self.watched.event("update")
        return self._logged(self.watched.answered(state))

    def say(self, sender: str, model: type[ContainerMessage], **members: object) -> list[str]:
        """Let a party say something by itself; return what the ledger says to it."""
        return words(self.story.say(sender, model, **members))

    def _logged(self, parsed: Parsed) -> list[str]:
        answers: list[str] = []
        for part in parsed.messages:
            known = linked(part, self._whose)
            if isinstance(known, Unlinked):
                self.unlinked.append(known.account)
                continue
            assert known.on_behalf_of is not None
            assert isinstance(known.message, ContainerMessage)
            sender = self.story.directory.find(known.on_behalf_of)
            assert isinstance(sender, Organisation)
            members = known.message.model_dump(exclude_none=True)
            self.story.via = T_MINING.id
            answers.extend(self.say(sender.id, type(known.message), **members))
            self.story.via = None
        return answers

    def _whose(self, account: str) -> PartyRef | None:
        found = organisation_of(self.story.directory, "scr", account)
        if not isinstance(found, Organisation):
            return None
        return PartyRef(scheme=Scheme.NXTPORT, code=found.id)

    @property
    def stay(self) -> Stay:
        (stay,) = self.story.file.stays
        return stay

    @property
    def chain(self) -> list[str]:
        return [f"{hop.receiver}{'' if hop.accepted else '?'}" for hop in self.stay.hops]


def words(recorded: tuple[RecordedFact, ...]) -> list[str]:
    """Return each fact in a word or two."""
    return [
        f"refused: {each.fact.reason}" if isinstance(each.fact, f.Refused) else each.fact.type
        for each in recorded
    ]


def carried_by_haulier(at: Antwerp) -> None:
    at.scr_shows(shown(3))
    at.scr_shows(shown(3, 6))


@pytest.mark.parametrize(("carrier", "line"), [("MSC BELGIUM", "MSC"), ("CMA CGM BELGIUM", "CMA")])
def test_the_carrier_hands_the_right_over_through_scr_and_the_entitlement_comes_from_the_ledger(
    carrier: str, line: str
) -> None:
    at, quay = Antwerp(), {"terminal": "1742"}
    of_the_line = {"release_data": {"billOfLading": {"agent": carrier, "lineCode": line}}}

    at.watched.event("TRANSFER")
    first = at._logged(at.watched.answered(release(of_the_line)))
    on = at.scr_shows(release(of_the_line, samples.sample("S6_changed")))

    assert first == ["released", "transferred", "accepted"]
    assert on == ["transferred", "accepted"]
    assert at.chain == [FORWARDER, HAULIER]
    assert at.stay.authority == "ledger"
    assert at.stay.first_release_party == FORWARDER

    (assigned,) = at.story.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    at.say(TERMINAL, m.ReportDischarge, **quay)
    at.say(CUSTOMS, m.ReportCustomsStatus, status="released")
    at.story.wait(days=2)
    (ready,) = at.story.say(TERMINAL, m.ReportTerminalRelease, **quay)

    assert ready.missing == ()
    assert ready.stay is not None
    assert ready.stay.pickup is not None
    assert ready.stay.pickup.operator == HAULIER
    told = CPU.functions.render(assigned, at.story.directory.by_id, NOTHING).documents
    assert [document.type.rpartition(".")[2] for document in told] == ["DigitalKeyCreated"]
    assert at.say(TERMINAL, m.ReportGateOut, **quay, picked_up_by=to(HAULIER)) == [
        "gated_out",
        "pickup_ended",
    ]


def test_the_same_transfer_seen_through_scr_and_cpu_counts_once() -> None:
    at = Antwerp()
    at.scr_shows(shown(3))
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    at.say(HAULIER, m.Accept)
    before = at.stay

    again = at.scr_shows(shown(3, 6))

    assert again == ["refused: not_the_holder", "refused: no_transfer_pending"]
    assert at.stay == before


def test_a_transfer_that_waits_in_cpu_is_accepted_where_scr_shows_it() -> None:
    at = Antwerp()
    at.scr_shows(shown(3))
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))

    shows = at.scr_shows(shown(3, 6))

    assert shows == ["refused: transfer_pending", "accepted"]
    assert at.chain == [FORWARDER, HAULIER]


def test_what_moved_on_in_cpu_is_not_moved_by_what_scr_shows_after_it() -> None:
    at = Antwerp()
    at.scr_shows(shown(3))
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    at.say(HAULIER, m.Accept)

    assert at.scr_shows(shown(3, 4)) == ["blocked"]
    assert at.scr_shows(shown(3, 4, 5)) == ["unblocked"]
    assert at.chain == [FORWARDER, HAULIER]


def test_a_release_that_its_agent_made_in_cpu_is_the_one_that_scr_hands_on() -> None:
    at = Antwerp()
    at.story.released(bills_of_lading=BILL, valid_from=EIGHT)

    shows = at.scr_shows(shown())

    assert shows == ["refused: already_released", "transferred", "accepted"]
    assert at.chain == [FORWARDER]


def test_the_carrier_revokes_updates_and_deletes_as_in_cpu() -> None:
    at = Antwerp()
    at.scr_shows(shown())
    at.scr_shows(shown(3))

    assert at.stay.expires_at == datetime(2026, 3, 15, 22, tzinfo=UTC)
    taken = shown(3) | {"owner": samples.CARRIER, "updatedAt": "2026-03-02T09:00:00Z"}
    assert at.scr_shows(taken) == ["chain_revoked"]
    assert at.chain == []
    assert at.scr_shows(taken | {"deleted": True, "updatedAt": "2026-03-02T10:00:00Z"}) == [
        "deleted"
    ]


def test_what_an_unlinked_account_did_is_not_followed() -> None:
    at = Antwerp(linked_to_scr=(AGENT, FORWARDER))
    carried_by_haulier(at)

    assert at.chain == [FORWARDER]
    assert at.unlinked == [samples.TRUCKER, samples.TRUCKER]


def test_a_revoke_in_scr_takes_one_hop_back_and_its_pickup_with_it() -> None:
    at = Antwerp()
    carried_by_haulier(at)
    at.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)

    assert at.scr_shows(shown(3, 6, 8)) == ["pickup_ended", "transfer_revoked"]
    assert at.chain == [FORWARDER]
    assert at.stay.pickup is None
    assert at.stay.first_release_party == FORWARDER


def test_what_was_accepted_in_cpu_is_not_revocable_through_scr() -> None:
    at = Antwerp()
    at.scr_shows(shown(3))
    at.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    at.say(HAULIER, m.Accept)
    at.scr_shows(shown(3, 6))

    assert at.scr_shows(shown(3, 6, 8)) == ["refused: transfer_already_accepted"]
    assert at.chain == [FORWARDER, HAULIER]


def test_what_scr_passed_on_is_not_revocable_in_cpu() -> None:
    at = Antwerp()
    carried_by_haulier(at)

    assert at.say(FORWARDER, m.Revoke) == ["refused: transfer_already_accepted"]
    assert at.chain == [FORWARDER, HAULIER]
