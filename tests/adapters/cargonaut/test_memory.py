"""What is remembered of an air waybill, counted by pieces: what customs hold, what came twice."""

from datetime import datetime

from adapters.cargonaut.memory import Memory, held, with_told
from adapters.cargonaut.told import Event, Told

WAYBILL = "02012345675"


def event(code: str, pieces: str, clock: str = "", flight: str = "") -> Event:
    """Return a status of `P1` or `T4` at this time of one day, or at none."""
    at = datetime.fromisoformat(f"2026-02-28T{clock}+00:00") if clock else None
    return Event(
        code, int(pieces[1:]), whole=pieces.startswith("T"), place="AMS", at=at, flight=flight
    )


def after(*messages: list[Event], pieces: int | None = 4) -> Memory:
    memory = Memory()
    for events in messages:
        memory = with_told(memory, Told(WAYBILL, tuple(events), pieces, destination="AMS"))
    return memory


def of(line: str) -> list[Event]:
    """Return the statuses of `TGC P1 10:00, CCD P1 11:00`."""
    return [event(*each.split()) for each in line.split(", ")]


HOLDS: list[tuple[str, str, int]] = [
    ("cleared", "TGC P1 10:00, CCD P1 11:00", 0),
    ("held again", "TGC P1 10:00, CCD P1 11:00, TGC P1 12:00", 1),
    ("each cleared", "TGC P1 10:00, CCD P1 11:00, TGC P1 12:00, CCD P1 13:00", 0),
    ("told in any order", "CCD P1 11:00, TGC P1 12:00, TGC P1 10:00", 1),
    ("all were cleared before", "CCD T4 09:00, TGC P1 10:00", 1),
    ("what is left over clears no later hold", "CCD P4 09:00, TGC P4 10:00", 4),
    ("fewer are cleared than held", "TGC P3 10:00, CCD P1 11:00", 2),
    ("more than there are", "TGC P3 10:00, TGC P3 11:00", 4),
    ("more than there are, cleared", "TGC P3 10:00, TGC P3 11:00, CCD T4 12:00", 0),
    ("a part after all", "TGC T4 10:00, TGC P1 11:00, CCD P1 12:00", 3),
    ("all after a part", "TGC P1 10:00, TGC T4 11:00", 4),
    ("in one minute", "TGC P1 10:00, CCD P1 10:00", 1),
    ("in one minute, the hold exactly", "TGC P1 10:00:10, CCD P1 10:00", 1),
    ("in one minute, the clearance exactly", "TGC P1 10:00, CCD P1 10:00:40", 1),
    ("in one minute, both exactly", "TGC P1 10:00:10, CCD P1 10:00:40", 0),
    ("at the next minute", "TGC P1 10:00, CCD P1 10:01", 0),
    ("a hold of no time", "TGC P1, CCD T4 11:00", 1),
    ("a clearance of no time", "TGC P1 10:00, CCD T4", 1),
]


def test_clearances_end_the_holds_before_them_piece_by_piece() -> None:
    for name, line, expected in HOLDS:
        assert held(after(of(line))) == expected, name
        assert held(after(*([each] for each in of(line)))) == expected, f"{name}, one by one"


def test_of_an_unknown_number_all_that_are_told_of_are_held() -> None:
    assert held(after(of("TGC P1 10:00, TGC P2 11:00"), pieces=None)) == 3
    assert held(after(of("TGC T3 10:00, TGC P1 11:00"), pieces=None)) == 3


AGAIN: list[tuple[str, list[Event], int]] = [
    ("once with seconds", of("RCF P2 08:30, RCF P2 08:30:30"), 1),
    ("with seconds first", of("RCF P2 08:30:30, RCF P2 08:30"), 1),
    ("a clearance", of("CCD P2 08:30, CCD P2 08:30:30"), 1),
    ("a hold", of("TGC P2 08:30, TGC P2 08:30:30"), 1),
    ("once with a flight", [event("RCF", "P2", "08:30"), event("RCF", "P2", "08:30", "KL1")], 1),
    ("of two flights", [event("RCF", "P2", "08:30", each) for each in ("KL1", "KL2")], 2),
    ("of two minutes", of("RCF P2 08:30, RCF P2 08:31"), 2),
    ("of other seconds", of("RCF P2 08:30:10, RCF P2 08:30:30"), 2),
    ("of other pieces", of("RCF P2 08:30, RCF P1 08:30:30"), 2),
    ("once with a time", of("RCF P2, RCF P2 08:30"), 1),
    ("a hold, once with a time", of("TGC P2, TGC P2 08:30"), 2),
    ("and then another", of("RCF P2 08:30, RCF P2 08:30:10, RCF P2 08:30:30"), 2),
    ("the same three times", of("RCF P2 08:30, RCF P2 08:30:30, RCF P2 08:30"), 1),
]


def test_an_event_that_is_told_again_more_exactly_is_one() -> None:
    for name, told, count in AGAIN:
        memory = after(*([each] for each in told))
        assert len(memory.events) == count, name
        assert after(*([each] for each in told), told).events == memory.events, name


def test_what_is_told_more_exactly_is_kept_so() -> None:
    first, exact = event("TGC", "P1", "08:30"), event("TGC", "P1", "08:30:30", "KL1")

    assert after([first], [exact]).events == (exact,)
    assert after([exact], [first]).events == (exact,)


def test_in_one_message_holds_and_deliveries_count_twice_and_what_lets_out_once() -> None:
    for code, count in (("RCF", 1), ("CCD", 1), ("NFD", 1), ("TGC", 2), ("DLV", 2)):
        told = of(f"{code} P1 08:30, {code} P1 08:30:30")
        assert len(after(told).events) == count, code
