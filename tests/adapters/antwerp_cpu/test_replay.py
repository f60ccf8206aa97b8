"""A notification that is given again is the very text that was sent (cpu.md §4.2 row 16)."""

import json
from datetime import UTC, datetime

from adapters.antwerp_cpu.replay import Replay, Stored, stored_notifications
from adapters.antwerp_cpu.wire_read import StoredNotification
from tests.adapters.antwerp_cpu.samples import changed, sample

AT = datetime(2025, 3, 1, 8, 0, 3, tzinfo=UTC)
KEPT = [Stored(sample(number), AT) for number in ("E3", "E5", "E9")]


def found(event: str | None = None, reference: str | None = None) -> list[StoredNotification]:
    return list(stored_notifications(KEPT, Replay(event, reference)))


def test_a_stored_notification_has_cpus_own_members() -> None:
    first = json.loads(found()[0].model_dump_json(by_alias=True))

    assert first == {
        "nxtEntityId": "NXT22000000007",
        "equipmentNumber": "CPUU1000010",
        "publicReferenceId": "6a0f6c0e-0000-4000-8000-000000000001",
        "externalReferenceId": "BUS-000001",
        "storedOn": "2025-03-01T08:00:03Z",
        "message": sample("E3").decode(),
        "type": "ReleaseLight",
        "event": "ReleaseLightChanged",
    }


def test_it_is_found_by_its_event_and_by_its_reference() -> None:
    assert [each.event for each in found(event="transferred")] == ["Transferred"]
    by_reference = found(reference="6a0f6c0e-0000-4000-8000-000000000005")
    assert [each.event for each in by_reference] == ["NotValidated"]
    assert found(event="Transferred", reference="6a0f6c0e-0000-4000-8000-000000000005") == []


def test_what_an_older_version_sent_is_given_again_all_the_same() -> None:
    older = Stored(changed("E3", body={"equipmentNumber": "CPUU1000010"}), AT)

    (only,) = stored_notifications([older], Replay())

    assert only.event == "ReleaseLightChanged"
