"""What must hold holds whatever an owner answers: the same searches, every yes or no drawn."""

from dataclasses import fields

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize

from ledger.law.policy import Policy
from tests.chance import examples
from tests.ledger.law.test_law_invariants import Port

pytestmark = pytest.mark.searches  # the same searches as test_law_invariants.py, a hundred times

ANSWERS = {
    one.name: st.booleans()
    for one in fields(Policy)
    if "assumed" in one.metadata and isinstance(one.default, bool)
}


class Otherwise(Port):
    """A port of the ledger whose owner has answered what the sources leave open."""

    @initialize(answers=st.fixed_dictionaries(ANSWERS))
    def an_owner_answers(self, answers: dict[str, bool]) -> None:
        self.scene = self.scene.under(**answers)


Otherwise.TestCase.settings = settings(max_examples=examples(120), stateful_step_count=40)
TestOtherwise = Otherwise.TestCase
