"""EDIFACT: bytes of COREORs into checked messages, beside pydifact, which checks nothing."""

import time
import warnings
from collections.abc import Callable, Sequence

from pydifact.segmentcollection import Interchange

from adapters.edifact.items import Message
from adapters.edifact.read import read
from benchmarks.ground import Ground, Measured

MESSAGES = 4_000
OF_PYDIFACT = 400
BEST_OF = 3
COREOR = (
    "UNB+UNOA:3+AGENTOFTHELINE:ZZZ+TERMINAL1742:ZZZ+261128:1200+REF{n:07d}'"
    "UNH+{n:07d}+COREOR:D:95B:UN:SMDG16'BGM+129+RELEASE{n:07d}+9'FTX+AAI+++HANDLE WITH CARE'"
    "RFF+RE:RELEASE{n:07d}'TDT+20+123W+1++MSK:172:20+++9319466:146::TEST VESSEL'RFF+VON:123W'"
    "LOC+11+BEANR:139:6+K1742:TER:ZZZ'DTM+132:202611280600:203'NAD+MS+MSK:160:ZZZ'"
    "NAD+CA+MSK:172:20'NAD+FW+BE0400000001:160:ZZZ'GID+1+10:PK'"
    "FTX+AAA+++GENERAL CARGO IN PACKAGES ON PALLETS, NOT STACKABLE'"
    "SGP+MSKU{n:07d}+10'EQD+CN+MSKU{n:07d}+45G1:102:5++3+5'RFF+RE:RELEASE{n:07d}'"
    "RFF+BM:BILLOFLADING{n:07d}'MEA+AAE+G+KGM:21500.5'SEL+SL{n:07d}+CA'TDT+30++3+31'"
    "LOC+88+BEANR:139:6+K1742:TER:ZZZ'DTM+36:202612280600:203'CNT+16:1'UNT+24+{n:07d}'"
    "UNZ+1+REF{n:07d}'"
)
"""Of 24 segments and the two around them, 700 bytes."""


def interchanges(count: int) -> list[bytes]:
    """Return COREORs of which nothing is wrong with any."""
    return [COREOR.format(n=n).encode() for n in range(1, count + 1)]


async def edifact(_ground: Ground, _known: object) -> list[Measured]:
    """CPU time alone, in this process and without engines: the machine may be busy."""
    came = interchanges(MESSAGES)
    assert checked([came[0]]) == 1
    alone = _rate(lambda: [checked([each]) for each in came], MESSAGES)
    stream = _rate(lambda: checked(came), MESSAGES)
    spoken = [each.decode() for each in came[:OF_PYDIFACT]]
    beside = _rate(lambda: _by_pydifact(spoken), OF_PYDIFACT)
    return [
        _measured("pydifact: tokens alone", beside, ""),
        _measured(
            "COREOR, checked, an interchange each", alone, f"{alone / beside:.1f} x pydifact"
        ),
        _measured("COREOR, checked, one stream", stream, f"{stream / beside:.1f} x pydifact"),
    ]


def checked(chunks: Sequence[bytes]) -> int:
    """Return how many messages are there; nothing may be wrong with any of them."""
    count = 0
    for item in read(chunks):
        assert not item.findings, item.findings
        count += isinstance(item, Message)
    return count


def _by_pydifact(interchanges: Sequence[str]) -> int:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sum(
            len(message.segments)
            for each in interchanges
            for message in Interchange.from_str(each).get_messages()
        )


def _rate(work: Callable[[], object], messages: int) -> float:
    """Return messages a second of CPU, the best of a few."""
    found = []
    for _ in range(BEST_OF):
        began = time.process_time()
        work()
        found.append(time.process_time() - began)
    return messages / min(found)


def _measured(what: str, rate: float, beside: str) -> Measured:
    return Measured(what, rate, f"{rate:,.0f}/s of CPU", beside)
