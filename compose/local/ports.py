"""Find a port on loopback that nobody listens on."""

import random
import socket

LOOPBACK = "127.0.0.1"
# Below the range that kernels hand to outgoing connections (Linux 32768, macOS and IANA 49152), so
# that no client takes an engine's port while the engine is down between a kill and a restart.
PORTS = range(20_000, 32_000)
TRIES = 200
_chance = random.SystemRandom()


def is_free(port: int) -> bool:
    """Tell whether a server could listen on that port of loopback now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """Draw a free port; whoever loses a race for one draws again when the engine cannot start."""
    for _ in range(TRIES):
        port = _chance.choice(PORTS)
        if is_free(port):
            return port
    message = (
        f"no free port between {PORTS.start} and {PORTS.stop} on {LOOPBACK}: end what holds them"
    )
    raise OSError(message)


def listens(port: int) -> bool:
    """Tell whether something accepts connections on that port of loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0
