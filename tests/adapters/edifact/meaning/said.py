"""Messages of partners as tests say them, each right by the standard."""

from importlib.resources import files

from adapters.edifact.items import Interchange, Message
from adapters.edifact.meaning.understand import understood
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner, partner_from
from adapters.edifact.read import read
from adapters.edifact.segments import Segment

EXAMPLES = files("adapters.edifact.partners").joinpath("examples")

COREOR = (
    "BGM+12+DO4711+9",
    "RFF+RE:REL4711",
    "RFF+BM:MSCUAB123456",
    "TDT+20+0220+1++MSC:172:20+++8212661:146:11:SL PRIDE",
    "LOC+11+BEANR:139:6+K1700:TER:ZZZ",
    "DTM+7:202611280800:203",
    "DTM+36:20261220:102",
    "NAD+CF+MSC:172:20",
    "EQD+CN+MSCU6639870+45G1:102:5++3+5",
    "RFF+SQ:1",
    "CNT+16:1",
)
COARRI = (
    "BGM+44+D1+9",
    "TDT+20+0220+1++MSC:172:20+++8212661:146:11:SL PRIDE",
    "LOC+11+BEANR:139:6+Kaai1700:TER:ZZZ",
    "NAD+CF+MSC:172:20",
    "EQD+CN+MSCU6639870+45G1:102:5++3+5",
    "RFF+BM:MSCUAB123456",
    "DTM+203:202611281430:203",
    "EQD+CN+CSQU3054383+22G1:102:5++3+5",
    "RFF+BM:MSCUAB123457",
    "DTM+203:202611281432:203",
    "CNT+16:2",
)
CODECO = (
    "BGM+36+G1+9",
    "NAD+CF+MSC:172:20",
    "EQD+CN+MSCU6639870+45G1:102:5++3+5",
    "RFF+BM:MSCUAB123456",
    "DTM+7:202611281600:203",
    "TDT+1++3",
    "CNT+16:1",
)
COPINO = (
    "BGM+10+P1+9",
    "RFF+VA:BE0429672881",
    "TDT+1+V1+8++BARGE:172:ZZZ",
    "LOC+88+BEANR:139:6+1700:TER:ZZZ",
    "DTM+132:202611291200:203",
    "NAD+MS+BARGE",
    "EQD+CN+MSCU6639870+45G1:102:5++3+5",
    "RFF+BM:MSCUAB123456",
    "CNT+16:1",
)
IFTSTA = (
    "BGM+23+S1+9",
    "DTM+137:202611281700:203",
    "CNI+1",
    "STS+1+21",
    "RFF+BM:MSCUAB123456",
    "DTM+334:202611281645:203",
    "EQD+CN+MSCU6639870+45G1:102:5++3+5",
)
MESSAGES = {
    "COREOR": COREOR,
    "COARRI": COARRI,
    "CODECO": CODECO,
    "COPINO": COPINO,
    "IFTSTA": IFTSTA,
}
SENDERS = {
    "COREOR": "ship_agent",
    "COARRI": "terminal",
    "CODECO": "terminal",
    "COPINO": "barge_operator",
    "IFTSTA": "terminal",
}


def partner(name: str, *lines: str, top: str = "") -> Partner:
    """The partner of an example, with *top* before everything and *lines* behind."""
    text = EXAMPLES.joinpath(f"{name}.toml").read_text(encoding="utf-8")
    read_partner = partner_from("\n".join((top, text, *lines)), name)
    assert isinstance(read_partner, Partner), read_partner
    return read_partner


def altered(segments: tuple[str, ...], *changes: tuple[str, str | None]) -> tuple[str, ...]:
    """*segments* with each that begins so written otherwise, or left out."""
    made = list(segments)
    for begins, instead in changes:
        assert any(each.startswith(begins) for each in made), begins
        made = [
            written
            for each in made
            if (written := instead if each.startswith(begins) else each) is not None
        ]
    return tuple(made)


def message(
    kind: str, segments: tuple[str, ...], directory: str = "D:95B:UN"
) -> tuple[Message, Segment]:
    """A message of *segments*, and the header of its interchange."""
    body = "".join(f"{each}'" for each in segments)
    data = (
        f"UNB+UNOC:3+THEM:ZZ+RELEASEBUS:ZZ+261128:1800+R1'UNH+1+{kind}:{directory}'{body}"
        f"UNT+{len(segments) + 2}+1'UNZ+1+R1'"
    )
    said, interchange = read([data.encode("latin-1")])
    assert isinstance(said, Message)
    assert isinstance(interchange, Interchange)
    assert interchange.header
    assert [*said.findings, *interchange.findings] == []
    return said, interchange.header


def heard(
    kind: str,
    segments: tuple[str, ...],
    sender: Partner | None = None,
    directory: str = "D:95B:UN",
) -> Understood:
    """What the bus understands *segments* as."""
    said, header = message(kind, segments, directory)
    return understood(said, header, sender or partner(SENDERS[kind]))
