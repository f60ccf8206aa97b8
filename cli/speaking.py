"""As whom a part of the bus speaks where it signs for others: its own id, and its key."""

from pathlib import Path

from cli.exits import Exit, Told
from producers.door.door import Voice
from producers.signing import message_key


def voice_of(part: str, speaks_as: str, key_file: Path | None) -> Voice | None:
    """Return as whom *part* signs, None where it signs nothing; both are told, or neither."""
    if bool(speaks_as) is (key_file is None):
        raise Told(
            f"Say as whom {part} signs, and with which key: --{part}-speaks-as NXTPORT_ID and "
            f"--{part}-key FILE; `releasebus key show` makes and registers it.",
            Exit.USAGE,
        )
    return None if key_file is None else Voice(speaks_as, message_key(key_file))
