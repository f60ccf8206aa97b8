"""Two agents and one box: when a dispute begins, and what settles it (design.md §4).

A claim is a live release, its rivals are those of other agents at that quay. The discharge data
of the terminal and the word of customs, which stands for the manifest, back a claim where the
papers that they name fit it and contradict every rival. A claim that is backed, and that
nothing contradicts, is let out; every other with a rival stays disputed. So no two rivals are
let out at once (I3): what backs one contradicts the other. Whom two people let out
(ledger/law/settle.py) is let out whatever the papers say, and none of its rivals is.
"""

from collections.abc import Iterator, Sequence

from ledger.law.policy import Policy
from ledger.law.standing import of_one_visit
from schemas import messages as m
from schemas.facts import Disputed, DisputeSettled, FindingMade
from schemas.messages import ContainerMessage
from schemas.reasons import Finding
from schemas.stay import MOST_EVIDENCE, Evidence, EvidenceOf, ReleaseStatus, Stay

OfDispute = tuple[str, Disputed | DisputeSettled | FindingMade]
Stays = Sequence[Stay]


def evidence_in(message: ContainerMessage) -> tuple[Evidence, ...]:
    """Return what a report says of the papers of its container: nothing, or one word on them."""
    bills, visit, vessel = message.bills_of_lading, message.stay_number, message.vessel_imo
    if not bills and visit is None and vessel is None:
        return ()
    customs = isinstance(message, m.ReportCustomsStatus)
    of = EvidenceOf.CUSTOMS if customs else EvidenceOf.TERMINAL
    return (Evidence(of, tuple(bills), visit, vessel),)


def arising(stays: Stays, release_id: str) -> Iterator[tuple[str, Disputed]]:
    """Yield the dispute on both sides where the new release meets another agent's."""
    new = next(stay for stay in stays if stay.release_id == release_id)
    for other in stays:
        if _rival(new, other):
            yield new.release_id, _with(other)
            yield other.release_id, _with(new)


def followed(before: Stays, stays: Stays, policy: Policy) -> Iterator[OfDispute]:
    """Yield what became of the disputes by what made *stays* of *before*.

    A claim that is no longer backed is disputed again before another is let out.
    """
    if len(stays) > 1:
        yield from _coming_back(stays, policy)
    if len(stays) > 1 and policy.evidence_settles_disputes:
        against = (stay for stay in stays if _newly_against(stay, before, stays))
        yield from ((stay.release_id, _against(stay, stays)) for stay in against)
    for stay in stays:
        if stay.live and stay.disputed and _held_by(stay, stays, policy) is None:
            rivalled = any(_rival(stay, other) for other in stays)
            backing = _backing(stay, stays) if rivalled else None
            yield stay.release_id, DisputeSettled(evidence=backing)


def _coming_back(stays: Stays, policy: Policy) -> Iterator[OfDispute]:
    for stay in stays:
        if stay.live and not stay.disputed and (other := _held_by(stay, stays, policy)):
            yield stay.release_id, _with(other)


def giving_way(stays: Stays, claim: Stay) -> Iterator[tuple[str, Disputed]]:
    """Yield that who is let out before another *claim* is, by two people, is so no more."""
    for other in stays:
        if not other.disputed and _rival(claim, other):
            yield other.release_id, _with(claim)


def fit_none(stays: Stays, message: ContainerMessage) -> Iterator[tuple[str, FindingMade]]:
    """Yield that a report, which fits no release, names papers of none of the claims."""
    about = (m.ReportDischarge, m.ReportCustomsStatus)
    named = evidence_in(message) if isinstance(message, about) else ()
    for stay in stays:
        here = stay.port == message.port and message.terminal in {None, stay.terminal}
        if here and stay.live and stay.disputed and any(_contradicts(e, stay) for e in named):
            text = "A report names papers of none of the claims."
            yield (
                stay.release_id,
                FindingMade(finding=Finding.EVIDENCE_CONTRADICTS, text=text),
            )


