"""A partner's file is read whole, or every fault in it is told with what to do."""

from importlib.resources import files

import pytest

from adapters.edifact.findings import Rule
from adapters.edifact.meaning.findings import ProfileRule
from adapters.edifact.partners import Function, Identity, Partner, Spot, When, partner_from
from tests.rows import each_row

EXAMPLES = files("adapters.edifact.partners").joinpath("examples")
NO_HOUR = "[sends.COARRI]\nhappened_at = []"
NAMES = ("ship_agent", "terminal", "barge_operator")


def example(name: str) -> str:
    return EXAMPLES.joinpath(f"{name}.toml").read_text(encoding="utf-8")


def partner(name: str, *changes: tuple[str, str]) -> Partner:
    text = example(name)
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    read = partner_from(text, name)
    assert isinstance(read, Partner), read
    return read


@pytest.mark.parametrize("name", NAMES)
def test_each_example_can_be_read_and_says_what_is_unverified(name: str) -> None:
    read = partner(name)

    assert read.name == name
    assert read.unverified
    assert read.sends


def test_what_a_file_says_is_what_the_partner_is() -> None:
    agent = partner("ship_agent")

    assert agent.identities == (Identity("SHIPAGENT", "ZZ"),)
    assert agent.ours == (Identity("RELEASEBUS", "ZZ"),)
    assert (agent.contrl, agent.answer_minutes, agent.takes_tests) == (When.ASKED, 60, False)
    assert agent.lenient == {Rule.COUNT_DIFFERS}
    assert agent.lenient_profile == {ProfileRule.EARLIER_REFERENCE_MISSING}
    assert agent.sends["COREOR"].functions["5"] is Function.REPLACE


def test_names_are_known_in_their_one_spelling() -> None:
    agent = partner("ship_agent", ("NXT20000000001", "nxt20000000001"), ('"BEANR"', '"be anr"'))

    assert agent.organisation == "NXT20000000001"
    assert agent.ports == ("BEANR", "BEZEE")


def test_what_a_file_does_not_say_of_a_message_is_as_it_usually_is() -> None:
    coarri = partner("terminal").sends["COARRI"]

    assert coarri.documents["44"] == "discharge"
    assert coarri.terminal[0] == Spot("LOC", "11", "3223")


def test_a_partner_is_known_by_its_identities() -> None:
    assert partner("ship_agent").is_called("SHIPAGENT", "ZZ")
    assert not partner("ship_agent").is_called("SHIPAGENT", "14")
    assert partner("terminal").is_called("QUAY1700", "14"), "named without one it may be any"


@each_row(
    ("before", "after", "field", "remedy"),
    [
        ('organisation = "NXT20000000001"', "", "organisation", "Write it"),
        ('"NXT20000000001"', '"123456789"', "organisation", "NxtPort id"),
        ('["SHIPAGENT:ZZ"]', "[]", "identities", "Name at least one"),
        ('["SHIPAGENT:ZZ"]', '["A:B:C"]', "identities", "CODE:QUALIFIER"),
        ('["SHIPAGENT:ZZ"]', '["RELEASEBUS:ZZ"]', "ours", "not the partner"),
        ('["SHIPAGENT:ZZ"]', '["AGENT:ZÉ"]\nlevel = "UNOB"', "identities", "level"),
        ('["RELEASEBUS:ZZ"]', '["bus"]\nlevel = "UNOA"', "ours", "level"),
        ('["BEANR", "BEZEE"]', '["BEANT"]', "ports", "BEANR"),
        ("Europe/Brussels", "Europe/Antwerp", "time_zone", "Europe/Brussels"),
        ('language = "en"', 'language = "es"', "language", "en, nl, fr, de"),
        ('contrl = "asked"', 'contrl = "sometimes"', "contrl", "asked"),
        ("answer_minutes = 60", "answer_minutes = 0", "answer_minutes", "example"),
        ("count_differs", "counts_differ", "lenient", "count_differs"),
        ('"D95B", "D00B"', '"D99Z"', "sends.COREOR.directories", "D00B"),
        ('"count_differs", ', '"function_not_agreed", ', "lenient", "count_differs"),
        ('74"', '7444"', "gets.IFTSTA", "three characters"),
        ("discharged", "discharge", "gets.IFTSTA.statuses", "gated_out"),
        ("[sends.COREOR]\n", "[sends.COREOR]\nterminal = ['LOC']\n", "sends.COREOR", "LOC+11"),
        ("[sends.COREOR]\n", "[sends.COREOR]\ndocuments = {1='load'}\n", "sends", "release"),
        ("[sends.COREOR]", "[sends.CODECO]", "sends.CODECO.functions", "original"),
        ("[sends.COREOR]\n", "[sends.COREOR]\nmeans = {1='ship'}\n", "sends.COREOR", "barge"),
        ("aperak =", "terminals = {A = '/'}\naperak =", "terminals", "quay"),
        ('9 = "original"', '9 = "new"', "sends.COREOR.functions", "original"),
        ("[sends.COREOR]", "[sends.INVOIC]", "sends.INVOIC", "COREOR"),
        ("[gets.CODECO]", "[gets.BAPLIE]", "gets.BAPLIE", "CODECO"),
        ("[gets.CODECO]", "[gets.CODECO]\nwithdrawn_when = ['blocked']", "gets.CODECO", "COREOR"),
        ("[gets.CODECO]", "[gets.COREOR]\nwithdrawn_when = ['late']", "gets.COREOR", "expired"),
        ("answer_minutes = 60", 'level = "UNOK"', "level", 'syntax = "4"'),
        (
            "[sends.COREOR]\n",
            "[sends.COREOR]\ndocuments = {}\n",
            "sends.COREOR.documents",
            "usual",
        ),
        ("[sends.COREOR]\n", "[sends.COREOR]\nbills = []\n", "sends.COREOR.bills", "usual"),
        ("[sends.COREOR]", f"{NO_HOUR}\n[sends.COREOR]", "sends.COARRI.happened_at", "usual"),
        ("answer_minutes", "answer_hours", "answer_hours", "spell"),
        ('contrl = "asked"', "contrl = ", "file", "Mend"),
    ],
)
def test_what_is_wrong_is_told_with_its_field_and_what_to_do(
    before: str, after: str, field: str, remedy: str
) -> None:
    assert before in example("ship_agent")
    text = example("ship_agent").replace(before, after)

    faults = partner_from(text, "ship_agent")

    assert isinstance(faults, tuple)
    told = next(each for each in faults if each.field.startswith(field))
    assert remedy.lower() in told.remedy.lower()
    assert told.wrong


def test_a_level_of_syntax_4_is_right_in_syntax_4() -> None:
    read = partner("ship_agent", ("answer_minutes = 60", 'level = "UNOY"\nsyntax = "4"'))

    assert (read.level, read.syntax) == ("UNOY", "4")


def test_several_faults_are_told_at_once() -> None:
    text = example("ship_agent").replace('"asked"', '"now"').replace("Europe/Brussels", "Moon")
    faults = partner_from(text, "Ship Agent")

    assert isinstance(faults, tuple)
    assert {each.field for each in faults} == {"file", "contrl", "time_zone"}
