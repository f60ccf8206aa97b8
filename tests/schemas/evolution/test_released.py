"""Released versions are kept as they were, and now is compared with each of them."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.evolution import released
from schemas.evolution.released import (
    NotReleased,
    documents_now,
    judged,
    release,
    released_in,
)
from schemas.evolution.upcasts import SCHEMA_VERSION
from schemas.export import export

DOCS = Path(__file__).parents[3] / "docs" / "schemas"
NOW = documents_now()
RELEASE = "messages/release.json"


def changed(edit: str, **values: Any) -> dict[str, dict[str, Any]]:
    after = {**copy.deepcopy(NOW)}
    after[RELEASE]["properties"][edit].update(values)
    return after


def test_now_breaks_no_released_version() -> None:
    """What `make check` asks; a sentence here says what to do."""
    versions = released_in(DOCS)

    assert versions
    assert judged(versions, NOW).breaches == ()


def test_a_released_version_is_whole() -> None:
    for documents in released_in(DOCS).values():
        assert {path.partition("/")[0] for path in documents} == {
            "asyncapi.json",
            "messages",
            "outputs",
        }


def test_now_is_compared_with_every_version_that_is_kept() -> None:
    """An old version that the newest no longer shows is broken all the same."""
    versions = {1: NOW, 2: changed("port", maxLength=300)}

    breaches = judged(versions, changed("port", maxLength=200), 3).breaches

    assert len(breaches) == 2
    assert all(f"since version {number}" in each for number, each in enumerate(breaches, 1))


def test_what_was_added_since_the_newest_is_told() -> None:
    now = copy.deepcopy(NOW)
    now[RELEASE]["properties"]["crane"] = {"type": "string", "default": ""}

    told = judged({1: NOW}, now, 2)

    assert told.breaches == ()
    assert told.added_since(1) == ("messages/release.json $.crane: new member",)


@pytest.mark.parametrize(
    ("now", "number", "said"),
    [
        (changed("port", maxLength=300), 1, "set it to 2 in schemas/evolution/upcasts.py"),
        (changed("port", maxLength=300), 3, "set it to 2 in schemas/evolution/upcasts.py"),
        (NOW, 3, "version 1 is the newest released"),
    ],
    ids=["changed, and the old number", "changed, and one too many", "unchanged, and far ahead"],
)
def test_a_number_that_is_not_that_of_now_is_a_breach(
    now: dict[str, dict[str, Any]], number: int, said: str
) -> None:
    (breach,) = judged({1: NOW}, now, number).breaches

    assert said in breach


@pytest.mark.parametrize("number", [1, 2])
def test_what_did_not_change_may_have_either_number(number: int) -> None:
    assert judged({1: NOW}, NOW, number).breaches == ()


def test_without_a_released_version_nothing_is_called_compatible(tmp_path: Path) -> None:
    assert "No released version is kept" in judged(released_in(tmp_path), NOW).breaches[0]


def test_a_release_keeps_the_documents_of_now_and_an_export_leaves_them_alone(
    tmp_path: Path,
) -> None:
    assert release(tmp_path, SCHEMA_VERSION) == len(NOW)
    export(tmp_path)

    assert released_in(tmp_path) == {SCHEMA_VERSION: NOW}
    assert export(tmp_path) == []


def test_a_version_is_released_once_and_only_by_its_number(tmp_path: Path) -> None:
    release(tmp_path, SCHEMA_VERSION)

    with pytest.raises(NotReleased, match="released already"):
        release(tmp_path, SCHEMA_VERSION)
    with pytest.raises(NotReleased, match=f"not {SCHEMA_VERSION + 1}"):
        release(tmp_path, SCHEMA_VERSION + 1)


def test_what_breaks_a_released_version_is_not_released(tmp_path: Path) -> None:
    older = tmp_path / released.FOLDER / str(SCHEMA_VERSION - 1)
    for path, document in {**NOW, "messages/gone.json": {}}.items():
        (older / path).parent.mkdir(parents=True, exist_ok=True)
        (older / path).write_text(json.dumps(document))

    with pytest.raises(NotReleased, match=r"messages/gone\.json: it is gone"):
        release(tmp_path, SCHEMA_VERSION)
    assert list(released_in(tmp_path)) == [SCHEMA_VERSION - 1]
