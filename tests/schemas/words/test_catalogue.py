"""The catalogue is whole: every reason, in every language, each in words of its own."""

import re
import string
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from itertools import combinations
from typing import Any

import pytest

from consumers.gate.answers import AtGate, Doubt
from ledger.law.policy import Policy
from schemas.air import AirMissing, AirStep
from schemas.facts import FACTS, Outcome, PickupEnd
from schemas.message_types import BY_TYPE
from schemas.messages import ContainerMessage, CustomsStatus, Modality, Resume
from schemas.notes import NoteState
from schemas.notices import UNREADABLE
from schemas.onboarding_facts import Progress
from schemas.override_messages import SettleDispute
from schemas.overrides import NotAgreed, Override
from schemas.reasons import Finding, Missing, Reason
from schemas.stay import ReleaseStatus
from schemas.steps import Step
from schemas.words import Language, Who, explained, phrase, remedy, table
from tests.rows import each_row

LONGEST = 140
# What is said of a container.
ASKING = (ContainerMessage, Resume, SettleDispute)
REASONS: dict[str, type[StrEnum]] = {
    "refusals": Reason,
    "missing": Missing,
    "air_missing": AirMissing,
    "findings": Finding,
    "pickup_ends": PickupEnd,
    "at_gate": AtGate,
    "doubts": Doubt,
    "onboarding_steps": Step,
    "four_eyes": NotAgreed,
}
# Told by intake of what it cannot read, by the gate whenever it cannot tell, and of a stay that
# needs more than its reason tells (ledger/book/why.py).
TAKEN_BY_CODE = {
    *("correct_message", "ring_desk"),
    *("pass_to_operator", "lift_hold", "end_scan", "show_papers"),
}
# cpu.md §4.5: the codes are this project's own; CPu's list is not public.
CODES = {f"CPU-{number:03}" for number in range(1, 13)}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of one table of the catalogue."""

    table: str
    key: str
    cells: dict[str, Any]

    @property
    def texts(self) -> dict[str, str]:
        return {each: self.cells[each] for each in Language if each in self.cells}

    def __str__(self) -> str:
        return f"{self.table}.{self.key}"


def rows() -> Iterator[Row]:
    """Every row of every table."""
    tables = [each for each in files("schemas.words").iterdir() if each.name.endswith(".toml")]
    for file in sorted(tables, key=lambda each: each.name):
        name = file.name.removesuffix(".toml")
        for key, cells in tomllib.loads(file.read_text(encoding="utf-8")).items():
            yield Row(name, key, cells)


ROWS = tuple(rows())
TABLES: dict[str, list[Row]] = {}
for row in ROWS:
    TABLES.setdefault(row.table, []).append(row)
# A test a table and not a row: the failure names every row that is wrong.
EACH_TABLE = pytest.mark.parametrize("table_rows", TABLES.values(), ids=TABLES)


def words_of(sentence: str) -> str:
    """The sentence as it sounds: without case and marks."""
    return " ".join(re.findall(r"\w+", sentence.lower()))


def placeholders(text: str) -> Counter[str]:
    """What a caller has to fill in, and the figures that the text quotes."""
    fields = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
    return Counter([*fields, *re.findall(r"\d+", text)])


@pytest.mark.parametrize(("name", "kind"), REASONS.items(), ids=REASONS.keys())
def test_a_table_has_every_reason_and_no_other_in_the_order_of_the_checks(
    name: str, kind: type[StrEnum]
) -> None:
    written = [row.key for row in ROWS if row.table == name]

    assert written == [member.value for member in kind], "a reason lacks its row, or has moved"


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("customs", set(CustomsStatus)),
        ("notes", set(NoteState)),
        ("modalities", set(Modality)),
        ("statuses", set(ReleaseStatus)),
        ("outcomes", {*Outcome, UNREADABLE}),
        ("asks", {each for each, of in BY_TYPE.items() if issubclass(of, ASKING)}),
        ("onboarding", set(Progress)),
        ("air_steps", set(AirStep)),
        ("overrides", set(Override)),
        ("weekdays", set("1234567")),
    ],
)
def test_every_value_that_people_see_has_words(name: str, keys: set[str]) -> None:
    assert {row.key for row in ROWS if row.table == name} == keys


def test_every_fact_has_a_sentence() -> None:
    written = {row.key for row in ROWS if row.table == "story"}
    told = {fact.__struct_config__.tag for fact in FACTS}

    # Customs are told by their status alone; the others are said in another's place.
    assert told - {"customs_status_set"} <= written
    others = {
        "sent_elsewhere",
        "request_rejected",
        "pickup_assigned_to_driver",
        "had_waited",
        "had_been_parked",
        "dispute_settled_by_terminal",
        "dispute_settled_by_customs",
        "dispute_settled_by_two_people",
        "somebody",
    }
    assert written - told == others


@EACH_TABLE
def test_every_row_has_a_text_in_every_language(table_rows: list[Row]) -> None:
    assert [str(row) for row in table_rows if set(row.texts) != set(Language)] == []
    empty_or_padded = [
        str(row)
        for row in table_rows
        for text in row.texts.values()
        if not text.strip() == text != ""
    ]
    assert empty_or_padded == []


@EACH_TABLE
def test_a_row_has_no_cell_but_those_of_its_table(table_rows: list[Row]) -> None:
    for row in table_rows:
        others = row.cells.keys() - set(Language)
        if row.table in REASONS:
            assert {"can_fix"} <= others <= {"can_fix", "code"}, row
            assert row.cells.get("code") in CODES | {None}, row
        else:
            assert others <= ({"message"} if row.table == "steps" else set()), row


@EACH_TABLE
def test_what_is_filled_in_is_the_same_in_every_language(table_rows: list[Row]) -> None:
    for row in table_rows:
        found = {language: placeholders(text) for language, text in row.texts.items()}
        assert all(each == found[Language.EN] for each in found.values()), (row, found)


@EACH_TABLE
def test_no_language_copies_another(table_rows: list[Row]) -> None:
    alike = [
        (str(row), one, other)
        for row in table_rows
        for one, other in combinations(row.texts.values(), 2)
        if words_of(one) == words_of(other)
    ]
    assert alike == []


@EACH_TABLE
def test_no_text_is_longer_than_a_person_reads_at_once(table_rows: list[Row]) -> None:
    texts = [text for row in table_rows for text in row.texts.values()]

    assert {text: len(text) for text in texts if len(text) > LONGEST} == {}


@pytest.mark.parametrize("name", REASONS)
def test_a_reason_is_a_sentence(name: str) -> None:
    texts = [text for row in TABLES[name] for text in row.texts.values()]

    assert [text for text in texts if not (text[0].isupper() and text.endswith("."))] == []


@EACH_TABLE
def test_french_sets_a_space_that_does_not_break_before_its_high_points(
    table_rows: list[Row],
) -> None:
    texts = [row.texts[Language.FR] for row in table_rows]

    assert [text for text in texts if re.search(r"(?<!\u00a0)[:;?!]", text)] == []


@each_row("name", REASONS)
@each_row("language", Language)
def test_no_two_reasons_of_a_kind_say_the_same(name: str, language: Language) -> None:
    said = Counter(each.sentence(language) for each in table(name).values())

    assert [sentence for sentence, count in said.items() if count > 1] == []


def test_every_step_and_everybody_is_needed_and_known() -> None:
    named = [row.cells["can_fix"] for row in ROWS if row.table in REASONS]
    steps = {row.key for row in ROWS if row.table == "steps"}
    roles = {row.key for row in ROWS if row.table == "roles"}

    taken = {step for remedies in named for step in remedies.values()}
    assert taken | TAKEN_BY_CODE == steps
    assert {who for remedies in named for who in remedies} | {Who.NOBODY.value} == roles
    assert roles == set(Who)


def test_a_message_that_puts_it_right_is_one_that_can_be_published() -> None:
    published = {row.cells["message"] for row in ROWS if "message" in row.cells}

    assert published <= BY_TYPE.keys()


def test_the_figures_that_a_sentence_quotes_are_those_of_the_law() -> None:
    law = Policy()

    quoted = placeholders(explained(Reason.TIME_OUT_OF_RANGE).sentence(Language.FR))

    past, future = law.request_past.days, int(law.request_future.total_seconds() // 60)
    assert quoted == Counter([str(past), str(future)])


def test_a_remedy_is_said_as_each_language_writes_it() -> None:
    words = explained(Missing.TRANSFER_PENDING)

    assert words.who_can_fix() == (
        "the receiver of the transfer: accept or decline the right; "
        "the holder of the right: take the transfer back"
    )
    assert words.who_can_fix(Language.FR).startswith("le bénéficiaire de la cession\u00a0: ")
    assert "\u00a0; le détenteur" in words.who_can_fix(Language.FR)
    assert remedy(Who.SHIP_AGENT, "unblock").message == "releasebus.unblock"


def test_what_nobody_can_fix_says_so() -> None:
    words = explained(Reason.ALREADY_GATED_OUT)

    assert words.remedies == ()
    assert [words.who_can_fix(each) for each in Language] == [
        *("nobody", "niemand", "personne", "keiner")
    ]


def test_a_phrase_is_there_in_every_language() -> None:
    assert {phrase("may_leave", each) for each in Language} == {
        *("It may leave.", "De container mag vertrekken.", "Il peut sortir.", "Er darf ausfahren.")
    }
