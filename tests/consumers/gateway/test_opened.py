"""What stands around a message is found among any number of groups."""

import time
from collections.abc import Iterator
from dataclasses import replace

from msgspec import structs

from adapters.edifact.findings import Finding
from adapters.edifact.items import Message
from consumers.gateway.opened import Opened, opened
from tests.consumers.gateway.interchanges import codeco, interchange, partner


def group(n: int, count: int, *messages: str) -> str:
    return f"UNG+CODECO+A+B+261128:1200+{n}+UN+D:95B'{''.join(messages)}UNE+{count}+{n}'"


def in_groups(*groups: str) -> Opened:
    tolerant = partner('lenient = ["count_differs"]')
    (found,) = opened([interchange(*groups)], tolerant)
    return found


def one_by_one(found: Opened, message: Message) -> Iterator[Finding]:
    """Yield the same by looking at every group."""
    yield from found.report.interchange.findings
    for each in found.report.groups:
        trailer = each.group.trailer
        if each.group.header.byte < message.header.byte < (trailer or message.header).byte:
            yield from each.group.findings


def test_a_message_has_the_findings_of_its_own_group_alone() -> None:
    found = in_groups(
        group(1, 5, codeco("1"), codeco("2")),
        group(2, 1, codeco("3")),
        group(3, 7, codeco("4")),
        group(4, 9),
        group(5, 8, codeco("6")).partition("UNE")[0],
    )

    own = {each.reference: list(found.around(each)) for each in found.sound}
    assert own == {each.reference: list(one_by_one(found, each)) for each in found.sound}
    assert [each.found for each in own["2"] if each.tag == "UNE"] == ["5"]
    assert [each.found for each in own["4"] if each.tag == "UNE"] == ["7"]
    assert not [each for each in own["3"] if each.tag == "UNE"]


def test_it_is_found_in_a_time_that_does_not_grow_with_the_groups() -> None:
    """4 MiB of headers are kept of a large file, which are 80,000; it may have more messages."""
    found = in_groups(group(1, 5, codeco("1")))
    (told,), message = found.report.groups, found.sound[0]

    def seconds(count: int) -> float:
        many = (told,) * count
        report = structs.replace(found.report, groups=many)
        at = replace(found, report=report)
        began = time.process_time()
        for _ in range(300):
            list(at.around(message))
        return time.process_time() - began

    assert seconds(20_000) < 0.3
