"""The story of one container from release to gate: what is said, in which order, by whom."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeAlias

from producers.simulator.cargo import Box, Stage, Trouble
from producers.simulator.cast import Company
from producers.simulator.lines import Lines, Step
from producers.simulator.planned import (
    APPLIED,
    WAITS_FOR_EVER,
    WAITS_IN_VAIN,
    WAITS_THEN_APPLIED,
    refused,
)
from schemas.messages import CustomsStatus, Modality
from schemas.reasons import Finding, Reason

Acts: TypeAlias = list[tuple[Step, ...]]
"""Each act waits for the answers to the one before."""

EARLY = frozenset({Trouble.EARLY_DISCHARGE, Trouble.EARLY_ACCEPT})
# What is said about the quay must not get between the acts of these.
ONE_BY_ONE = frozenset(
    {
        Trouble.MOVED_QUAY,
        Trouble.MOVED_WITH_KEY,
        Trouble.DISPUTED,
        Trouble.DATES_IN_THE_PAST,
        Trouble.RELEASED_ANEW,
        *EARLY,
    }
)
# What takes hours by itself, while the terminal goes on with its work.
SIDE_BY_SIDE = frozenset({Trouble.EXPIRED, Trouble.KEY_RAN_OUT})
MOVED = frozenset({Trouble.MOVED_QUAY, Trouble.MOVED_WITH_KEY})
EXPIRES_AFTER = timedelta(hours=5)
KEY_ENDS_AFTER = timedelta(hours=6)
A_WHILE = timedelta(minutes=40)
"""In which time passes, so that what ended is seen to have ended."""
NOBODY_HOLDS = frozenset({Stage.NOT_NOMINATED, Stage.OFFERED})
WITHOUT_PICKUP = NOBODY_HOLDS | {Stage.HELD}


def script(lines: Lines) -> Acts:
    """Return the whole story of the box of *lines*, and of the same one when it comes again."""
    acts = _visit(lines)
    again = lines.box.again
    return (
        acts
        if again is None
        else [*acts, *_visit(replace(lines, box=again, quay=again.ship.quay))]
    )


def _visit(lines: Lines) -> Acts:
    box = lines.box
    if box.trouble is Trouble.LEFT_UNKNOWN:
        unknown = lines.gate_out(box.operator, (Finding.LEFT_WITHOUT_RIGHT,))
        return [(lines.discharge(WAITS_IN_VAIN),), (unknown,)]
    if box.stage is Stage.NOT_RELEASED:
        return [(lines.discharge(WAITS_FOR_EVER),)]
    opening = _opening(lines)
    lines = replace(lines, box=replace(box, release_identification=box.number_in_force))
    chain = [*opening, *_nominated(lines), *_chain(lines), *_pickup(lines)]
    moved = _moved(lines)
    papers_first = lines.chance.random() < ALL_PAPERS_FIRST and box.trouble not in SIDE_BY_SIDE
    if box.trouble in ONE_BY_ONE or papers_first:
        acts = [*chain, *_at_the_quay(moved)]
    else:
        acts = _side_by_side(lines, chain, _at_the_quay(moved))
    acts.extend(_at_the_gate(moved))
    return _doubled(lines, acts) if box.trouble is Trouble.DOUBLED else acts


ALL_PAPERS_FIRST = 0.3
"""Of the ships whose papers are done before they berth."""


def _opening(lines: Lines) -> Acts:
    """What comes before the release is in force."""
    box, first = lines.box, lines.box.asked(0)
    ends = box.ship.berthed_at + EXPIRES_AFTER if box.trouble is Trouble.EXPIRED else None
    released = (lines.release(ends=ends),)
    acts: Acts = [released]
    match box.trouble:
        case Trouble.EARLY_DISCHARGE:
            acts = [(lines.discharge(WAITS_THEN_APPLIED),), released]
        case Trouble.EARLY_ACCEPT:
            acts = [(lines.accept(first, WAITS_THEN_APPLIED),), released]
        case Trouble.DATES_IN_THE_PAST:
            past = lines.release(answer=refused(Reason.EXPIRY_IN_THE_PAST), days=-3)
            acts = [(past,), released]
        case Trouble.RELEASED_TWICE:
            acts = [released, (lines.release(answer=refused(Reason.ALREADY_RELEASED)),)]
        case Trouble.RECEIVER_UNKNOWN:
            nobody = replace(first, vat="BE0999999922", id="NXT99999999999")
            acts = [released, (lines.nominate(nobody, refused(Reason.RECEIVER_UNKNOWN)),)]
        case Trouble.RELEASED_ANEW:
            anew = replace(lines, box=replace(box, release_identification=box.number_in_force))
            acts = [released, (lines.delete(),), (anew.release(),)]
        case _:
            pass
    return acts


def _nominated(lines: Lines) -> Acts:
    """The right on its way to its first holder, where that was not said with the release."""
    later = not lines.box.nominated and lines.box.stage is not Stage.NOT_NOMINATED
    return [(lines.nominate(lines.box.asked(0)),)] if later else []


def _chain(lines: Lines) -> Acts:
    """From the first nomination to the holder that collects."""
    box = lines.box
    if box.stage in NOBODY_HOLDS:
        return []
    acts: Acts = []
    giver = lines.agent
    for hop, receiver in enumerate(box.route):
        if hop > 0:
            acts.append((lines.transfer(giver, box.asked(hop)),))
        if hop == box.troubled_hop:
            acts.extend(_trouble_on_the_way(lines, giver, receiver))
        if hop > 0 or box.trouble is not Trouble.EARLY_ACCEPT:
            acts.append((lines.accept(receiver),))
        giver = receiver
    return [*acts, *_trouble_with_the_holder(lines)]


def _trouble_on_the_way(lines: Lines, giver: Company, receiver: Company) -> Acts:
    """What may happen before *receiver* answers; the right is on its way again after it."""
    box = lines.box
    match box.trouble:
        case Trouble.DECLINED:
            return [(lines.decline(box.stand_in),), (lines.transfer(giver, receiver),)]
        case Trouble.TAKEN_BACK:
            return [(lines.take_back(giver),), (lines.transfer(giver, receiver),)]
        case Trouble.REVOKED_ON_THE_WAY:
            return [(lines.revoke_chain(),), (lines.nominate(receiver),)]
        case Trouble.ACCEPTED_BY_ANOTHER:
            return [(lines.accept(box.stand_in, refused(Reason.NOT_THE_RECEIVER)),)]
        case Trouble.FROZEN:
            too_soon = lines.accept(receiver, refused(Reason.RELEASE_BLOCKED))
            return [(lines.block(),), (too_soon,), (lines.unblock(),)]
        case _:
            return []


def _trouble_with_the_holder(lines: Lines) -> Acts:
    """What may happen between the last acceptance and the pick-up."""
    box = lines.box
    match box.trouble:
        case Trouble.INTRUDER:
            intruder = lines.one_of(lines.cast.operators_by(Modality.BARGE))
            return [(lines.assign(intruder, answer=refused(Reason.NOT_THE_HOLDER)),)]
        case Trouble.TAKEN_BACK_TOO_LATE:
            too_late = refused(Reason.TRANSFER_ALREADY_ACCEPTED)
            return [(lines.take_back(box.route[-2], too_late),)]
        case Trouble.NO_DRIVER if box.modality is Modality.TRUCK:
            return [(lines.assign(box.operator, answer=refused(Reason.DRIVER_MISSING)),)]
        case Trouble.MOVED_QUAY:
            return [(lines.update(_moved(lines).quay),)]
        case Trouble.EXTENDED:
            return [(lines.update(lines.quay, expires_in_days=90),)]
        case Trouble.EXPIRED:
            in_vain = lines.assign(box.operator, box.driver, refused(Reason.RELEASE_EXPIRED))
            seen_at = box.ship.berthed_at + EXPIRES_AFTER + A_WHILE
            later = lines.update(lines.quay, expires_in_days=30)
            return [(replace(in_vain, not_before=seen_at),), (later,)]
        case Trouble.DISPUTED:
            return _dispute(lines)
        case _:
            return []


def _dispute(lines: Lines) -> Acts:
    """Two agents claim the box, until one of them sees its mistake."""
    rival = next(agent for agent in lines.cast.agents if agent is not lines.agent)
    in_vain = lines.assign(lines.box.operator, lines.box.driver, refused(Reason.RELEASE_DISPUTED))
    claim = lines.rival_release(rival)
    return [(claim,), (in_vain,), (lines.rival_delete(claim),)]


def _pickup(lines: Lines) -> Acts:
    """From the holder to the pick-up right."""
    box, before, lines = lines.box, lines, _moved(lines)
    if box.stage in WITHOUT_PICKUP or box.trouble is Trouble.LEFT_WITHOUT_RIGHT:
        return []
    assigned = (lines.assign(box.operator, box.driver),)
    match box.trouble:
        case Trouble.OTHER_DRIVER if box.driver is not None:
            # The first driver is ill: the right ends, and a new one is made.
            revoked = (lines.revoke_pickup(box.operator),)
            return [(lines.assign(box.operator, lines.another_driver()),), revoked, assigned]
        case Trouble.DRIVER_CHANGED if box.driver is not None:
            first = (lines.assign(box.operator, lines.another_driver()),)
            return [first, (lines.change_driver(box.operator, box.driver),)]
        case Trouble.MEANS_SAID:
            return [(lines.say_means(box.operator),), assigned]
        case Trouble.FROZEN_WITH_KEY:
            frozen = lines.transfer(box.operator, box.stand_in, refused(Reason.RELEASE_BLOCKED))
            bound = lines.transfer(box.operator, box.stand_in, refused(Reason.PICKUP_ASSIGNED))
            return [assigned, (lines.block(),), (frozen,), (lines.unblock(),), (bound,)]
        case Trouble.MOVED_WITH_KEY:
            for_the_old_quay = (before.assign(box.operator, box.driver),)
            acts = [for_the_old_quay, (before.update(lines.quay),), (before.confirm_end(),)]
            return [*acts, assigned]
        case Trouble.KEY_RAN_OUT:
            ends = box.ship.berthed_at + KEY_ENDS_AFTER
            later = replace(assigned[0], not_before=ends + A_WHILE)
            return [(lines.assign(box.operator, box.driver, ends=ends),), (later,)]
        case Trouble.CHAIN_REVOKED:
            anew = (lines.nominate(box.operator),)
            accepted = (lines.accept(box.operator),)
            return [assigned, (lines.revoke_chain(),), anew, accepted, _assigned_again(lines)]
        case _:
            return [assigned]


def _assigned_again(lines: Lines) -> tuple[Step, ...]:
    """Return a new assignment: an ended right never comes back."""
    return (lines.assign(lines.box.operator, lines.box.driver),)


def _at_the_quay(lines: Lines) -> Acts:
    """What terminal and customs report until the lights are as the box's day wants them."""
    box = lines.box
    if box.stage is Stage.AT_SEA:
        return [(lines.customs(box.customs[0]),)]
    told_otherwise = box.trouble in {Trouble.EARLY_DISCHARGE, Trouble.LATE_DISCHARGE}
    acts: Acts = [] if told_otherwise else [(lines.discharge(),)]
    if box.stage is Stage.CUSTOMS_HOLD or box.trouble is Trouble.TERMINAL_OVERRULED:
        # Customs are late, and what they said so far is no yes.
        acts.append((lines.customs(CustomsStatus.DOCUMENTARY_CONTROL),))
    else:
        acts.extend((lines.customs(status),) for status in box.customs)
    if box.trouble is Trouble.SCANNED:
        acts.append((lines.scanning(),))
    if box.stage is Stage.TERMINAL_HOLD:
        return [*acts, (lines.terminal_block(),)]
    if box.trouble is Trouble.CONTRADICTED:
        held = [(lines.terminal_block(),), (lines.discharge(),), (lines.terminal_unblock(),)]
        return [*acts, (lines.terminal_release(),), *held]
    return [*acts, (lines.terminal_release(),)]


