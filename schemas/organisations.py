"""An organisation as the directory knows it: the frozen value that law and adapters are handed."""

from schemas.identifiers import Scheme
from schemas.keys import Gateway, Key
from schemas.messages import Role
from schemas.registrations import AccountStatus
from schemas.steps import Step
from schemas.value import Value, always


class Code(Value, frozen=True):
    """One code of an organisation, normalised."""

    scheme: Scheme
    value: str

    @property
    def key(self) -> str:
        """The code as it is looked up: `vat:BE0429672881`."""
        return f"{self.scheme}:{self.value}"


class Terminal(Value, frozen=True):
    """One quay that an organisation runs; the key seals what only its gate may read."""

    port: str
    code: str
    sealing_key_id: str | None = None
    sealing_key: str | None = None


class Account(Value, frozen=True):
    """A registration of the organisation at another system, by a code of that system.

    `version` counts how often it was linked there; `carrier` is who issued the code, if one did.
    """

    system: str
    code: str
    carrier: str | None = None
    status: AccountStatus = AccountStatus.ACCEPTED
    version: int = 1


class Organisation(Value, frozen=True):
    """One legal entity. `id` is its NxtPort id; `version` counts how often it changed.

    `system` is the community system that it speaks for (schemas/ports.py), None for all others.
    `keys` are those that ever signed for it; `gateways` who may, or might, speak for it.
    `lacks` is what it has to do before it may act in Certified Pick up, the next step first; one
    that stood in the directory before there was onboarding lacks nothing (docs/decisions/0018).
    Its people stand in the book alone.
    """

    id: str
    version: int
    name: str
    roles: tuple[Role, ...]
    codes: tuple[Code, ...] = always(default=())
    terminals: tuple[Terminal, ...] = always(default=())
    system: str | None = None
    keys: tuple[Key, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    lacks: tuple[Step, ...] = ()
    address: str | None = None
    language: str | None = None
    accounts: tuple[Account, ...] = ()

    def key(self, key_id: str) -> Key | None:
        """Return its key of this id, or None."""
        return next((key for key in self.keys if key.id == key_id), None)

    def code(self, scheme: Scheme) -> str | None:
        """Return its first code in *scheme*, or None."""
        return next((code.value for code in self.codes if code.scheme == scheme), None)

    def code_at(self, system: str) -> str | None:
        """Return its first code at *system* that is accepted there, or None."""
        codes = (
            account.code
            for account in self.accounts
            if account.system == system and account.status is AccountStatus.ACCEPTED
        )
        return next(codes, None)

    def runs(self, port: str, terminal: str) -> bool:
        """Tell whether it operates the terminal *terminal* of *port*."""
        return any(own.port == port and own.code == terminal for own in self.terminals)
