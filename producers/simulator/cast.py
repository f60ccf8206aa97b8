"""Who plays: ship agents, forwarders, transport operators, terminals, customs, the drivers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from producers.sealing import TerminalKey, new_terminal_key
from producers.simulator import numbers
from producers.simulator.onboarding import stage_by_stage
from schemas.identifiers import Scheme
from schemas.messages import (
    Modality,
    OrganisationMessage,
    PartyRef,
    RegisterOrganisation,
    Role,
    TerminalRef,
)

PORT = "BEANR"
DRIVERS_A_HAULIER = 6

AGENTS = (("Scheldemond Ship Agency", "SMAR"), ("Blue Anchor Agencies", "BLAN"),
          ("Zuidzee Lines Agency", "ZZLA"))  # fmt: skip
FORWARDERS = ("Kempen Forwarding", "Meir Logistics", "Polder Imports", "Van Aerde Expeditie",
              "Rubens Freight Partners", "Waasland Trading")  # fmt: skip
HAULIERS = ("Transport De Linde", "Wagemakers Trucking", "Kruisweg Transport",
            "Noord-Zuid Haulage", "Vlasmarkt Logistics")  # fmt: skip
BARGES = ("Albert Canal Barging", "Rijn-Schelde Lijn")
RAILWAYS = ("Lage Landen Rail",)
QUAYS = (("Gateway Quay", "1700"), ("Deurganck Quay", "1742"), ("Europa Quay", "869"))
CUSTOMS = "Customs Antwerp"

# Some forwarders drive with subcontractors, so they may assign a pick-up themselves.
BOTH_ROLES = frozenset({"Meir Logistics", "Rubens Freight Partners"})


@dataclass(frozen=True, slots=True)
class Company:
    """One organisation of the day. `line` is an agent's code in its papers' numbers."""

    id: str
    name: str
    roles: tuple[Role, ...]
    vat: str
    modality: Modality | None = None
    line: str = ""

    def by_vat(self) -> PartyRef:
        """Name the company by its VAT number, as most do."""
        return PartyRef(scheme=Scheme.VAT, code=self.vat)

    def by_vat_with_dots(self) -> PartyRef:
        """Name it as people type it: `BE 0429.672.881` is the same number."""
        country, digits = self.vat[:2], self.vat[2:]
        return PartyRef(
            scheme=Scheme.VAT, code=f"{country} {digits[:4]}.{digits[4:7]}.{digits[7:]}"
        )

    def by_nxtport_id(self) -> PartyRef:
        """Name it by its NxtPort id."""
        return PartyRef(scheme=Scheme.NXTPORT, code=self.id)


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver of a haulier. `card` is what the gate reads: on no topic, in no log, ever."""

    haulier: str
    alias: str
    card: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Quay:
    """A terminal with the key pair that seals drivers for it alone."""

    operator: Company
    code: str
    key: TerminalKey

    @property
    def spellings(self) -> tuple[str, ...]:
        """The ways in which partners write its code (cpu.md §1.2), the usual first."""
        return (self.code, f"K{self.code}", f"0{self.code}")


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone of the day."""

    agents: tuple[Company, ...]
    forwarders: tuple[Company, ...]
    operators: tuple[Company, ...]
    quays: tuple[Quay, ...]
    customs: Company
    drivers: tuple[Driver, ...]

    @property
    def companies(self) -> tuple[Company, ...]:
        """Everyone that joins the bus."""
        terminals = tuple(quay.operator for quay in self.quays)
        return (*self.agents, *self.forwarders, *self.operators, *terminals, self.customs)

    def operators_by(self, modality: Modality) -> tuple[Company, ...]:
        """Return the transport operators that move containers so."""
        return tuple(company for company in self.operators if company.modality is modality)

    def drivers_of(self, haulier: Company) -> tuple[Driver, ...]:
        """Return the drivers of one haulier."""
        return tuple(driver for driver in self.drivers if driver.haulier == haulier.id)

    def registrations(self) -> Iterator[tuple[str, OrganisationMessage]]:
        """Yield by which messages everybody joins, door after door, with their ids."""
        return stage_by_stage(self._registration(company) for company in self.companies)

    def _registration(self, company: Company) -> RegisterOrganisation:
        return RegisterOrganisation(
            organisation=company.id,
            name=company.name,
            roles=company.roles,
            codes=(
                company.by_vat(),
                PartyRef(scheme=Scheme.EORI, code=company.vat.removesuffix("B01")),
            ),
            terminals=tuple(
                TerminalRef(
                    port=PORT,
                    code=quay.code,
                    sealing_key_id=quay.key.key_id,
                    sealing_key=quay.key.public_key,
                )
                for quay in self.quays
                if quay.operator is company
            ),
        )


def cast_of(seed: int, new_key: Callable[[], TerminalKey] = new_terminal_key) -> Cast:
    """Return the cast of *seed*: the same companies again; keys are new unless *new_key* tells."""
    chance = Random(f"cast {seed}")
    hauliers = tuple(_operator(chance, name, Modality.TRUCK) for name in HAULIERS)
    return Cast(
        agents=tuple(_company(chance, name, Role.SHIP_AGENT, line=line) for name, line in AGENTS),
        forwarders=tuple(_forwarder(chance, name) for name in FORWARDERS),
        operators=(
            *hauliers,
            *(_operator(chance, name, Modality.BARGE) for name in BARGES),
            *(_operator(chance, name, Modality.RAIL) for name in RAILWAYS),
        ),
        quays=tuple(
            Quay(_company(chance, name, Role.TERMINAL_OPERATOR), code, new_key())
            for name, code in QUAYS
        ),
        customs=_company(chance, CUSTOMS, Role.CUSTOMS),
        drivers=tuple(driver for haulier in hauliers for driver in _drivers(chance, haulier)),
    )


def _company(chance: Random, name: str, *roles: Role, line: str = "") -> Company:
    year = chance.randrange(2017, 2026)
    return Company(
        numbers.nxtport_id(chance, year), name, roles, numbers.belgian_vat(chance), line=line
    )


def _forwarder(chance: Random, name: str) -> Company:
    if name in BOTH_ROLES:
        return _company(chance, name, Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR)
    return _company(chance, name, Role.RELEASE_PARTY)


def _operator(chance: Random, name: str, modality: Modality) -> Company:
    vat = numbers.dutch_vat(chance) if name.startswith("Rijn") else numbers.belgian_vat(chance)
    identity = numbers.nxtport_id(chance, chance.randrange(2020, 2026))
    return Company(identity, name, (Role.TRANSPORT_OPERATOR,), vat, modality)


def _drivers(chance: Random, haulier: Company) -> Iterator[Driver]:
    initials = "".join(word[0] for word in haulier.name.replace("-", " ").split())
    for number in range(1, DRIVERS_A_HAULIER + 1):
        yield Driver(haulier.id, f"{initials}-{number:02d}", numbers.card_number(chance))