def _at_the_gate(lines: Lines) -> Acts:
    """How the day ends for it."""
    box = lines.box
    truck_inside: Acts = [(lines.gate_in(),)] if box.modality is Modality.TRUCK else []
    match box.stage:
        case Stage.BLOCKED:
            return [(lines.block(),)]
        case Stage.WITHDRAWN:
            in_vain = lines.revoke_pickup(box.operator, refused(Reason.RELEASE_DELETED))
            return [(lines.delete(),), (in_vain,)]
        case Stage.INSIDE:
            return truck_inside
        case Stage.LEFT:
            return [*truck_inside, *_leaving(lines)]
        case _:
            return []


def _leaving(lines: Lines) -> Acts:
    by = lines.box.operator
    match lines.box.trouble:
        case Trouble.LEFT_WITHOUT_RIGHT:
            return [(lines.gate_out(by, (Finding.LEFT_WITHOUT_RIGHT,)),)]
        case Trouble.LEFT_WHILE_BLOCKED:
            left = lines.gate_out(by, (Finding.LEFT_WHILE_BLOCKED,))
            return [(lines.block(),), (left,)]
        case Trouble.LEFT_BY_ANOTHER:
            another = lines.one_of(lines.cast.operators_by(Modality.TRUCK))
            return [(lines.gate_out(another, (Finding.LEFT_BY_ANOTHER,)),)]
        case Trouble.LATE_DISCHARGE:
            left = lines.gate_out(by, (Finding.TERMINAL_OVERRULED,))
            return [(left,), (lines.discharge(),)]
        case Trouble.TERMINAL_OVERRULED:
            return [(lines.gate_out(by, (Finding.TERMINAL_OVERRULED,), overruled=True),)]
        case _:
            return [(lines.gate_out(by),)]


