"""Interchanges of one partner with a canary in each place, and what is agreed with it."""

from collections.abc import Iterator
from dataclasses import replace

from producers.interchanges import FILE_TYPE, LARGE_FILE, MEDIUM, TYPE, LargeFile
from schemas.envelope import JSON, Envelope
from schemas.topics import EDI_IN
from tests.adapters.edifact.meaning.said import CODECO, COPINO, COREOR
from tests.canaries import CANARIES
from tests.consumers.gateway.interchanges import FILE, QUAY, codeco, interchange
from tests.planted_canaries import SPOKEN, Planted, beside
from tests.schemas.samples import NOW

PARTNER = f"""
aperak = "always"
contrl = "always"
terminals = {{ K1700 = "1742", 1700 = "1742" }}
{FILE}
[sends.COREOR]
[sends.COPINO]
"""
"""The file of the partner who sends them."""
KINDS = {
    "COREOR:D:95B:UN": COREOR,
    "CODECO:D:95B:UN": CODECO,
    "COPINO:D:95B:UN": COPINO,
    "APERAK:D:95B:UN": ("BGM+312+X1+27", "RFF+ACW:R1", "ERC+1:60:65"),
    "CONTRL:D:3:UN": ("UCI+R2+RELEASEBUS:ZZ+QUAY:ZZ+7", "UCM+1+COREOR:D:95B:UN+4+13"),
}
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
