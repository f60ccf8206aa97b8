"""Bytes to a message that the ledger can be asked with, or why they are none."""

from dataclasses import dataclass, replace

from pydantic import ValidationError

from schemas.envelope import Envelope
from schemas.field_faults import RFC_3339, fault_of, invalid
from schemas.identifiers import Scheme, Unusable, read_container, read_party_code
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, Message, OrganisationMessage, Resume
from schemas.normalising import DRIVERS, TIMES, Notes, normalised
from schemas.override_messages import SettleDispute
from schemas.plain_identity import may_show_identity, plain_identity
from schemas.quick_json import writer
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message in canonical form, and what was odd about how it came.

    A finding is `code: place`, as `container_check_digit: $.container`; of a terminal
    `terminal_normalised: K1700`, as it came. `sensitive` says that it carries a driver: should
    it become a dead letter after all, that keeps a digest only (design.md §8).
    """

    message: Message
    findings: tuple[str, ...] = ()
    sensitive: bool = False


def read_message(
    envelope: Envelope, value: bytes | None, *, max_bytes: int = MEBIBYTE
) -> ReadMessage | Unreadable:
    """Return the message in *value* as *envelope* names its type, or why there is none.

    Unknown members are dropped and found, free text that shows a secret is redacted and found;
    identifiers come in their one spelling. Never raises for what *envelope* and *value* hold.
    """
    content = read_json(value, max_bytes=max_bytes)
    model = BY_TYPE.get(envelope.type)
    if isinstance(content, UnreadableJson):
        # What cannot be taken apart may hold anything that its topic can carry.
        hides = model is None or bool(DRIVERS[model]) or may_show_identity(value or b"")
        return replace(content, sensitive=hides)
    if model is None or value is None:
        return plain_identity(content) or _of_unknown_type(value or b"")
    return _read(model, content, value)


def _read(model: type[Message], content: JsonValue, value: bytes) -> ReadMessage | Unreadable:
    message = _validated(model, content, value)
    read = message if isinstance(message, Unreadable) else made_canonical(message)
    if isinstance(read, ReadMessage) or read.sensitive:
        return read
    # A secret weighs more than a member that is wrong beside it.
    return plain_identity(content) or replace(read, sensitive=_names_driver(model, content))


def made_canonical(message: Message) -> ReadMessage | Unreadable:
    """Return a valid *message* in canonical form, or why it cannot be: for what adapters make."""
    notes = Notes()
    canonical = normalised(message, notes)
    return notes.fault or ReadMessage(canonical, notes.told(), carries_driver(message))


def carries_driver(message: Message) -> bool:
    """Tell whether *message* names a driver, sealed as that may be."""
    return any(getattr(message, name) is not None for name in DRIVERS[type(message)])


def _validated(model: type[Message], content: JsonValue, value: bytes) -> Message | Unreadable:
    for name in TIMES[model]:
        came = content.get(name) if isinstance(content, dict) else None
        # pydantic takes a text of digits for seconds since 1970.
        if isinstance(came, str) and came[4:5] != "-":
            return invalid(f"$.{name}", name, RFC_3339)
    try:
        # Strict: neither a number for a text nor a text for a truth value.
        return model.model_validate_json(value, strict=True)
    except ValidationError as error:
        return fault_of(error)


def _of_unknown_type(value: bytes) -> Unreadable:
    sentence = "The type of the message, ce_type, is not known."
    sensitive = may_show_identity(value)
    return Unreadable("type_unknown", "header ce_type", sentence, sensitive=sensitive)


def _names_driver(model: type[Message], content: JsonValue) -> bool:
    return isinstance(content, dict) and any(
        content.get(name) is not None for name in DRIVERS[model]
    )


def wrong_key(record_key: bytes | None, message: Message) -> Unreadable | None:
    """Return why *record_key* is not that of *message*, or None where it is.

    The key decides the partition and so the order: a record under another container's key, or
    under none, would overtake its own container's. *message* is one that `read_message`
    returned. A message of no container and no organisation (a tick) has no key of its own.
    """
    expected = _key(message)
    if expected is None:
        return None
    sensitive = carries_driver(message)
    if not record_key:
        return Unreadable(
            "key_missing", "record key", "The record has no key.", sensitive=sensitive
        )
    if _same(record_key, message, expected):
        return None
    what = "organisation" if isinstance(message, OrganisationMessage) else "container"
    sentence = f"The record key is not the {what} in the message."
    return Unreadable("wrong_key", "record key", sentence, sensitive=sensitive)


def _key(message: Message) -> str | None:
    match message:
        case (
            ContainerMessage(container=container)
            | Resume(container=container)
            | SettleDispute(container=container)
        ):
            return container
        case OrganisationMessage(organisation=organisation):
            return organisation
        case _:
            return None


def _same(record_key: bytes, message: Message, expected: str) -> bool:
    if record_key == expected.encode():
        return True
    try:
        came = record_key.decode()
    except UnicodeDecodeError:
        return False
    if not isinstance(message, OrganisationMessage):
        read = read_container(came)
        return not isinstance(read, Unusable) and read.value == expected
    code = read_party_code(Scheme.NXTPORT, came)
    return not isinstance(code, Unusable) and code.value == expected


_WRITERS = {model: writer(model) for model in BY_TYPE.values()}


def canonical_bytes(message: Message) -> bytes:
    """Return the one way to write *message*: members in the model's order, without empty ones."""
    return _WRITERS[type(message)].to_json(message, exclude_none=True)
