"""What the template takes as true of its system: all of it, until an owner confirms it."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "_template"
PORTS: Final = frozenset({"XXTPL"})
MEDIA: Final = f"application/vnd.releasebus.{NAME.replace('_', '-')}+json"

UNVERIFIED: Final = (
    Note(
        "interface",
        "Names, paths and bodies are the template's: put the system's own in wire.py.",
        "none; the template",
    ),
    Note(
        "parties",
        "Parties are called by their accounts there, linked by register_at_system.",
        "none; the template",
    ),
)

PROFILE: Final = Profile(f"{NAME}/assumed", UNVERIFIED)
