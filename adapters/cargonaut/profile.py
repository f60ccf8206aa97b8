"""What is assumed of Cargonaut: neither its guides nor the schemas of IATA are public."""

from typing import Final

from adapters.contract import Note, Profile

NAME: Final = "cargonaut"
MEDIA_XFSU: Final = "application/vnd.iata.xfsu-assumed+xml"
MEDIA_XFNM: Final = "application/vnd.iata.xfnm-assumed+xml"
MEDIA_FSU: Final = "application/vnd.iata.fsu-assumed"
OURSELVES: Final = "RELEASEBUS"

UNVERIFIED: Final = (
    Note(
        "status_only",
        "Nothing at Cargonaut is a release right that could be transferred; it tells how air "
        "consignments stand, and no more is made of it.",
        "identity_scr_portbase.md §D (INFERRED)",
    ),
    Note(
        "gate",
        "Pieces may leave that are received (RCF), cleared (CCD) and of which the consignee was "
        "notified (NFD), while no hold (TGC) is open.",
        "identity_scr_portbase.md §D (INFERRED)",
    ),
    Note(
        "codes",
        "What each code comes to on the bus.",
        "identity_scr_portbase.md §D, table (INFERRED)",
    ),
    Note(
        "hold",
        "A hold ends with clearances that are later than it, of as many pieces, and never are "
        "more held than there are; within the same minute it does not, unless both have seconds.",
        "INFERRED",
    ),
    Note(
        "parts",
        "T is of all pieces of the air waybill, every other letter of a part; parts of one code "
        "add up, and an event that is told twice counts once, also where one of both has no "
        "seconds, no flight or, where it lets pieces out, no time.",
        "identity_scr_portbase.md §D (T1, P1; partialEventIndicator), INFERRED",
    ),
    Note(
        "schemas",
        "XFSU and XFNM have the elements, in the order, that public programs write and read; the "
        "XSDs are this project's own, since IATA's are sold.",
        "identity_scr_portbase.md §D [K12]; public code of others (NOT FOUND: the XSDs)",
    ),
    Note(
        "status_line",
        "A status line of FSU/14 is code, flight, day and time, airport or two, pieces, times, "
        "name; which of them a code takes is not looked at.",
        "identity_scr_portbase.md §D [O2b] (one sample); public code of others",
    ),
    Note(
        "local_time",
        "Times without an offset are the airport's own, and a year that is not told is the one "
        "that makes the time come last before the message did.",
        "INFERRED",
    ),
    Note(
        "elsewhere",
        "What came about at another airport counts for nothing here; a status without a place is "
        "of the destination.",
        "INFERRED",
    ),
    Note(
        "locode",
        "Schiphol is NLSPL by UN/LOCODE; in the messages it is AMS.",
        "NOT FOUND in the sources",
    ),
    Note(
        "notified",
        "The party that was notified has a PrimaryID, its code at Cargonaut; by a name nobody is "
        "known.",
        "INFERRED",
    ),
    Note(
        "acknowledgement",
        "An XFSU is answered by an XFNM that names its ID, from the sender RELEASEBUS: with the "
        "status Accepted, or with Rejected and a ResponseStatus that says why; an XFNM is "
        "answered by nothing.",
        "public code of others (one sample of an XFNM), INFERRED",
    ),
    Note(
        "channel",
        "Messages come and go by HTTPS or a folder, one a body.",
        "NOT FOUND",
    ),
)
"""All of it stands in README.md, too: a test compares them."""

PROFILE: Final = Profile(name="cargonaut/assumed-2026", unverified=UNVERIFIED)
PROFILE_HEADER: Final = PROFILE.header
