"""What is personal of a pick-up: locked under a key of its own before anything is stored of it.

Entries, stays, waiting messages and the copies on topics hold it locked only, so that all of them
die with the key, and hashes and state stay as they are. Whoever needs it open asks for the key.
"""

import logging
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import Connection, select, text

from ledger.book import tables
from ledger.book.bulk import select_in
from ledger.book.engine import is_postgresql
from ledger.law.file import File
from schemas import facts as f
from schemas.facts import RecordedFact
from schemas.messages import SealedDriver
from schemas.stay import LOCKED, Driver, Stay, driver_of
from schemas.value import altered

log = logging.getLogger(__name__)
UNSHOWN = "**"
LARGEST_BOX = 1024
"""In characters; a box as producers/sealing makes it has 152. What is larger opens nothing."""

_parts: msgspec.json.Decoder[tuple[str, str, str | None]] = msgspec.json.Decoder(
    tuple[str, str, str | None]
)


def new_key() -> bytes:
    """Return a new key; each locks what one message named, and nothing else."""
    return os.urandom(SecretBox.KEY_SIZE)


def kept(driver: SealedDriver) -> Driver:
    """Return *driver* as it is kept: a box that is none is not, which no gate could open.

    Locked, it would be longer than a message may be.
    """
    named = driver_of(driver)
    return named if len(named.ciphertext) <= LARGEST_BOX else altered(named, ciphertext="")


def locked(driver: Driver, key_id: str, key: bytes) -> SealedDriver:
    """Return *driver* as it is stored, in a message or out of it; *key_id* is 32 digits of hex."""
    parts = msgspec.json.encode((driver.ciphertext, driver.mask, driver.alias))
    sealed = b64encode(SecretBox(key).encrypt(parts)).decode()
    return SealedDriver(
        key_id=driver.key_id, ciphertext=f"{LOCKED}{key_id}:{sealed}", mask=UNSHOWN
    )


def locked_text(text: str, key_id: str, key: bytes) -> str:
    """Return *text* as it is stored; *key_id* is 32 digits of hex."""
    return f"{LOCKED}{key_id}:{b64encode(SecretBox(key).encrypt(text.encode())).decode()}"


def key_of(locked_part: str | None) -> str | None:
    """Return the id of the key that a locked text was locked under, or None for none."""
    if locked_part is None or not locked_part.startswith(LOCKED):
        return None
    return locked_part.removeprefix(LOCKED).partition(":")[0]


def opened_text(connection: Connection, locked_part: str | None) -> str | None:
    """Return a locked text open, or None where its key is gone or may not be read."""
    key_id = key_of(locked_part)
    if key_id is None or not _may_read(connection, "organisation_key"):
        return None
    columns = tables.organisation_key.c
    key = connection.execute(select(columns.key).where(columns.id == key_id)).scalar_one_or_none()
    if key is None or locked_part is None:
        return None
    try:
        sealed = b64decode(locked_part.rpartition(":")[2], validate=True)
        return SecretBox(key).decrypt(sealed).decode()
    except (CryptoError, ValueError):
        log.warning("A key does not open what it locked: %s", key_id)
        return None


def unlocked(driver: Driver, key: bytes) -> Driver:
    """Return a locked *driver* as it was named; as it is where *key* does not open it."""
    try:
        sealed = b64decode(driver.ciphertext.rpartition(":")[2], validate=True)
        ciphertext, mask, alias = _parts.decode(SecretBox(key).decrypt(sealed))
    except (CryptoError, ValueError, msgspec.DecodeError):
        log.warning("A key does not open what it locked: %s", driver.under)
        return driver
    return Driver(driver.key_id, ciphertext, mask, alias)


def drivers(connection: Connection, ids: Iterable[Driver | None]) -> dict[str, Driver]:
    """Return those of the locked drivers open whose keys live, by the ids of their keys."""
    locked_ones = {each.under: each for each in ids if each is not None and each.under}
    columns = tables.stay_key.c
    rows = select_in(connection, [columns.id, columns.key], columns.id, locked_ones)
    return {row.id: unlocked(locked_ones[row.id], row.key) for row in rows}


def opened(connection: Connection, facts: Sequence[RecordedFact]) -> list[RecordedFact]:
    """Return *facts* with their drivers open, as far as the keys live and may be read."""
    wanted = [driver for fact in facts for driver in _drivers_of(fact)]
    if not wanted or not _may_read(connection):
        return list(facts)
    known = drivers(connection, wanted)
    return [_opened_fact(fact, known) for fact in facts]


def opened_file(connection: Connection, file: File) -> File:
    """Return *file* with its drivers open, as far as the keys live and may be read."""
    wanted = [stay.pickup.driver for stay in file.stays if stay.pickup is not None]
    if not any(wanted) or not _may_read(connection):
        return file
    known = drivers(connection, wanted)
    return altered(file, stays=tuple(_opened_stay(stay, known) for stay in file.stays))


def is_locked(fact: RecordedFact) -> bool:
    """Tell whether *fact* names a driver that is locked."""
    return any(driver.under is not None for driver in _drivers_of(fact))


def driver_in(stay: Stay | None) -> Driver | None:
    """Return who drives by the pick-up right of *stay*, locked as it is."""
    return None if stay is None or stay.pickup is None else stay.pickup.driver


def _drivers_of(fact: RecordedFact) -> Iterable[Driver]:
    if (driver := driver_in(fact.stay)) is not None:
        yield driver
    if isinstance(fact.fact, f.PickupAssigned | f.PickupEnded) and fact.fact.pickup.driver:
        yield fact.fact.pickup.driver


def _opened_fact(recorded: RecordedFact, known: Mapping[str, Driver]) -> RecordedFact:
    changed: dict[str, Any] = {}
    if recorded.stay is not None and driver_in(recorded.stay) is not None:
        changed["stay"] = _opened_stay(recorded.stay, known)
    fact = recorded.fact
    if isinstance(fact, f.PickupAssigned | f.PickupEnded) and fact.pickup.driver is not None:
        driver = _open(fact.pickup.driver, known)
        changed["fact"] = altered(fact, pickup=altered(fact.pickup, driver=driver))
    return altered(recorded, **changed) if changed else recorded


def _opened_stay(stay: Stay, known: Mapping[str, Driver]) -> Stay:
    if stay.pickup is None or stay.pickup.driver is None:
        return stay
    driver = _open(stay.pickup.driver, known)
    return altered(stay, pickup=altered(stay.pickup, driver=driver))


def _open(driver: Driver, known: Mapping[str, Driver]) -> Driver:
    return known.get(driver.under or "", driver)


def _may_read(connection: Connection, keys: str = "stay_key") -> bool:
    """Tell whether this role may read the table *keys*: an auditor may read none of them."""
    if not is_postgresql(connection):
        return True
    asked = text("SELECT has_table_privilege(:keys, 'SELECT')")
    return bool(connection.execute(asked, {"keys": keys}).scalar_one())
