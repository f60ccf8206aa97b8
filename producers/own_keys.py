"""What an organisation runs to change its own keys, and who may speak for it."""

from producers.client import Client
from schemas import key_messages as k
from schemas.topics import KEYS

KeyMessage = k.RegisterKey | k.RevokeKey | k.AppointGateway | k.DismissGateway


class OwnKeys(Client[KeyMessage]):
    """An organisation where keys are changed; it signs with one that it has already."""

    TOPIC = KEYS
