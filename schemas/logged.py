"""How a message stands on a log: canonical bytes, and in the headers who stands behind it."""

from collections.abc import Iterable

from schemas.envelope import Envelope, Header, envelope_in, headers_of, texts_of
from schemas.message_types import BY_TYPE
from schemas.messages import Message
from schemas.unreadable import Unreadable
from schemas.value import Value

SEPARATOR = "\n"


class Attestation(Value, frozen=True):
    """Who was found to stand behind a message when it came in.

    `organisation` is the verified sender's id; `via` the gateway that spoke for it; `key_id` the
    key that signed; `policy` how strictly signatures were asked for on that topic; `received`
    where it came from, `topic/partition/offset`; `findings` what was odd about it but let in.
    """

    organisation: str
    policy: str
    received: str
    via: str | None = None
    key_id: str | None = None
    findings: tuple[str, ...] = ()


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
    if attestation.via:
        headers.append(("rb_via", attestation.via.encode()))
    if attestation.key_id:
        headers.append(("rb_key_id", attestation.key_id.encode()))
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
        via=texts.get("rb_via"),
        key_id=texts.get("rb_key_id"),
        findings=tuple(findings.split(SEPARATOR)) if findings else (),
    )
    return Logged(envelope, attestation, model.model_validate_json(value))
