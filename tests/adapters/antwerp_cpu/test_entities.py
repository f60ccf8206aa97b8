"""The phone book finds who can be given a right, by any spelling, and shows nobody else."""

from typing import Any

import pytest

from adapters.antwerp_cpu.entities import PhoneBook, Sought, entities_query, phone_book
from schemas.identifiers import Scheme
from schemas.messages import Role
from schemas.organisations import Code, Organisation
from schemas.steps import ENTRY, WALLET, Step
from schemas.unreadable import Unreadable

KEMPEN, COMPANY = {"EntityName": "kempen"}, {"EntityName": "company"}
VAT, APCS = Code(Scheme.VAT, "BE0429672881"), Code(Scheme.APCS, "ZA0001")


def company(number: int, name: str, role: Role = Role.RELEASE_PARTY, **more: Any) -> Organisation:
    return Organisation(f"NXT2100000000{number}", 1, name, (role,), **more)


BOOK = (
    company(1, "Kempen Forwarding", codes=(VAT, APCS), address="Kaai 1, Antwerpen"),
    company(2, "Kempen Haulage", Role.TRANSPORT_OPERATOR),
    company(3, "Meir Logistics"),
)


def found(query: dict[str, str], book: tuple[Organisation, ...] = BOOK) -> PhoneBook:
    sought = entities_query(query)
    assert isinstance(sought, Sought), sought
    return phone_book(book, sought)


def names(page: PhoneBook) -> list[str]:
    return [each.name for each in page.phone_book_items]


@pytest.mark.parametrize(
    "query",
    [
        {"Vat": "be 0429.672.881"},
        {"VAT": "BE0429672881", "ApcsCode": "za0001"},
        {"ApcsCode": "ZA 0001"},
        {"EntityName": "PEN FORW"},
        {"Vat": "BE0429672881", "EntityName": "kempen", "Eori": ""},
    ],
    ids=str,
)
def test_a_company_is_found_by_any_of_its_identifiers(query: dict[str, str]) -> None:
    assert names(found(query)) == ["Kempen Forwarding"]


def test_all_that_is_asked_has_to_fit() -> None:
    assert names(found({"EntityName": "kempen"})) == ["Kempen Forwarding", "Kempen Haulage"]
    assert names(found({"EntityName": "meir", "Vat": "BE0429672881"})) == []
    assert names(found({"Eori": "BE0429672881"})) == [], "a VAT number is no EORI number"
    one_of_two = {"Vat": "BE0429672881", "ApcsCode": "ZA0002"}
    assert names(found(one_of_two)) == []


def test_an_item_has_cpus_members_and_no_person() -> None:
    page = found({"ApcsCode": "ZA0001"}).model_dump(mode="json", by_alias=True)

    assert page["totalRows"] == page["totalPages"] == 1
    assert page["phoneBookItems"] == [
        {
            "apcsCode": "ZA0001",
            "addresses": [
                {
                    "addressTypeCode": None,
                    "street": "Kaai 1, Antwerpen",
                    "postalCode": None,
                    "city": None,
                    "country": None,
                    "contactName": None,
                    "contactEmail": None,
                }
            ],
            "nxtEntityId": "NXT21000000001",
            "name": "Kempen Forwarding",
            "vat": "BE0429672881",
            "duns": None,
            "eori": None,
            "scac": None,
            "apcs": "ZA0001",
        }
    ]


@pytest.mark.parametrize("step", [*ENTRY, Step.SUBSCRIPTION, Step.REINSTATEMENT])
def test_who_can_be_given_no_right_is_not_seen(step: Step) -> None:
    assert names(found(KEMPEN, (company(1, "Kempen", lacks=(step,)),))) == []


def test_a_wallet_is_not_asked_for_here() -> None:
    assert names(found(KEMPEN, (company(1, "Kempen", lacks=WALLET),))) == ["Kempen"]


def test_customs_gateways_and_doors_are_in_no_phone_book() -> None:
    book = (
        company(1, "Kempen Customs", Role.CUSTOMS),
        Organisation("NXT21000000002", 1, "Kempen Gateway", ()),
    )

    assert names(found(KEMPEN, book)) == []


def test_a_book_is_read_page_by_page() -> None:
    book = tuple(company(number, f"Company {number}") for number in range(1, 6))
    pages = [found(COMPANY | {"Page": page, "PageSize": "2"}, book) for page in "1234"]

    assert [names(page) for page in pages] == [
        ["Company 1", "Company 2"],
        ["Company 3", "Company 4"],
        ["Company 5"],
        [],
    ]
    assert {(page.total_rows, page.total_pages) for page in pages} == {(5, 3)}
    assert found(COMPANY | {"PageSize": "5000"}, book).page_size == 100
    assert found(COMPANY | {"Page": "0", "PageSize": "0"}, book).page_size == 1


@pytest.mark.parametrize(
    ("query", "position"),
    [
        ({}, "query entityname"),
        ({"Page": "1"}, "query entityname"),
        ({"EntityName": "ke"}, "query entityname"),
        ({"Vat": "?"}, "query vat"),
        ({"EntityName": "kempen", "Page": "x"}, "query page"),
    ],
    ids=str,
)
def test_the_book_is_not_read_out(query: dict[str, str], position: str) -> None:
    why = entities_query(query)

    assert isinstance(why, Unreadable)
    assert (why.code, why.position) == ("query_invalid", position)
