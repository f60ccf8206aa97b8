"""What is found while one message is gone through, and whether it rejects."""

import sys
from collections.abc import Iterator

from adapters.edifact.meaning.findings import ProfileFinding, ProfileRule
from adapters.edifact.meaning.sections import Sections
from adapters.edifact.partners.partner import Partner
from adapters.edifact.segments import Segment

LONGEST_SHOWN = 17
"""Characters of a code that is repeated: as many as a container's number may have."""


class Notes:
    """Collects what is not as agreed with a partner in one message.

    `container` is the number that is being looked at, empty at the head. `findings` are in the
    order in which they were found, each once.
    """

    def __init__(self, partner: Partner, sections: Sections) -> None:
        self.partner = partner
        self.findings: dict[ProfileFinding, None] = {}
        self.container = ""
        self._tolerated: dict[str, list[ProfileFinding]] = {}
        self._sections = sections
        parts = sections.parts
        self._first_part = parts[0].segments[0].number if parts else sys.maxsize

    def add(
        self,
        rule: ProfileRule,
        segment: Segment,
        element: int = 0,
        component: int = 0,
        *,
        item: str = "",
        expected: str = "",
        found: str = "",
    ) -> None:
        """Note that *rule* is broken at a place; *found* is a code, never what people wrote."""
        made = ProfileFinding(
            rule,
            self._sections.place(segment, element, component),
            self.partner.rejects(rule),
            segment.tag,
            item,
            expected,
            found[:LONGEST_SHOWN],
            # What the head says is said of all of them, and told once.
            "" if segment.number < self._first_part else self.container,
        )
        if made not in self.findings:
            self.findings[made] = None
            if not made.rejects:
                self._tolerated.setdefault(made.container, []).append(made)

    def rejecting(self) -> bool:
        """Tell whether the message is rejected already."""
        return any(found.rejects for found in self.findings)

    def tolerated(self, container: str) -> Iterator[str]:
        """Yield what was let pass of the message and of *container*, as a part is to tell it."""
        for of in dict.fromkeys(("", container)):
            for found in self._tolerated.get(of, ()):
                yield f"edi_{found.rule}: segment {found.place.segment}"
