"""Every message by its type, and which of them may come on which topic."""

from schemas.air_messages import AIR_MESSAGES
from schemas.key_messages import KEY_MESSAGES
from schemas.messages import (
    AGENT_MESSAGES,
    CHAIN_MESSAGES,
    TERMINAL_MESSAGES,
    Message,
    ReportCustomsStatus,
    Resume,
    Tick,
)
from schemas.note_messages import NOTE_MESSAGES
from schemas.override_messages import OVERRIDE_MESSAGES
from schemas.registrations import REGISTRATION_MESSAGES
from schemas.system_messages import SYSTEM_MESSAGES

_EVERY: tuple[type[Message], ...] = (
    *AGENT_MESSAGES,
    *CHAIN_MESSAGES,
    *TERMINAL_MESSAGES,
    ReportCustomsStatus,
    *NOTE_MESSAGES,
    *SYSTEM_MESSAGES,
    *AIR_MESSAGES,
    *REGISTRATION_MESSAGES,
    *OVERRIDE_MESSAGES,
    Resume,
    Tick,
)
BY_TYPE: dict[str, type[Message]] = {model.TYPE: model for model in _EVERY}

ON_TOPIC: dict[str, tuple[type[Message], ...]] = {
    "releases.carrier.v1": (*AGENT_MESSAGES, *NOTE_MESSAGES),
    "releases.party.v1": (*CHAIN_MESSAGES, *NOTE_MESSAGES),
    "terminal.events.v1": (*TERMINAL_MESSAGES, *NOTE_MESSAGES),
    "customs.events.v1": (ReportCustomsStatus, *NOTE_MESSAGES),
    "registrations.v1": REGISTRATION_MESSAGES,
    "keys.v1": KEY_MESSAGES,
}
"""Which message may come on which topic; any other there is a dead letter."""
