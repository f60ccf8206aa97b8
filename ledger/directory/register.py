"""The law of the directory: who is taken in, and what stands against it."""

from ledger.directory.directory import Directory, codes_of
from ledger.law.ruling import Refusal
from schemas.facts import OrganisationRegistered
from schemas.identifiers import Scheme
from schemas.messages import RegisterOrganisation
from schemas.organisations import Code, Organisation, Terminal
from schemas.reasons import Reason


def register(
    directory: Directory, message: RegisterOrganisation
) -> OrganisationRegistered | Refusal:
    """Return the organisation as it now stands, or why it cannot stand so.

    The first form: whoever writes the registrations is the register. The steps of onboarding
    come on top of it.
    """
    known = directory.get(message.organisation)
    organisation = Organisation(
        id=message.organisation,
        version=1 if known is None else known.version + 1,
        name=message.name,
        roles=tuple(sorted(set(message.roles))),
        codes=tuple(Code(code.scheme, code.code) for code in message.codes),
        terminals=tuple(
            Terminal(terminal.port, terminal.code, terminal.sealing_key_id, terminal.sealing_key)
            for terminal in message.terminals
        ),
        system=message.system,
    )
    return _taken(directory, organisation) or OrganisationRegistered(organisation=organisation)


def _taken(directory: Directory, organisation: Organisation) -> Refusal | None:
    for code in organisation.codes:
        # Its id is its NxtPort id: under another's it would be given what is that one's.
        if code.scheme is Scheme.NXTPORT and code.value != organisation.id:
            return Refusal(Reason.CODE_TAKEN, code.key)
    for key in sorted(codes_of(organisation)):
        if set(directory.by_code.get(key, ())) - {organisation.id}:
            return Refusal(Reason.CODE_TAKEN, key)
    for terminal in organisation.terminals:
        operator = directory.operator_of(terminal.port, terminal.code)
        if operator is not None and operator.id != organisation.id:
            return Refusal(Reason.TERMINAL_TAKEN, f"{terminal.port} {terminal.code}")
    gateway = None if organisation.system is None else directory.speaking_for(organisation.system)
    if gateway is not None and gateway.id != organisation.id:
        return Refusal(Reason.SYSTEM_TAKEN, organisation.system or "")
    return None
