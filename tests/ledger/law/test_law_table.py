"""The law is the table: every action in every state, with its source."""

from dataclasses import fields
from datetime import timedelta

import pytest

from ledger.law.policy import Policy
from tests.ledger.law.actions import ACTORS, DEEDS, action
from tests.ledger.law.cells import Cell, cells, rows
from tests.ledger.law.inferences import FIXED
from tests.ledger.law.states import STATES
from tests.ledger.law.table import SOURCES, TABLE
from tests.rows import each_row

CELLS = tuple(cells(TABLE))
SETTINGS = {setting.name for setting in fields(Policy)}
# What an owner may say of a setting that is no yes or no.
OTHERWISE = {"late_reports": timedelta(0), "previous_quay_confirms_within": timedelta(0)}
# Settings that decided what the state holds already: test_policy.py tries them on the way there.
AT_ANOTHER_TIME = {"previous_quay_confirms_within"}


ROWS = rows(CELLS)
# A test a row and not a cell: the failure shows every cell of the row that differs.
EACH_ROW = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)


@EACH_ROW
def test_the_law_answers_as_the_table_says(row: list[Cell]) -> None:
    heard = {cell.state: action(cell.action)(STATES[cell.state]) for cell in row}

    answers = {state: " + ".join(each.words) or "-" for state, each in heard.items()}
    assert answers == {cell.state: cell.answer for cell in row}


def test_no_cell_is_missing_or_given_twice() -> None:
    actions = {cell.action for cell in CELLS}
    product = sorted((action, state) for action in actions for state in STATES)

    assert sorted((cell.action, cell.state) for cell in CELLS) == product


def test_everything_that_can_be_done_and_everybody_who_can_try_is_in_the_table() -> None:
    who, deeds = zip(*(cell.action.split() for cell in CELLS), strict=True)

    assert {*ACTORS, "time"} == set(who)
    assert {*DEEDS, "passes_the_pickup", "passes_the_expiry"} == set(deeds)


def test_every_cell_names_its_source_and_what_is_inferred_its_setting_or_its_reason() -> None:
    assumed = {f"INFERRED {one.name}" for one in fields(Policy) if "assumed" in one.metadata}
    fixed = {f"{'DESIGN' if one.design else 'INFERRED'} {one.name}" for one in FIXED}

    assert {cell.source for cell in CELLS} <= SOURCES | assumed | fixed


@each_row(
    "cell",
    [cell for cell in CELLS if cell.source.removeprefix("INFERRED ") in SETTINGS],
    ids=lambda cell: f"{cell.action}, {cell.state}",
)
def test_what_is_inferred_changes_with_its_setting(cell: Cell) -> None:
    setting = cell.source.removeprefix("INFERRED ")
    scene = STATES[cell.state]
    as_it_is = getattr(scene.policy, setting)

    other = scene.under(**{setting: OTHERWISE.get(setting, not as_it_is)})

    heard = action(cell.action)(other)
    differs = (" + ".join(heard.words) or "-") != cell.answer
    assert differs is (setting not in AT_ANOTHER_TIME)


@EACH_ROW
def test_a_message_gets_one_outcome_whatever_the_state(row: list[Cell]) -> None:
    for cell in row:
        heard = action(cell.action)(STATES[cell.state])

        by_time = cell.action.startswith("time")
        assert len(heard.first_outcomes) == (0 if by_time else 1), cell
        assert by_time or heard.answers[0].outcome is not None, cell


@EACH_ROW
def test_a_refusal_changes_nothing(row: list[Cell]) -> None:
    for cell in row:
        if cell.answer.startswith("no:"):
            before = STATES[cell.state]
            heard = action(cell.action)(before)

            assert heard.scene.file == before.file, cell
            assert all(not given.light_changes for given in heard.answers), cell
