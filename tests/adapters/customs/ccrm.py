"""Messages of customs' as a test wants them, and the adapter with the memory that it keeps."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lxml import etree

import adapters.customs
from adapters.contract import NOTHING, Memory, Parsed
from adapters.customs import SYSTEM
from adapters.customs.wire import NAMESPACE

SAMPLES: Final = Path(adapters.customs.__file__).parent / "samples"
NOON: Final = {"ce_time": "2025-03-01T12:00:00Z"}
ORDER: Final = (
    "MessageIdentification",
    "PreparationDateTime",
    "Port",
    "Terminal",
    "StayNumber",
    "VesselImo",
    "EquipmentNumber",
    "BillOfLading",
    "CustomsStatus",
)
USUAL: Final = {
    "MessageIdentification": "CCRM-1",
    "PreparationDateTime": "2025-03-01T09:30:00+01:00",
    "Port": "BEANR",
    "Terminal": "1742",
    "EquipmentNumber": "CPUU1000010",
    "CustomsStatus": "Released",
}


def sample(name: str) -> bytes:
    """Return one of the adapter's samples."""
    return (SAMPLES / f"{name}.xml").read_bytes()


def said(identification: str = "CCRM-1", at: str = "09:30", **changes: str) -> bytes:
    """Return a message prepared *at* that time of day; bills parted by a space."""
    moment = f"2025-03-01T{at}:00+01:00"
    members = {**USUAL, "MessageIdentification": identification, "PreparationDateTime": moment}
    return written(members | changes)


def without(name: str) -> bytes:
    """Return a message that lacks one of its elements."""
    return written({each: text for each, text in USUAL.items() if each != name})


def written(told: Mapping[str, str]) -> bytes:
    """Return the message with these elements."""
    root = etree.Element(f"{{{NAMESPACE}}}CCRM06ContainerStatus")
    for name in sorted(told, key=lambda each: ORDER.index(each) if each in ORDER else len(ORDER)):
        for text in told[name].split() if name == "BillOfLading" else (told[name],):
            etree.SubElement(root, f"{{{NAMESPACE}}}{name}").text = text
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


class Link:
    """The adapter, with what it remembers of one container from one message to the next."""

    def __init__(self) -> None:
        self.memory: Memory = NOTHING

    def hear(self, data: bytes) -> Parsed:
        """Parse *data*, as it would come in by noon."""
        parsed = SYSTEM.functions.parse(data, NOON, self.memory)
        self.memory = parsed.memory
        return parsed

    def statuses(self, *messages: bytes) -> list[str]:
        """Return what the ledger is told, in the order of *messages*."""
        parts = [part for each in messages for part in self.hear(each).messages]
        return [str(part.message.status) for part in parts]  # type: ignore[attr-defined]  # a report of customs'
