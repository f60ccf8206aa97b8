"""Everything that is assumed of CPu stands in the README, too, with its source."""

import re
from pathlib import Path

import adapters.antwerp_cpu
from adapters.antwerp_cpu.codes import LIGHTS, MEANS, error_code
from adapters.antwerp_cpu.profile import UNVERIFIED
from adapters.antwerp_cpu.render import RENDERED
from adapters.antwerp_cpu.wire_out import BODIES
from adapters.antwerp_cpu.wire_words import Event
from adapters.contract import NOTHING, Note
from adapters.registry import systems
from schemas.lights import LightName
from schemas.messages import Modality
from schemas.reasons import Reason
from tests.adapters.story import PARTIES, facts_by_type
from tests.rows import each_row

README = (Path(adapters.antwerp_cpu.__file__).parent / "README.md").read_text(encoding="utf-8")


@each_row("note", UNVERIFIED, ids=lambda note: str(note.code))
def test_what_is_assumed_stands_in_the_readme_with_its_source(note: Note) -> None:
    assert f"| `{note.code}` | {note.says} | {note.source} |" in README
    assert "cpu.md §" in note.source


def test_every_document_says_that_its_profile_is_unverified() -> None:
    system = systems()["antwerp_cpu"]
    released = facts_by_type()["released"]
    (document, *_) = system.functions.render(released, PARTIES, NOTHING).documents

    assert dict(document.headers)["rb_profile"] == f"{system.profile.name} unverified"


def test_every_refusal_has_a_code() -> None:
    assert error_code(Reason.TRANSFER_ALREADY_ACCEPTED) == "CPU-004"
    assert error_code(Reason.NOT_THE_AGENT) == "NOT_THE_AGENT"
    assert all(error_code(reason) for reason in Reason)


def test_no_light_but_the_combined_is_left_out_and_no_modality() -> None:
    assert set(LightName) - set(LIGHTS) == {LightName.COMBINED}
    assert set(MEANS) == set(Modality)


def test_the_readme_tells_of_every_event_who_gets_it_or_why_nobody_does() -> None:
    out = README.partition("## Out: notifications")[2].partition("\n## ")[0]
    rows = [line for line in out.splitlines() if line.startswith("| `")]
    in_the_table = {name for row in rows for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    never = set(re.findall(r"`(\w+)`", out.partition("Never sent:")[2].partition("No event")[0]))

    assert in_the_table == {event.value for event in BODIES}
    assert never == {event.value for event in Event} - in_the_table


def test_the_readmes_table_names_the_facts_that_are_told_and_notes_that_there_are() -> None:
    out = README.partition("## Out: notifications")[2].partition("\n## ")[0]
    rows = [line.split("|") for line in out.splitlines() if line.startswith("| `")]
    named = {word for row in rows for word in re.findall(r"[a-z_]+", row[2])}
    by_lights = {
        "discharged", "gated_in", "terminal_unblocked", "customs_status_set",
    }  # fmt: skip
    notes = {code for row in rows for code in re.findall(r"`([a-z_]+)`", row[4])}

    assert RENDERED - by_lights <= named
    assert notes <= {note.code for note in UNVERIFIED}
