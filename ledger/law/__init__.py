"""The law of Certified Pick up: pure functions over frozen values; no IO, no clock."""
