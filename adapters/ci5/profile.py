"""What is assumed of Ci5: all of it, since its owner publishes neither interface nor guide."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "ci5"
MEDIA: Final = "application/vnd.mgi.ci5-assumed+json"
TYPE_PREFIX: Final = "mgi.ci5."

UNVERIFIED: Final = (
    Note(
        "interface",
        "Ci5 tells steps and takes requests as JSON of this project's own making: nothing of an "
        "interface, a guide or a list of codes is public.",
        "edifact_france.md §B (NOT FOUND)",
    ),
    Note(
        "ports",
        "Marseille, Fos, Bordeaux, Dunkerque, Fort-de-France and Dégrad des Cannes work alike; "
        "their UN/LOCODEs but those of Marseille, Fos and Dunkerque are ours.",
        "edifact_france.md §A.1, §B, §B.1",
    ),
    Note(
        "steps",
        "The steps are S)ONE's: seen on the quay, delivery order, customs, haulier, exit, "
        "gate-out; AP+ is said to have had them, too.",
        "edifact_france.md §A.4, §B (INFERRED)",
    ),
    Note(
        "aliases",
        "VAQ, BAD and AMD are AP+'s words for a step; AMD, the pick-up nomination, is the "
        "haulier's.",
        "edifact_france.md §A.4",
    ),
    Note(
        "state",
        "A step holds while it is `actif`; any other word holds nothing.",
        "edifact_france.md §B (INFERRED)",
    ),
    Note(
        "order",
        "Steps come late, twice or in any order; of a step the newest date holds.",
        "edifact_france.md §A.2 (as S)ONE's webhooks, INFERRED)",
    ),
    Note(
        "parties",
        "Agent, forwarder and haulier come with their steps, by codes of Ci5's; with its delivery "
        "order the forwarder holds the right, and accepts nothing.",
        "edifact_france.md §A.4, §B (INFERRED)",
    ),
    Note(
        "terminals",
        "Terminals have SMDG's codes.",
        "edifact_france.md §B.1",
    ),
    Note(
        "exit_authorised",
        "The authorised exit is the terminal's light.",
        "edifact_france.md §A.3, §B (INFERRED)",
    ),
    Note(
        "accounts",
        "What a party asks is asked with its own account, named by the header `on-behalf-of`.",
        "edifact_france.md §A.2 Auth (as at S)ONE, INFERRED)",
    ),
    Note(
        "organiser",
        "A haulier is nominated by the last agent or forwarder before it in the chain, when it "
        "assigns its pick-up.",
        "edifact_france.md §A.4 (as at S)ONE, INFERRED)",
    ),
    Note(
        "requests",
        "What is asked is one call a request, answered by its id: accepte, refuse, en-attente.",
        "edifact_france.md §B (INFERRED)",
    ),
)
"""All of it stands in README.md, too: a test compares them."""

PROFILE: Final = Profile(name="ci5/assumed-2026", unverified=UNVERIFIED)
