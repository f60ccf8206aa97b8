"""What S)ONE's users do there, by the bus's messages."""

from adapters.sone import SYSTEM
from schemas import messages as m


def test_a_release_is_a_delivery_order_and_a_pickup_an_exit_request() -> None:
    assert SYSTEM.actions[m.Release.TYPE] == "S)ONE bon à délivrer"
    assert SYSTEM.actions[m.AssignPickup.TYPE] == "S)ONE demande de sortie"
    assert SYSTEM.actions[m.RevokePickup.TYPE] == "S)ONE demande d'invalidation de sortie"
