"""What was followed of Portbase, and every point of it that Portbase has not confirmed."""

from typing import Final

from adapters.contract import Note, Profile, Untold, callback

NAME: Final = "portbase"
PORTS: Final = frozenset({"NLRTM", "NLAMS"})
DEFAULT_PORT: Final = "NLRTM"
MEDIA: Final = "application/vnd.portbase.secure-chain+json"
TYPE_PREFIX: Final = "portbase."

# Below the one address that the operator configured; behind it the first step leads to the host
# of each interface (identity_scr_portbase.md §C.5, §C.6).
TRACK: Final = "/cargo-controller/track-requests"
STATE: Final = "/cargo-controller/tracked-bls?id={}"
NOMINATE: Final = "/cargo-controller/nominations"
AUTHORISE: Final = "/cargo-controller/authorisations"
WITHDRAW: Final = "/cargo-controller/withdrawals"
RELEASE: Final = "/cargo-declaration-import/commercial-releases"
VISIT: Final = "/hcn/visits"
CANCEL: Final = "/hcn/cancellations"
WEBHOOK: Final = callback(NAME)

VIA_SCR: Final = frozenset({"HLCU"})
"""Carriers, by the letters before a bill of lading, whose releases reach Portbase through SCR."""

TAR_TERMINALS: Final = frozenset({"RWG"})
"""Without a Truck Appointment Reference they let no truck in. Of APM MVII and APMT Rotterdam, who
give one too, the code is not public: add it here."""

UNVERIFIED: Final = (
    Note(
        "addresses",
        "All paths but `track-requests` and `tracked-bls`, and the step before each that names "
        "its interface, are ours.",
        "§C.5 [G3][G4], §C.6, §H 10",
    ),
    Note(
        "accounts",
        "Tracking is paid and read with the account of the bus; what a party asks is asked with "
        "its own, named by the header `on-behalf-of`.",
        "§C.3, §C.5 [B18]",
    ),
    Note(
        "webhook",
        "A webhook has the members that public client code reads; `StateUpdated` and the place of "
        "`origin` are ours. A list that is left out was not told, an empty one is empty.",
        "§C.5 [G3][G4], §F.2 P3, P6, P9",
    ),
    Note(
        "order",
        "A webhook has no time and no number: each that tells something new is followed by a GET, "
        "whose answer counts.",
        "§C.5 [B19]",
    ),
    Note(
        "released",
        "A container stands in `commercialReleases` from when the terminal accepted its release "
        "until it is withdrawn; `declared` ones do not.",
        "§C.4 [B7], §F.2 P9, §G",
    ),
    Note(
        "port",
        "A bill of which no port of discharge was told is about NLRTM.",
        "§F.2 P4",
    ),
    Note(
        "operator_by_name",
        "The nominated operator is known by its full name as the directory has it, case, spaces "
        "and dots aside: a state names no EAN.",
        "§C.5 [G3][G4], §F.2 P6",
    ),
    Note(
        "holder",
        "Whom a release is made out to, whom a director is authorised and whom an operator is "
        "nominated hold the right at once: there is no accept. Of a chain made in Portbase's own "
        "screens nothing but the operator's name is told.",
        "§C.4, §G, §H 8",
    ),
    Note(
        "customs",
        "`customsStatus` RELEASED is green, T1 and BLOCKED and any other word are red, as is an "
        "open inspection, a scan too. The terminal's answer to a visit counts until either "
        "changes.",
        "§C.5 [W2], §F.2 P3, P8, P11",
    ),
    Note(
        "chain_calls",
        "Names, paths and bodies of authorise, nominate and withdraw; their party by its EAN. An "
        "authorisation is done when the call is answered 2xx with no body, a nomination when a "
        "state shows it.",
        "§C.3 [B11], §C.5, §F.2 P5, P7",
    ),
    Note(
        "release_calls",
        "Names, path and bodies of the agent's release in Cargo Declaration Import and of its "
        "states; the release-to party by the customer code that the carrier, by the SCAC before "
        "the bill, gave it.",
        "§C.2 [V2], §C.3 [B8], §C.4 [B7], §C.7",
    ),
    Note(
        "revoke_is_withdrawal",
        "An agent that takes the right back, or deletes the release, withdraws the release: its "
        "chain lapses.",
        "§C.4 [B6]",
    ),
    Note(
        "no_block",
        "There is no block of a commercial release: the agent is told so, and may withdraw it.",
        "§C.4",
    ),
    Note(
        "not_at_portbase",
        "Accept and means of transport are answered here, the first by what the state shows; "
        "nothing can be declined.",
        "§C.4, §H 8",
    ),
    Note(
        "visits",
        "Names, paths and bodies of a pre-notification, its cancellation and the terminal's "
        "answer; the executing charter is the operator itself, the ETA as it was given.",
        "§C.2 [B5], §C.6 [B22], §F.2 P11",
    ),
    Note(
        "change_by_cancelling",
        "A pre-notification is changed by cancelling it and making another, at every terminal, "
        "as ECT Delta and Euromax want it.",
        "§C.6 [B24]",
    ),
    Note(
        "terminal_light",
        "A pre-notification that the terminal accepts turns its light green.",
        "§C.4 step 4, §C.6",
    ),
    Note(
        "cor",
        "COR is an expired release until its date changes or the terminal finds it right.",
        "§C.4 [B14]",
    ),
    Note(
        "tar",
        "At RWG an acceptance without a TAR is none.",
        "§C.6 [B24][B25]",
    ),
    Note(
        "via_scr",
        "Releases of Hapag-Lloyd's bills (HLCU) come to Portbase through SCR: they are followed "
        "here, and not released a second time.",
        "§B.7 [H1][H2]",
    ),
    Note(
        "dangerous_goods",
        "`dangerousGoods` is one or several with a `unCode`, of the containers that its goods "
        "item names, or of all of the bill; whether they were declared is not told.",
        "§C.5 [G3][G4]",
    ),
    Note(
        "refusals",
        "A call that is answered 400, 404, 409, 410 or 422 is refused; any other failure is no "
        "answer.",
        "none; HTTP's own meaning",
    ),
)

UNTOLD: Final = (
    Untold("releasebus.block", "Portbase knows no block; the agent is told so (`no_block`)."),
    Untold("releasebus.unblock", "Portbase knows no block; the agent is told so (`no_block`)."),
    Untold("releasebus.decline", "A nomination cannot be declined there (`not_at_portbase`)."),
    Untold("releasebus.accept", "There is no accept: the state is asked for, and answers."),
    Untold("releasebus.set_means_of_transport", "The next nomination says it."),
    Untold(
        "releasebus.transfer",
        "Nominations and authorisations need the tracking id: they are made as a request once "
        "Portbase has given it.",
    ),
)

PROFILE: Final = Profile("secure-chain-2026-public", UNVERIFIED, UNTOLD)
