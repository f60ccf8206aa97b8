"""CPu's codes and ours, both ways: every foreign code is mapped here and nowhere else."""

from collections.abc import Mapping
from typing import Final, TypeVar

from adapters.antwerp_cpu.wire_words import ActionType, MeansOfTransport
from schemas import messages as m
from schemas.identifiers import Scheme, scheme_named
from schemas.lights import LightName
from schemas.messages import ContainerMessage, Modality
from schemas.reasons import Reason
from schemas.words import explained

Code = TypeVar("Code")

LIGHTS: Final[Mapping[LightName, str]] = {
    # Verbatim is only the first (cpu.md §2.2); the others are INFERRED from SCR's spelling.
    LightName.COMMERCIAL_RELEASE: "CommercialRelease",
    LightName.CUSTOMS: "Customs",
    LightName.TERMINAL_OPERATION: "TerminalOperation",
    LightName.TERMINAL_READY: "TerminalReady",
    LightName.GATE_OPERATION: "GateOperation",
}
"""The lights that are told of. The combined light is not: no source shows such a notification."""

UNKNOWN_LIGHT: Final = "unknown"

MEANS: Final[Mapping[Modality, MeansOfTransport]] = {
    Modality.TRUCK: MeansOfTransport.TRUCK,
    Modality.BARGE: MeansOfTransport.BARGE,
    Modality.RAIL: MeansOfTransport.RAIL,
    Modality.UNKNOWN: MeansOfTransport.UNKNOWN,
}
MODALITIES: Final[Mapping[str, Modality]] = {means.lower(): ours for ours, means in MEANS.items()}

RIGHT_ACTIONS: Final[Mapping[str, type[ContainerMessage]]] = {
    ActionType.TRANSFER.lower(): m.Transfer,
    ActionType.ACCEPT.lower(): m.Accept,
    ActionType.DECLINE.lower(): m.Decline,
    ActionType.REVOKE.lower(): m.Revoke,
    ActionType.RELEASE.lower(): m.Release,
    ActionType.UPDATE.lower(): m.Update,
    ActionType.BLOCK.lower(): m.Block,
    ActionType.UNBLOCK.lower(): m.Unblock,
    ActionType.DELETE.lower(): m.Delete,
}
"""`actionType` of a release right (cpu.md §2.3)."""

AGENT_ACTIONS: Final[Mapping[str, type[ContainerMessage]]] = {
    verb: RIGHT_ACTIONS[verb]
    for verb in ("release", "update", "block", "unblock", "delete", "revoke")
}
"""`actionType` of a commercial release: the agent's part of it (INFERRED, cpu.md §2.1)."""

MOVES: Final = ("transfer", "accept", "decline", "revoke")
"""The verbs that move a release right from hand to hand (cpu.md §2.3)."""

TERMINAL_ACTIONS: Final[Mapping[str, type[ContainerMessage]]] = {
    "release": m.ReportTerminalRelease,
    "scanning": m.ReportScanning,
    "block": m.ReportTerminalBlock,
    # Named by the notes to v3.11, not in the enum of 2023 (cpu.md §2.5).
    "unblock": m.ReportTerminalUnblock,
}

PICKUP_ACTIONS: Final[Mapping[str, type[ContainerMessage]]] = {
    "assign": m.AssignPickup,
    "update": m.UpdatePickup,
    "revoke": m.RevokePickup,
}

ACTIONS: Final[Mapping[str, str]] = {
    model.TYPE: f"CPu {resource} {verb.capitalize()}"
    # The later holds: what moves a right is one of the right, also where an agent may say it of
    # the release.
    for resource, table in (
        ("commercial-release", AGENT_ACTIONS),
        ("release-rights", {verb: RIGHT_ACTIONS[verb] for verb in MOVES}),
        ("terminal-release", TERMINAL_ACTIONS),
        ("pickup-rights", PICKUP_ACTIONS),
    )
    for verb, model in table.items()
}
"""What a message is at CPu, by its type: the resource (cpu.md §4.2) and its `actionType`."""

TRUCK: Final = "truck"
BY_WATER_AND_RAIL: Final = frozenset({"barge", "rail"})

CPU_SCHEMES: Final = frozenset(
    {Scheme.NXTPORT, Scheme.VAT, Scheme.EORI, Scheme.DUNS, Scheme.SCAC, Scheme.APCS}
)


def scheme_of(identification_type: str) -> Scheme | None:
    """Return the kind of a party's code, in any case (cpu.md §1.2), None where CPu has none."""
    scheme = scheme_named(identification_type)
    return scheme if scheme in CPU_SCHEMES else None


def found_in(table: Mapping[str, Code], came: str) -> Code | None:
    """Return what *came* stands for, whatever its case (cpu.md §7 rule 12), or None."""
    return table.get(came.strip().lower())


def light_value(value: str) -> str:
    """Return a light's value as CPu writes it: `UNKNOWN`, `OK` (cpu.md §2.2, E15)."""
    return value.upper()


def error_code(reason: Reason) -> str:
    """Return the code of a refusal: CPU-001 to CPU-012 are this project's own (cpu.md §4.5)."""
    return explained(reason).code or reason.upper()
