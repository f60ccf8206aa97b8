"""A file in a folder that is another one by now: neither of the two is lost."""

import errno
import os
from pathlib import Path

import pytest

from tests.consumers.gateway.test_folders import Posted, brought, looked, names, posted, watching

__all__ = ["posted"]


async def test_what_is_written_over_a_file_that_was_sent_and_not_moved_is_sent_too(
    tmp_path: Path, posted: Posted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kept(_file: Path, _target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", kept)
        brought(tmp_path, "quay/in/a.edi")
        await looked(inward)
        assert len(posted.records) == 1
        file.write_bytes(b"UNB+2")
    await looked(inward)

    assert [each.value for each in posted.records] == [b"UNB", b"UNB+2"]
    assert names(file.parent) == []
    assert (tmp_path / "quay" / "done" / "a.edi").read_bytes() == b"UNB+2"


async def test_another_file_of_the_same_name_and_time_is_another_delivery(
    tmp_path: Path, posted: Posted
) -> None:
    """Some clients keep the times of what they bring, to the second."""
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    for _ in range(2):
        brought(tmp_path, "quay/in/a.edi")
        os.utime(file, ns=(1, 1))
        await looked(inward, 2)
    first, second = posted.records

    assert dict(first.headers)["ce_id"] != dict(second.headers)["ce_id"]


async def test_a_file_that_was_put_in_anothers_place_waits_for_a_look_of_its_own(
    tmp_path: Path, posted: Posted
) -> None:
    inward, file = watching(tmp_path), tmp_path / "quay" / "in" / "a.edi"
    for name, data in (("a.edi", b"UNB+1"), ("a.edi.part", b"UNB+2")):
        (file.parent / name).write_bytes(data)
        os.utime(file.parent / name, ns=(1, 1))
    await inward.look()
    (file.parent / "a.edi.part").replace(file)
    await inward.look()
    assert posted.records == []

    await inward.look()

    assert [each.value for each in posted.records] == [b"UNB+2"]
