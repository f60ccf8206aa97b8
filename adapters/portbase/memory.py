"""What is remembered of one bill of lading: Portbase tells states, and a change is the difference.

One memory a bill, under the same correlation id for what the ledger asks and what Portbase says.
"""

import hashlib
from enum import StrEnum
from typing import Final

from adapters.portbase.codes import same_company
from adapters.remembered import Remembered
from schemas.messages import CustomsStatus
from schemas.observed import ObservedLight
from schemas.value import Moment, Value, altered, always

VERSION: Final = 1


class Kind(StrEnum):
    """What was asked of Portbase; the words stand in memory, and in ids of documents."""

    RELEASE = "release"
    UPDATE = "update"
    RELEASE_TO = "release-to"
    WITHDRAW = "withdraw-release"
    NOMINATE = "nominate"
    AUTHORISE = "authorise"
    END_NOMINATION = "withdraw-operator"
    END_AUTHORISATION = "withdraw-director"
    PRE_NOTIFY = "pre-notify"
    CANCEL = "cancel"
    ACCEPT = "accept"
    ANSWER = "answer"


class Asked(Value, frozen=True, kw_only=True):
    """One request of the ledger's that waits for its answer.

    `document` is the id of the call that asks for it, where there is one. `body` and `path` are
    that call, as long as it waits for a tracking id; `on_behalf_of` makes it. `party` is whom it
    is about, by `name` as Portbase writes it, and `chain` who holds the right beside it, once it
    is followed. `accepted` and `reason` answer what Portbase has no call for (ANSWER). An empty
    `request_id` wants no answer: it is a step of another one.
    """

    request_id: str
    kind: Kind
    container: str
    document: str = ""
    path: str = ""
    body: str = ""
    on_behalf_of: str = ""
    party: str | None = None
    name: str | None = None
    chain: tuple[str, ...] = ()
    agent: str | None = None
    until: Moment | None = None
    accepted: bool = False
    reason: str = ""


class Box(Value, frozen=True, kw_only=True):
    """One container of the bill, as Portbase told it, and what of it the ledger was told.

    `nominee` is the full name that is shown, empty for nobody, None where it was never told;
    `operator` the organisation that we know by that name. `invalid`: the terminal
    does not take the release as it stands (COR, or it refused it). `told` is a digest of the right
    as the ledger was told last; `held`: it was told of a holder once. `dangerous` are the UN
    numbers in it, None where nothing is dangerous; `noted` is what stands of it at the ledger.
    """

    number: str
    released: bool = False
    until: Moment | None = None
    nominee: str | None = None
    operator: str | None = None
    chain: tuple[str, ...] = ()
    agent: str | None = None
    invalid: bool = False
    inspection: str | None = None
    customs: CustomsStatus | None = None
    customs_said: str | None = None
    light: ObservedLight | None = None
    discharged: Moment | None = None
    left: Moment | None = None
    told: str = ""
    held: bool = False
    discharge_told: bool = False
    leaving_told: bool = False
    visit: str = ""
    dangerous: tuple[str, ...] | None = None
    noted: tuple[str, ...] | None = None


class Operator(Value, frozen=True):
    """An organisation that was nominated on the bus, by its name as Portbase shows it."""

    name: str
    organisation: str


class Known(Value, frozen=True, kw_only=True):
    """Everything that is remembered of one bill.

    `elsewhere`: the port of discharge that was told last is none of Portbase's. `gone`: asked
    last, Portbase knew no such bill.
    `tracking` are the ids that Portbase follows it under; `track_asked`: one was asked for.
    `operators` are those that Portbase showed once they were nominated here, the last one first.
    `turn` counts the messages made: no two share an id, though the bill may come to stand as it
    stood before.
    """

    version: int = always(default=VERSION)
    bill: str = ""
    port: str | None = None
    elsewhere: bool = False
    gone: bool = False
    terminal: str | None = None
    customs: str | None = None
    track_asked: bool = False
    tracking: tuple[str, ...] = ()
    operators: tuple[Operator, ...] = ()
    turn: int = 0
    boxes: tuple[Box, ...] = ()
    asked: tuple[Asked, ...] = ()

    @property
    def tracking_id(self) -> str | None:
        """The first id that the bill is followed under, None while there is none."""
        return self.tracking[0] if self.tracking else None

    def box(self, number: str) -> Box:
        """Return the container with this number, a blank one where it is new."""
        return next((box for box in self.boxes if box.number == number), Box(number=number))

    def operator_named(self, name: str) -> str | None:
        """Return the organisation that Portbase shows by this name, None where nobody knows."""
        found = (each for each in self.operators if same_company(each.name, name))
        return next((each.organisation for each in found), None)

    def with_operator(self, name: str, organisation: str) -> "Known":
        """Return what is known once Portbase shows *organisation* by its *name*."""
        others = tuple(each for each in self.operators if not same_company(each.name, name))
        return altered(self, operators=(Operator(name, organisation), *others))

    def with_box(self, box: Box) -> "Known":
        """Return what is known with *box* as it stands now."""
        if box in self.boxes:
            return self
        others = tuple(each for each in self.boxes if each.number != box.number)
        return altered(self, boxes=(*others, box))

    def without(self, asked: Asked) -> "Known":
        """Return what is known once *asked* needs no answer any more."""
        return altered(self, asked=tuple(each for each in self.asked if each is not asked))


_MEMORIES: Final = Remembered(Known())
remembered, to_remember = _MEMORIES.recalled, _MEMORIES.kept


def digest(*words: object) -> str:
    """Return a short text that is the same for the same words alone."""
    return hashlib.sha256("\0".join(map(str, words)).encode()).hexdigest()[:32]
