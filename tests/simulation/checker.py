"""The checker: of every entry whether it is legal, of every message whether it got one outcome."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby, zip_longest

from tests.simulation.reading.box import Box, shown
from tests.simulation.reading.reader import Must, Reading
from tests.simulation.reading.told import Json, Register, Settings, Told

FINDINGS_KEPT = 20
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# What a note may come to (docs/decisions/0027): no day has one, and one that came is no riddle.
NOTES = frozenset({"add_note", "withdraw_note"})
OF_NOTES = frozenset(
    {"note_added", "note_withdrawn", "refused", "waiting", "given_up", "repeated", "parked"}
)
ALARMS = frozenset({"left_without_right", "terminal_overruled"})


@dataclass(slots=True)
class Verdict:
    """What was found, and how much was looked at."""

    messages: int = 0
    entries: int = 0
    illegal: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    alarms: Counter[str] = field(default_factory=Counter)
    findings: list[str] = field(default_factory=list)

    def found(self, what: str) -> None:
        """Take note of something that must not be."""
        self.illegal += 1
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(what)

    def add(self, other: "Verdict") -> None:
        """Add what was found elsewhere."""
        self.messages += other.messages
        self.entries += other.entries
        self.illegal += other.illegal
        for own, others in (
            (self.outcomes, other.outcomes),
            (self.facts, other.facts),
            (self.refusals, other.refusals),
            (self.alarms, other.alarms),
        ):
            own.update(others)
        self.findings = [*self.findings, *other.findings][:FINDINGS_KEPT]

    def count(self, entry: Json) -> None:
        """Count one entry in every table it belongs to."""
        fact = entry["fact"]
        self.entries += 1
        self.facts[fact["type"]] += 1
        if entry.get("outcome") is not None and not entry["cause"]["waited"]:
            self.outcomes[entry["outcome"]] += 1
        if fact["type"] == "refused":
            self.refusals[fact["reason"]] += 1
        if fact["type"] == "finding_made":
            self.alarms[fact["finding"]] += 1


@dataclass(slots=True)
class Checker:
    """One shard, judged batch by batch; a box of which one entry is illegal is judged no more."""

    register: Register
    settings: Settings = field(default_factory=Settings)
    verdict: Verdict = field(default_factory=Verdict)
    _boxes: dict[str, Reading] = field(default_factory=dict)
    _first: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    _given_up_on: set[str] = field(default_factory=set)
    _rights: dict[str, str] = field(default_factory=dict)
    _gone: set[str] = field(default_factory=set)
    _next_seq: int = 1
    _now: datetime = LONG_AGO

    def take(self, log: Iterable[Told], entries: Sequence[Json]) -> None:
        """Judge the *entries* that were written for these places of the *log*."""
        self._learn_rights(entries)
        must: dict[str, list[Must]] = defaultdict(list)
        for told in log:
            self._read(told, must)
        there: dict[str, list[Json]] = defaultdict(list)
        for entry in entries:
            self._in_place(entry)
            self.verdict.count(entry)
            if entry["fact"]["type"] == "personal_parts_erased":
                self._judge_erasure(entry)
            elif entry["cause"]["message_type"].removeprefix("releasebus.") in NOTES:
                self._judge_note(entry)
            else:
                there[entry["container"]].append(entry)
        for container in must.keys() | there.keys():
            self._judge(container, must[container], there[container])

    def close(self) -> Verdict:
        """Return the verdict, once every message is in."""
        counted = sum(self.verdict.outcomes.values())
        if counted != self.verdict.messages:
            self.verdict.found(f"{self.verdict.messages} messages have {counted} outcomes")
        return self.verdict

    # --- what must be there ----------------------------------------------------------------------

    def _read(self, told: Told, must: dict[str, list[Must]]) -> None:
        # design.md §4: the ledger's time never goes back, whatever the broker's clock does.
        self._now = max(self._now, told.heard_at)
        if told.heard_at < self._now:
            told = replace(told, heard_at=self._now)
        if told.kind == "tick":
            for container, box in self._boxes.items():
                box.tick(told)
                _move(box, must, container)
            return
        self.verdict.messages += 1
        if told.kind in NOTES:
            return
        container = told.body.get("container", "")
        if (again := self._come_before(told)) is not None:
            must[container].append(again)
            return
        if told.kind == "register_organisation":
            self.register.joins(told.body)
            self._answered(told, "applied")
            fact = {"type": "organisation_registered"}
            must[container].append(Must(fact, told.message_id, "applied"))
            return
        if "organisation" in told.body:
            # A step of onboarding: the cast takes all of them, each in its turn.
            self._answered(told, "applied")
            step, stands = {"type": "onboarding_moved"}, {"type": "organisation_registered"}
            must[container].append(Must(step, told.message_id, "applied"))
            must[container].append(Must(stands, told.message_id, None))
            return
        box = self._boxes.get(container) or self._new(container)
        box.hear(told)
        self._answered(told, box.out[0].outcome or "")
        _move(box, must, container)

    def _learn_rights(self, entries: Iterable[Json]) -> None:
        """Take note of the ids of new rights: none may be one that was there before (I6)."""
        for entry in entries:
            if entry["fact"]["type"] != "pickup_assigned":
                continue
            right = entry["fact"]["pickup"]["id"]
            if right in self._rights:
                self.verdict.found(f"{entry['container']}: the right {right} comes back")
            self._rights[right] = entry["cause"]["message_id"]

    def _new(self, container: str) -> Reading:
        box = Reading(Box(container), self.register, self.settings, self._rights)
        self._boxes[container] = box
        return box

    def _answered(self, told: Told, outcome: str) -> None:
        self._first[told.key] = told.content, outcome

    def _come_before(self, told: Told) -> Must | None:
        first = self._first.get(told.key)
        known = "organisation" in told.body or self.register.knows(told.sender)
        if first is None or not known:
            return None
        if first[0] == told.content:
            return Must({"type": "repeated", "first": first[1]}, told.message_id, "duplicate")
        fact = {"type": "refused", "reason": "same_id_other_content"}
        return Must(fact, told.message_id, "refused")

    # --- what is there ---------------------------------------------------------------------------

    def _in_place(self, entry: Json) -> None:
        if entry["seq"] != self._next_seq:
            self.verdict.found(f"{entry['shard']}: {entry['seq']} follows {self._next_seq - 1}")
        self._next_seq = entry["seq"] + 1

    def _judge_erasure(self, entry: Json) -> None:
        """design.md §6: who drove is forgotten a term after the box left, and never before."""
        left_at = entry["stay"].get("left_at")
        since = LONG_AGO if left_at is None else datetime.fromisoformat(left_at)
        passed = datetime.fromisoformat(entry["recorded_at"]) - since
        by_tick = entry["cause"]["message_type"] == "releasebus.tick"
        if not by_tick or passed < timedelta(days=self.settings.forgotten_after_days):
            self.verdict.found(f"{entry['container']}: forgotten too soon: {entry['seq']}")

    def _judge_note(self, entry: Json) -> None:
        if entry["light_changes"] or entry["fact"]["type"] not in OF_NOTES:
            self.verdict.found(f"{entry['container']}: a note moved something: {entry['seq']}")

    def _judge(self, container: str, must: Sequence[Must], there: Sequence[Json]) -> None:
        for what in self._unalarmed(there):
            self.verdict.found(f"{container}: {what}")
        if container in self._given_up_on:
            return
        for one, entry in zip_longest(must, there):
            if what := differs(one, entry):
                self.verdict.found(f"{container}: {what}")
                self._given_up_on.add(container)
                return

    def _unalarmed(self, entries: Sequence[Json]) -> Iterator[str]:
        """Yield each leaving without a right that raised no alarm: by the entries alone."""
        for told, led_to in groupby(entries, key=lambda entry: entry["cause"]["message_id"]):
            followed = list(led_to)
            facts = [entry["fact"] for entry in followed]
            keyed = any(fact["type"] == "pickup_ended" for fact in facts)
            alarmed = any(fact.get("finding") in ALARMS for fact in facts)
            if self._leaves(followed) and not keyed and not alarmed:
                yield f"it left without a right, and nobody was told: {told}"

    def _leaves(self, entries: Iterable[Json]) -> bool:
        left = {
            entry["stay"]["release_id"]
            for entry in entries
            if entry["fact"]["type"] == "gated_out"
        }
        anew = left - self._gone
        self._gone |= anew
        return bool(anew)


def _move(box: Reading, must: dict[str, list[Must]], container: str) -> None:
    if box.out:
        must[container].extend(box.out)
        box.out.clear()


def differs(must: Must | None, entry: Json | None) -> str:
    """Return what is illegal about *entry* where *must* has to stand; empty where nothing is."""
    if entry is None:
        assert must is not None
        return f"missing: {must.fact} for {must.message_id}"
    place = f"{entry['shard']} entry {entry['seq']} ({entry['cause']['message_type']})"
    if must is None:
        return f"{place} is nothing that follows: {entry['fact']}"
    told = list(_differences(must, entry))
    return f"{place}: {'; '.join(told)}" if told else ""


def _differences(must: Must, entry: Json) -> Iterator[str]:
    yield from _differ("fact", must.fact, _as_read(entry["fact"], must.fact))
    cause = entry["cause"]
    yield from _differ("message", must.message_id, cause["message_id"])
    yield from _differ("outcome", must.outcome, entry.get("outcome"))
    yield from _differ("waited", must.waited, cause["waited"])
    stay = entry.get("stay")
    stands = None if stay is None else shown(stay)
    if must.stands is not None and stands is not None:
        for name, value in must.stands.items():
            yield from _differ(name, value, stands[name])
    else:
        yield from _differ("stay", must.stands, stands)
    yield from _differ("missing", list(must.missing), entry["missing"])
    lights = entry.get("lights") or {}
    yield from _differ("combined", must.combined, lights.get("combined", ""))


def _differ(what: str, must: object, there: object) -> Iterator[str]:
    if must != there:
        yield f"{what} is {there}, must be {must}"


def _as_read(fact: Json, like: Json) -> Json:
    """Return of *fact* what the reading knows too, its moments as moments."""
    read: dict[str, object] = {}
    for name, value in like.items():
        there = fact.get(name)
        if isinstance(value, dict):
            there = _as_read(_masked(there or {}), value)
        elif hasattr(value, "tzinfo") and isinstance(there, str):
            there = type(value).fromisoformat(there)
        read[name] = there
    return read


def _masked(pickup: Json) -> Json:
    """Return a pick-up right as the reading has it: of the driver, the mask alone."""
    return {**pickup, "mask": (pickup.get("driver") or {}).get("mask")}
