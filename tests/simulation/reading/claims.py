"""Two agents and one box: what the papers that were reported say of who is right (design.md §4).

"No entitlement until discharge data, the manifest or four eyes settle it": what a terminal says of
a discharge, and customs of the goods, may name bills, the number of the visit and the vessel.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.reading.becoming import MOST_WORDS
from tests.simulation.reading.box import Release
from tests.simulation.reading.told import Told

BY = {"report_discharge": "terminal", "report_customs_status": "customs"}


@dataclass(slots=True)
class Judged:
    """Of a box's claims, by the message that opened each: what speaks for and against them."""

    rivals: dict[str, list[Release]] = field(default_factory=dict)
    backed: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuted: set[str] = field(default_factory=set)

    def wins(self, release: Release) -> bool:
        """Tell whether the claim may leave although there are others."""
        return release.opened_by in self.backed and release.opened_by not in self.refuted


def words_in(told: Told) -> list[dict[str, Any]]:
    """Return what a report says of papers: at most one word, as it is written down."""
    by, names = BY.get(told.kind), ("bills_of_lading", "stay_number", "vessel_imo")
    said = {name: told.body[name] for name in names if told.body.get(name)}
    return [{"of": by, **said}] if by and said else []


def judged(releases: Sequence[Release]) -> Judged:
    """Weigh every word at a quay against every claim there."""
    found = Judged()
    enough = all(len(release.words) < MOST_WORDS for release in releases)
    for release in releases:
        here = [each for each in releases if each.live and _at_one_quay(each, release)]
        rivals = [each for each in here if each.agent != release.agent]
        if not release.live or not rivals:
            continue
        found.rivals[release.opened_by] = rivals
        own = [each for each in here if each.agent == release.agent]
        words = [word for each in here for word in each.words]
        backing = [word for word in words if enough and _alone(word, release, rivals)]
        if backing:
            found.backed[release.opened_by] = backing[0]
        # Of one agent's two bills in one box either may be named.
        others = [word for word in words if not any(speaks_for(word, each) for each in own)]
        if any(speaks_against(word, release) for word in others):
            found.refuted.add(release.opened_by)
    return found


def _alone(word: dict[str, Any], release: Release, rivals: Sequence[Release]) -> bool:
    return speaks_for(word, release) and all(speaks_against(word, each) for each in rivals)


def ran_out_against(release: Release, releases: Sequence[Release]) -> bool:
    """Tell whether a word to a rival that has only expired still speaks against the claim."""
    return any(
        speaks_against(word, release)
        for each in releases
        if each.status == "expired" and each.agent != release.agent
        if _at_one_quay(each, release)
        for word in each.words
    )


def of_no_claim(told: Told, releases: Sequence[Release]) -> Iterator[Release]:
    """Yield the disputed claims that a report speaks against which is of no release at all."""
    for release in releases:
        here = release.port == told.body["port"]
        here = here and told.body.get("terminal") in {None, release.terminal}
        if here and release.live and release.disputed:
            yield from (release for word in words_in(told) if speaks_against(word, release))


def speaks_for(word: dict[str, Any], release: Release) -> bool:
    """Tell whether something named is the claim's own, and nothing is another's."""
    same = [
        bool(set(word.get("bills_of_lading", ())) & set(release.bills)),
        word.get("stay_number") in {release.stay_number} - {None},
        word.get("vessel_imo") in {release.vessel} - {None},
    ]
    return any(same) and not speaks_against(word, release)


def speaks_against(word: dict[str, Any], release: Release) -> bool:
    """Tell whether the bills are all others, or the visit is another (cpu.md §7 rule 1)."""
    bills, number = word.get("bills_of_lading"), word.get("stay_number")
    if bills and not set(bills) & set(release.bills):
        return True
    if number and release.stay_number:
        return bool(number != release.stay_number)
    vessel = word.get("vessel_imo")
    return bool(vessel and release.vessel and vessel != release.vessel)


def _at_one_quay(one: Release, other: Release) -> bool:
    return (one.port, one.terminal) == (other.port, other.terminal)
