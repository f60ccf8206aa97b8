"""The releasebus command, which wires the parts together."""
