"""The directory in memory: every organisation as it stands, found by any of its codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from schemas.messages import PartyRef, Role
from schemas.organisations import Organisation
from schemas.steps import Step


class NotFound(Enum):
    """Why a code leads to no organisation."""

    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Directory:
    """All organisations at one version of the directory, and indexes to find them by."""

    version: int = 0
    by_id: Mapping[str, Organisation] = field(default_factory=dict)
    by_code: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_terminal: Mapping[tuple[str, str], str] = field(default_factory=dict)
    by_system: Mapping[str, str] = field(default_factory=dict)
    by_account: Mapping[str, str] = field(default_factory=dict)
    by_key: Mapping[str, str] = field(default_factory=dict)
    suspended: frozenset[str] = frozenset()

    def get(self, organisation_id: str) -> Organisation | None:
        """Return the organisation with this id, or None."""
        return self.by_id.get(organisation_id)

    def find(self, party: PartyRef) -> Organisation | NotFound:
        """Return the one organisation that *party* names, or why there is none."""
        ids = self.by_code.get(code_key(party), ())
        match ids:
            case ():
                return NotFound.UNKNOWN
            case (only,):
                return self.by_id[only]
            case _:
                return NotFound.AMBIGUOUS

    def operator_of(self, port: str, terminal: str) -> Organisation | None:
        """Return who runs the terminal *terminal* of *port*, or None."""
        operator = self.by_terminal.get((port, terminal))
        return None if operator is None else self.by_id[operator]

    def speaking_for(self, system: str) -> Organisation | None:
        """Return who speaks for the community system *system*, or None."""
        gateway = self.by_system.get(system)
        return None if gateway is None else self.by_id[gateway]

    def with_account(
        self, system: str, code: str, carrier: str | None = None
    ) -> Organisation | None:
        """Return who is known to *system* by *code*, as *carrier* issued it, or None."""
        found = self.by_account.get(account_key(system, code, carrier))
        return None if found is None else self.by_id[found]

    def with_key(self, key_id: str) -> Organisation | None:
        """Return whose key this is, or ever was, or None."""
        found = self.by_key.get(key_id)
        return None if found is None else self.by_id[found]

    def joined_by(self, organisation: Organisation, version: int) -> "Directory":
        """Return the directory with *organisation* as it now stands."""
        by_id = {**self.by_id, organisation.id: organisation}
        if organisation.id in self.by_id:
            return directory_of(by_id.values(), version)
        by_code, by_terminal = dict(self.by_code), dict(self.by_terminal)
        by_system = {**self.by_system, **_system_of(organisation)}
        by_account = {**self.by_account, **_accounts_of(organisation)}
        by_key = {**self.by_key, **_keys_of(organisation)}
        _index(organisation, by_code, by_terminal)
        suspended = self.suspended | _suspended((organisation,))
        return Directory(
            version, by_id, by_code, by_terminal, by_system, by_account, by_key, suspended
        )


def directory_of(organisations: Iterable[Organisation], version: int) -> Directory:
    """Return the directory of *organisations*."""
    by_id = {organisation.id: organisation for organisation in organisations}
    by_code: dict[str, tuple[str, ...]] = {}
    by_terminal: dict[tuple[str, str], str] = {}
    by_system: dict[str, str] = {}
    by_account: dict[str, str] = {}
    by_key: dict[str, str] = {}
    for organisation in by_id.values():
        _index(organisation, by_code, by_terminal)
        by_system.update(_system_of(organisation))
        by_account.update(_accounts_of(organisation))
        by_key.update(_keys_of(organisation))
    suspended = _suspended(by_id.values())
    return Directory(
        version, by_id, by_code, by_terminal, by_system, by_account, by_key, suspended
    )


def codes_of(organisation: Organisation) -> set[str]:
    """Return every key under which *organisation* is found, its own id among them."""
    return {f"nxtport:{organisation.id}", *(code.key for code in organisation.codes)}


def code_key(party: PartyRef) -> str:
    """Return the key under which the party is looked up; intake has normalised the code."""
    return f"{party.scheme}:{party.code}"


def account_key(system: str, code: str, carrier: str | None = None) -> str:
    """Return the key of an account; SCR's addresses are the same in any case (§B.2)."""
    issued = "" if carrier is None else f"{carrier.casefold()}:"
    return f"{system}:{issued}{code.strip().casefold()}"


def _accounts_of(organisation: Organisation) -> dict[str, str]:
    return {
        account_key(each.system, each.code, each.carrier): organisation.id
        for each in organisation.accounts
    }


def _keys_of(organisation: Organisation) -> dict[str, str]:
    return {key.id: organisation.id for key in organisation.keys}


def _suspended(organisations: Iterable[Organisation]) -> frozenset[str]:
    return frozenset(each.id for each in organisations if Step.REINSTATEMENT in each.lacks)


def _system_of(organisation: Organisation) -> dict[str, str]:
    return {} if organisation.system is None else {organisation.system: organisation.id}


def _index(
    organisation: Organisation,
    by_code: dict[str, tuple[str, ...]],
    by_terminal: dict[tuple[str, str], str],
) -> None:
    for key in codes_of(organisation):
        by_code[key] = (*by_code.get(key, ()), organisation.id)
    # cpu.md §7 rule 10: an inland terminal is a transport operator; no release names it.
    quays = organisation.terminals if Role.TERMINAL_OPERATOR in organisation.roles else ()
    for terminal in quays:
        by_terminal[(terminal.port, terminal.code)] = organisation.id