def _held_by(stay: Stay, stays: Stays, policy: Policy) -> Stay | None:
    """Return the rival on whose account the claim may not leave, or None."""
    rivals = [other for other in stays if _rival(stay, other)]
    if stay.let_out:
        return None
    if (preferred := next((each for each in rivals if each.let_out), None)) is not None:
        return preferred
    if rivals:
        settled = policy.evidence_settles_disputes and _wins(stay, stays)
        return None if settled else rivals[-1]
    if not (stay.disputed and policy.evidence_settles_disputes):
        return None
    # That the claim which the discharge fits ran out does not make the other one true.
    for other in stays:
        ran_out = other.status is ReleaseStatus.EXPIRED and _claims_against(stay, other)
        if ran_out and any(_contradicts(each, stay) for each in other.evidence):
            return other
    return None


def _wins(stay: Stay, stays: Stays) -> bool:
    return _backing(stay, stays) is not None and not _contradicted(stay, stays)


def _backing(stay: Stay, stays: Stays) -> Evidence | None:
    """Return the first evidence that fits the claim and contradicts all its rivals, or None."""
    rivals = [other for other in stays if _rival(stay, other)]
    if any(len(each.evidence) >= MOST_EVIDENCE for each in stays):
        return None  # more may have been said than is remembered
    for word in _heard_at(stay, stays):
        if _fits(word, stay) and all(_contradicts(word, rival) for rival in rivals):
            return word
    return None


def _contradicted(stay: Stay, stays: Stays) -> Evidence | None:
    """Return the first evidence that is not of the claim, nor of another of its agent's."""
    claims = [other for other in stays if other.live and _at_one_quay(stay, other)]
    own = [claim for claim in claims if claim.agent == stay.agent]
    for word in _heard_at(stay, stays):
        if _contradicts(word, stay) and not any(_fits(word, other) for other in own):
            return word
    return None


def _heard_at(stay: Stay, stays: Stays) -> Iterator[Evidence]:
    """Yield all that was said of the papers of the claims at the stay's quay."""
    for other in stays:
        if other.live and _at_one_quay(stay, other):
            yield from other.evidence


def _newly_against(stay: Stay, before: Stays, stays: Stays) -> bool:
    if not _is_against(stay, stays):
        return False
    was = next((each for each in before if each.release_id == stay.release_id), None)
    if was is None or not _is_against(was, before):
        return True
    # Contradicted it was; that it is backed as well is news.
    return _backing(stay, stays) is not None and _backing(was, before) is None


def _is_against(stay: Stay, stays: Stays) -> bool:
    rivalled = stay.live and any(_rival(stay, other) for other in stays)
    return rivalled and _contradicted(stay, stays) is not None


def _against(stay: Stay, stays: Stays) -> FindingMade:
    if _backing(stay, stays) is None:
        text = "Its papers are others than the terminal or customs name of the container."
        return FindingMade(finding=Finding.CLAIM_CONTRADICTED, text=text)
    text = "Terminal and customs name papers of more than one claim."
    return FindingMade(finding=Finding.EVIDENCE_CONTRADICTS, text=text)


def _fits(word: Evidence, stay: Stay) -> bool:
    """Tell whether something that is named is of the claim, and nothing speaks against it."""
    named = (
        not set(word.bills_of_lading).isdisjoint(stay.bills_of_lading)
        or word.stay_number == stay.stay_number is not None
        or word.vessel_imo == stay.vessel_imo is not None
    )
    return named and not _contradicts(word, stay)


def _contradicts(word: Evidence, stay: Stay) -> bool:
    # As a terminal may name all bills of a container, one that is the claim's is enough.
    bills = word.bills_of_lading
    others = bool(bills) and set(bills).isdisjoint(stay.bills_of_lading)
    return others or not of_one_visit(word, stay)


def _rival(stay: Stay, other: Stay) -> bool:
    return other.live and _claims_against(stay, other)


def _claims_against(stay: Stay, other: Stay) -> bool:
    # Where a system decides, it has decided this, too.
    by_ledger = stay.authority == "ledger"
    return by_ledger and other.agent != stay.agent and _at_one_quay(stay, other)


def _at_one_quay(stay: Stay, other: Stay) -> bool:
    return stay.terminal == other.terminal and stay.port == other.port


def _with(other: Stay) -> Disputed:
    return Disputed(other_release_id=other.release_id, other_agent=other.agent)
