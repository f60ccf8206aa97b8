"""How an air consignment stands, for `show` and `why`: its pieces, and what its gate lets out."""

from collections.abc import Iterable
from typing import Any

from cli.words import with_remedy
from schemas.air_facts import ConsignmentObserved
from schemas.facts import RecordedFact
from schemas.words import COLON, Language, explained, phrase


def shown_last(entries: Iterable[RecordedFact]) -> ConsignmentObserved | None:
    """Return what was shown of it last, None where the entries are a container's."""
    facts = [each.fact for each in entries]
    return next((each for each in reversed(facts) if isinstance(each, ConsignmentObserved)), None)


def consignment_told(entries: Iterable[RecordedFact], language: Language) -> tuple[str, ...]:
    """Return how it was shown last, a line each; nothing where the entries are a container's."""
    told = tuple(entries)
    fact = shown_last(told)
    if fact is None:
        return ()
    number = told[-1].container
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


def as_object(number: str, fact: ConsignmentObserved, language: Language) -> dict[str, Any]:
    """Return how it was shown last, for a program; `may_leave` and `pieces` are counts of them."""
    return {
        "container": number,
        "language": language.value,
        "pieces": fact.pieces,
        "may_leave": fact.may_leave,
        "missing": [
            {
                "reason": each.value,
                "sentence": explained(each).sentence(language),
                "who_can_fix": explained(each).who_can_fix(language),
            }
            for each in fact.missing
        ],
        "discrepancies": list(fact.discrepancies),
    }
