"""The phone book: a company by any identifier that it has, as CPu's `/entities` (cpu.md §1.2)."""

from ledger.directory.directory import Directory, NotFound
from ledger.law.ruling import Refusal
from schemas.identifiers import PartyCode, Unusable, read_party_code
from schemas.messages import PartyRef
from schemas.organisations import Organisation
from schemas.reasons import Reason
from schemas.value import Value


class Listed(Value, frozen=True):
    """Whom an identifier leads to: `code` holds it as it was asked for, and as it is compared."""

    organisation: Organisation
    code: PartyCode


def look_up(directory: Directory, scheme: str, raw: str) -> Listed | Refusal:
    """Return whose identifier *raw* is, or that it is nobody's, or of several.

    Kinds of identifiers are taken in any case and in CPu's spellings, as `NxtEntityId` or `TIN`;
    values without spaces, dots and dashes.
    """
    code = read_party_code(scheme, raw)
    if isinstance(code, Unusable):
        return Refusal(Reason.ORGANISATION_UNKNOWN, f"{scheme} {raw}: {code.reason}")
    found = directory.find(PartyRef(scheme=code.scheme, code=code.value))
    match found:
        case NotFound.UNKNOWN:
            return Refusal(Reason.ORGANISATION_UNKNOWN, code.key)
        case NotFound.AMBIGUOUS:
            return Refusal(Reason.ORGANISATION_AMBIGUOUS, code.key)
        case Organisation():
            return Listed(found, code)
