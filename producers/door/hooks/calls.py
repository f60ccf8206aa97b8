"""What a system calls: `/hooks/<system>`, with its secret behind it where it knows no header."""

from typing import Final

from producers.door.contract import Described

NAME: Final = "hooks"
TITLE: Final = "Webhooks of the community systems"
ROOT: Final = "/hooks/"
SYSTEM_IN_PATH: Final = "system"
IN_PATH: Final = "known_by"
"""What the part of the path is called that a system shows who it is by."""
HOOK: Final = f"{ROOT}{{{SYSTEM_IN_PATH}}}"
HOOK_WITH_SECRET: Final = f"{HOOK}/{{{IN_PATH}}}"
UNVERIFIED: Final = (
    "By what a system shows that it is itself is the operator's to say: no owner but SCR's "
    "publishes it (identity_scr_portbase.md §B.2; S)ONE's has nothing, edifact_france.md §A.2)."
)
SUMMARY: Final = "A community system tells something; 202 when the bus has it."


def hook(system: str) -> str:
    """Return the path that *system* calls."""
    return ROOT + system


DESCRIBED: Final = tuple(
    Described("post", path, SUMMARY, None, {202: None}, UNVERIFIED, known_otherwise=True)
    for path in (HOOK, HOOK_WITH_SECRET)
)
