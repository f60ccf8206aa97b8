"""Which releases a message is about (cpu.md §7 rule 1), and which visit a late report is of."""

from datetime import timedelta
from typing import TypeAlias

from tests.simulation.reading.box import Box, Release
from tests.simulation.reading.told import Settings, Told

SEVERAL = "several_releases"
HOLDS_BACK = frozenset({"report_terminal_block", "report_scanning"})
RED = frozenset({"notreleased", "documentarycontrol"})


def fits(release: Release, told: Told) -> bool:
    """Tell whether nothing that the message says of its release speaks against this one."""
    if told.kind == "update":
        # The new quay and the new number of the visit are what it brings (cpu.md §7 rule 14).
        return _papers_fit(release, told)
    quay = told.body.get("terminal")
    of_the_visit = one_visit(_visit_of(told), (release.stay_number, release.vessel))
    return _papers_fit(release, told) and quay in {None, release.terminal} and of_the_visit


Visit: TypeAlias = tuple[str | None, str | None]
"""A vessel's stay in the port, and the vessel."""


def _visit_of(told: Told) -> Visit:
    return told.body.get("stay_number"), told.body.get("vessel_imo")


def one_visit(one: Visit, other: Visit) -> bool:
    """Tell whether both may be of one visit: by its number, where one lacks by the vessel."""
    by_number = None not in {one[0], other[0]}
    return one[0] == other[0] if by_number else same_visit(one[1], other[1])


def _papers_fit(release: Release, told: Told) -> bool:
    body = told.body
    number, bills = body.get("release_identification"), set(body.get("bills_of_lading", ()))
    if release.port != body["port"] or number not in {None, release.number}:
        return False
    if told.kind == "update" and number is not None:
        # Beside the agent's own number the bills are new ones.
        return True
    if told.kind == "update" or told.kind.startswith("report_"):
        return not bills or not bills.isdisjoint(release.bills)
    # cpu.md §7 rule 1: what is asked names its release exactly.
    return bills <= set(release.bills)


def same_visit(one: str | None, other: str | None) -> bool:
    """Only numbers of a vessel's stay that differ tell visits apart."""
    return None in {one, other} or one == other


def asked_about(box: Box, told: Told, *, of_the_senders: bool = False) -> Release | str | None:
    """Return the one release that a request is about, SEVERAL, or None where there is none.

    What waits, waits for a release that its sender has part in; other people's are nothing to it.
    """
    fitting = [release for release in box.releases if fits(release, told)]
    own = [release for release in fitting if _has_part(release, told.sender)]
    fitting = own if of_the_senders else fitting
    meant = (
        [release for release in own if release.live]
        or [release for release in own if not release.over][-1:]
        or [release for release in fitting if release.live]
        or (own or fitting)[-1:]
    )
    meant = _nearest(meant, told)
    bills = set(told.body.get("bills_of_lading", ()))
    meant = [each for each in meant if set(each.bills) == bills] or meant
    if len(meant) > 1:
        return SEVERAL
    return meant[0] if meant else None


def _nearest(meant: list[Release], told: Told) -> list[Release]:
    """Return of several those of the visit that is named (cpu.md §7 rule 1, v3.11's order)."""
    number, vessel = _visit_of(told)
    by_number = [each for each in meant if number is not None and each.stay_number == number]
    by_vessel = [each for each in meant if vessel is not None and each.vessel == vessel]
    return meant if len(meant) < 2 else by_number or by_vessel or meant


def _has_part(release: Release, company: str) -> bool:
    return company == release.agent or any(company == receiver for _, receiver, _ in release.hops)


def reported_of(box: Box, told: Told, settings: Settings) -> list[Release] | str:
    """Return every release that a report is about: it is of the box, whoever released it."""
    here = _of_the_box(box, told)
    leaves = told.kind == "report_gate_out"
    if here and (leaves or holds_back(told) or _names_papers(told)):
        return here
    none_or_leaves = (
        timedelta(0) if here or leaves else timedelta(hours=settings.late_reports_hours)
    )
    return _visit_that_ended(box, told, none_or_leaves) or here


def _of_the_box(box: Box, told: Told) -> list[Release] | str:
    fitting = [release for release in box.releases if fits(release, told)]
    if all(each.over for each in fitting) and told.kind == "report_customs_status":
        # A red bill of another release may hold it still.
        bills = told.body.get("bills_of_lading", ())
        there = [each for each in box.releases if each.port == told.body["port"]]
        return [each for each in there if not each.over and set(each.goods) & set(bills)]
    here = [release for release in fitting if not release.over]
    if told.kind == "report_gate_out":
        return here or [release for release in fitting if not release.gone][-1:]
    if holds_back(told):
        return here
    live = _nearest([release for release in here if release.live] or here[-1:], told)
    # v3.11: two releases of one agent are not told apart; two agents' claims are of one box.
    return live if len({release.agent for release in live}) == len(live) else SEVERAL


def holds_back(told: Told) -> bool:
    """Tell whether a light goes out by it: then it does for every release it may be of."""
    return told.kind in HOLDS_BACK or told.body.get("status") in RED


def _names_papers(told: Told) -> bool:
    return any(
        told.body.get(name)
        for name in ("release_identification", "bills_of_lading", "stay_number")
    )


def _visit_that_ended(box: Box, told: Told, late: timedelta) -> list[Release]:
    """INFERRED: what happened before a box left is of the visit that ended."""
    gone = [release for release in box.releases if release.gone and fits(release, told)]
    named = [release for release in gone if _names(release, told)]
    return (named or [release for release in gone if _left_after(release, told, late)])[-1:]


def _names(release: Release, told: Told) -> bool:
    body, (number, vessel) = told.body, _visit_of(told)
    by_paper = body.get("bills_of_lading") or body.get("release_identification")
    by_visit = number is not None and number == release.stay_number
    return bool(by_paper) or by_visit or (vessel is not None and vessel == release.vessel)


def _left_after(release: Release, told: Told, late: timedelta) -> bool:
    return release.left_at is not None and told.said_at <= release.left_at + late


def elsewhere(box: Box, told: Told) -> list[Release]:
    """Return the releases of the box for another quay than the one that reports it."""
    quay = told.body.get("terminal")
    return [
        release
        for release in box.releases
        if release.live and quay not in {None, release.terminal} and _papers_fit(release, told)
    ]
