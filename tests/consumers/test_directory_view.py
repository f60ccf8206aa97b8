"""The directory follows what was registered, and passes over what a later version says besides."""

import json

from aiokafka import ConsumerRecord

from consumers.directory_view import DirectoryView
from schemas.facts import written
from tests.adapters.story import TERMINAL
from tests.producers.stories import registered


def came(value: bytes | None) -> ConsumerRecord[bytes, bytes]:
    return ConsumerRecord("directory.facts.v1", 0, 0, 0, 1, b"", value, None, -1, -1, ())


def test_an_organisation_that_registered_is_known() -> None:
    view = DirectoryView("nowhere:9", "")

    view._take(came(written(registered())))

    assert TERMINAL in view.directory.by_id


def test_what_only_a_later_version_knows_is_passed_over_and_ends_nothing() -> None:
    """An intake that is upgraded last goes on, with all that it knew."""
    view = DirectoryView("nowhere:9", "")
    view._take(came(written(registered())))
    known = view.directory
    entry = json.loads(written(registered())) | {"seq": 9}

    for fact in ({"type": "craned"}, {"type": "refused", "reason": "no_crane"}):
        view._take(came(json.dumps(entry | {"fact": fact}).encode()))

    assert view.directory is known
