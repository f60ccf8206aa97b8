"""What was followed of S)ONE, and every point of it that its owner has not confirmed."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "sone"

MEDIA: Final = "application/vnd.soget.sone+json"
"""Of what comes in: S)ONE itself says `application/json`, which is nobody's own."""

JSON: Final = "application/json; charset=UTF-8"
MULTIPART: Final = "multipart/form-data; boundary=releasebus-sone-part"

TYPE_PREFIX: Final = "soget.sone."

UNVERIFIED: Final = (
    Note(
        "ports",
        "Rouen, Paris, Gennevilliers, Montoir (Nantes) and Pointe-à-Pitre work as Le Havre does.",
        "edifact_france.md §A.1",
    ),
    Note(
        "event_types",
        "Which event types mean which step: `DIR` alone is public, and not what it means; the "
        "codes of event_types.toml are ours until the referential's list is there.",
        "edifact_france.md §A.2 EventTypes, §A.4",
    ),
    Note(
        "event_states",
        "A step holds while its event is `Active` and was not told as deleted; a word that is "
        "not known holds nothing. `Active` and `Creation` alone are public.",
        "edifact_france.md §A.2 webhook",
    ),
    Note(
        "webhook_order",
        "Webhooks have no id, number or signature, and may come late, twice, or not at all: of a "
        "step the newest AlertDate holds.",
        "edifact_france.md §A.2 webhook (INFERRED)",
    ),
    Note(
        "directions",
        "What is of another direction than Import or Unknown is about no release here.",
        "edifact_france.md §A.2 enumerations",
    ),
    Note(
        "tracing_events",
        "A handling unit lists its events under the webhook's names in camel case.",
        "edifact_france.md §A.2 (events: field list not visible)",
    ),
    Note(
        "tracing_actors",
        "Agent and forwarder are `actors.freightAgent` and `actors.freightForwarder`; with its "
        "delivery order the forwarder holds the right, and accepts nothing.",
        "edifact_france.md §A.2, §A.4",
    ),
    Note(
        "passages",
        "Of two passages of a container the one with the higher number is the later.",
        "edifact_france.md §A.2 pswId",
    ),
    Note(
        "places",
        "A location that is in no row of crosswalk.toml is the terminal's code as it stands.",
        "edifact_france.md §A.2 Location MTDF",
    ),
    Note(
        "actors",
        "An actor whom no account and no row names is the external id `sone:` and its code.",
        "edifact_france.md §A.2 actors, §A.3",
    ),
    Note(
        "callback",
        "`url` of a tracking is a place-holder: whoever sends the document puts the secret "
        "address of the bus's own door in its place, since no topic may carry it.",
        "edifact_france.md §A.2 webhook (INFERRED)",
    ),
    Note(
        "accounts",
        "What a party asks is asked with its own subscription key, and an order read with that of "
        "who gave it; units are tracked and read with the key of the bus.",
        "edifact_france.md §A.2 Auth",
    ),
    Note(
        "steps_asked",
        "Delivery order, haulier identification, exit request and its invalidation are asked for "
        "by calls of ours: no interface of S)ONE's for them is public.",
        "edifact_france.md §0 1, §A.4, §A.5",
    ),
    Note(
        "organiser",
        "When a haulier assigns, changes or ends its pick-up, the last agent or forwarder before "
        "it in the chain identifies it, and asks for its exit or the invalidation; the end of "
        "validity is the pick-up's, else the release's.",
        "edifact_france.md §A.3, §A.4 (that the haulier's word moves it is ours)",
    ),
    Note(
        "steps_answered",
        "Their answers name our request, an id (ICI, DSO, EQR) and a status; `Brouillon` and "
        "`Accepté` alone are public.",
        "edifact_france.md §A.4",
    ),
    Note(
        "order_body",
        "Of a transport order's body `contractor`, `containers`, `reference`, `billOfLading` and "
        "two events' names are public; carrier, indicator and number are named as its filters.",
        "edifact_france.md §A.2 smouv; bump.sh/dev-soget smouv operation-create, -update",
    ),
    Note(
        "order_answered",
        "Submitted and InProcess: the transfer stands and the carrier has not answered; Rejected "
        "ends the transfer.",
        "edifact_france.md §A.2 transport-order states",
    ),
    Note(
        "order_changed",
        "A carrier's answer and a cancellation are PUT as `status`, under the ETag.",
        "edifact_france.md §A.2 PUT /customer-orders",
    ),
    Note(
        "etag",
        "The ETag comes in the header of GET, and 412 says that it is an older one.",
        "edifact_france.md §A.2 If-Match; RFC 9110",
    ),
    Note(
        "exit_authorised",
        "The authorised exit is the terminal's light: the terminal gets the TCT with it.",
        "edifact_france.md §A.3",
    ),
    Note(
        "tct",
        "Six digits that stand alone are a TCT wherever they come, but in tariff headings, "
        "counts and weights.",
        "edifact_france.md §A.3",
    ),
)
"""All of it stands in README.md, too: a test compares them."""

PROFILE: Final = Profile(name="sone/partners-api-2026", unverified=UNVERIFIED)
