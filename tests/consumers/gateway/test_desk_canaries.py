"""What partners write of people stands on edi.in.v1 alone: no answer, message or table has it.

Inherent is what names an interchange, a message or a container, and is told back or goes on by
it: UNB, UNH, the number of BGM, containers, bills, references of releases and orders, ships.
"""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.edifact.partners import Partner, partner_from
from consumers.gateway.came import Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.gateway.store import GatewayStore
from producers.interchanges import FILE_TYPE, LARGE_FILE, MEDIUM, TYPE, LargeFile
from schemas.envelope import JSON, Envelope
from schemas.topics import EDI_IN
from tests.acceptance.everything_kept import in_tables
from tests.adapters.edifact.meaning.said import CODECO, COPINO, COREOR
from tests.canaries import CANARIES, seen_in
from tests.consumers.gateway.interchanges import (
    FILE,
    QUAY,
    codeco,
    directory,
    interchange,
    record,
)
from tests.planted_canaries import SPOKEN, Planted, beside
from tests.schemas.samples import NOW

KINDS = {
    "COREOR:D:95B:UN": COREOR,
    "CODECO:D:95B:UN": CODECO,
    "COPINO:D:95B:UN": COPINO,
    "APERAK:D:95B:UN": ("BGM+312+X1+27", "RFF+ACW:R1", "ERC+1:60:65"),
    "CONTRL:D:3:UN": ("UCI+R2+RELEASEBUS:ZZ+QUAY:ZZ+7", "UCM+1+COREOR:D:95B:UN+4+13"),
}
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
            message = f"UNH+1+{kind}'{body}UNT+{len(said) + 2}+1'"
            yield interchange(message, reference=f"REF{number}")


def _each_way() -> Iterator[tuple[str, tuple[str, str]]]:
    for form in PLACES:
        for canary in CANARIES.values():
            yield from ((form, (canary, words)) for words in SPOKEN[canary])


def beside_interchanges() -> Iterator[Planted]:
    """Yield interchanges, and words of files, with a canary in their key or headers."""
    right = interchange(codeco("1"))
    file = LARGE_FILE.written(LargeFile(sha256="0" * 64, size=1, name="a.edi"))
    for kind, medium, value in ((TYPE, MEDIUM, right), (FILE_TYPE, JSON, file)):
        source = f"urn:releasebus:organisation:{QUAY}"
        envelope = Envelope("planted", source, kind, NOW, content_type=medium)
        for number, each in enumerate(beside(EDI_IN.name, envelope, value, b"quay")):
            # Under one id all of them would be one delivery, and the first alone be kept.
            own = ("ce_id", f"planted-{number}".encode())
            headers = tuple(
                own if name == "ce_id" else (name, said) for name, said in each.headers
            )
            yield replace(each, headers=headers)


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
    records = [record(each, offset=n) for n, each in enumerate(brought)]
    records += [
        record(each.value, offset=n, headers=each.headers, key=each.key)
        for n, each in enumerate(beside_interchanges(), len(records))
    ]
    settled = store.settle(desk, records)
    store.close()
    answered = {each.by for one in settled for each in one.acknowledged}
    assert answered == {"APERAK"}  # a CONTRL has no place for anything else
    assert any(one.file is not None for one in settled)

    kinds = {made.kind for each in settled for made in each.made}
    assert kinds == {"log", "contrl", "aperak", "letter"}
    for one in settled:
        for made in one.made:
            told = b"\n".join(
                [
                    *(made.record.key or b"", made.record.value or b""),
                    *(
                        part or b""
                        for name, value in made.record.headers
                        for part in (name.encode(), value)
                    ),
                ]
            )
            assert seen_in(told) == [], (made.kind, records[one.offset], told)
    assert [(where, data) for where, data in in_tables(url) if seen_in(data)] == []
    assert seen_in(caplog.text.encode()) == []
