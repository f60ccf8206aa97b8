"""What was followed of CPu, and every point of it that its owner has not confirmed."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "antwerp_cpu"
PORTS: Final = frozenset({"BEANR", "BEZEE"})
"""Platform Antwerp first, Zeebrugge later (cpu.md §1.1 [CPU-NL])."""

DEFAULT_PORT: Final = "BEANR"
"""`portLoCode` is "for now always Antwerp" (cpu.md §1.2 [VAR]): taken where a body has none."""

MEDIA: Final = "application/vnd.nxtport.certified-pickup+json"
TYPE_PREFIX: Final = "nxtport.certified-pickup."

UNVERIFIED: Final = (
    Note(
        "ports",
        "Zeebrugge (BEZEE) is served as Antwerp is.",
        "cpu.md §1.1 [CPU-NL], §1.2 `portLoCode`",
    ),
    Note(
        "commercial_release_body",
        "The agent's body is that of 2020: Release, Update, Block, Unblock, Delete, and Revoke.",
        "cpu.md §2.1 [OAS20], §3.1",
    ),
    Note(
        "valid_from",
        "`releaseDateTimeUtc` is from when the release holds; `validFrom` where that is missing.",
        "cpu.md §2.1, §2.3",
    ),
    Note(
        "utc_without_offset",
        "A time without an offset in a member called …Utc, validFrom or timestamp is UTC.",
        "cpu.md §2.1 to §2.5 (date-time)",
    ),
    Note(
        "port_of_barge_and_rail",
        "A body without a port (barge and rail right, means of transport) is about BEANR.",
        "cpu.md §2.4, §1.2 [VAR]",
    ),
    Note(
        "barge_or_rail",
        "The barge and rail right does not say which of the two: it is the means of transport "
        "that were set, else unknown.",
        "cpu.md §2.4, §2.6",
    ),
    Note(
        "release_from",
        "`releaseFrom` of a Transfer or Revoke is whom the sender says it acts for.",
        "cpu.md §2.3, E4",
    ),
    Note(
        "means_before_assignment",
        "`meansOfTransport` is null until it was set, then what was set; of a pick-up that is "
        "assigned, the pick-up's.",
        "cpu.md §2.6 [NOT-TERM]",
    ),
    Note(
        "terminal_release_time",
        "`releaseDateTimeUtc` of a terminal's release is when it happened.",
        "cpu.md §2.5",
    ),
    Note(
        "terminal_unblock",
        "`Unblock` and `stayNumber` are taken from terminals, and told by the light alone.",
        "cpu.md §2.5 [V3.11]",
    ),
    Note(
        "truck_identity",
        "`identificationType` of a truck's pick-up party is `Alfapass` and its code is a card.",
        "cpu.md §2.4, E11",
    ),
    Note(
        "sealed_driver",
        "A driver comes sealed in `pickupParty.driver`: CPu itself takes the card and seals it.",
        "cpu.md §2.4, §6.1",
    ),
    Note(
        "gate_out_body",
        "The gate-out is that of 2020, and its quay and stay number come beside it.",
        "cpu.md §2.5 [OAS20] [V3.11]",
    ),
    Note(
        "light_names",
        "The lights but CommercialRelease are called Customs, TerminalOperation, TerminalReady "
        "and GateOperation, and their values are SCR's in capitals.",
        "cpu.md §2.2 [SCR-GL]",
    ),
    Note(
        "light_registered",
        "`ReleaseLightRegistered` tells a first value; a new quay is told all lights so.",
        "cpu.md §4.3",
    ),
    Note(
        "combined_light",
        "The combined light is not notified: each reader works it out.",
        "cpu.md §2.2, §4.3",
    ),
    Note(
        "release_right_tail",
        "The body of a ReleaseRight notification after its party blocks is that of the light's.",
        "cpu.md §4.3, E5",
    ),
    Note(
        "release_right_receivers",
        "Release goes to the agent; Update, Block, Unblock and ExpiredReleaseRights to agent and "
        "chain; Revoke and Delete to the agent and everyone who was in the chain.",
        "cpu.md §3.1, §3.2, §4.3",
    ),
    Note(
        "terminal_events",
        "GateOut, TerminalRelease, TerminalBlocked and TerminalScan go to agent and chain as "
        "TerminalEvent, with the light's body and the terminal as sender.",
        "cpu.md §4.3",
    ),
    Note(
        "digital_key",
        "DigitalKeyCreated and DigitalKeyRevoked go to the operator, PickedUpByParty to the "
        "holder and to who picked up, as ReleaseRight; members alfapassNumberMask, driverAlias.",
        "cpu.md §1.2 [VAR], §3.3, §4.3",
    ),
    Note(
        "rejection",
        "`errors` have errorCode and errorDescription; the codes are ours; the echo names the "
        "papers only to a requester that is party to the release.",
        "cpu.md §4.3, §4.5, E9",
    ),
    Note(
        "multiple_releases",
        "A message that fits several releases is answered by NotValidated with CPU-002; the event "
        "of CPu's own notice is not known.",
        "cpu.md §4.3 [V3.11]",
    ),
    Note(
        "thrown_exception",
        "ThrownException tells the sender that its message was put aside.",
        "cpu.md §4.3 [NOT-OV]",
    ),
    Note(
        "detail",
        "GetReleaseDetail answers everybody with what a terminal reads, without the sealed "
        "driver; the operator is named to the quay, the agent, the holder and itself.",
        "cpu.md §2.3, §4.2 row 4, E16",
    ),
    Note(
        "detail_expiry",
        "A detail and a list show when a release expires also where that is the default.",
        "cpu.md §7 rule 3, E16",
    ),
    Note(
        "alternative_system",
        "`isAlternativeSystem` is what the caller says; the directory does not know who lives in "
        "SCR.",
        "cpu.md §2.3",
    ),
    Note(
        "roles",
        "`cpuRoles` are ShippingAgent, ReleaseParty, TransportOperator, TerminalOperator, "
        "Customs.",
        "cpu.md §1.1, E16",
    ),
    Note(
        "light_colours",
        "Customs and CommercialRelease have CPu's colours; blocked and scanning are red, what is "
        "discharged, released or at the gate is green, what is unknown is not shown; labels are "
        "ours.",
        "cpu.md §2.2, E15, E16",
    ),
    Note(
        "answers",
        "Answers to questions have the type ReleaseRight, about lights ReleaseLight; the `id` of "
        "a list, which is about no one container, is a reference of its own.",
        "cpu.md §4.3",
    ),
    Note(
        "lists",
        "A list's rows and pages, and how filters compare; Police is a red customs light, "
        "Terminal a hold of the quay, Shipping the agent's block.",
        "cpu.md §2.3, §4.2 row 3",
    ),
    Note(
        "right_status",
        "A right is Assigned once a pick-up is, Archived when the box left or the release was "
        "deleted; Declined, Revoked and Unblocked are never shown.",
        "cpu.md §2.3, §3.2",
    ),
    Note(
        "lights_answers",
        "The bodies of GetAllReleaseLights and GetCombinedGreenLight.",
        "cpu.md §4.3",
    ),
    Note(
        "replay",
        "`message` is the whole notification as text, and `DaysInBetween` counts back from now.",
        "cpu.md §4.2 row 16",
    ),
    Note(
        "validation",
        "`errorMessages` is null where all is well; the boolean of an asynchronous validation is "
        "whether all may leave; a notification has the members of the synchronous result and "
        "alfapassNumberMask.",
        "cpu.md §4.2 rows 13, 14, §4.3, E15",
    ),
    Note(
        "identification",
        "Known is who may collect something at the terminal now; false also where the gate cannot "
        "tell.",
        "cpu.md §4.2 row 12",
    ),
    Note(
        "reads_at_once",
        "What is asked is answered at once, with the notification that CPu tells by webhook.",
        "cpu.md §4.1",
    ),
    Note(
        "phone_book",
        "All that is asked has to fit; a name is found anywhere in it, by three letters or more; "
        "`searchFilter` is null, an address one text; who may be given no right is not seen.",
        "cpu.md §4.2 row 15",
    ),
    Note(
        "sealing_key",
        "A quay's key is read by GET, in the shape of the POST's answer, with `keyId`.",
        "cpu.md §4.2 row 9",
    ),
    Note(
        "references",
        "`publicReferenceId` is made of ledger shard, seq, kind and receiver; "
        "`externalReferenceId` is the ce_id of the message that led to the notification.",
        "cpu.md §1.2 [VAR], §9 gap 7",
    ),
    Note(
        "terminal_code",
        "A terminal code of digits is written with four of them.",
        "cpu.md §1.2 `terminalCode`",
    ),
)
"""All of it stands in README.md, too: a test compares them."""

PROFILE: Final = Profile(name="antwerp_cpu/2023-01-16", unverified=UNVERIFIED)
