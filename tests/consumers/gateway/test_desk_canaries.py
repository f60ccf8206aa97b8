"""What partners write of people stands on edi.in.v1 alone: no answer, message or table has it.

Inherent is what names an interchange, a message or a container, and is told back or goes on by
it: UNB, UNH, the number of BGM, containers, bills, references of releases and orders, ships.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.edifact.partners import Partner, partner_from
from consumers.gateway.came import Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.gateway.store import GatewayStore
from tests.acceptance.everything_kept import in_tables
from tests.adapters.edifact.meaning.said import CODECO, COPINO, COREOR
from tests.canaries import CANARIES, seen_in
from tests.consumers.gateway.interchanges import FILE, directory, interchange, record
from tests.planted_canaries import SPOKEN

KINDS = {"COREOR": COREOR, "CODECO": CODECO, "COPINO": COPINO}
AGREED = (
    'aperak = "always"',
    'contrl = "always"',
    'terminals = { K1700 = "1742", 1700 = "1742" }',
)
SENT = ("[sends.COREOR]", "[sends.COPINO]")
PLACES = (
    "FTX+AAI+++{}",
    "FTX+AAI++{}",
    "NAD+DR+{}:ALFAPASS:ZZZ",
    "NAD+CA+{}:172:20++{}",
    "CTA+DR+:{}",
    "COM+{}:TE",
    "RFF+ZZZ:{}",
    "TDT+1++3+++++{}",
    "DTM+7:{}:203",
    "SEL+{}+CA",
    "MEA+AAE+G+KGM:{}",
    "{}",
    "UNT+{}+1",
)
"""Segments that have no business with the bus, stand where they may not, or are none."""


def planted() -> Iterator[bytes]:
    """Yield interchanges with a canary in one segment, behind each of the others in turn."""
    number = 0
    for kind, segments in KINDS.items():
        for form, (canary, words) in _each_way():
            number += 1
            at = 1 + number % len(segments)
            odd = form.format(*[words.format(canary).replace("'", "?'")] * form.count("{}"))
            said = [*segments[:at], odd, *segments[at:]]
            body = "".join(f"{each}'" for each in said)
            message = f"UNH+1+{kind}:D:95B:UN'{body}UNT+{len(said) + 2}+1'"
            yield interchange(message, reference=f"REF{number}")


def _each_way() -> Iterator[tuple[str, tuple[str, str]]]:
    for form in PLACES:
        for canary in CANARIES.values():
            yield from ((form, (canary, words)) for words in SPOKEN[canary])


def test_nothing_that_is_planted_in_an_interchange_goes_further(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store, who = GatewayStore(url), directory()
    sender = partner_from("\n".join((*AGREED, FILE, *SENT)), "quay")
    assert isinstance(sender, Partner), sender
    store.create()
    desk = Desk(Entrance({"quay": sender}, who), Understanding(who, *MEANING))
    brought = list(planted())
    assert all(seen_in(each) for each in brought)
    settled = store.settle(desk, [record(each, offset=n) for n, each in enumerate(brought)])
    store.close()

    kinds = {made.kind for each in settled for made in each.made}
    assert kinds == {"log", "contrl", "aperak", "letter"}
    for one in settled:
        for made in one.made:
            told = b"\n".join(
                [made.record.value or b"", *(value or b"" for _, value in made.record.headers)]
            )
            assert seen_in(told) == [], (one.offset, made.kind, brought[one.offset], told)
    assert [where for where, data in in_tables(url) if seen_in(data)] == []
    assert seen_in(caplog.text.encode()) == []
