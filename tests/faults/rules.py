"""A second, small reading of the rules, that shares nothing with the law but the field's words.

It reads topics alone, as plain JSON, and says what entries the messages of a log must have led
to. It knows what the workload says: one agent, one release and one quay a container, no dates.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Json = Mapping[str, Any]

# cpu.md §1.1: who may say what.
MAY_SAY = {
    "release": {"ship_agent"},
    "block": {"ship_agent"},
    "unblock": {"ship_agent"},
    "delete": {"ship_agent"},
    "revoke": {"ship_agent", "release_party", "transport_operator"},
    "transfer": {"ship_agent", "release_party", "transport_operator"},
    "accept": {"release_party", "transport_operator"},
    "decline": {"release_party", "transport_operator"},
    "assign_pickup": {"transport_operator"},
    "revoke_pickup": {"transport_operator"},
    "report_customs_status": {"customs"},
}
# What happened, and what it is called when it is written down; it is never refused.
HAPPENED = {
    "report_discharge": "discharged",
    "report_customs_status": "customs_status_set",
    "report_terminal_block": "terminal_blocked",
    "report_terminal_release": "terminal_released",
    "report_gate_in": "gated_in",
    "report_gate_out": "gated_out",
}
OVER = {"deleted": "release_deleted", "gated_out": "already_gated_out"}


@dataclass(frozen=True)
class Told:
    """One message as its log has it."""

    sender: str
    message_id: str
    kind: str
    body: Json

    @property
    def key(self) -> tuple[str, str]:
        """What it is known by."""
        return self.sender, self.message_id


@dataclass(frozen=True)
class Entry:
    """One entry that must be there: what it says, for which message, and how the box stands.

    `what` is the fact, or the reason of a refusal, or the finding; `stands` is None where there
    is no release to show.
    """

    what: str
    message_id: str
    outcome: str | None
    waited: bool = False
    stands: Json | None = None


Ruling = list[str] | str
"""The facts that follow, the first first; or the reason why none does."""


@dataclass
class Box:
    """One container: its release as it stands, and who waits for it."""

    agent: str | None = None
    status: str = "released"
    hops: list[tuple[str, str, bool]] = field(default_factory=list)
    pickup: str | None = None
    discharged: bool = False
    customs: str | None = None
    terminal_light: str = "unknown"
    waiting: list[Told] = field(default_factory=list)

    @property
    def pending(self) -> tuple[str, str] | None:
        """Who offered the right to whom, while it is not answered."""
        return self.hops[-1][:2] if self.hops and not self.hops[-1][2] else None

    @property
    def holder(self) -> str | None:
        """Who accepted the right last."""
        accepted = [receiver for _, receiver, answered in self.hops if answered]
        return accepted[-1] if accepted else None

    def stands(self) -> Json:
        """Return what an entry must show of it."""
        return {
            "status": self.status,
            "hops": [list(hop) for hop in self.hops],
            "pickup": self.pickup,
            "discharged": self.discharged,
            "customs": self.customs,
            "terminal_light": self.terminal_light,
            "missing": list(self._missing()),
        }

    def _missing(self) -> Iterator[str]:
        if self.status == "gated_out":
            yield "already_gated_out"
            return
        yield from {"blocked": ["release_blocked"], "deleted": ["release_deleted"]}.get(
            self.status, []
        )
        if self.pending is not None:
            yield "transfer_pending"
        elif self.holder is None:
            yield "no_holder"
        elif self.pickup != self.holder:
            yield "no_pickup_assigned"
        if not self.discharged:
            yield "not_discharged"
        if self.customs != "released":
            yield "customs_not_cleared"
        if self.terminal_light != "released":
            yield "terminal_not_released"

    # --- what may be asked --------------------------------------------------------------------

    def asked(self, told: Told) -> Ruling:
        """Return what a request leads to."""
        if self.status in OVER:
            return OVER[self.status]
        ruling: Ruling = getattr(self, f"_{told.kind}")(told)
        return ruling

    def _block(self, _told: Told) -> Ruling:
        return ["blocked"]

    def _unblock(self, _told: Told) -> Ruling:
        return ["unblocked"] if self.status == "blocked" else "release_not_blocked"

    def _delete(self, _told: Told) -> Ruling:
        return ["deleted", *self._key_lost()]

    def _revoke(self, told: Told) -> Ruling:
        if told.sender == self.agent:
            return ["chain_revoked", *self._key_lost()] if self.hops else "nothing_to_revoke"
        if self.pending is not None and self.pending[0] == told.sender:
            return ["transfer_revoked"]
        if self.holder == told.sender:
            return "nothing_to_revoke"
        gave = any(giver == told.sender for giver, _, _ in self.hops)
        return "transfer_already_accepted" if gave else "not_the_holder"

    def _transfer(self, told: Told) -> Ruling:
        if self.status == "blocked":
            return "release_blocked"
        if (self.holder or self.agent) != told.sender:
            return "not_the_holder"
        if self.pending is not None:
            return "transfer_pending"
        return "pickup_assigned" if self.pickup is not None else ["transferred"]

    def _accept(self, told: Told) -> Ruling:
        if self.status == "blocked":
            return "release_blocked"
        return self._not_offered_to(told.sender) or ["accepted"]

    def _decline(self, told: Told) -> Ruling:
        return self._not_offered_to(told.sender) or ["declined"]

    def _assign_pickup(self, told: Told) -> Ruling:
        if self.status == "blocked":
            return "release_blocked"
        if self.holder != told.sender:
            return "not_the_holder"
        if self.pending is not None:
            return "transfer_pending"
        return "pickup_assigned" if self.pickup is not None else ["pickup_assigned"]

    def _revoke_pickup(self, told: Told) -> Ruling:
        if self.holder != told.sender:
            return "not_the_holder"
        return self._key_lost() or "no_pickup_assigned"

    def _not_offered_to(self, party: str) -> str | None:
        if self.pending is None:
            return "no_transfer_pending"
        return None if self.pending[1] == party else "not_the_receiver"

    def _key_lost(self) -> list[str]:
        return ["pickup_ended"] if self.pickup is not None else []

    # --- what happens ---------------------------------------------------------------------------

    def left(self) -> list[str]:
        """Return what is written down when the box leaves."""
        overruled = {"release_deleted", "not_discharged", "customs_not_cleared"}
        overruled.add("terminal_not_released")
        return [
            "gated_out",
            *self._key_lost(),
            *(["left_without_right"] if self.pickup is None else []),
            *(["left_while_blocked"] if self.status == "blocked" else []),
            *(["terminal_overruled"] if overruled & set(self._missing()) else []),
        ]

    def becomes(self, what: str, told: Told) -> None:  # noqa: C901, PLR0912  one case a fact
        """Take in one fact."""
        match what:
            case "released":
                self.agent, self.status = told.sender, "released"
            case "blocked" | "gated_out":
                self.status = what
            case "unblocked":
                self.status = "released"
            case "deleted":
                self.status, self.hops = what, []
            case "chain_revoked":
                self.hops = []
            case "transferred":
                self.hops.append((told.sender, told.body["release_to"]["code"], False))
            case "accepted":
                self.hops[-1] = (*self.hops[-1][:2], True)
            case "declined" | "transfer_revoked":
                self.hops.pop()
            case "pickup_assigned":
                self.pickup = told.sender
            case "pickup_ended":
                self.pickup = None
            case _:
                self._lights_up(what, told)

    def _lights_up(self, what: str, told: Told) -> None:
        match what:
            case "discharged":
                self.discharged = True
            case "customs_status_set":
                self.customs = told.body["status"]
            case "terminal_released" | "terminal_blocked":
                self.terminal_light = what.removeprefix("terminal_")
            case _:
                return


@dataclass
class Reading:
    """One shard as these rules read it: the entries that its log must have led to, in order."""

    roles: Mapping[str, Sequence[str]]
    entries: list[Entry] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    heard: dict[tuple[str, str], Told] = field(default_factory=dict)

    def read(self, log: Iterable[Told]) -> list[Entry]:
        """Return the entries of a whole log."""
        for told in log:
            first = self.heard.setdefault(told.key, told)
            if first is not told:
                self._repeat(told, same=first.body == told.body)
            elif "organisation" in told.body:
                self._join(told)
            else:
                self._hear_and_call(told)
        return self.entries

    def _hear_and_call(self, told: Told) -> None:
        before = len(self.entries)
        self._hear(told)
        if self._calls(before):
            self._call_the_waiting(self.boxes[told.body["container"]])

    def _join(self, told: Told) -> None:
        if told.kind == "register_organisation":
            self._add("organisation_registered", told, "applied")
        else:
            self._add("onboarding_moved", told, "applied")
            self._add("organisation_registered", told, None)

    def _repeat(self, told: Told, *, same: bool) -> None:
        if same:
            self._add("repeated", told, "duplicate")
        else:
            self._add("same_id_other_content", told, "refused")

    def _hear(self, told: Told, *, waited: bool = False) -> None:
        box = self.boxes.setdefault(told.body["container"], Box())
        needed = MAY_SAY.get(told.kind, {"terminal_operator"})
        if not needed & set(self.roles[told.sender]):
            self._add("role_not_allowed", told, "refused", waited=waited)
        elif told.kind == "release":
            self._follow(box, told, ["released", "transferred"])
        elif told.kind == "report_gate_out":
            self._gate_out(box, told, waited=waited)
        elif self._must_wait(box, told):
            box.waiting.append(told)
            self._add("waiting", told, "waiting")
        elif told.kind in HAPPENED:
            self._follow(box, told, [HAPPENED[told.kind]], waited=waited)
        else:
            self._answer(box, told, waited=waited)

    def _must_wait(self, box: Box, told: Told) -> bool:
        # A deleted release answers whoever asks, but nothing happens to it any more.
        return box.agent is None or (told.kind in HAPPENED and box.status == "deleted")

    def _answer(self, box: Box, told: Told, *, waited: bool) -> None:
        ruling = box.asked(told)
        if isinstance(ruling, str):
            self._add(ruling, told, "refused", box, waited=waited)
        else:
            self._follow(box, told, ruling, waited=waited)

    def _gate_out(self, box: Box, told: Told, *, waited: bool) -> None:
        if box.agent is None:
            self._add("left_without_right", told, "applied")
        else:
            self._follow(box, told, box.left(), waited=waited)
        for held in [held for held in box.waiting if held.kind in HAPPENED]:
            # It was of the visit that is over.
            box.waiting.remove(held)
            self._add("given_up", held, "refused", waited=True)

    def _calls(self, before: int) -> bool:
        """Tell whether somebody became party to a release by what was written down since."""
        return any(entry.what in {"released", "transferred"} for entry in self.entries[before:])

    def _call_the_waiting(self, box: Box) -> None:
        """Hear them in their order; a transfer among them may be what another one waits for."""
        before = len(self.entries)
        for told in list(box.waiting):
            if self._has_come(box, told):
                box.waiting.remove(told)
                self._hear(told, waited=True)
        if self._calls(before):
            self._call_the_waiting(box)

    def _has_come(self, box: Box, told: Told) -> bool:
        if told.kind in HAPPENED:
            return not self._must_wait(box, told)
        # A request waits for a release of its sender's: no other's uses its wait up.
        return told.sender in {box.agent, *(receiver for _, receiver, _ in box.hops)}

    def _follow(self, box: Box, told: Told, facts: list[str], *, waited: bool = False) -> None:
        outcome: str | None = "applied"
        for what in facts:
            box.becomes(what, told)
            self._add(what, told, outcome, box, waited=waited)
            outcome = None

    def _add(
        self,
        what: str,
        told: Told,
        outcome: str | None,
        box: Box | None = None,
        *,
        waited: bool = False,
    ) -> None:
        stands = box.stands() if box is not None and box.agent is not None else None
        self.entries.append(Entry(what, told.message_id, outcome, waited, stands))
