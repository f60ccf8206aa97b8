"""That a handling unit is hazardous stands beside its release, as S)ONE's own word."""

import json
from typing import Any

import pytest

from adapters.contract import NOTHING, Memory, Parsed
from adapters.sone import SYSTEM
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteState
from tests.adapters.le_havre import SPI, sample
from tests.adapters.story import CONTAINER


def heard(indicators: object, memory: Memory = NOTHING) -> Parsed:
    said: Any = json.loads(sample("handling_units"))
    said["items"][0]["indicators"] = indicators
    return SYSTEM.functions.parse(json.dumps(said).encode(), {}, memory)


def test_a_hazardous_unit_is_noted_once_and_the_note_withdrawn_when_it_is_not() -> None:
    observed, note = (first := heard({"hazardous": True})).messages
    again = heard({"hazardous": True}, first.memory)
    (gone,) = (last := heard({"hazardous": False}, again.memory)).messages
    (back,) = heard({"hazardous": True}, last.memory).messages

    assert isinstance(note.message, AddNote)
    assert note.message.model_dump(exclude_defaults=True) == {
        "container": CONTAINER,
        "port": "FRLEH",
        "terminal": "TDF",
        "stay_number": SPI,
        "state": NoteState.DANGEROUS_GOODS_ABOARD,
    }
    assert isinstance(gone.message, WithdrawNote)
    assert (again.messages, again.problems) == ((), ())
    ids = [part.id for part in (observed, note, gone, back)]
    assert len({*ids}) == len(ids), "an id that comes again is a duplicate to the ledger"
    assert [part.id for part in heard({"hazardous": True}).messages] == ids[:2]


@pytest.mark.parametrize("indicators", [None, {}, {"hazardous": "yes"}, ["hazardous"]])
def test_what_says_nothing_of_it_notes_nothing_and_takes_nothing_back(indicators: object) -> None:
    before = heard({"hazardous": True})

    assert heard(indicators, before.memory).messages == ()
    assert len(heard(indicators).messages) == 1
