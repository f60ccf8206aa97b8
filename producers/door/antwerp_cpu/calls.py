"""CPu's calls that the door takes: path, method, body, and the topics it may go to."""

from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from adapters.antwerp_cpu import wire_in, wire_read
from adapters.antwerp_cpu.makers import BULKS, SINGLES
from producers.door.contract import Described
from schemas.topics import CARRIER, PARTY, TERMINAL, Topic

NAME: Final = "antwerp_cpu"
TITLE: Final = "Certified Pick up (NxtPort, Port of Antwerp-Bruges)"
ROOT: Final = "/certified-pickup/v1"
"""As at NxtPort (cpu.md §4.1): a client changes the name of the host alone."""

REFERENCE: Final = "externalReferenceId"
REQUEST_ID: Final = "x-request-id"
TERMINAL_CODE: Final = "terminal-code"

_PORT = "/{port_locode}/containers"
_BOX = f"{_PORT}/{{equipment_number}}/import"
_OF_2020 = "Of 2020; the path of today is not public (cpu.md §2.1, §2.5)."


class Accepted(BaseModel):
    """CPu's answer to every write (cpu.md §4.1, E2)."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, frozen=True)

    public_reference_id: str
    external_reference_id: str


@dataclass(frozen=True, slots=True)
class Write:
    """A call that puts one body on a topic: the first of `topics` that takes what it says."""

    path: str
    body: str
    topics: tuple[Topic, ...]
    summary: str
    unverified: str = ""

    @property
    def model(self) -> type[wire_in.Asked]:
        """The model of its body."""
        return SINGLES[self.body][0] if self.body in SINGLES else BULKS[self.body][0]


@dataclass(frozen=True, slots=True)
class Question:
    """A call that a gate answers at once; `path` is behind the port."""

    path: str
    model: type[wire_in.Asked]
    answer: type[BaseModel] | bool
    summary: str


WRITES: Final = (
    Write(
        f"{_BOX}/commercial-release",
        "CommercialReleaseAction",
        (CARRIER,),
        "Release, update, block, unblock, revoke or delete as the ship agent",
        _OF_2020,
    ),
    Write(
        f"{_BOX}/release-rights",
        "ReleaseRightAction",
        (PARTY, CARRIER),
        "Submit a release right action",
    ),
    Write(
        f"{_PORT}/import/release-rights",
        "ReleaseRightBulkAction",
        (PARTY, CARRIER),
        "Submit one action for many release rights",
    ),
    Write(
        "/release-rights/means-of-transport",
        "UpdateMeansOfTransportRequest",
        (PARTY,),
        "Say how a container will leave",
    ),
    Write(
        f"{_BOX}/pickup-rights",
        "SubmitPickupRight",
        (PARTY,),
        "Assign, update or revoke a pick-up by truck; the driver is sealed for the terminal",
    ),
    Write(
        "/pickup-rights/barge-rail",
        "SubmitBargeRailPickupRight",
        (PARTY,),
        "Assign, update or revoke a pick-up by barge or rail",
    ),
    Write(
        f"{_BOX}/terminal-release",
        "TerminalRelease",
        (TERMINAL,),
        "Set the terminal's light of a container",
    ),
    Write(
        f"{_PORT}/import/terminal-release",
        "TerminalReleaseBulkAction",
        (TERMINAL,),
        "Set the terminal's light of many containers",
    ),
    Write(
        f"{_BOX}/gate-out",
        "GateOut",
        (TERMINAL,),
        "Report that a container left; the quay in the body or in the header terminal-code",
        _OF_2020,
    ),
)

IDENTIFY: Final = Question(
    "/{port_locode}/validation/pickup/identification",
    wire_in.IdentificationRequest,
    True,  # noqa: FBT003  the answer is a bare boolean
    "Is this driver, or this operator, known to collect anything here now?",
)
VALIDATE: Final = Question(
    "/{port_locode}/sync-validation/pickup/containers",
    wire_in.PickupValidationRequest,
    wire_read.SyncValidation,
    "May these containers leave with this card?",
)
QUESTIONS: Final = (IDENTIFY, VALIDATE)

_REFERENCES = (
    {
        "name": REFERENCE,
        "in": "query",
        "required": False,
        "schema": {"type": "string"},
        "description": "Your own reference: the same again changes nothing. The place is "
        "unverified (cpu.md §9 gap 7); the header of that name, and X-Request-ID, do as well.",
    },
)
_QUAY = (
    {
        "name": TERMINAL_CODE,
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "Which of your quays is meant, where you run more than one. Unverified.",
    },
)

DESCRIBED: Final = (
    *(
        Described(
            method="put",
            path=ROOT + each.path,
            summary=each.summary,
            asks=each.model,
            answers={202: Accepted},
            unverified=each.unverified,
            parameters=_REFERENCES,
        )
        for each in WRITES
    ),
    *(
        Described(
            method="post",
            path=ROOT + each.path,
            summary=each.summary,
            asks=each.model,
            answers={200: each.answer},
            parameters=_QUAY,
        )
        for each in QUESTIONS
    ),
)
