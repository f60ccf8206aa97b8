"""Facts of the directory about keys and gateways; how the organisation stands follows each."""

from typing import TypeAlias

from schemas.fact_value import FactValue
from schemas.keys import Gateway, Key
from schemas.value import always


class KeyRegistered(FactValue, frozen=True, kw_only=True):
    """The organisation has a key more that signs for it."""

    organisation: str
    key: Key


class KeyRevoked(FactValue, frozen=True, kw_only=True):
    """A key signs no more from its `revoked_at` on, by the broker's time of a message."""

    organisation: str
    key: Key
    reason: str = always(default="")


class GatewayAppointed(FactValue, frozen=True, kw_only=True):
    """The gateway may speak for the organisation."""

    organisation: str
    gateway: Gateway


class GatewayDismissed(FactValue, frozen=True, kw_only=True):
    """The gateway speaks no more from its `until` on, by the broker's time of a message."""

    organisation: str
    gateway: Gateway


KeyFact: TypeAlias = KeyRegistered | KeyRevoked | GatewayAppointed | GatewayDismissed
