"""What is said of bytes that cannot be read as a message: a reason, a position, a sentence."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a record goes to the dead letters.

    `code` names the fact, `position` says where (header, JSON path, byte), `sentence` is for a
    person and never repeats the content, which may be personal. `sensitive` says that the
    content shows, or may show, who a person is: its dead letter keeps a digest only
    (design.md §8).
    """

    code: str
    position: str
    sentence: str
    sensitive: bool = field(default=False, kw_only=True)