def _moved(lines: Lines) -> Lines:
    """Return the lines as they are said once the box goes to another quay."""
    if lines.box.trouble not in MOVED:
        return lines
    quays = lines.cast.quays
    other = quays[(quays.index(lines.box.ship.quay) + 1) % len(quays)]
    return replace(lines, quay=other)


def _side_by_side(lines: Lines, papers: Acts, quay: Acts) -> Acts:
    """Mix the two sides of a story: what concerns the papers and what concerns the quay."""
    released, papers, quay = papers[0], list(papers[1:]), list(quay)
    mixed: Acts = [released]
    while papers or quay:
        both = lines.chance.random() < BOTH_SIDES_AT_ONCE
        act: tuple[Step, ...] = papers.pop(0) if papers else ()
        if quay and (both or not act):
            act = (*act, *quay.pop(0))
        mixed.append(act)
    return mixed


BOTH_SIDES_AT_ONCE = 0.5


def _doubled(lines: Lines, acts: Acts) -> Acts:
    """Send one message of the story twice, as a client does that saw no acknowledgement."""
    place = lines.chance.randrange(len(acts))
    act = acts[place]
    acts[place] = (*act, replace(act[0], repeated=True))
    return acts


@dataclass(frozen=True, slots=True)
class Story:
    """A container's whole story."""

    box: Box
    acts: Acts

    @property
    def steps(self) -> tuple[Step, ...]:
        """Everything that is said and counts: repetitions do not."""
        return tuple(step for act in self.acts for step in act if not step.repeated)


__all__ = ["APPLIED", "Acts", "Story", "script"]
