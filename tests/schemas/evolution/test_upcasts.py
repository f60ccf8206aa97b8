"""An entry of an older version is read as it would be said now; its bytes stay as they are."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas import facts as f
from schemas.evolution import upcasts
from schemas.evolution.upcasts import (
    SCHEMA_VERSION,
    UPCASTS,
    OfANewerVersion,
    Upcast,
    upcast,
    upcast_bytes,
    version_of,
)
from schemas.facts import read, written
from schemas.value import Misformed
from tests.schemas.corpus_files import CORPUS
from tests.schemas.evolution.version_0 import FILES, as_version_0, to_version_1
from tests.schemas.test_facts import EXAMPLES, FULL_STAY, recorded


@pytest.fixture
def step_0(monkeypatch: pytest.MonkeyPatch) -> None:
    """The step from version 0, known for one test."""
    monkeypatch.setitem(UPCASTS, 0, to_version_1)


@pytest.mark.usefixtures("step_0")
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_entry_of_an_older_version_reads_as_what_it_meant(file: Path) -> None:
    """Version 1 wrote the same entries: they are in its corpus."""
    same = read((CORPUS / "v1" / "facts" / file.name).read_bytes())

    got = read(file.read_bytes())

    assert got.schema_version == 1  # no step leads further: what only adds needs none
    assert got == same


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_without_its_step_an_older_entry_is_not_misread(file: Path) -> None:
    with pytest.raises(Misformed):
        read(file.read_bytes())


def test_steps_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """From version 0 to now by way of every version between them, in order."""

    def signed_by(version: int) -> Upcast:
        return lambda entry: {**entry, "by": [*entry.get("by", []), version]}

    for version in range(SCHEMA_VERSION):
        monkeypatch.setitem(UPCASTS, version, signed_by(version))

    got = upcast({"schema_version": 0})

    assert got == {"schema_version": SCHEMA_VERSION, "by": [*range(SCHEMA_VERSION)]}


@pytest.mark.usefixtures("step_0")
def test_an_entry_of_now_is_handed_on_as_the_bytes_that_it_is() -> None:
    for fact in EXAMPLES:
        body = written(recorded(fact, stay=FULL_STAY))

        assert upcast_bytes(body) is body
        assert version_of(body) == SCHEMA_VERSION


@pytest.mark.usefixtures("step_0")
def test_every_fact_is_upcast() -> None:
    for fact in EXAMPLES:
        entry = recorded(fact, stay=FULL_STAY)
        older = json.dumps(as_version_0(json.loads(written(entry)))).encode()

        got = read(older)

        assert got.fact == entry.fact
        assert (got.stay, got.cause) == (entry.stay, entry.cause)


def test_an_entry_names_its_version_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else each would be parsed twice, in a rebuild a million times."""
    monkeypatch.setattr(upcasts, "_VERSION", None)

    assert version_of(written(recorded(f.Discharged()))) == SCHEMA_VERSION
    assert version_of(b'{"schema_version":1,"shard":"ledger-0"}') == 1


def test_the_version_of_an_entry_that_was_written_otherwise_is_found_too() -> None:
    assert version_of(b'{"shard":"ledger-0", "schema_version" : 7}') == 7
    assert version_of(b'{"schema_version":7}') == 7
    assert version_of(b'{"schema_version":"7","shard":"ledger-0"}') is None
    assert version_of(b'{"schema_version":') is None
    assert version_of(b"[]") is None
    assert version_of(b"{") is None


@pytest.mark.usefixtures("step_0")
@given(
    st.binary(max_size=40) | st.just(b'{"schema_version":0}') | st.just(b'{"schema_version":"0"}')
)
def test_what_is_no_entry_is_misformed_whatever_it_is(body: bytes) -> None:
    with pytest.raises(Misformed):
        read(body)


def test_who_meets_a_newer_version_is_told_to_upgrade() -> None:
    error = OfANewerVersion(9)

    assert str(error) == f"schema version 9, and this program knows {SCHEMA_VERSION}"
    assert "Upgrade this program" in (OfANewerVersion.__doc__ or "")
