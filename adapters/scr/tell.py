"""What a newer state of a release comes to: messages of the bus, each in the name of who did it.

SCR is no authority in any port: it hands rights from party to party above them. So what it shows
is asked of the ledger, by the carrier and the owners themselves, and the ledger's law answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

from adapters.contract import Part
from adapters.parties import ON_BEHALF_OF
from adapters.scr.calls import same
from adapters.scr.chain import Given, Move, Owners, moved
from adapters.scr.known import Papers, Seen, Terms
from adapters.scr.wire import Container, Release, unknown_members
from schemas import messages as m
from schemas.field_faults import fault_of
from schemas.identifiers import Scheme, Unusable, read_bills, read_container, read_locode
from schemas.messages import ContainerMessage, PartyRef
from schemas.ports import DECIDED_BY_SYSTEM
from schemas.reading import ReadMessage, made_canonical
from schemas.unreadable import Unreadable

IMPORT: Final = "import"
STATUSES: Final = frozenset({"released", "blocked"})
"""Of `containerStatus`, whose list is not public."""

_DATA: Final = "$.release_data"
_PATHS: Final[Mapping[str, str]] = {
    "$.container": f"{_DATA}.container.containerNumber",
    "$.port": f"{_DATA}.container.pickupLoCode",
    "$.terminal": f"{_DATA}.container.pickupLocation",
    "$.valid_from": f"{_DATA}.container.validFrom",
    "$.expires_at": f"{_DATA}.container.validUntil",
    "$.equipment_type": f"{_DATA}.container.isoTypeCode",
    "$.bills_of_lading": f"{_DATA}.billOfLading.blNumber",
    "$.stay_number": f"{_DATA}.billOfLading.stayNumber",
    "$.vessel_imo": f"{_DATA}.billOfLading.lloydsNumber",
    "$.release_identification": "$.address",
    "$.release_to.code": "$.owner",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a state of a release comes to, and what is known of the release from then on."""

    parts: tuple[Part, ...]
    seen: Seen | None
    problem: Unreadable | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class _Deed:
    """One thing that somebody did in SCR."""

    by: str
    model: type[ContainerMessage]
    members: Mapping[str, Any]
    receiver: str | None = None


def told(before: Seen | None, release: Release, events: frozenset[str]) -> Told:
    """Return what changed in *release* since *before*, told since by *events* in lower case.

    All of a state is followed or nothing: of half a state nobody could say what is missing.
    """
    if before is not None and not _newer(release, before):
        return Told((), before)
    papers = _papers_of(release)
    if before is not None and before.deleted and not release.deleted:
        sentence = "This release was deleted: what SCR shows of it since is followed no more."
        return Told((), before, Unreadable("release_deleted", "$.deleted", sentence))
    if before is not None and _alike(papers) != _alike(before.papers):
        sentence = "This address was another container's release, or another carrier's, before."
        return Told((), before, Unreadable("release_is_another", "$.address", sentence))
    held = () if before is None else before.holders
    moves, holders = moved(held, _owners_of(release), events)
    seen = Seen(
        version=release.version,
        updated_at=release.updated_at,
        papers=papers,
        terms=_terms_of(release),
        holders=holders,
        blocked=_blocked(release),
        deleted=release.deleted,
    )
    if not _asked_of_the_ledger(release):
        return Told((), seen)
    parts: list[Part] = []
    for place, deed in enumerate(_deeds(before, seen, moves, same(release.address))):
        part = _part(deed, release, seen, place)
        if isinstance(part, Unreadable):
            return Told((), before, part)
        parts.append(part)
    return Told(tuple(parts), seen, moves=moves)


def _newer(release: Release, before: Seen) -> bool:
    return (release.version, release.updated_at) > (before.version, before.updated_at)


def _asked_of_the_ledger(release: Release) -> bool:
    container = release.release_data.container
    port = container.pickup_lo_code.strip().upper()
    is_import = (container.move_type or IMPORT).strip().lower() == IMPORT
    return is_import and port not in DECIDED_BY_SYSTEM


# --- what a release shows -----------------------------------------------------------------------


def _papers_of(release: Release) -> Papers:
    data = release.release_data
    return Papers(
        container=data.container.container_number,
        bill=data.bill_of_lading.bl_number,
        port=data.container.pickup_lo_code,
        creator=same(release.creator),
    )


def _alike(papers: Papers) -> tuple[object, ...]:
    """Return what tells one release's papers from another's, however they are spelt."""
    container, port = read_container(papers.container), read_locode(papers.port)
    return (
        papers.container if isinstance(container, Unusable) else container.value,
        papers.port if isinstance(port, Unusable) else port.value,
        read_bills((papers.bill,)),
        papers.creator,
    )


