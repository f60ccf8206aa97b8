"""CPu's calls that only ask: path, answer, and what of it is this bus's own (cpu.md §4.2)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from adapters.antwerp_cpu.entities import PhoneBook
from adapters.antwerp_cpu.wire_out import Notification
from adapters.antwerp_cpu.wire_read import ReleaseDetail, StoredNotifications, TerminalPublicKey
from producers.door.antwerp_cpu.calls import ROOT
from producers.door.contract import Described

_BOX = "/{port_locode}/containers/{equipment_number}/import"
_AT_ONCE = (
    "CPu answers 202 and tells the rest by webhook; this door answers at once, with the very "
    "notification that would be told."
)
_OF_2020 = f"Of 2020, and no more in CPu's description. {_AT_ONCE}"


@dataclass(frozen=True, slots=True)
class Read:
    """A call that asks; `query` are the names that it takes."""

    path: str
    answer: type[BaseModel]
    summary: str
    query: tuple[str, ...] = ()
    unverified: str = ""

    @property
    def described(self) -> Described:
        """How it stands in the OpenAPI document."""
        return Described(
            method="get",
            path=ROOT + self.path,
            summary=self.summary,
            asks=None,
            answers={200: self.answer},
            unverified=self.unverified,
            parameters=tuple(self._parameters()),
        )

    def _parameters(self) -> Iterator[Mapping[str, Any]]:
        for name in self.query:
            yield {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}


_WHICH = ("billOfLadingNumbers", "releaseIdentification")

DETAIL: Final = Read(
    "/{port_locode}/containers/import/release-rights/{equipment_number}",
    Notification,
    "How a release that concerns you stands (GetReleaseDetail)",
    _WHICH,
    _AT_ONCE,
)
LIST: Final = Read(
    "/{port_locode}/containers/import/release-rights",
    Notification,
    "The releases of one container that concern you (GetPagedContainers)",
    (
        "page",
        "pageSize",
        "status",
        "equipmentnumberfilter",
        "billofladingnumberfilter",
        "shippingagentnamefilter",
        "shippingagenttinfilter",
        "terminalnamefilter",
        "currentstakeholdernamefilter",
        "currentstakeholdertinfilter",
        "releaserightstatusfilter",
        "actionStatusFilter",
    ),
    f"equipmentnumberfilter has to be one container's whole number. {_AT_ONCE}",
)
LIGHTS: Final = Read(
    f"{_BOX}/release-lights-status",
    Notification,
    "All lights of a release that concerns you (GetAllReleaseLights)",
    _WHICH,
    _OF_2020,
)
COMBINED: Final = Read(
    f"{_BOX}/green-light-status",
    Notification,
    "The combined light of a release that concerns you (GetCombinedGreenLight)",
    _WHICH,
    _OF_2020,
)
AT_QUAY: Final = Read(
    "/release-rights",
    ReleaseDetail,
    "A release that is collected at a quay of yours, with its sealed driver",
    ("releaseId",),
)
NOTIFICATIONS: Final = Read(
    "/notifications",
    StoredNotifications,
    "What you were told of a container, again; thirty days are kept",
    ("NotificationEvent", "EquipmentNumber", "PublicReferenceId", "DaysInBetween"),
    "EquipmentNumber is needed here.",
)
ENTITIES: Final = Read(
    "/entities",
    PhoneBook,
    "The phone book: companies by identifier or name",
    ("Eori", "Duns", "Vat", "EntityName", "ApcsCode", "Page", "PageSize"),
    "An identifier, or three letters of a name, are needed; addresses are one text.",
)
PUBLIC_KEY: Final = Read(
    "/pickup-rights/terminal/alfapassnumber/publickey",
    TerminalPublicKey,
    "The public key of a quay, for who seals a card itself",
    ("portLoCode", "terminalCode"),
    "This bus's own: CPu has the POST alone, with which a terminal delivers its key.",
)
READS: Final = (DETAIL, LIST, LIGHTS, COMBINED, AT_QUAY, NOTIFICATIONS, ENTITIES, PUBLIC_KEY)
