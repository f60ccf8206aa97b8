"""Records of a system's topic, and who may say them."""

import json
from datetime import UTC, datetime
from typing import Any

from aiokafka import ConsumerRecord

from consumers.dispatch.incoming.desk import IncomingDesk
from consumers.intake.trust import NO_TRUST, Trust
from ledger.directory.directory import Directory, directory_of
from schemas.envelope import ORGANISATION_SOURCE, Envelope, headers_of
from schemas.keys import Key
from schemas.organisations import Account, Organisation
from schemas.value import altered
from tests.adapters.fake_portbase import MEDIA
from tests.adapters.fake_portbase import PORTBASE as SYSTEM
from tests.adapters.rotterdam import BILLS, ORGANISATIONS, PORT, PORTBASE, QUAY
from tests.adapters.story import CONTAINER, FORWARDER
from tests.consumers.intake.records import came

TOPIC = "pcs.portbase.in.v1"
ACCOUNT = "forwarder-77"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def a_state(**more: Any) -> bytes:
    """Return how a release stands, in the made-up system's words."""
    said = {
        "says": "state",
        "container": CONTAINER,
        "port": PORT,
        "terminal": QUAY,
        "bills_of_lading": BILLS,
        "status": "released",
    }
    return json.dumps(said | more).encode()


def record(
    value: bytes | None = None, *, source: str = PORTBASE, name: str = "said-1", **more: Any
) -> ConsumerRecord[Any, Any]:
    """Return a record of Portbase's topic."""
    envelope = Envelope(
        name, ORGANISATION_SOURCE + source, "portbase.webhook", NOON, CONTAINER, "", MEDIA
    )
    headers = (*headers_of(envelope), *more.pop("beside", ()))
    content = a_state() if value is None else value
    return came(TOPIC, content, headers, key=CONTAINER.encode(), **more)


def directory(**of_portbase: Any) -> Directory:
    """Return the organisations of Rotterdam; the forwarder has an account at Portbase."""
    found = [_with_account(each) if each.id == FORWARDER else each for each in ORGANISATIONS]
    found = [altered(e, **of_portbase) if e.id == PORTBASE else e for e in found]
    return directory_of(found, len(found))


def desk(trust: Trust = NO_TRUST, keys: tuple[Key, ...] = ()) -> IncomingDesk:
    """Return a desk that knows the made-up system alone."""
    return IncomingDesk({"portbase": SYSTEM}, directory(keys=keys), "", trust)


def _with_account(organisation: Organisation) -> Organisation:
    return altered(organisation, accounts=(Account("portbase", ACCOUNT),))
