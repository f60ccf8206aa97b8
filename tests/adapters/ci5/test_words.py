"""The assumed profile's words, and AP+'s."""

import pytest

from adapters.ci5 import words
from adapters.exit_steps.steps import Step
from schemas.messages import Modality
from schemas.ports import PORTS


def test_every_step_has_a_word_and_every_alias_a_step() -> None:
    assert {words.step_of(each) for each in words.ALIASES} < set(Step)
    assert {words.step_of(each) for each in ("vu-a-quai", "bon-a-delivrer", "bon-de-douane",
        "nomination-transporteur", "autorisation-de-sortie", "sortie")} == set(Step)  # fmt: skip


@pytest.mark.parametrize("modality", [Modality.TRUCK, Modality.BARGE, Modality.RAIL])
def test_a_mode_leads_back(modality: Modality) -> None:
    word = words.word_of(modality)

    assert word is not None
    assert words.MODES[word] is modality


def test_its_ports_are_those_that_name_it_overseas_too() -> None:
    assert frozenset(port.locode for port in PORTS.values() if port.system == "ci5") == words.PORTS
    assert {"FRDKK", "MQFDF", "GFDDC"} < words.PORTS
