"""What Portbase would find wrong in a call of ours: each body against its model."""

from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from adapters.contract import HTTP_METHOD, Document
from adapters.portbase.hearing import STATE_KIND
from adapters.portbase.memory import Kind
from adapters.portbase.profile import TYPE_PREFIX
from adapters.portbase.replies import TRACK_KIND
from adapters.portbase.wire import Sent
from adapters.portbase.wire_chain import Authorisations, Nominations, Withdrawals
from adapters.portbase.wire_release import CommercialReleaseOrder
from adapters.portbase.wire_tracking import TrackRequests
from adapters.portbase.wire_visit import Cancellation, PreNotification

BODIES: Final[Mapping[str, type[Sent] | None]] = {
    TRACK_KIND: TrackRequests,
    STATE_KIND: None,
    Kind.RELEASE: CommercialReleaseOrder,
    Kind.UPDATE: CommercialReleaseOrder,
    Kind.RELEASE_TO: CommercialReleaseOrder,
    Kind.WITHDRAW: CommercialReleaseOrder,
    Kind.NOMINATE: Nominations,
    Kind.AUTHORISE: Authorisations,
    Kind.END_NOMINATION: Withdrawals,
    Kind.END_AUTHORISATION: Withdrawals,
    Kind.PRE_NOTIFY: PreNotification,
    Kind.CANCEL: Cancellation,
}
"""The body of each call by its kind; None where it has none."""

TYPES: Final[Mapping[str, str]] = {kind: f"{TYPE_PREFIX}{kind}" for kind in BODIES}
"""The ce_type of each call."""


def proofread(document: Document) -> tuple[str, ...]:
    """Return what is wrong with *document*; empty where it reads back whole."""
    kind = document.type.removeprefix(TYPE_PREFIX)
    if kind not in BODIES:
        return (f"{document.type}: no call of Portbase's",)
    model = BODIES[kind]
    if model is None:
        get = dict(document.headers).get(HTTP_METHOD) == "GET"
        return () if get and not document.content else ("a GET has no body",)
    try:
        read = model.model_validate_json(document.content, by_alias=True, by_name=False)
    except ValidationError as error:
        return tuple(f"{fault['loc']}: {fault['type']}" for fault in error.errors())
    return () if read.written() == document.content else ("it is written otherwise",)
