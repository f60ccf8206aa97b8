"""The syntax of one interchange: version, level, decimal mark, and its service segments."""

from functools import lru_cache

from adapters.edifact.directory import Directory, service
from adapters.edifact.layouts import Patterns
from adapters.edifact.levels import ANY_LEVEL, LEVELS, Level, level_named
from adapters.edifact.marks import REPEATING_SINCE, Advice
from adapters.edifact.terms import IDENTIFYING

VERSIONS = ("1", "2", "3", "4")
REFERENCE = (5,)
"""The element of UNG that is its reference (0048)."""


class Syntax:
    """How an interchange is written; there are few, and each is made once."""

    def __init__(self, level: str, version: str, decimal: str) -> None:
        self.level: Level = level_named(level)
        self.decimal = decimal
        self.is_supported = version in VERSIONS
        self.level_is_supported = level in LEVELS and LEVELS[level].is_supported
        self.repeating = version == REPEATING_SINCE
        # Mandatory in UNG and UCF; syntax 4 has left sender and recipient free.
        self.names_of_group = REFERENCE if self.repeating else IDENTIFYING
        self.service: Directory = service(version)
        self._patterns: dict[str, Patterns] = {}

    def patterns(self, directory: Directory) -> Patterns:
        """Return the patterns of a directory's segments in this syntax."""
        found = self._patterns.get(directory.name)
        if found is None:
            found = Patterns(directory.layouts, self.level, self.decimal)
            self._patterns[directory.name] = found
        return found


def syntax_of(advice: Advice) -> Syntax:
    """Return the syntax that the beginning of an interchange tells."""
    level = advice.level if advice.level in LEVELS else ANY_LEVEL.name
    version = advice.version if advice.version in VERSIONS else ""
    return _syntax(level, version, advice.marks.decimal)


# Every combination there is: what senders make up has no place here, so it never overflows.
@lru_cache(maxsize=len(VERSIONS) * len(LEVELS) * 4)
def _syntax(level: str, version: str, decimal: str) -> Syntax:
    return Syntax(level, version, decimal)
