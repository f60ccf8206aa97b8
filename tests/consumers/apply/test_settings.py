"""What apply is told: enough to find it, and limits that let a member in trouble stay one."""

import os
import socket

from consumers.apply.loop import BACKOFF_SECONDS
from consumers.apply.settings import ApplySettings, this_process
from producers.relay import STOP_SECONDS


def test_an_operator_finds_the_process_that_holds_a_shard() -> None:
    assert this_process() == f"{socket.gethostname()}/{os.getpid()}"
    assert ApplySettings("kafka:9092", "sqlite://").owner == this_process()


def test_no_wait_of_ours_is_as_long_as_the_group_waits_for_a_poll() -> None:
    settings = ApplySettings("kafka:9092", "sqlite://")

    assert max(BACKOFF_SECONDS) * 1000 < settings.session_timeout_ms
    assert STOP_SECONDS * 1000 < settings.rebalance_timeout_ms < settings.max_poll_interval_ms
