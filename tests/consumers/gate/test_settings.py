"""Which topic a gate reads."""

import pytest

from consumers.gate.settings import NoSuchGate
from tests.consumers.gate.examples import settings


@pytest.mark.parametrize("terminal", ["1742", "K1742", "kaai 1742", "01742"])
def test_a_gate_reads_its_terminals_topic_however_the_terminal_is_spelt(terminal: str) -> None:
    gate = settings(port="be anr", terminal=terminal, namespace="test.")

    assert gate.topic == "test.terminal.beanr-1742.pickup-rights.v1"


@pytest.mark.parametrize(("port", "terminal"), [("", "1742"), ("BEANR", ""), ("BEANR", "\u00e9")])
def test_a_gate_of_nowhere_is_refused(port: str, terminal: str) -> None:
    with pytest.raises(NoSuchGate, match="terminal"):
        _ = settings(port=port, terminal=terminal).topic
