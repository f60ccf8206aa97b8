"""Dangerous goods in a bill's containers, as a note beside the release.

`goodsItems[{dangerousGoods{unCode}, goodsItemTransportEquipments[{equipmentNumber}]}]` as public
client code reads it (identity_scr_portbase.md §C.5 [G3][G4]). Portbase tells of no declaration.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import ValidationError

from adapters.portbase.hearing import Hearing
from adapters.portbase.memory import Box
from adapters.portbase.wire_tracking import GoodsItem
from schemas.json_path import item
from schemas.note_messages import MOST_UN_NUMBERS, AddNote, WithdrawNote
from schemas.notes import NoteKind, NoteState
from schemas.value import altered

Dangerous = Mapping[str, tuple[str, ...]]
"""The UN numbers in each container that has dangerous goods; none where none was given."""

_un_number: Final = re.compile(r"(?:UN)? ?([0-9]{4})", re.IGNORECASE).fullmatch


def dangerous_in(
    hearing: Hearing, goods: Any, numbers: Sequence[str], path: str
) -> Dangerous | None:
    """Return what is dangerous in each container; None where the goods were not told.

    Goods of which no container is told may be in each of the *numbers*. What has another form
    than we know is a finding, and keeps no release waiting.
    """
    if goods is None:
        return None
    found: dict[str, list[str]] = {}
    for place, each in _items(hearing, goods, path):
        if each.dangerous_goods is None:
            continue
        named = _named(hearing, each, place)
        for number in named or numbers:
            found.setdefault(number, []).extend(_un_numbers(each))
    return {number: _few(told) for number, told in found.items()}


def told_goods(hearing: Hearing, box: Box) -> Box:
    """Note beside the release what is dangerous in *box*, where that is news."""
    over = box.left is not None or not (box.released and box.told)
    if over or box.dangerous == box.noted:
        return box
    about = hearing.about(box.number)
    if box.dangerous is None:
        said: AddNote | WithdrawNote = WithdrawNote.model_validate(
            about | {"about": NoteKind.DANGEROUS_GOODS}
        )
    else:
        noted = {"state": NoteState.DANGEROUS_GOODS_ABOARD, "un_numbers": box.dangerous}
        said = AddNote.model_validate(about | noted)
    return altered(box, noted=box.dangerous) if hearing.say(said) else box


def _items(hearing: Hearing, goods: Any, path: str) -> Iterator[tuple[str, GoodsItem]]:
    for number, each in enumerate(goods if isinstance(goods, list) else [goods]):
        place = item(path, number)
        try:
            yield place, GoodsItem.model_validate(each, by_alias=True, by_name=False)
        except ValidationError:
            hearing.findings.append(f"goods_not_read: {place}")


def _named(hearing: Hearing, goods: GoodsItem, path: str) -> tuple[str, ...]:
    rows = enumerate(goods.goods_item_transport_equipments or ())
    inner = f"{path}.goodsItemTransportEquipments"
    numbers = (hearing.number(row.equipment_number, item(inner, place)) for place, row in rows)
    return tuple(number for number in numbers if number is not None)


def _un_numbers(goods: GoodsItem) -> Iterator[str]:
    told = goods.dangerous_goods
    for each in told if isinstance(told, list) else [told]:
        read = _un_number((None if each is None else each.un_code) or "")
        if read is not None:
            yield read[1]


def _few(numbers: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted(set(numbers)))[:MOST_UN_NUMBERS]
