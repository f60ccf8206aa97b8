"""The bodies of the template's interface: a real contract replaces this module alone."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class Said(BaseModel):
    """Anything that the system says: what nobody knows is kept apart, and told."""

    model_config = ConfigDict(extra="allow", frozen=True)


class State(Said):
    """How a release stands there; what is left out was not told."""

    container: str
    port: str
    terminal: str
    bills: tuple[str, ...] = ()
    status: Literal["released", "blocked"] | None = None
    agent: str | None = None
    holder: str | None = None
    on_quay: bool | None = None
    customs_cleared: bool | None = None
    exit_allowed: bool | None = None
    left: bool | None = None
    at: AwareDatetime


class Answer(Said):
    """The answer to a request of ours."""

    request: str
    container: str
    port: str
    accepted: bool
    reason: str = ""


class Asked(BaseModel):
    """One request to the system."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    request: str
    ask: str
    container: str
    port: str
    terminal: str | None = None
    bills: tuple[str, ...]
    by: str
    to: str | None = None
