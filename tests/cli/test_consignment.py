"""What is told of an air consignment for a person: its waybill, its gate, who can fix it."""

from cli.consignment import as_object, consignment_told, shown_last
from schemas.words import Language
from tests.adapters.cargonaut.facts import DAY
from tests.adapters.schiphol import WAYBILL
from tests.adapters.story import a_day


def test_why_not_all_pieces_may_leave_and_who_can_fix_it() -> None:
    told = consignment_told(DAY[:2], Language.EN)

    assert told[:2] == ("Air waybill 020-12345675, FRA-AMS", "0 of 3 pieces may leave now:")
    assert told[2].startswith("Customs hold pieces of it.")
    assert len(told) == 5


def test_all_pieces_may_leave() -> None:
    assert consignment_told(DAY[:4], Language.EN)[1:] == ("All 3 pieces may leave now.",)


def test_a_container_has_none_of_it() -> None:
    assert consignment_told(a_day().facts, Language.EN) == ()


def test_a_program_is_told_how_many_pieces_may_leave_and_who_can_fix_it() -> None:
    fact = shown_last(DAY[:2])
    assert fact is not None

    told = as_object(WAYBILL, fact, Language.NL)

    assert (told["container"], told["pieces"], told["may_leave"]) == (WAYBILL, 3, 0)
    assert [each["reason"] for each in told["missing"]] == [
        "held_by_customs", "not_cleared", "not_notified",
    ]  # fmt: skip
    assert told["missing"][0]["sentence"].startswith("De douane")
    assert all(each["who_can_fix"] for each in told["missing"])
    assert shown_last(a_day().facts) is None
