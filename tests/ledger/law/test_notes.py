"""Notes beside a stay: each party's own word, which moves no light and no right."""

from typing import Any

import pytest

from ledger.law.leave import missing_to_leave
from ledger.law.lights import lights_of
from schemas import facts as f
from schemas import messages as m
from schemas.note_facts import NoteAdded
from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import MOST_NOTES, NoteKind, NoteState
from schemas.reasons import Missing
from schemas.stay import Stay
from schemas.system_messages import ObserveRelease
from tests.ledger.law.states import STATES
from tests.ledger.law.world import (
    AGENT,
    CUSTOMS,
    FORWARDER,
    HAULIER,
    NEIGHBOUR,
    OTHER_HAULIER,
    OTHER_QUAY,
    PORT_AUTHORITY,
    PORTBASE,
    QUAY,
    TERMINAL,
    THE_NUMBER,
    TO_HAULIER,
    Scene,
    given,
    party,
    release,
    released,
    say,
)

READY = STATES["ready"]
# Who is heard to say what of a stay that it is about, by hand (docs/decisions/0027).
SAYS: dict[NoteState, set[str]] = {
    NoteState.DANGEROUS_GOODS_ABOARD: {AGENT, PORT_AUTHORITY},
    NoteState.DANGEROUS_GOODS_DECLARED: {AGENT, PORT_AUTHORITY},
    NoteState.DANGEROUS_GOODS_NOT_DECLARED: {PORT_AUTHORITY},
    NoteState.BARGE_SLOT_REQUESTED: {HAULIER, PORT_AUTHORITY},
    NoteState.BARGE_SLOT_CONFIRMED: {TERMINAL, PORT_AUTHORITY},
    NoteState.BARGE_SLOT_CHANGED: {TERMINAL, PORT_AUTHORITY},
    NoteState.BARGE_SLOT_REFUSED: {TERMINAL, PORT_AUTHORITY},
    NoteState.CUSTOMS_DOCUMENT_ANNOUNCED: {FORWARDER, HAULIER, CUSTOMS, PORT_AUTHORITY},
    NoteState.CUSTOMS_DOCUMENT_MISSING: {TERMINAL, CUSTOMS, PORT_AUTHORITY},
}
EVERYBODY = (
    *(AGENT, FORWARDER, HAULIER, OTHER_HAULIER, TERMINAL, NEIGHBOUR, CUSTOMS),
    *(PORT_AUTHORITY, PORTBASE),
)
SLOT = NoteState.BARGE_SLOT_REQUESTED
CARGO = NoteState.DANGEROUS_GOODS_ABOARD


def note(state: NoteState, **said: Any) -> AddNote:
    return say(AddNote, state=state, **said)


def notes_of(scene: Scene) -> list[tuple[str, NoteState, str | None]]:
    return [(each.by, each.state, each.reference) for each in scene.stay.notes]


def but_for_notes(stay: Stay) -> dict[str, Any]:
    return {name: getattr(stay, name) for name in stay.__struct_fields__ if name != "notes"}


@pytest.mark.parametrize("state", NoteState)
def test_who_may_say_what_is_told_beside_the_stay_and_changes_nothing_else(
    state: NoteState,
) -> None:
    heard = {who: READY.when(who, note(state, terminal=QUAY)) for who in EVERYBODY}

    assert {who for who, each in heard.items() if each.words == ["note_added"]} == SAYS[state]
    for who in SAYS[state]:
        after = heard[who].scene
        assert notes_of(after) == [(who, state, None)]
        assert but_for_notes(after.stay) == but_for_notes(READY.stay)
        (answer,) = heard[who].answers
        assert (answer.light_changes, answer.missing) == ((), ())
        assert answer.lights == lights_of(READY.stay)


def test_a_note_says_all_that_was_given() -> None:
    said = {
        "reference": "IFTDGN-1",
        "un_numbers": ("1203",),
        "document_type": "EX",
        "office_of_exit": "BE101000",
        "remark": "class 3",
    }

    (kept,) = READY.when(AGENT, note(CARGO, **said)).scene.stay.notes

    assert {name: getattr(kept, name) for name in said} == said


def test_the_same_word_again_changes_nothing_and_a_newer_one_stands_in_its_place() -> None:
    first = READY.when(TERMINAL, note(NoteState.BARGE_SLOT_CONFIRMED, terminal=QUAY)).scene
    first = first.when(HAULIER, note(SLOT, reference="V1")).scene
    again = first.when(HAULIER, note(SLOT, reference="V1")).then("note_added")
    other = first.when(HAULIER, note(SLOT, reference="V2")).then("note_added")
    newer = first.when(TERMINAL, note(NoteState.BARGE_SLOT_REFUSED, terminal=QUAY)).scene

    assert again.stay == first.stay
    assert [reference for _, _, reference in notes_of(other)] == [None, "V1", "V2"]
    assert notes_of(newer) == [
        (TERMINAL, NoteState.BARGE_SLOT_REFUSED, None),
        (HAULIER, SLOT, "V1"),
    ]


