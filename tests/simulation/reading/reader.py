"""What entries a log must have led to: one box's messages in, the entries that must be, out."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.simulation.reading import claims, goods, linking, reports, requests
from tests.simulation.reading.becoming import Fact, become, lapsed, silent, told_long_enough
from tests.simulation.reading.box import Box, Release, Waiter
from tests.simulation.reading.claims import Judged
from tests.simulation.reading.following import FOLLOWS, opened, released
from tests.simulation.reading.requests import Asked
from tests.simulation.reading.told import Json, Register, Settings, Told

MAY_SAY = {**requests.MAY_ASK, **reports.MAY_REPORT}
CALLS = frozenset({"updated", "transferred"})
OPENS = CALLS | {"released"}


@dataclass(frozen=True, slots=True)
class Must:
    """One entry that must be there; of the fact only what the reading can know."""

    fact: Json
    message_id: str
    outcome: str | None
    waited: bool = False
    stands: Json | None = None
    missing: tuple[str, ...] = ()
    combined: str = ""


@dataclass(slots=True)
class Reading:
    """One box as it is read, message by message; `out` is what must have been written.

    `rights` are the pick-up rights by the id that they were given, each with the message that
    made it: their ids are the ledger's to give.
    """

    box: Box
    register: Register
    settings: Settings
    rights: dict[str, str] = field(default_factory=dict)
    out: list[Must] = field(default_factory=list)
    waited: bool = False
    counted: bool = False
    before: list[Release] = field(default_factory=list)

    def hear(self, told: Told) -> None:
        """Take in a message that has not come before, and call who waited for it."""
        since = len(self.out)
        self._hear(told, waited=False)
        moved = self._moved(OPENS, since)
        while moved:
            since = len(self.out)
            for waiter in list(self.box.waiting):
                self._call(waiter, told.heard_at)
            moved = self._moved(CALLS, since)

    def _call(self, waiter: Waiter, now: datetime) -> None:
        if waiter.until > now and self._has_come(waiter.told):
            self.box.waiting.remove(waiter)
            self._hear(replace(waiter.told, heard_at=now), waited=True)

    def tick(self, told: Told) -> None:
        """Let time pass; *told* stands for the tick, which counts as nothing."""
        now = told.heard_at
        self.waited, self.counted = False, True
        self.before = [replace(release) for release in self.box.releases]
        for release in self.box.releases:
            told_enough = told_long_enough(release, now, self.settings)
            facts = [*lapsed(release, now), *silent(release, now), *told_enough]
            self._write_all(facts, told, release)
        self._settle_disputes(told)
        self._give_up([each for each in self.box.waiting if each.until <= now])

    def _moved(self, kinds: frozenset[str], since: int) -> bool:
        return any(must.fact["type"] in kinds for must in self.out[since:])

    # --- one message ----------------------------------------------------------------------------

    def _hear(self, told: Told, *, waited: bool) -> None:
        self.waited, self.counted = waited, False
        self.before = [replace(release) for release in self.box.releases]
        if (reason := self._unheard(told)) is not None:
            self._refuse(reason, told)
        elif told.kind == "release":
            self._open(told)
        elif told.kind == "confirm_pickup_end":
            self._confirm(told)
        elif told.kind in requests.MAY_ASK:
            self._ask(told)
        else:
            self._report(told)

    def _unheard(self, told: Told) -> str | None:
        if not self.register.knows(told.sender):
            return "sender_unknown"
        if not self.register.may(told.sender, MAY_SAY[told.kind]):
            return "role_not_allowed"
        if MAY_SAY[told.kind] == reports.TERMINAL and not self._by_its_terminal(told):
            return "not_the_terminal"
        asks = told.kind in requests.MAY_ASK
        return "time_out_of_range" if asks and self._out_of_time(told) else None

    def _by_its_terminal(self, told: Told) -> bool:
        quay = told.body["port"], told.body["terminal"]
        return self.register.quays.get(quay) == told.sender

    def _out_of_time(self, told: Told) -> bool:
        # What waited said when it came what time it was.
        return not self.waited and requests.out_of_time(told, self.settings)

    def _open(self, told: Told) -> None:
        release, known = opened(told, self.settings), list(self.box.releases)
        against = requests.against_opening(told, release, known, self.register)
        if (reason := requests.first(against)) is not None:
            self._refuse(reason, told)
            return
        self.box.releases.append(release)
        self._write_all(released(told, release, known, self.register), told, release)
        taken = goods.of_the_box(self.box.releases)
        self._write_of_the_box(told, [each for each in taken if each[0] is release])
        self._dispute(told, release)
        self._settle_disputes(told)

    def _write_of_the_box(self, told: Told, taken: Iterable[tuple[Release, Fact]]) -> None:
        for release, fact in list(taken):
            self._write({"type": "customs_status_set", **fact}, told, release)

    def _ask(self, told: Told) -> None:
        about = linking.asked_about(self.box, told)
        if isinstance(about, str):
            self._refuse(about, told)
        elif about is None:
            self._wait_for_release(told)
        else:
            self._decide(told, about)

    def _decide(self, told: Told, release: Release) -> None:
        others = tuple(each for each in self.box.releases if each is not release)
        asked = Asked(told, release, others, self.register, self.settings)
        reason = requests.first(requests.against(asked))
        if reason is not None:
            self._refuse(reason, told, release)
            return
        was_live, quay = release.live, release.terminal
        self._write_all(FOLLOWS[told.kind](asked), told, release)
        if release.live and (not was_live or release.terminal != quay):
            self._dispute(told, release)
        self._settle_disputes(told)

    def _confirm(self, told: Told) -> None:
        """The old quay knows that its right ended; it may long be another quay's release."""
        quay, of = told.body["terminal"], self.rights.get(told.body["pickup_id"], "no right")
        meant = [each for each in self.box.releases if each.ended_by.get(quay) == of][:1]
        if meant and quay not in meant[0].confirmed:
            fact = {"type": "pickup_end_confirmed", "terminal": quay}
            self._write(fact, told, meant[0])
            self._settle_disputes(told)
        else:
            self._refuse("nothing_to_confirm", told, next(iter(meant), None))

    def _wait_for_release(self, told: Told) -> None:
        asking = [each for each in self.box.waiting if not each.report]
        if len(asking) >= self.settings.most_waiting:
            self._refuse("waiting_room_full", told)
        else:
            self._wait(told, timedelta(hours=self.settings.request_waits_hours), report=False)

    def _wait(self, told: Told, how_long: timedelta, *, report: bool) -> None:
        until = told.heard_at + how_long
        self.box.waiting.append(Waiter(told, until, report))
        self._write({"type": "waiting", "until": until}, told, None, "waiting")

    # --- reports --------------------------------------------------------------------------------

    def _report(self, told: Told) -> None:
        about = linking.reported_of(self.box, told, self.settings)
        if isinstance(about, str):
            self._refuse(about, told)
            return
        leaves = told.kind == "report_gate_out"
        ends = leaves and (not about or any(not release.gone for release in about))
        if not about:
            self._report_unknown(told)
        before = [replace(release) for release in self.box.releases]
        if about and told.kind == "report_customs_status":
            self._write_of_the_box(told, goods.of_the_box(self.box.releases, about, told))
        for release in about:
            others = [each for each in before if each.opened_by != release.opened_by]
            facts = list(reports.written(release, told, self.register, others))
            self._write_all(facts, told, release)
            self._note_time(told, release)
        if ends:
            self._give_up([each for each in self.box.waiting if self._of_this_visit(each, told)])
        self._settle_disputes(told)

    def _report_unknown(self, told: Told) -> None:
        if told.kind == "report_gate_out":
            self._write(_finding("left_without_right"), told, None)
        else:
            self._wait(told, timedelta(days=self.settings.report_waits_days), report=True)
        for release in linking.elsewhere(self.box, told):
            self._write(_finding("of_another_terminal"), told, release)
        for release in claims.of_no_claim(told, self.box.releases):
            self._write(_finding("evidence_contradicts"), told, release)
        self._note_time(told, None)

    def _of_this_visit(self, waiter: Waiter, told: Told) -> bool:
        body, left = waiter.told.body, told.body
        there = body["port"] == left["port"] and body.get("terminal") in {None, left["terminal"]}
        return waiter.report and there

    def _note_time(self, told: Told, release: Release | None) -> None:
        if not self.waited and requests.out_of_time(told, self.settings):
            self._write(_finding("absurd_time"), told, release)

    # --- what follows by itself -----------------------------------------------------------------

    def _has_come(self, told: Told) -> bool:
        if told.kind in reports.MAY_REPORT:
            return linking.reported_of(self.box, told, self.settings) != []
        return linking.asked_about(self.box, told, of_the_senders=True) is not None

    def _dispute(self, told: Told, release: Release) -> None:
        for other in [each for each in self.box.releases if _rivals(release, each)]:
            for one, rival in ((release, other), (other, release)):
                fact = {"type": "disputed", "other_agent": rival.agent}
                self._write(fact, told, one)

    def _settle_disputes(self, told: Told) -> None:
        """design.md §4: what is known of the papers may settle it, or take that back again."""
        releases = self.box.releases
        was, now = claims.judged(self.before), claims.judged(releases)
        for release in releases:
            rivals = now.rivals.get(release.opened_by)
            if rivals and not release.disputed and not now.wins(release):
                fact = {"type": "disputed", "other_agent": rivals[-1].agent}
                self._write(fact, told, release)
        for release in releases:
            self._tell_of_papers(release.opened_by, was, now, told, release)
        for release in releases:
            if not release.live or not release.disputed:
                continue
            if now.wins(release):
                word = now.backed[release.opened_by]
                self._write({"type": "dispute_settled", "evidence": word}, told, release)
                continue
            rivalled = release.opened_by in now.rivals
            if not rivalled and not claims.ran_out_against(release, releases):
                self._write({"type": "dispute_settled", "evidence": None}, told, release)

    def _tell_of_papers(
        self, claim: str, was: Judged, now: Judged, told: Told, release: Release
    ) -> None:
        both = claim in now.backed
        anew = claim not in was.refuted or (both and claim not in was.backed)
        if claim in now.refuted and anew:
            what = "evidence_contradicts" if both else "claim_contradicted"
            self._write(_finding(what), told, release)

    def _give_up(self, waiters: Iterable[Waiter]) -> None:
        for waiter in waiters:
            self.box.waiting.remove(waiter)
            fact = {"type": "given_up", "reason": "no_release_came"}
            self.out.append(Must(fact, waiter.told.message_id, "refused", waited=True))

    # --- what is written down -------------------------------------------------------------------

    def _refuse(self, reason: str, told: Told, release: Release | None = None) -> None:
        self._write({"type": "refused", "reason": reason}, told, release, "refused")

    def _write_all(self, facts: Iterable[Fact], told: Told, release: Release) -> None:
        # All of them follow from how it stood before the first.
        for fact in list(facts):
            self._write(fact, told, release)

    def _write(
        self, fact: Fact, told: Told, release: Release | None, outcome: str = "applied"
    ) -> None:
        if release is not None:
            become(release, fact, told.heard_at)
            if fact["type"] == "pickup_assigned" and release.pickup is not None:
                release.pickup.made_by = told.message_id
        self.out.append(
            Must(
                fact,
                told.message_id,
                None if self.counted else outcome,
                self.waited,
                None if release is None else release.stands(),
                () if release is None else tuple(release.missing(told.heard_at)),
                "" if release is None else release.combined,
            )
        )
        self.counted = True


def _finding(what: str) -> Fact:
    return {"type": "finding_made", "finding": what}


def _rivals(one: Release, other: Release) -> bool:
    """design.md §4: a second live release of the box at that terminal by another agent."""
    there = (one.port, one.terminal) == (other.port, other.terminal)
    return other.live and one.agent != other.agent and there
