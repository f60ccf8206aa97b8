"""Who reads a topic for itself sees what is committed, from the start, and keeps its own place."""

from producers.committed import committed_reader


async def test_a_reader_is_of_no_group_and_sees_nothing_that_was_not_committed() -> None:
    reader = committed_reader("nowhere:9", fetch_max_wait_ms=7)

    assert reader._group_id is None
    assert reader._isolation_level == "read_committed"
    assert reader._auto_offset_reset == "earliest"
    assert reader._fetch_max_wait_ms == 7
    assert not reader._enable_auto_commit
    await reader.stop()
