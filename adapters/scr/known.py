"""What is remembered of one release: what SCR last showed of it, and what it is being asked."""

from typing import Final

from adapters.contract import NOTHING, Memory
from schemas.value import Form, Misformed, Moment, Value, always

VERSION: Final = 1


class Terms(Value, frozen=True):
    """What of a release its carrier may change (identity_scr_portbase.md §B.4), or SCR correct."""

    terminal: str
    valid_from: Moment | None = None
    expires_at: Moment | None = None
    equipment_type: str | None = None
    stay_number: str | None = None
    vessel_imo: str | None = None


class Papers(Value, frozen=True):
    """What of a release never changes, and is another release's where it differs."""

    container: str
    bill: str
    port: str
    creator: str


class Seen(Value, frozen=True):
    """The newest state of a release that came. `holders`: without its creator, the owner last."""

    version: int
    updated_at: Moment
    papers: Papers
    terms: Terms
    holders: tuple[str, ...] = ()
    blocked: bool = False
    deleted: bool = False


class Asked(Value, frozen=True):
    """The request that is not answered yet; `again` is the event that came meanwhile, if any did.

    The answer may be older than that event: it is asked once more then, whatever number came.
    `address` is spelt as SCR spelt it.
    """

    id: str
    address: str
    again: str = ""


class Known(Value, frozen=True):
    """The whole memory under one release address. `events`: notices since it was seen."""

    v: int = always(default=VERSION)
    seen: Seen | None = None
    asked: Asked | None = None
    events: tuple[str, ...] = ()


_form: Form[Known] = Form(Known)


def remembered(memory: Memory) -> Known:
    """Return what *memory* holds; what another version of this adapter wrote is not read.

    The release is then told anew: its messages have the ids that they had, and count once.
    """
    if memory == NOTHING:
        return Known()
    try:
        known = _form.read(memory)
    except Misformed:
        return Known()
    return known if known.v == VERSION else Known()


def stored(known: Known) -> Memory:
    """Return *known* as dispatch keeps it."""
    return _form.written(known).decode()
