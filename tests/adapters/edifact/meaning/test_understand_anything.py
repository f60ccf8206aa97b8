"""Whatever keeps the rules of a directory is understood or rejected, and answered."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from adapters.edifact.directory import Format, directory
from adapters.edifact.items import Message
from adapters.edifact.meaning.acknowledge import aperak
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.meaning.understand import understood
from adapters.edifact.partners import Partner, When
from adapters.edifact.read import read
from adapters.edifact.write import Draft, Envelope, written
from tests.adapters.edifact.made import CHARACTERS, Maker
from tests.adapters.edifact.meaning.said import MESSAGES, partner

AT = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
LEVELS = {
    "UNOA": CHARACTERS,
    "UNOC": CHARACTERS + "*éÿ#a\N{NO-BREAK SPACE}",
    "UNOY": CHARACTERS + "家🚢\u2028",
}
TAKES_ALL = partner(
    "ship_agent",
    "[sends.COARRI]",
    "[sends.CODECO]",
    "[sends.COPINO]",
    '[sends.IFTSTA]\nstatuses = { 21 = "gate_out" }',
)


class Likely(Maker):
    """Makes messages whose codes are often ones that are agreed, so that more of them is read."""

    CODES = ("12", "44", "34", "36", "10", "23", "9", "3", "5", "CN", "21", "3", "8", "2")

    def _value(self, form: Format) -> str:
        if form.longest == 3 and self.chance.random() < 0.8:
            return self.chance.choice((*self.CODES, "RE", "BM", "VA", "137", "203", "36", "7"))
        return super()._value(form)


def lenient(sender: Partner) -> Partner:
    return replace(sender, lenient_profile=frozenset(ProfileRule))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", MESSAGES)
@settings(max_examples=6)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(("D95B", "D00B")))
def test_anything_is_understood_or_rejected(kind: str, level: str, name: str, seed: int) -> None:
    draft = Likely(directory(name), seed, LEVELS[level]).draft(kind)
    version = "4" if level == "UNOY" else "3"
    envelope = Envelope(level, version, ("THEM",), ("US",), AT, "1")
    message, _ = read([written(envelope, [draft])])
    assert isinstance(message, Message)
    for sender in (TAKES_ALL, lenient(TAKES_ALL), replace(TAKES_ALL, level=level)):
        told = understood(message, message.header, sender)
        answer = aperak(told, message, replace(sender, aperak=When.ALWAYS), "A1", AT)

        assert not (told.is_rejected and told.parts)
        assert answer
        assert right(answer, sender)


def right(answer: Draft, sender: Partner) -> bool:
    envelope = Envelope(sender.level, "3", ("US",), ("THEM",), AT, "1")
    return [found for item in read([written(envelope, [answer])]) for found in item.findings] == []
