"""How a message found in what came in goes onto the log, for whoever was found to say it."""

from adapters.contract import Part
from ledger.directory.directory import Directory
from producers.log import log_record
from producers.records import Record
from schemas.envelope import JSON, Envelope
from schemas.logged import Attestation
from schemas.organisations import Organisation
from schemas.unreadable import Unreadable
from schemas.value import altered


def logged(
    part: Part,
    envelope: Envelope,
    attestation: Attestation,
    directory: Directory,
    namespace: str,
) -> Record | Unreadable:
    """Return the log record of *part*, which came under *envelope*; or why it is not let in.

    Where it names itself for whom it is sent, that has to be who was found to send it.
    """
    if part.on_behalf_of is not None:
        named = directory.find(part.on_behalf_of)
        if not isinstance(named, Organisation) or named.id != attestation.organisation:
            sentence = "The body says that it is sent for another party than the sender."
            return Unreadable("sent_for_another", "$.releaseFrom", sentence)
    own = altered(
        envelope,
        id=part.id,
        type=part.message.TYPE,
        time=part.occurred_at or envelope.time,
        content_type=JSON,
    )
    findings = (*attestation.findings, *part.findings)
    return log_record(own, part.message, altered(attestation, findings=findings), namespace)
