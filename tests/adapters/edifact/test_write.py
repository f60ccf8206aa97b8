"""What is written reads back to the same values, and keeps every rule of its directory."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.edifact.directory import directory
from adapters.edifact.items import Interchange, Message
from adapters.edifact.judge import Kind
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, NotInLevel, draft_of, line, spelt, written
from tests.adapters.edifact.made import CHARACTERS, Maker

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ENVELOPES = (
    Envelope("UNOA", "2", ("TERMINAL",), ("AGENT", "ZZ"), AT, "REF1"),
    Envelope("UNOC", "3", ("TERMINAL", "", "QUAY"), ("AGENT",), AT, "REF2"),
    Envelope("UNOY", "4", ("TERMINAL",), ("AGENT",), AT, "REF3"),
)
LEVELS = {"UNOA": CHARACTERS, "UNOC": CHARACTERS + "*éÿ#a", "UNOY": CHARACTERS + "*é家🚢"}
MESSAGES = [(name, message) for name in ("D95B", "D00B") for message in directory(name).messages]


@pytest.mark.parametrize("envelope", ENVELOPES, ids=lambda envelope: envelope.level)
@settings(max_examples=4)
@given(seed=st.integers(0, 2**32))
def test_every_message_reads_back_to_the_same_values(envelope: Envelope, seed: int) -> None:
    drafts = tuple(
        Maker(directory(name), seed + number, LEVELS[envelope.level]).draft(message)
        for number, (name, message) in enumerate(MESSAGES)
    )
    unique = tuple(Draft(f"{number}", each.kind, each.body) for number, each in enumerate(drafts))

    *messages, interchange = read([written(envelope, unique)])

    assert isinstance(interchange, Interchange)
    assert [found for item in (*messages, interchange) for found in item.findings] == []
    assert tuple(draft_of(each) for each in messages if isinstance(each, Message)) == unique
    assert interchange.reference == envelope.reference


@pytest.mark.parametrize(
    ("version", "kind"),
    [("3", Kind("CONTRL", "D", "3", "UN")), ("4", Kind("CONTRL", "4", "1", "UN"))],
)
@settings(max_examples=8)
@given(seed=st.integers(0, 2**32))
def test_contrl_reads_back_to_the_same_values(version: str, kind: Kind, seed: int) -> None:
    maker = Maker(directory(f"service_{version}"), seed)
    draft = Draft("1", kind, maker.draft("CONTRL").body)
    envelope = Envelope("UNOA", version, ("TERMINAL",), ("AGENT",), AT, "REF1")

    message, interchange = read([written(envelope, [draft])])

    assert isinstance(message, Message)
    assert [*message.findings, *interchange.findings] == []
    assert draft_of(message) == draft


def test_every_mark_is_released_and_nothing_stands_empty_at_the_end() -> None:
    said = line("FTX", "AAA", "", "", ("5+5:10", "?'*", ""), "")

    assert spelt(said) == "FTX+AAA+++5?+5?:10:???'*"
    assert spelt(said, repeating=True) == "FTX+AAA+++5?+5?:10:???'?*"


def test_an_interchange_stands_as_it_always_does() -> None:
    draft = Draft("1", Kind("CODECO", "D", "95B", "UN", "SMDG16"), (line("BGM", "36"),))

    assert written(ENVELOPES[1], [draft]) == (
        b"UNA:+.? 'UNB+UNOC:3+TERMINAL::QUAY+AGENT+261128:1200+REF2'"
        b"UNH+1+CODECO:D:95B:UN:SMDG16'BGM+36'UNT+3+1'UNZ+1+REF2'"
    )


@pytest.mark.parametrize(("level", "text"), [("UNOA", "a"), ("UNOC", "家"), ("UNOE", "é")])
def test_what_the_level_has_not_is_not_written(level: str, text: str) -> None:
    envelope = Envelope(level, "3", ("A",), ("B",), AT, "1")
    draft = Draft("1", Kind("CODECO", "D", "95B", "UN"), (line("FTX", text),))

    with pytest.raises(NotInLevel, match=level):
        written(envelope, [draft])
