"""The same carrier in other ports: who is there, and what each port's system says there.

Each system is a fake that answers as its adapter's sources have it (adapters/*/README.md), made
up as everything of the simulator.
"""

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from producers.simulator import numbers
from producers.simulator.cargonaut import waybill_number
from producers.simulator.cast import Cast, Company
from schemas.identifiers import Scheme
from schemas.messages import (
    Modality,
    OrganisationMessage,
    PartyRef,
    RegisterOrganisation,
    Role,
    TerminalRef,
)
from schemas.ports import AIRPORTS
from schemas.registrations import RegisterAtSystem

EAN: Final = "8713987001237"
CODES: Final = ("AG01", "TR01", "TP01")
STEP_IDS: Final = {
    "identification-transporteur": "ICI0000001234",
    "demande-de-sortie": "DSO0000001234",
}
"""S)ONE's own, by what it is asked for (edifact_france.md §A.4); no delivery order's is public."""
NOTIFIED: Final = "KMPFWD1"
"""The forwarder's code at Cargonaut."""


@dataclass(frozen=True, slots=True)
class Place:
    """A port of another system: its quay, and who speaks for the system and runs the quay.

    An airport has neither quay nor operator: its system tells how things stand, no more.
    """

    name: str
    port: str
    system: str
    speaker: str
    speaks_as: str
    media: str
    quay: str = ""
    operator: str = ""

    @property
    def is_airport(self) -> bool:
        """Tell whether air waybills come here, and no containers."""
        return self.port in AIRPORTS


PLACES: Final = (
    Place(
        "Rotterdam", "NLRTM", "portbase", "NXT26000000910", "Portbase",
        "application/vnd.portbase.secure-chain+json", "RWG", "NXT26000000911",
    ),
    Place(
        "Le Havre", "FRLEH", "sone", "NXT26000000920", "S)ONE",
        "application/vnd.soget.sone+json", "TDF", "NXT26000000921",
    ),
    Place(
        "Marseille-Fos", "FRFOS", "ci5", "NXT26000000930", "Ci5",
        "application/vnd.mgi.ci5-assumed+json", "EURFO", "NXT26000000931",
    ),
    Place(
        "Schiphol", "NLSPL", "cargonaut", "NXT26000000940", "Cargonaut",
        "application/vnd.iata.xfsu-assumed+xml",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Abroad:
    """A container of the carrier's in another port, or an air waybill; one that `leaves`, or may.

    A waybill's `number` is its bill too.
    """

    number: str
    bill: str
    place: Place
    leaves: bool

    @property
    def row(self) -> dict[str, Any]:
        """The container as Portbase names it."""
        return {"equipmentNumber": self.number}


@dataclass(frozen=True, slots=True)
class Tour:
    """One carrier's containers elsewhere, and the three companies that it is about."""

    agent: Company
    forwarder: Company
    haulier: Company
    boxes: tuple[Abroad, ...]

    @property
    def speakers(self) -> tuple[str, ...]:
        """Who speaks for a system, and signs."""
        return tuple(place.speaker for place in PLACES)

    def worth_telling(self) -> tuple[str, ...]:
        """Return the container of each port that is still there in the end."""
        return tuple(box.number for box in self.boxes if not box.leaves)

    def registrations(self) -> Iterator[tuple[str, OrganisationMessage]]:
        """Yield what the register says of the systems, their quays, and the companies there."""
        for place in PLACES:
            yield from _of_place(place)
        companies = (self.agent, self.forwarder, self.haulier)
        for company, code in zip(companies, CODES, strict=True):
            for system in ("sone", "ci5"):
                yield _account(company, system, code)
        yield _account(self.forwarder, "portbase", "CC-0042", self.agent.line)
        ean = PartyRef(scheme=Scheme.EAN, code=EAN)
        yield f"registration/{self.haulier.id}/ean", _with(self.haulier, ean)
        notified = PartyRef(scheme=Scheme.EXTERNAL, code=f"cargonaut:{NOTIFIED}")
        yield f"registration/{self.forwarder.id}/cargonaut", _with(self.forwarder, notified)


def tour_of(cast: Cast, seed: int, containers: int) -> Tour:
    """Return the tour of *seed*: of each port *containers*, the last of which stays."""
    chance = Random(f"elsewhere {seed}")
    agent, forwarder = cast.agents[0], cast.forwarders[0]
    free = numbers.container_numbers(chance)
    boxes = tuple(
        Abroad(
            number := waybill_number(chance) if place.is_airport else next(free),
            number if place.is_airport else numbers.bill_of_lading(chance, agent.line),
            place,
            leaves=nth < containers - 1,
        )
        for place in PLACES
        for nth in range(containers)
    )
    return Tour(agent, forwarder, cast.operators_by(Modality.TRUCK)[0], boxes)


def _of_place(place: Place) -> Iterator[tuple[str, OrganisationMessage]]:
    yield (
        f"registration/{place.speaker}/1",
        RegisterOrganisation(
            organisation=place.speaker, name=place.speaks_as, roles=(), system=place.system
        ),
    )
    if place.is_airport:
        return
    yield (
        f"registration/{place.operator}/1",
        RegisterOrganisation(
            organisation=place.operator,
            name=f"{place.name} Quay",
            roles=(Role.TERMINAL_OPERATOR,),
            terminals=(TerminalRef(port=place.port, code=place.quay),),
        ),
    )


def _account(
    company: Company, system: str, code: str, carrier: str | None = None
) -> tuple[str, OrganisationMessage]:
    said = RegisterAtSystem(organisation=company.id, system=system, code=code, carrier=carrier)
    return f"registration/{company.id}/{system}", said


def _with(company: Company, code: PartyRef) -> RegisterOrganisation:
    """Return the register's newer word of a haulier, with the number that Portbase knows it by."""
    eori = PartyRef(scheme=Scheme.EORI, code=company.vat.removesuffix("B01"))
    return RegisterOrganisation(
        organisation=company.id,
        name=company.name,
        roles=company.roles,
        codes=(company.by_vat(), eori, code),
    )


# --- Portbase (identity_scr_portbase.md §F.2): a bill as a whole, whatever changed in it ---


def tracked(box: Abroad) -> dict[str, Any]:
    """Return the answer to a track request."""
    return {"trackedBLs": [{"id": _tracking(box), "blNumber": box.bill}], "notTrackedBLs": []}


def terminal_accepts(box: Abroad) -> dict[str, Any]:
    """Return that the terminal accepted the agent's release."""
    return {"blNumber": box.bill, **box.row, "releaseStatus": "ACCEPTED"}


def visit_accepted(box: Abroad) -> dict[str, Any]:
    """Return the terminal's answer to a pre-notification."""
    checks = {"commercialRelease": {"ok": True}, "customs": {"ok": True}, "tar": "TAR-1"}
    return {**box.row, "status": "ACCEPTED", "checks": checks}


def bill(
    box: Abroad,
    until: datetime,
    *operators: str,
    on_quay: datetime | None = None,
    gone: datetime | None = None,
) -> dict[str, Any]:
    """Return the whole bill as a webhook tells it."""
    released = [{**box.row, "releaseValidUntilDateTime": until.isoformat()}]
    landed = [{**box.row, "actualDischargeDateTime": on_quay.isoformat()}] if on_quay else []
    return {
        "id": _tracking(box),
        "eventType": "StateUpdated",
        "blNumber": box.bill,
        "billOfLading": {
            "blNumber": box.bill,
            "customsStatus": "RELEASED",
            "portOfDischarge": {"locationName": "Rotterdam", "locationUnCode": "NLRTM"},
            "dischargeTerminal": {"code": box.place.quay, "name": "Rotterdam World Gateway"},
            "transportEquipments": [box.row],
            "commercialReleases": [] if gone else released,
            "dischargeReports": landed,
            "hinterlandTerminalData": [{**box.row, "gateOut": gone.isoformat()}] if gone else [],
            "inspectionItems": [],
        },
        "nominatedInlandOperators": [
            {**box.row, "inlandOperatorFullName": name} for name in operators
        ],
    }


def _tracking(box: Abroad) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, box.bill))


