"""What partners write of people stands on edi.in.v1 alone: no answer, message or table has it.

Inherent is what names an interchange, a message or a container, and is told back or goes on by
it: UNB, UNH, the number of BGM, containers, bills, references of releases and orders, ships.
"""

import logging
from pathlib import Path

import pytest

from adapters.edifact.partners import Partner, partner_from
from consumers.gateway.came import Entrance
from consumers.gateway.desk import Desk
from consumers.gateway.meaning import MEANING
from consumers.gateway.meant import Understanding
from consumers.gateway.store import GatewayStore
from tests.acceptance.everything_kept import in_tables
from tests.canaries import seen_in
from tests.consumers.gateway.interchanges import directory, record
from tests.consumers.gateway.planted_interchanges import PARTNER, beside_interchanges, planted


def test_nothing_that_is_planted_in_an_interchange_goes_further(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"sqlite:///{tmp_path / 'store.db'}"
    store, who = GatewayStore(url), directory()
    sender = partner_from(PARTNER, "quay")
    assert isinstance(sender, Partner), sender
    store.create()
    desk = Desk(Entrance({"quay": sender}, who), Understanding(who, *MEANING))
    brought = list(planted())
    assert all(seen_in(each) for each in brought)
    records = [record(each, offset=n) for n, each in enumerate(brought)]
    records += [
        record(each.value, offset=n, headers=each.headers, key=each.key)
        for n, each in enumerate(beside_interchanges(), len(records))
    ]
    settled = store.settle(desk, records)
    store.close()
    answered = {each.by for one in settled for each in one.acknowledged}
    assert answered == {"APERAK"}  # a CONTRL has no place for anything else
    assert any(one.file is not None for one in settled)

    kinds = {made.kind for each in settled for made in each.made}
    assert kinds == {"log", "contrl", "aperak", "letter"}
    for one in settled:
        for made in one.made:
            told = b"\n".join(
                [
                    *(made.record.key or b"", made.record.value or b""),
                    *(
                        part or b""
                        for name, value in made.record.headers
                        for part in (name.encode(), value)
                    ),
                ]
            )
            assert seen_in(told) == [], (made.kind, records[one.offset], told)
    assert [(where, data) for where, data in in_tables(url) if seen_in(data)] == []
    assert seen_in(caplog.text.encode()) == []
