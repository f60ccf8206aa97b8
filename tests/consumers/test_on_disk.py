"""A renamed file's name is on disk when the renaming returns, where the folder lets us say so."""

import os
from collections.abc import Callable
from errno import EIO
from pathlib import Path

import pytest

from consumers.gateway.folders import moved
from consumers.gateway.outward import written
from consumers.on_disk import CANNOT, renamed


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "in" / "a.edi"
    file.parent.mkdir()
    file.write_bytes(b"UNB")
    return file


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """What was written out, and what stood in its folder then."""
    seen: list[tuple[str, list[str]]] = []
    real = os.fsync

    def look(handle: int) -> None:
        place = Path(f"/proc/self/fd/{handle}").readlink()
        folder = place if place.is_dir() else place.parent
        seen.append((place.name, sorted(each.name for each in folder.iterdir())))
        real(handle)

    monkeypatch.setattr(os, "fsync", look)
    return seen


def test_the_folder_is_written_out_behind_the_renaming(
    tmp_path: Path, file: Path, synced: list[tuple[str, list[str]]]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    assert renamed(file, out / "b.edi") == out / "b.edi"

    assert synced == [("out", ["b.edi"])]
    assert (out / "b.edi").read_bytes() == b"UNB"


def test_all_who_bring_files_into_a_folder_do_it_so(
    tmp_path: Path, file: Path, synced: list[tuple[str, list[str]]]
) -> None:
    read, out = tmp_path / "read", tmp_path / "out"
    read.mkdir()
    moved(file, read, "a.edi")
    written(out, "b.edi", b"UNB")

    assert synced[0] == ("read", ["a.edi"])
    assert synced[-1] == ("out", ["b.edi"])


@pytest.mark.parametrize("number", sorted(CANNOT))
def test_a_folder_of_which_that_cannot_be_asked_gets_its_file_all_the_same(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "fsync", _failing(number))
    assert renamed(file, tmp_path / "b.edi").read_bytes() == b"UNB"


def test_a_disk_that_fails_is_told(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", _failing(EIO))
    with pytest.raises(OSError, match="Input/output"):
        renamed(file, tmp_path / "b.edi")


def _failing(number: int) -> Callable[[int], None]:
    def fail(_: int) -> None:
        raise OSError(number, os.strerror(number))

    return fail
