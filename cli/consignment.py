"""How an air consignment stands, for `releasebus show`: its pieces, and what its gate lets out."""

from collections.abc import Iterable

from cli.words import with_remedy
from schemas.air_facts import ConsignmentObserved
from schemas.facts import RecordedFact
from schemas.words import COLON, Language, phrase


def consignment_told(entries: Iterable[RecordedFact], language: Language) -> tuple[str, ...]:
    """Return how it was shown last, a line each; nothing where the entries are a container's."""
    shown = [each for each in entries if isinstance(each.fact, ConsignmentObserved)]
    if not shown or not isinstance(shown[-1].fact, ConsignmentObserved):
        return ()
    number, fact = shown[-1].container, shown[-1].fact
    way = f"{fact.origin or '?'}-{fact.destination or '?'}"
    waybill = f"{number[:3]}-{number[3:]}"
    pieces = phrase("air_of_unknown", language) if fact.pieces is None else str(fact.pieces)
    key = "air_some_may_leave" if fact.missing else "air_all_may_leave"
    odd = f"{phrase('air_discrepancies', language)}{COLON[language]} "
    return (
        phrase("air_waybill", language, waybill=waybill, way=way),
        phrase(key, language, count=fact.may_leave, pieces=pieces)
        if fact.missing
        else phrase(key, language, pieces=fact.may_leave),
        *(with_remedy(each, language) for each in fact.missing),
        *((odd + ", ".join(fact.discrepancies),) if fact.discrepancies else ()),
    )
