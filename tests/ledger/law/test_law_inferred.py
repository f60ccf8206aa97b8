"""Nothing that cpu.md infers is missing: each statement has its setting or its reason."""

from collections import Counter
from dataclasses import fields

import pytest
from pydantic import ValidationError

from ledger.law.policy import Policy
from schemas import facts as f
from schemas import messages as m
from tests.ledger.law import inferences, inferred, system_table
from tests.ledger.law.cells import cells
from tests.ledger.law.inferences import FIXED, STATEMENTS, Fixed, Statement
from tests.ledger.law.states import STATES
from tests.ledger.law.table import TABLE
from tests.ledger.law.world import AGENT, FORWARDER, HAULIER, party, release, say
from tests.rows import each_row

ASSUMED = {one.name for one in fields(Policy) if "assumed" in one.metadata}
FIXED_NAMES = {fixed.name for fixed in FIXED}
# What is inferred in no section of cpu.md §1 to §7, but in its §7 or §9, or chosen here.
BESIDE_THE_MARKS = {
    "request_overdue",
    "registration_overdue",
    "wallet_before_receiving",
    "transport_binds_pickup",
    "previous_quay_confirms_within",
    "evidence_settles_disputes",
    "reports_carry_over",
    "customs_by_bill",
    "red_customs_hold_the_box",
    "nominee_is_first_party",
    "old_quay_speaks_for_itself",
}


def test_every_mark_of_the_document_has_its_statement() -> None:
    assert Counter(statement.section for statement in STATEMENTS) == inferences.MARKS
    assert len({(one.section, one.says) for one in STATEMENTS}) == len(STATEMENTS)


@each_row("statement", STATEMENTS, ids=lambda one: f"{one.section} {one.says}")
def test_a_statement_rests_on_the_law_or_says_whose_matter_it_is(statement: Statement) -> None:
    if statement.rests_on:
        assert not statement.elsewhere
        assert set(statement.rests_on) <= ASSUMED | FIXED_NAMES
    else:
        assert statement.elsewhere
        assert (inferred.ROOT / statement.at).exists()
        notes = (inferred.ROOT / inferred.PROFILE).read_text(encoding="utf-8")
        assert not statement.note or f'Note(\n        "{statement.note}",' in notes


def test_every_setting_and_everything_fixed_is_of_a_statement_or_says_it_is_beside_them() -> None:
    named = {name for statement in STATEMENTS for name in statement.rests_on}

    assert named.isdisjoint(BESIDE_THE_MARKS)
    assert named | BESIDE_THE_MARKS == ASSUMED | FIXED_NAMES


@each_row("fixed", FIXED, ids=lambda one: one.name)
def test_what_is_fixed_has_its_rows_or_a_test_and_the_word_of_the_design_where_it_says_so(
    fixed: Fixed,
) -> None:
    of = "DESIGN" if fixed.design else "INFERRED"
    every = (*cells(TABLE), *cells(system_table.TABLE))
    sources = {cell.source for cell in every if cell.source.endswith(f" {fixed.name}")}

    assert sources == (set() if fixed.shown_by else {f"{of} {fixed.name}"})
    if fixed.shown_by:
        module, _, test = fixed.shown_by.partition("::")
        assert f"def {test}(" in (inferred.ROOT / module).read_text(encoding="utf-8")


def test_every_row_that_names_something_names_a_setting_or_what_is_fixed() -> None:
    named = set(inferred.rows_by_name())

    assert named <= ASSUMED | FIXED_NAMES
    assert "INFERRED" not in {cell.source for cell in cells(TABLE)}


def test_the_document_of_what_is_inferred_is_current() -> None:
    written = inferred.DOCUMENT.read_text(encoding="utf-8")

    assert written == inferred.document(), "write it: python -m tests.ledger.law.inferred"


# --- what is fixed and has no row ---------------------------------------------------------------


@pytest.mark.parametrize(("asked", "told"), [(m.Revoke, f.ChainRevoked), (m.Delete, f.Deleted)])
def test_everybody_is_told_who_was_in_the_chain(
    asked: type[m.Revoke | m.Delete], told: type[f.ChainRevoked | f.Deleted]
) -> None:
    for state, parties in {"passing": (FORWARDER, HAULIER), "offered": (FORWARDER,)}.items():
        fact = STATES[state].when(AGENT, say(asked)).answers[0].fact

        assert isinstance(fact, told)
        assert fact.parties == parties


@pytest.mark.parametrize(
    "missing", ["release_identification", "bills_of_lading", "terminal", "container", "port"]
)
def test_a_release_names_its_papers(missing: str) -> None:
    said = release().model_dump(exclude_unset=True)
    del said[missing]

    with pytest.raises(ValidationError, match=missing):
        m.Release(**said)


@pytest.mark.parametrize(
    ("sender", "message"),
    [
        (AGENT, say(m.Transfer, release_to=party(FORWARDER))),
        (AGENT, say(m.Block)),
        (AGENT, say(m.Update, stay_number="V9")),
        (HAULIER, say(m.Accept)),
        (FORWARDER, say(m.Transfer, release_to=party(HAULIER))),
    ],
    ids=lambda one: getattr(one, "TYPE", one),
)
def test_nothing_but_an_accept_makes_a_holder(sender: str, message: m.ContainerMessage) -> None:
    offered = STATES["offered"]

    assert offered.when(sender, message).scene.stay.accepted_holder is None
    assert offered.when(FORWARDER, say(m.Accept)).scene.stay.accepted_holder == FORWARDER
