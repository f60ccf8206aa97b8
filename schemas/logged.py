"""How a message stands on a log: canonical bytes, and in the headers who stands behind it."""

from collections.abc import Iterable

from schemas.envelope import Envelope, Header, envelope_in, headers_of, texts_of
from schemas.message_types import BY_TYPE
from schemas.messages import Message
from schemas.unreadable import Unreadable
from schemas.value import Value

SEPARATOR = "\n"
SOMETIMES = (
    "via",
    "key_id",
    "signature",
    "authentication",
    "channel",
    "edited_by",
    "proposal",
    "confirmation",
)
"""What an attestation holds of some messages only; each is a header of its own, `rb_via`."""


class Attestation(Value, frozen=True):
    """Who was found to stand behind a message when it came in.

    `organisation` is the verified sender's id; `via` the gateway that spoke for it; `key_id` the
    key that signed; `policy` how strictly signatures were asked for on that topic; `received`
    where it came from, `topic/partition/offset`; `findings` what was odd about it but let in.
    `signature` is the signature with what was signed, as evidence (schemas/signatures.py);
    `authentication` and `channel` are how a gateway found the sender to be who it is, and over
    which channel it came, in the gateway's words. `edited_by` is which two people vouched for it
    with `proposal` and `confirmation`, where it is an edited dead letter (schemas/replays.py).
    """

    organisation: str
    policy: str
    received: str
    via: str | None = None
    key_id: str | None = None
    findings: tuple[str, ...] = ()
    signature: str | None = None
    authentication: str | None = None
    channel: str | None = None
    edited_by: str | None = None
    proposal: str | None = None
    confirmation: str | None = None


class Logged(Value, frozen=True):
    """A message as the ledger reads it."""

    envelope: Envelope
    attestation: Attestation
    message: Message


class NotOfTheLog(Exception):
    """The log holds a record that its only writer cannot have written.

    Somebody else wrote to an internal topic, or a newer version of the bus did. Check the
    topic's ACLs and the versions that run, before anything is started again.
    """


def log_headers(envelope: Envelope, attestation: Attestation) -> tuple[Header, ...]:
    """Return the headers of a log record."""
    headers = [
        *headers_of(envelope),
        ("rb_organisation", attestation.organisation.encode()),
        ("rb_policy", attestation.policy.encode()),
        ("rb_received", attestation.received.encode()),
    ]
    headers += [
        (f"rb_{name}", told.encode())
        for name in SOMETIMES
        if (told := getattr(attestation, name)) is not None
    ]
    if attestation.findings:
        headers.append(("rb_findings", SEPARATOR.join(attestation.findings).encode()))
    return tuple(headers)


def read_logged(headers: Iterable[tuple[str, bytes]], value: bytes) -> Logged:
    """Return the message in a log record; raise NotOfTheLog where it is none."""
    texts = texts_of(headers)
    envelope = texts if isinstance(texts, Unreadable) else envelope_in(texts)
    if isinstance(texts, Unreadable) or isinstance(envelope, Unreadable):
        raise NotOfTheLog(str(envelope))
    model = BY_TYPE.get(envelope.type)
    if model is None or "rb_organisation" not in texts:
        raise NotOfTheLog(f"{envelope.type} from {envelope.source}")
    findings = texts.get("rb_findings", "")
    attestation = Attestation(
        organisation=texts["rb_organisation"],
        policy=texts.get("rb_policy", ""),
        received=texts.get("rb_received", ""),
        findings=tuple(findings.split(SEPARATOR)) if findings else (),
        **{name: texts.get(f"rb_{name}") for name in SOMETIMES},
    )
    return Logged(envelope, attestation, model.model_validate_json(value))
