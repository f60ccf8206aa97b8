"""What a terminal's topic is keyed by stays as it was: compaction and gate readers live by it."""

from schemas.entitlement import entitlement_key, heartbeat_key


def test_a_right_is_keyed_by_container_and_release() -> None:
    """Another key would never be put in the place of the old record: a right that stays open."""
    assert entitlement_key("CPUU1000010", "0b8f1f5e") == b"CPUU1000010/0b8f1f5e"


def test_a_heartbeat_is_told_from_a_right_by_its_key() -> None:
    assert heartbeat_key("ledger-3") == b"heartbeat/ledger-3"
