"""What was followed of SCR, and every point of it that T-Mining has not confirmed."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "scr"
MEDIA: Final = "application/vnd.t-mining.secure-container-release+json"

UNVERIFIED: Final = (
    Note(
        "release_path",
        "A release is fetched by GET /releases/ and its address; the answer is one release object "
        "with all its members.",
        "identity_scr_portbase.md §B.1, §B.5",
    ),
    Note(
        "whose_api",
        "One interface of SCR answers for every organisation that one endpoint serves.",
        "identity_scr_portbase.md §B.2, §B.5",
    ),
    Note(
        "types",
        "`owner`, `creator`, `previousOwner` and `nextOwner` are addresses as text, the same in "
        "any case; times are RFC 3339; `version` is a number; `address`, `version`, `updatedAt`, "
        "`owner`, `creator`, `blocked` and `deleted` are always there.",
        "identity_scr_portbase.md §B.2, §B.4, §F.1",
    ),
    Note(
        "newer",
        "Of two states of a release the one with the higher `version`, or at one version the "
        "later `updatedAt`, is the newer.",
        "identity_scr_portbase.md §B.4, §F.1",
    ),
    Note(
        "commercial_release",
        "The creator is the ship agent, and the release that it makes in SCR is its commercial "
        "release, with the address as its number.",
        "identity_scr_portbase.md §G; cpu.md §2.7",
    ),
    Note(
        "places",
        "`pickupLoCode` is the port and `pickupLocation` the code of the terminal there.",
        "identity_scr_portbase.md §B.4; cpu.md §2.7",
    ),
    Note(
        "one_bill",
        "`blNumber` is one bill of lading, and all that the release names.",
        "identity_scr_portbase.md §B.4; cpu.md §2.7",
    ),
    Note(
        "supplied_accept",
        "Who was given the right in SCR has accepted it.",
        "cpu.md §3.2; design.md §4",
    ),
    Note(
        "previous_owner",
        "`previousOwner` is who held the right before, in time: after a transfer the giver, after "
        "a revoke who lost it. `nextOwner` is not read.",
        "identity_scr_portbase.md §B.4, §F.1 S2, S8",
    ),
    Note(
        "revoke_or_return",
        "An owner who held the right before has taken it back, unless SCR told of a transfer and "
        "of no revoke.",
        "identity_scr_portbase.md §B.5",
    ),
    Note(
        "agents_block",
        "Whoever blocked in SCR, carrier or scan, it is the agent's block; `containerStatus` "
        "`blocked` is one, too.",
        "identity_scr_portbase.md §B.4",
    ),
    Note(
        "import_only",
        "What `moveType` does not call `import`, where it is there, is no import release.",
        "identity_scr_portbase.md §B.4",
    ),
    Note(
        "decided_elsewhere",
        "Where a port's own system decides, SCR tells that system itself what moved.",
        "identity_scr_portbase.md §B.7",
    ),
    Note(
        "token_in_body",
        "A token in the body stands in a member `token`, `jwt` or `authorization`, or is known by "
        "its shape.",
        "identity_scr_portbase.md §B.2, §F.1 S11",
    ),
)

PROFILE: Final = Profile("SCR releases and onRelease, API 1.2.4", UNVERIFIED)
