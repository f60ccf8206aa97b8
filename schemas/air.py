"""What is told of an air consignment, by pieces, and why its pieces may not leave yet."""

from enum import StrEnum

MOST_PIECES = 99_999
"""Of one air waybill; Cargo-IMP writes them in four digits (identity_scr_portbase.md §D)."""


class AirStep(StrEnum):
    """What came about with pieces of an air waybill, in the order in which it mostly does.

    identity_scr_portbase.md §D, release-relevant codes; what each is of in Cargo-IMP and
    Cargo-XML stands in the adapter that reads them.
    """

    ARRIVED = "arrived"
    RECEIVED = "received"
    DOCUMENTS_RECEIVED = "documents_received"
    REPORTED_TO_CUSTOMS = "reported_to_customs"
    HELD_BY_CUSTOMS = "held_by_customs"
    CLEARED = "cleared"
    NOTIFIED = "notified"
    DOCUMENTS_DELIVERED = "documents_delivered"
    INTO_WAREHOUSE = "into_warehouse"
    OUT_OF_WAREHOUSE = "out_of_warehouse"
    DELIVERED = "delivered"


class AirMissing(StrEnum):
    """Why not all pieces may leave, in the order in which a person would settle it.

    The air gate is INFERRED (identity_scr_portbase.md §D): received, cleared, the consignee
    notified, and no hold of customs' open, each for every piece.
    """

    PIECES_UNKNOWN = "pieces_unknown"
    NOT_RECEIVED = "not_received"
    HELD_BY_CUSTOMS = "held_by_customs"
    NOT_CLEARED = "not_cleared"
    NOT_NOTIFIED = "not_notified"
    ALREADY_DELIVERED = "already_delivered"