def _terms_of(release: Release) -> Terms:
    bill, container = release.release_data.bill_of_lading, release.release_data.container
    return Terms(
        terminal=container.pickup_location,
        valid_from=container.valid_from,
        expires_at=container.valid_until,
        equipment_type=container.iso_type_code or None,
        stay_number=bill.stay_number or None,
        vessel_imo=bill.lloyds_number or None,
    )


def _owners_of(release: Release) -> Owners:
    previous = release.previous_owner
    return Owners(
        same(release.creator), same(release.owner), None if previous is None else same(previous)
    )


def _blocked(release: Release) -> bool:
    return release.blocked or _status_of(release.release_data.container) == "blocked"


def _status_of(container: Container) -> str:
    return (container.container_status or "released").strip().lower()


def _odd(release: Release) -> Iterator[str]:
    yield from unknown_members(release)
    if _status_of(release.release_data.container) not in STATUSES:
        yield f"status_unknown: {_DATA}.container.containerStatus"
    if release.next_owner is not None:
        yield "not_carried: $.nextOwner"


# --- what was done ------------------------------------------------------------------------------


def _deeds(
    before: Seen | None, seen: Seen, moves: tuple[Move, ...], number: str
) -> Iterator[_Deed]:
    agent = seen.papers.creator
    if before is not None and before.deleted:
        return
    if seen.deleted:
        yield _Deed(agent, m.Delete, {})
        return
    if before is None:
        yield _Deed(agent, m.Release, _known_of(seen.terms) | {"release_identification": number})
    elif before.terms != seen.terms:
        yield from _updated(agent, before.terms, seen.terms, number)
    # A block holds the chain: what moved before it, or after it was lifted, is told beside it.
    if before is not None and before.blocked and not seen.blocked:
        yield _Deed(agent, m.Unblock, {})
    for move in moves:
        yield from _moved(move)
    if seen.blocked and not (before is not None and before.blocked):
        yield _Deed(agent, m.Block, {})


def _updated(agent: str, before: Terms, now: Terms, number: str) -> Iterator[_Deed]:
    """Name what is new alone, by the number: an Update's bills would be new ones, too."""
    was = _known_of(before)
    changes = {name: value for name, value in _known_of(now).items() if was.get(name) != value}
    if changes:
        yield _Deed(agent, m.Update, changes | {"release_identification": number})


def _moved(move: Move) -> Iterator[_Deed]:
    if isinstance(move, Given):
        yield _Deed(move.giver, m.Transfer, {}, receiver=move.receiver)
        yield _Deed(move.receiver, m.Accept, {})
    else:
        yield _Deed(move.giver, m.Revoke, {})


def _known_of(terms: Terms) -> dict[str, Any]:
    return {
        name: value
        for name in Terms.__struct_fields__
        if (value := getattr(terms, name)) is not None
    }


# --- one message --------------------------------------------------------------------------------


def _part(deed: _Deed, release: Release, seen: Seen, place: int) -> Part | Unreadable:
    accounts = {ON_BEHALF_OF: deed.by}
    members = {"container": seen.papers.container, "port": seen.papers.port, **deed.members}
    if deed.model is not m.Update:
        members["bills_of_lading"] = (seen.papers.bill,)
    if deed.receiver is not None:
        # Until it is linked nobody is found by it: no external id looks like an address.
        members["release_to"] = PartyRef(scheme=Scheme.EXTERNAL, code=deed.receiver)
        accounts["release_to"] = deed.receiver
    read = _canonical(deed.model, members)
    if isinstance(read, Unreadable):
        return replace(read, position=_theirs(read.position))
    ours = tuple(_finding(each) for each in read.findings)
    return Part(
        message=read.message,
        id=_id(release, seen, place, deed.model),
        findings=(*ours, *(_odd(release) if place == 0 else ())),
        occurred_at=seen.updated_at,
        accounts=accounts,
    )


def _canonical(
    model: type[ContainerMessage], members: Mapping[str, Any]
) -> ReadMessage | Unreadable:
    try:
        return made_canonical(model.model_validate(members))
    except ValidationError as error:
        return fault_of(error)


def _id(release: Release, seen: Seen, place: int, model: type[ContainerMessage]) -> str:
    """Return an id that the same state always leads to (design.md §5)."""
    verb = model.TYPE.rpartition(".")[2]
    at = seen.updated_at.isoformat()
    return f"{same(release.address)}/{seen.version}/{at}/{place}-{verb}"


def _finding(finding: str) -> str:
    code, separator, place = finding.partition(": ")
    return f"{code}{separator}{_theirs(place)}"


def _theirs(place: str) -> str:
    """Return SCR's path for a path of ours; what is none of ours stays as it is."""
    whole, _, _ = place.partition("[")
    return _PATHS.get(whole, place)
