"""What a kind tells to be a secret is hidden, and what means something of its own stays."""

import pytest

from schemas.secret_kinds import hidden_by_kind, lists_a_secret
from schemas.strict_json import JsonValue

KNOWN = frozenset({"blNumber", "equipmentNumber", "status", "code", "Type"})

HIDDEN: list[tuple[dict[str, JsonValue], set[str]]] = [
    ({"type": "TCT", "value": 482913}, {"type", "value"}),
    ({"type": "PIN", "waarde": "4711"}, {"type", "waarde"}),
    ({"kind": "pin code", "x": ["4711"]}, {"kind", "x"}),
    ({"cardType": "Alfapass", "cardCode": "1"}, {"cardType", "cardCode"}),
    ({"releaseType": "PIN", "releaseCode": "1"}, {"releaseType", "releaseCode"}),
    ({"partyType": "Driver", "nr": "ID-77-XB"}, {"partyType", "nr"}),
    ({"name": "PIN", "value": "4711"}, {"value"}),
    ({"code": "TCT", "valeur": "482913"}, {"valeur"}),
    ({"label": "one-time code", "v": "1"}, {"label", "v"}),
    ({"type": "PIN", "code": "4711"}, {"type", "code"}),
    ({"Type": "TCT", "comment": "482913"}, {"comment"}),
    ({"type": "RELEASE_CODE", "value": "4711"}, {"type", "value"}),
    ({"codeType": "afhaalcode", "value": "4711"}, {"codeType", "value"}),
    # What is known says what it says.
    ({"releaseType": "PIN", "blNumber": "BL1", "status": "ACCEPTED"}, {"releaseType"}),
    ({"releaseType": "PIN", "code": "RWG"}, {"releaseType"}),
    ({"code": "TCT", "equipmentNumber": "CPUU1000010"}, set()),
    ({"name": "PIN", "blNumber": "BL1", "code": "RWG", "x": 1}, {"x"}),
    # No kind, or none of a secret.
    ({"type": "Rank", "value": "4711"}, set()),
    ({"type": "SHIPPING", "value": "4711"}, set()),
    ({"name": "Pin & Driver BV", "vat": "NL1"}, set()),
    ({"comment": "PIN at the desk", "weight": 4711}, set()),
    ({"type": None, "value": "4711"}, set()),
    ({}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("content", "hidden"), HIDDEN)
def test_what_a_kind_tells_to_be_a_secret_is_hidden(
    content: dict[str, JsonValue], hidden: set[str]
) -> None:
    assert hidden_by_kind(content, KNOWN) == hidden


def test_a_list_may_name_its_secret() -> None:
    assert lists_a_secret(["PIN", "4711"])
    assert lists_a_secret(["482913", "Code TCT"])
    assert lists_a_secret(["releaseCode", "4711"])
    assert not lists_a_secret(["PIN 4711", 4711])
    assert not lists_a_secret(["SHIPPING", "4711"])