# --- S)ONE (edifact_france.md §A.2): webhooks in Pascal case, steps and orders ---


def unit(box: Abroad, kind: str, at: datetime) -> dict[str, Any]:
    """Return the webhook of one event of a handling unit."""
    event = {
        "AlertDate": at.isoformat(),
        "AlertType": "Creation",
        "Direction": "Import",
        "Location": f"M{box.place.quay}",
        "State": "Active",
        "Type": kind,
    }
    said = {"Events": [event], "FreightFamily": "Container", "Reference": box.number}
    return {"HandlingUnit": {**said, "Spi": "CNI0000000001"}}


def step_followed(asked: Mapping[str, Any], kind: str, status: str = "Accepté") -> dict[str, Any]:
    """Return the answer to a step of *kind*, under an id of that kind's where one is public."""
    said = {"externalReference": asked["externalReference"], "status": status}
    number = next((number for step, number in STEP_IDS.items() if step in kind), None)
    return said if number is None else {**said, "id": number}


def order_made(asked: Mapping[str, Any], order: str) -> dict[str, Any]:
    """Return the answer to a transport order."""
    number = asked["transportOrderNumber"]
    return {"id": order, "transportOrderNumber": number, "type": "Master", "segments": []}


def order_read(order: str, state: str) -> dict[str, Any]:
    """Return a transport order as it is read."""
    return {"customerOrderId": order, "type": "Master", "status": state}


def json_in(content: bytes) -> dict[str, Any]:
    """Return the JSON in a body that may be a form around it."""
    found: dict[str, Any] = json.loads(content[content.index(b"{") : content.rindex(b"}") + 1])
    return found


# --- Ci5, by the assumed profile (edifact_france.md §B) ---


def step(box: Abroad, name: str, at: datetime, **more: object) -> dict[str, Any]:
    """Return one step of a container."""
    return {
        "etape": name,
        "etat": "actif",
        "date": at.isoformat(),
        "conteneur": box.number,
        "port": box.place.port,
        "terminal": box.place.quay,
        "passage": "CI50000000001",
        **more,
    }


def accepted(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to a request."""
    return {"demande": asked["demande"], "statut": "accepte"}
