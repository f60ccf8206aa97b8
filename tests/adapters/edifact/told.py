"""What is found in an interchange, a line each, as tests expect it."""

from collections.abc import Iterable, Iterator

from adapters.edifact.findings import Finding
from adapters.edifact.items import Item
from adapters.edifact.read import read


def told(item: Item) -> Iterator[str]:
    """Yield each finding: rule, tag and item, position and element, what was expected, found."""
    for finding in item.findings:
        yield line(finding)


def line(finding: Finding) -> str:
    place = finding.place
    where = f"{place.segment}/{place.position}:{place.element}:{place.component}"
    words = (finding.rule, finding.tag, finding.item, where, finding.expected, finding.found)
    return " ".join(word for word in words if word)


def told_in(chunks: Iterable[bytes]) -> list[str]:
    return [each for item in read(chunks) for each in told(item)]
