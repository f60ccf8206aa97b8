"""What is dangerous in a container stands beside its release, as Portbase's own word."""

from typing import Any

from schemas.note_messages import AddNote, WithdrawNote
from schemas.notes import NoteState
from tests.adapters.portbase.rounds import Round
from tests.adapters.portbase.samples import state
from tests.adapters.portbase.test_states import BOX, OTHER, heard, told

PETROL: dict[str, Any] = {
    "description": "petrol",
    "dangerousGoods": {"unCode": "UN1203"},
    "goodsItemTransportEquipments": [{"equipmentNumber": BOX, "numberOfPackages": 4}],
}


def goods(*items: Any) -> dict[str, Any]:
    return state("P4", goodsItems=list(items))


def test_dangerous_goods_are_noted_once_and_withdrawn_when_they_are_gone() -> None:
    acid = PETROL | {"dangerousGoods": [{"unCode": "1830"}, {"unCode": "1203"}]}

    right, note, _discharge = (first := heard(goods(PETROL, acid))).messages
    again = heard(goods(acid, PETROL), first.memory)
    silent = heard(state("P4", goodsItems=None), again.memory)
    (gone,) = (last := heard(goods(), silent.memory)).messages

    assert right.message.TYPE == "releasebus.observe_release"
    assert isinstance(note.message, AddNote)
    assert told(note) == {"state": "dangerous_goods_aboard", "un_numbers": ("1203", "1830")}
    assert (again.messages, silent.messages) == ((), ())
    assert isinstance(gone.message, WithdrawNote)
    assert told(gone) == {"about": "dangerous_goods"}
    assert heard(goods(), last.memory).messages == ()


def test_goods_of_no_container_may_be_in_each_and_those_of_another_are_not_in_this_one() -> None:
    anywhere = {"dangerousGoods": {"unCode": "no number"}}
    elsewhere = PETROL | {"goodsItemTransportEquipments": [{"equipmentNumber": OTHER}]}

    noted = [each.message for each in heard(goods(anywhere)).messages]
    others = [each.message for each in heard(goods(elsewhere, {})).messages]

    (note,) = [each for each in noted if isinstance(each, AddNote)]
    assert (note.container, note.un_numbers) == (BOX, ())
    assert not [each for each in others if isinstance(each, AddNote)]


def test_goods_of_another_form_are_a_finding_and_keep_no_release_waiting() -> None:
    parsed = heard(state("P4", goodsItems=["petrol", {"dangerousGoods": "1203"}]))

    right, _discharge = parsed.messages
    assert parsed.problems == ()
    assert [each for each in right.findings if each.startswith("goods")] == [
        "goods_not_read: $.billOfLading.goodsItems[0]",
        "goods_not_read: $.billOfLading.goodsItems[1]",
    ]


def test_the_note_stands_beside_the_stay_and_moves_no_light_of_it() -> None:
    told, plain = Round(), Round()
    for each in (told, plain):
        each.release()
        each.tracked()
    petrol = {"dangerousGoods": {"unCode": "1203"}}

    plain.hear(plain.state())
    told.hear(told.state(goodsItems=[petrol]))

    (note,) = told.stay.notes
    assert (note.state, note.un_numbers) == (NoteState.DANGEROUS_GOODS_ABOARD, ("1203",))
    noted, without = told.story.facts[-1], plain.story.facts[-1]
    assert (noted.lights, noted.missing) == (without.lights, without.missing)
    told.hear(told.state(goodsItems=[]))
    assert told.stay.notes == ()
    assert (told.problems, plain.problems) == ([], [])