def test_nobody_speaks_over_anothers_word_and_each_takes_back_its_own_alone() -> None:
    scene = READY.when(AGENT, note(CARGO)).scene.when(PORT_AUTHORITY, note(CARGO)).scene
    withdrawal = say(WithdrawNote, about=NoteKind.DANGEROUS_GOODS)
    another = say(WithdrawNote, about=NoteKind.DANGEROUS_GOODS, reference="V1")
    of_slots = say(WithdrawNote, about=NoteKind.BARGE_SLOT)

    after = scene.when(AGENT, withdrawal).then("note_withdrawn")

    assert notes_of(after) == [(PORT_AUTHORITY, CARGO, None)]
    after.when(AGENT, withdrawal).then("no: no_such_note")
    scene.when(AGENT, another).then("no: no_such_note")
    scene.when(PORT_AUTHORITY, of_slots).then("no: no_such_note")
    scene.when(HAULIER, withdrawal).then("no: role_not_allowed")


def test_a_slot_ends_where_quay_or_chain_are_others_and_dangerous_goods_stay_what_they_are() -> (
    None
):
    scene = given(released(), *TO_HAULIER).when(HAULIER, note(SLOT)).scene
    scene = scene.when(AGENT, note(CARGO)).scene
    moves = say(m.Update, terminal=OTHER_QUAY, release_identification=THE_NUMBER)
    stays = say(m.Update, terminal=QUAY, release_identification=THE_NUMBER)

    cargo = [(AGENT, CARGO, None)]
    assert notes_of(scene.when(AGENT, moves).scene) == cargo
    assert notes_of(scene.when(AGENT, say(m.Revoke)).scene) == cargo
    assert notes_of(scene.when(AGENT, stays).scene) == [(HAULIER, SLOT, None), *cargo]


def test_so_many_notes_and_no_more_but_a_newer_word_on_one_of_them() -> None:
    scene = READY
    for number in range(MOST_NOTES):
        scene = scene.when(HAULIER, note(SLOT, reference=f"V{number}")).then("note_added")

    scene.when(HAULIER, note(SLOT, reference="V99")).then("no: too_many_notes")
    scene.when(HAULIER, note(SLOT, reference="V3", remark="later")).then("note_added")


def test_a_note_that_comes_early_waits_for_a_release_that_its_sender_may_note_it_on() -> None:
    scene = given().when(TERMINAL, note(NoteState.BARGE_SLOT_CONFIRMED, terminal=QUAY)).scene
    scene = scene.when(HAULIER, note(SLOT)).then("waiting")

    opened = scene.when(AGENT, release(release_to=party(FORWARDER))).then(
        "released", "transferred", "note_added"
    )
    opened = opened.when(FORWARDER, say(m.Accept)).then("accepted")
    passed = opened.when(FORWARDER, say(m.Transfer, release_to=party(HAULIER)))

    passed.then("transferred", "note_added")
    assert [by for by, _, _ in notes_of(passed.scene)] == [TERMINAL, HAULIER]


def test_a_terminal_notes_at_its_own_quay_alone() -> None:
    missing = NoteState.CUSTOMS_DOCUMENT_MISSING

    READY.when(TERMINAL, note(missing)).then("no: not_the_terminal")
    READY.when(NEIGHBOUR, note(missing, terminal=QUAY)).then("no: not_the_terminal")
    READY.when(NEIGHBOUR, note(missing, terminal=OTHER_QUAY)).then("waiting")


def test_where_a_system_decides_notes_are_asked_of_nobody_and_its_own_word_is_never_refused() -> (
    None
):
    there = given(released(port="NLRTM", authority="system"), *TO_HAULIER)
    gone = given(released(port="NLRTM", authority="system"), f.GatedOut())
    withdrawal = say(WithdrawNote, about=NoteKind.DANGEROUS_GOODS, port="NLRTM")

    there.when(HAULIER, note(SLOT, port="NLRTM")).then("note_added")
    there.when(OTHER_HAULIER, note(SLOT, port="NLRTM")).then("no: not_the_holder")
    there.when(PORT_AUTHORITY, note(CARGO, port="NLRTM")).then("no: role_not_allowed")
    seen = there.when(PORTBASE, note(CARGO, port="NLRTM")).then("note_added")
    seen.when(PORTBASE, withdrawal).then("note_withdrawn")
    gone.when(PORTBASE, note(CARGO, port="NLRTM")).then("note_added")
    gone.when(AGENT, note(CARGO, port="NLRTM")).then("no: already_gated_out")
    READY.when(PORTBASE, note(CARGO)).then("no: role_not_allowed")


def test_a_slot_ends_where_the_system_shows_the_container_at_another_quay() -> None:
    there = given(released(port="NLRTM", authority="system"), *TO_HAULIER)
    there = there.when(HAULIER, note(SLOT, port="NLRTM")).scene
    there = there.when(PORTBASE, note(CARGO, port="NLRTM")).scene
    shown = {quay: say(ObserveRelease, port="NLRTM", terminal=quay) for quay in (QUAY, OTHER_QUAY)}

    cargo = (PORTBASE, CARGO, None)
    stayed = there.when(PORTBASE, shown[QUAY]).scene
    assert notes_of(stayed) == [(HAULIER, SLOT, None), cargo]
    assert notes_of(there.when(PORTBASE, shown[OTHER_QUAY]).scene) == [cargo]


def test_what_is_missing_stays_missing_whatever_is_noted() -> None:
    scene = given(released(), *(NoteAdded(note=each) for each in READY_NOTES))

    missing = missing_to_leave(scene.stay, scene.now, scene.policy)

    assert missing[0] is Missing.NO_HOLDER
    assert missing == missing_to_leave(given(released()).stay, scene.now, scene.policy)


READY_NOTES = tuple(
    each
    for state, who in SAYS.items()
    for each in READY.when(min(who), note(state, terminal=QUAY)).scene.stay.notes
)
