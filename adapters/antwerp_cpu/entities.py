"""CPu's phone book: whom a release right can be given to, by identifier or name (row 15)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import Field

from adapters.antwerp_cpu.queries import NotAsked, Query, plain, whole_number
from adapters.antwerp_cpu.wire_words import Told
from schemas.identifiers import Scheme, Unusable, read_party_code
from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.steps import WALLET
from schemas.unreadable import Unreadable

USUAL_PAGE: Final = 25
LONGEST_PAGE: Final = 100
SHORTEST_NAME: Final = 3
"""INFERRED: of a name so much is needed, so that nobody reads the whole book out."""

CODES: Final[Mapping[str, Scheme]] = {
    "eori": Scheme.EORI,
    "duns": Scheme.DUNS,
    "vat": Scheme.VAT,
    "apcscode": Scheme.APCS,
}
LISTED: Final = frozenset(
    {Role.SHIP_AGENT, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR, Role.TERMINAL_OPERATOR}
)


class Address(Told):
    """An address of a company (cpu.md §4.2 row 15); a person is never named in it."""

    address_type_code: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    country: str | None
    contact_name: str | None
    contact_email: str | None


class PhoneBookItem(Told):
    """One company."""

    apcs_code: str | None
    addresses: tuple[Address, ...]
    nxt_entity_id: str
    name: str
    vat: str | None
    duns: str | None
    eori: str | None
    scac: str | None
    apcs: str | None


class PhoneBook(Told):
    """One page of what was found; `searchFilter` is null: what was asked is not repeated."""

    search_filter: None
    phone_book_items: tuple[PhoneBookItem, ...]
    page: int = Field(ge=1)
    page_size: int = Field(ge=1)
    total_rows: int = Field(ge=0)
    total_pages: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Sought:
    """Who is looked for: by codes, as `vat:BE0429672881`, and a part of the name; all must fit."""

    codes: frozenset[str]
    name: str
    page: int = 1
    page_size: int = USUAL_PAGE


def entities_query(query: Query) -> Sought | Unreadable:
    """Return who is looked for by the query of a call, or which value is none."""
    asked = plain(query)
    try:
        codes = frozenset(_code(asked, name) for name in CODES if name in asked)
        name = _name(asked, needed=not codes)
        page, size = whole_number(asked, "page", 1), whole_number(asked, "pagesize", USUAL_PAGE)
    except NotAsked as error:
        return error.why
    return Sought(codes, name, max(page, 1), min(max(size, 1), LONGEST_PAGE))


def phone_book(organisations: Iterable[Organisation], sought: Sought) -> PhoneBook:
    """Return the page of companies that fit, by name.

    Who has not come as far as the CPu UI, whose subscription ended or who is suspended, is not
    seen: it can be given no right (identity_scr_portbase.md §A.2 [N1][N7]).
    """
    found = sorted(
        (each for each in organisations if _is_listed(each) and _fits(each, sought)),
        key=lambda each: (each.name.casefold(), each.id),
    )
    start = (sought.page - 1) * sought.page_size
    return PhoneBook(
        search_filter=None,
        phone_book_items=tuple(map(_item, found[start : start + sought.page_size])),
        page=sought.page,
        page_size=sought.page_size,
        total_rows=len(found),
        total_pages=-(-len(found) // sought.page_size),
    )


def _name(asked: Query, *, needed: bool) -> str:
    name = asked.get("entityname", "").casefold()
    if needed and not name:
        raise NotAsked("entityname", "Name whom you look for: Vat, Eori, Duns, … or a name.")
    if 0 < len(name) < SHORTEST_NAME:
        raise NotAsked("entityname", f"Name at least {SHORTEST_NAME} letters.")
    return name


def _code(asked: Query, name: str) -> str:
    code = read_party_code(CODES[name], asked[name])
    if isinstance(code, Unusable):
        raise NotAsked(name, code.reason)
    return code.key


def _is_listed(organisation: Organisation) -> bool:
    # A wallet is asked for by the UI alone: who lacks no more than that is seen.
    return bool(LISTED & set(organisation.roles)) and set(organisation.lacks) <= set(WALLET)


def _fits(organisation: Organisation, sought: Sought) -> bool:
    own = {code.key for code in organisation.codes}
    return sought.codes <= own and sought.name in organisation.name.casefold()


def _item(organisation: Organisation) -> PhoneBookItem:
    apcs = organisation.code(Scheme.APCS)
    return PhoneBookItem(
        apcs_code=apcs,
        addresses=() if organisation.address is None else (_address(organisation.address),),
        nxt_entity_id=organisation.id,
        name=organisation.name,
        vat=organisation.code(Scheme.VAT),
        duns=organisation.code(Scheme.DUNS),
        eori=organisation.code(Scheme.EORI),
        scac=organisation.code(Scheme.SCAC),
        apcs=apcs,
    )


def _address(written: str) -> Address:
    """Return the address as the directory has it: one text, in no parts."""
    return Address(
        address_type_code=None,
        street=written,
        postal_code=None,
        city=None,
        country=None,
        contact_name=None,
        contact_email=None,
    )
