"""A record of the log, read: the message, who stands behind it, and what it is known by."""

from ledger.book.draft import Seen, digest
from ledger.record import LogRecord
from schemas.attested import Attested
from schemas.logged import Logged, read_logged
from schemas.messages import ContainerMessage, Resume
from schemas.override_messages import SettleDispute
from schemas.signatures import SignaturePolicy
from schemas.value import Value


class Read(Value, frozen=True):
    """A record of the log, read, with what its message is known by."""

    record: LogRecord
    logged: Logged
    container: str
    seen: Seen

    @property
    def attested(self) -> Attested | None:
        """What is kept of who said it; nothing where nobody was asked."""
        attestation = self.logged.attestation
        off = attestation.policy == SignaturePolicy.OFF
        if off and attestation.via is None and attestation.edited_by is None:
            return None
        return Attested(
            policy=attestation.policy,
            signature=attestation.signature,
            authentication=attestation.authentication,
            channel=attestation.channel,
            edited_by=attestation.edited_by,
            proposal=attestation.proposal,
            confirmation=attestation.confirmation,
        )

    @property
    def place(self) -> str:
        """Where it stands on the log, for a person."""
        return f"{self.record.shard} offset {self.record.offset}"


def read(record: LogRecord) -> Read:
    """Return *record* as a message; raise NotOfTheLog where the log was written by others."""
    logged = read_logged(record.headers, record.value)
    message, envelope = logged.message, logged.envelope
    container = (
        message.container if isinstance(message, ContainerMessage | Resume | SettleDispute) else ""
    )
    key = digest(logged.attestation.organisation.encode(), envelope.id.encode())
    said = digest(envelope.type.encode(), record.value)
    return Read(record, logged, container, Seen(key, said))
