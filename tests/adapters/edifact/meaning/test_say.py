"""What is said as a partner says it is understood as what it was."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.contract import Part
from adapters.edifact.items import Message
from adapters.edifact.meaning.proof import Unsent, proven
from adapters.edifact.meaning.say import NotSaid, said
from adapters.edifact.meaning.understand import understood
from adapters.edifact.partners import Partner
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, written
from schemas import messages as m
from schemas.identifiers import Scheme
from schemas.messages import Modality, PartyRef
from tests.adapters.edifact.meaning.said import partner

AT = datetime(2026, 11, 28, 18, 0, tzinfo=UTC)
AGENT, QUAY, BARGE = (partner(name) for name in ("ship_agent", "terminal", "barge_operator"))
OPERATOR = PartyRef(scheme=Scheme.VAT, code="BE0429672881")

# As the bus has them: trimmed, in capitals, each once. Moments are told by the partner's clock,
# whose hour that comes twice in October is left out.
TEXTS = st.text("ABCXYZ0189 -./:+?'*", min_size=1, max_size=30).filter(
    lambda text: text == text.strip()
)
BILLS = st.sets(TEXTS, min_size=1, max_size=7).map(lambda each: tuple(sorted(each)))
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 270 * 86_400).map(lambda seconds: FIRST + timedelta(seconds=seconds))
NAMES: dict[str, Any] = {
    "container": st.sampled_from(("MSCU6639870", "CSQU3054383", "HLXU1234567")),
    "port": st.just("BEANR"),
    "terminal": st.sampled_from(("1700", "1742")),
    "bills_of_lading": BILLS,
    "release_identification": TEXTS,
    "stay_number": st.none() | TEXTS,
}
SHIP: dict[str, Any] = {"vessel_imo": st.none() | st.just("8212661")}
VALUES: dict[str, Any] = {
    "expires_at": st.none() | MOMENTS.map(lambda each: each.replace(year=2027)),
    "valid_from": st.none() | MOMENTS,
    "order_reference": st.none() | TEXTS,
    "equipment_type": st.sampled_from((None, "22G1", "45G1")),
}
CARRIER = st.none() | st.sampled_from(
    (
        PartyRef(scheme=Scheme.SCAC, code="MSCU"),
        PartyRef(scheme=Scheme.EXTERNAL, code="bic:MSC"),
        PartyRef(scheme=Scheme.EXTERNAL, code="smdg:MSC"),
    )
)
SAYINGS: dict[str, tuple[Partner, st.SearchStrategy[Any]]] = {
    "release": (AGENT, st.builds(m.Release, **NAMES, **SHIP, **VALUES, carrier=CARRIER)),
    "update": (AGENT, st.builds(m.Update, **NAMES, **SHIP, **VALUES)),
    "delete": (AGENT, st.builds(m.Delete, **NAMES, **SHIP)),
    "discharge": (QUAY, st.builds(m.ReportDischarge, **NAMES, **SHIP)),
    "gate_in": (QUAY, st.builds(m.ReportGateIn, **NAMES, **SHIP)),
    "gate_out": (
        QUAY,
        st.builds(
            m.ReportGateOut,
            **NAMES,
            **SHIP,
            modality=st.sampled_from((None, Modality.TRUCK, Modality.BARGE, Modality.RAIL)),
        ),
    ),
    "means": (
        BARGE,
        st.builds(
            m.SetMeansOfTransport,
            **NAMES,
            means_of_transport=st.sampled_from((Modality.BARGE, Modality.RAIL, Modality.UNKNOWN)),
        ),
    ),
}


def heard(draft: Draft, sender: Partner) -> Part:
    envelope = Envelope(sender.level, sender.syntax, ("THEM",), ("US",), AT, "1")
    message, interchange = read([written(envelope, [draft])])
    assert isinstance(message, Message)
    assert [*message.findings, *interchange.findings] == []
    told = understood(message, message.header, sender)
    assert not told.is_rejected, told.findings
    return told.parts[0]


@pytest.mark.parametrize("directory", ["D95B", "D00B"])
@pytest.mark.parametrize("name", SAYINGS)
@settings(max_examples=15)
@given(chance=st.data(), at=MOMENTS)
def test_what_is_said_is_understood(
    name: str, directory: str, chance: st.DataObject, at: datetime
) -> None:
    sender, messages = SAYINGS[name]
    sends = {kind: replace(each, directories=(directory,)) for kind, each in sender.sends.items()}
    sender = replace(sender, sends=sends)
    message = chance.draw(messages)
    operator = OPERATOR if name == "means" else None
    draft = said(Part(message, "1", (), at, operator), sender, "D1", AT)

    assert proven(draft, sender) == draft
    part = heard(draft, sender)
    assert part.message == message
    assert (part.occurred_at, part.on_behalf_of) == (at, operator)


RELEASE = m.Release(
    container="MSCU6639870",
    port="BEANR",
    terminal="1700",
    bills_of_lading=("B1",),
    release_identification="R1",
)


@pytest.mark.parametrize(("directory", "before"), [("D95B", "LOC"), ("D00B", "BGM")])
def test_the_dates_of_a_message_stand_where_they_are_of_no_place(
    directory: str, before: str
) -> None:
    sends = {kind: replace(each, directories=(directory,)) for kind, each in AGENT.sends.items()}
    draft = said(Part(RELEASE, "1", (), AT), replace(AGENT, sends=sends), "D1", AT)
    tags = [each.tag for each in draft.body]

    assert tags[tags.index("DTM") - 1] == before


@pytest.mark.parametrize(
    ("message", "sender", "why"),
    [
        (RELEASE.model_copy(update={"release_to": OPERATOR}), AGENT, "release_to"),
        (RELEASE.model_copy(update={"haulage": m.Haulage.CARRIER}), AGENT, "haulage"),
        (RELEASE.model_copy(update={"carrier": OPERATOR}), AGENT, "SCAC"),
        (RELEASE, QUAY, "sends no COREOR"),
        (m.Accept(container="C", port="BEANR"), AGENT, "releasebus.accept"),
        (m.Delete(container="C", port="BEANR", reason="lost"), AGENT, "reason"),
        (
            m.SetMeansOfTransport(container="C", port="BEANR", means_of_transport=Modality.TRUCK),
            BARGE,
            "truck",
        ),
        (
            m.SetMeansOfTransport(container="C", port="BEANR", means_of_transport=Modality.BARGE),
            BARGE,
            "VAT",
        ),
    ],
)
def test_what_has_no_place_in_a_message_is_not_left_out(
    message: m.ContainerMessage, sender: Partner, why: str
) -> None:
    with pytest.raises(NotSaid, match=why):
        said(Part(message, "1"), sender, "D1", AT)


def test_what_does_not_fit_is_not_cut() -> None:
    long = RELEASE.model_copy(update={"release_identification": "R" * 36})

    assert isinstance(proven(said(Part(long, "1"), AGENT, "D1", AT), AGENT), Unsent)
