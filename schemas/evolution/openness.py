"""Which of the values that the bus says may grow: who reads them must expect ones unheard of.

A list is open where a value more changes nothing that a reader must do: whether a container may
leave, and who holds the right, is said beside it. Every other list is closed: programs branch on
its values, so one more is a breach (`releasebus schemas --compatible`).
"""

from typing import Any

MARK = "x-open"
"""The keyword that tells it in an exported schema; what it promised at a release, counts."""

OPEN: dict[str, str] = {
    "Missing": "A reason that you do not know still keeps the container on the quay.",
    "AirMissing": "A reason that you do not know still keeps pieces at the airport.",
    "AirStep": "A step that you do not know lets nothing out; `may_leave` has the pieces.",
    "Reason": "A refusal whose reason you do not know is a refusal; `sentence` has the words.",
    "Finding": "A finding that you do not know is one all the same: somebody must look.",
    "PickupEnd": "A right that ended for a cause that you do not know has ended all the same.",
    "Step": "A step that you do not know is lacking all the same; `sentence` has the words.",
    "NoteState": "What a note says changes no light and no right, whatever it is.",
    "LightName": "The change of a light that you do not know is to be passed over.",
}
"""By the name of the list: what its reader does with a value that it does not know."""

KINDS = "A type that you do not know is to be passed over."
"""What is said of facts: of which sort one is, its `type` tells."""


def marked(schema: dict[str, Any]) -> dict[str, Any]:
    """Return *schema* of something that the bus says, with its open lists marked as such."""
    kinds = {
        name: {**kind, MARK: OPEN[name]} if name in OPEN else kind
        for name, kind in schema.get("$defs", {}).items()
    }
    return {**schema, **({"$defs": kinds} if kinds else {})}
