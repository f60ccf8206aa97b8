"""What is assumed of customs' messages: all but what they are for, which alone is public."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "customs"
MEDIA: Final = "application/vnd.fodfin.ccrm06-assumed+xml"
MEDIA_OUT: Final = "application/vnd.fodfin.ccrm07-assumed+xml"
TYPE: Final = "fodfin.ccrm.container-status-acknowledgement"

UNVERIFIED: Final = (
    Note(
        "elements",
        "CCRM06 and CCRM07 are XML; which elements they have is not in what is public of their "
        "guide, so the schema (ccrm.xsd), its names and its namespace are this project's own.",
        "cpu.md §5 (CCRM), §0 (MIG, CUT)",
    ),
    Note(
        "one_container",
        "A message is about one container at one terminal.",
        'cpu.md §0 ("container level"), §7 rule 1',
    ),
    Note(
        "terminal",
        "The terminal is named by its code; CPu matches by the terminal's NxtPort id, which here "
        "is found from port and code.",
        "cpu.md §1.2, §7 rule 1",
    ),
    Note(
        "bills",
        "A message may name bills of lading, and is then about their goods alone.",
        "cpu.md §2.2 (`partiallycleared`), §7 rule 1 (CPu 4.1)",
    ),
    Note(
        "statuses",
        "The codes are the values of CPu's customs light, as SCR spells them, in any case; "
        "`PartiallyCleared` is red, and so is whatever is not understood.",
        "cpu.md §2.2 [SCR-GL], [CUSTL]",
    ),
    Note(
        "identification",
        "A message has an identification of its own, and never the same for other content.",
        "cpu.md §5 (acknowledged), INFERRED",
    ),
    Note(
        "order",
        "Messages come late, twice or in any order; of what is about the same goods the newest "
        "time of preparation holds.",
        "cpu.md §3.4, §7 rule 2 (INFERRED for customs)",
    ),
    Note(
        "acknowledgement",
        "Every message is answered once, by POST to the address of the customs link: linked, not "
        "linked yet, refused with a reason, or overtaken by a newer one.",
        "cpu.md §5 (CCRM07), §7 rule 1 (v3.11: a message that is not linked is notified)",
    ),
    Note(
        "ports",
        "It serves Antwerp and Zeebrugge.",
        "cpu.md §1.2 (`portLoCode`), §5 (LOC)",
    ),
)
"""All of it stands in README.md, too: a test compares them."""

PROFILE: Final = Profile(name="ccrm/assumed-2026", unverified=UNVERIFIED)
