"""The two interchanges of identity_scr_portbase.md §F.2: a carrier's order, a truck's notice."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.contract import NOTHING
from adapters.edifact.items import Interchange, Message
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.tell import told
from adapters.edifact.meaning.understand import understood
from adapters.edifact.meaning.understood import Understood
from adapters.edifact.partners import Partner, partner_from
from adapters.edifact.read import read
from adapters.edifact.write import spelt
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import ContainerMessage, PartyRef, Role
from schemas.organisations import Organisation, Terminal
from tests.adapters.story import AGENT, Story

FILES = Path(__file__).parent / "synthetic"
AT = """
organisation = "{organisation}"
identities = ["{them}"]
ours = ["{us}"]
ports = ["NLRTM"]
time_zone = "Europe/Amsterdam"
"""
QUAY = "NXT20000000002"
CARRIER = AT.format(organisation=AGENT, them="HLCU", us="NLRTMECTDCD3") + "[sends.COREOR]"
HAULIER = AT.format(organisation="NXT21000000003", them="8713987001237", us="RWG")
ECT = AT.format(organisation=QUAY, them="NLRTMECTDCD3", us="HLCU") + "[gets.COREOR]"
RELEASE = m.Release(
    container="HLBU2055178",
    port="NLRTM",
    terminal="ECTDELTA",
    bills_of_lading=("HLCUSSZ2602ABC01",),
    release_identification="HLREL2603050001",
    expires_at=datetime(2026, 3, 14, 21, tzinfo=UTC),
    equipment_type="45R1",
    carrier=PartyRef(scheme=Scheme.EXTERNAL, code="bic:HLC"),
)


def partner(text: str) -> Partner:
    """Return the partner of a file."""
    found = partner_from(text, "partner")
    assert isinstance(found, Partner), found
    return found


def heard(name: str, text: str, *changes: tuple[str, str]) -> Understood:
    """Return what an interchange is understood as, some of it written otherwise."""
    data = (FILES / f"{name}.edi").read_text(encoding="ascii")
    for was, now in changes:
        assert was in data
        data = data.replace(was, now)
    items = list(read([data.encode("ascii")]))
    (message,) = [each for each in items if isinstance(each, Message)]
    (interchange,) = [each for each in items if isinstance(each, Interchange)]
    assert [*message.findings, *interchange.findings] == []
    assert interchange.header is not None
    return understood(message, interchange.header, partner(text))


def only(found: Understood) -> ContainerMessage:
    """Return the one message that was understood."""
    (part,) = found.parts
    assert isinstance(part.message, ContainerMessage)
    return part.message


def test_p12_a_carriers_order_is_a_release_field_by_field() -> None:
    found = heard("P12_coreor", CARRIER)

    assert only(found) == RELEASE
    assert found.findings == ()
    # The commercial release of the whole message, at the time that its interchange was made.
    assert found.parts[0].occurred_at == datetime(2026, 3, 5, 19, 10, tzinfo=UTC)
    # Function 3 takes it back (§F.2).
    deleted = only(heard("P12_coreor", CARRIER, ("0001+9'", "0001+3'")))
    assert isinstance(deleted, m.Delete)
    assert deleted.release_identification == "HLREL2603050001"


@pytest.mark.parametrize(
    ("was", "now", "field"),
    [
        ("RFF+REO:HLREL2603050001", "RFF+REO:HLREL9", "release_identification"),
        ("ECTDELTA", "RWG", "terminal"),
        ("HLBU2055178", "HLXU8113427", "container"),
        ("45R1", "22G1", "equipment_type"),
        ("HLCUSSZ2602ABC01", "HLCUSSZ2602ABC02", "bills_of_lading"),
        ("DTM+400:202603142200", "DTM+400:202603152200", "expires_at"),
    ],
)
def test_p12_each_field_is_read_by_itself(was: str, now: str, field: str) -> None:
    before, after = (
        RELEASE.model_dump(),
        only(heard("P12_coreor", CARRIER, (was, now))).model_dump(),
    )

    assert {name for name in before if before[name] != after[name]} == {field}


def test_p12_such_a_release_is_ordered_at_its_terminal_field_by_field() -> None:
    story = Story(container=RELEASE.container, port="BEANR", terminal="1742")
    members = RELEASE.model_dump(exclude_none=True, exclude={"container", "port", "terminal"})
    (released, *_) = story.released(**members, valid_from=None)
    quay = Organisation(
        QUAY, 1, "Quay", (Role.TERMINAL_OPERATOR,), terminals=(Terminal("BEANR", "1742"),)
    )
    parties = {**story.directory.by_id, QUAY: quay}
    in_antwerp = partner(ECT.replace('"NLRTM"]', '"BEANR"]'))
    (order,) = told(released, in_antwerp, parties, NOTHING).messages

    lines = [spelt(each) for each in order.body]
    assert order.kind.type == "COREOR"
    assert "RFF+RE:HLREL2603050001" in lines
    assert "LOC+11+BEANR:139:6+1742:TER:ZZZ" in lines
    assert "EQD+CN+HLBU2055178+45R1:102:5++3+5" in lines
    assert "RFF+BM:HLCUSSZ2602ABC01" in lines
    assert "DTM+36:202603142200:203" in lines
    assert "NAD+CF+HLC:172:20" in lines
    assert "CNT+16:1" in lines
    assert next(line for line in lines if line.startswith("BGM+")).endswith("+9")


def test_p13_a_trucks_notice_is_read_and_steers_nothing() -> None:
    """By truck the driver is assigned in the release's own system, and never by a COPINO."""
    found = heard("P13_copino", HAULIER + "[sends.COPINO]")

    assert found.parts == ()
    assert [(each.rule, each.found) for each in found.findings] == [
        (ProfileRule.MEANS_NOT_USED, "3")
    ]


def test_p13_the_same_by_barge_is_read_field_by_field() -> None:
    by_barge = (
        ("TDT+1+TRIP4711+3++", "TDT+1+TRIP4711+8++"),
        ("TDT+1", "RFF+VA:NL000000001B01'\nTDT+1"),
        ("UNT+12+", "UNT+13+"),
    )
    found = heard("P13_copino", HAULIER + "[sends.COPINO]", *by_barge)

    assert only(found) == m.SetMeansOfTransport(
        container="MEDU7319055",
        port="NLRTM",
        terminal="RWG",
        bills_of_lading=("MEDUXY778899",),
        means_of_transport=m.Modality.BARGE,
    )
