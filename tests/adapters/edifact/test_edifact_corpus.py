"""The project's own interchanges, a file for each deviation seen in traffic, and what is found.

Expected is: rule, tag, data element, segment in the interchange/in the message:element:component,
what is expected, what is found.
"""

from pathlib import Path

import pytest

from adapters.edifact.items import Message
from adapters.edifact.read import read
from tests.adapters.edifact.told import told_in
from tests.rows import each_row

CORPUS = Path(__file__).parent / "corpus"

FOUND: dict[str, list[str]] = {
    "accents_in_unob": [
        "character_not_in_level FTX 4440 11/10:4:1 UNOB U+00F6",
    ],
    "accents_in_unoc": [],
    "any_script_in_unoy": [],
    "broken_utf8_in_unoy": [
        "character_not_in_level FTX 4440 11/10:4:1 UNOY byte F6",
    ],
    "byte_order_mark": [
        "byte_order_mark UNB 1/0:0:0",
    ],
    "cut_inside_a_segment": [
        "cut_off CNT 12/11:0:0",
        "component_missing CNT 6066 12/11:1:2",
        "trailer_missing UNT 2/1:0:0",
        "trailer_missing UNZ 1/0:0:0",
    ],
    "cyrillic_in_unoe": [],
    "decimal_comma_advised": [],
    "decimal_comma_without_una": [
        "decimal_mark_not_as_advised MEA 6314 9/8:3:2 . ,",
    ],
    "digit_missing": [
        "digit_missing MEA 6314 9/8:3:2",
    ],
    "directory_of_tomorrow": [
        "directory_not_there UNH 0054 2/1:2:3",
    ],
    "dtm_qualifier_of_no_list": [],
    "empty_group": [
        "nothing_inside UNG 2/0:0:0",
    ],
    "empty_interchange": [
        "nothing_inside UNB 1/0:0:0",
    ],
    "explicit_nesting": [
        "explicit_nesting RFF 6/5:0:0",
    ],
    "free_text_too_long": [
        "too_long FTX 4440 11/10:4:1 an..70 71",
    ],
    "group_and_message_mixed": [
        "groups_and_messages_mixed UNH 16/0:0:0",
    ],
    "group_count_and_reference": [
        "count_differs UNE 0060 15/0:1:0 1 2",
        "reference_differs UNE 0048 15/0:2:0 G1 G2",
    ],
    "group_with_two_types": [
        "types_mixed_in_group UNH 0065 15/0:2:0 CODECO",
    ],
    "group_without_end": [
        "trailer_missing UNE 2/0:0:0",
    ],
    "letters_in_a_number": [
        "wrong_kind_of_character MEA 6314 9/8:3:2 n..18",
    ],
    "level_of_another_body": [
        "level_not_supported UNB 0001 1/0:1:1 IATB",
    ],
    "lower_case_in_unoa": [
        "character_not_in_level FTX 4440 11/10:4:1 UNOA U+0065",
    ],
    "lower_case_in_unob": [],
    "message_without_end": [
        "trailer_missing UNT 2/1:0:0",
    ],
    "no_unb": [
        "header_missing UNB 0/0:0:0",
    ],
    "no_unz": [
        "trailer_missing UNZ 1/0:0:0",
    ],
    "one_bad_among_three": [
        "segment_not_here ZZZ 16/3:0:0",
        "segment_missing NAD 15/2:0:0",
        "element_missing EQD 8053 17/4:1:0",
        "wrong_kind_of_character CNT 6066 18/5:1:2 n..18",
    ],
    "order_of_d00b_in_d95b": [
        "segment_not_here DTM 4/3:0:0",
    ],
    "no_unz_and_another_una": [
        "trailer_missing UNZ 1/0:0:0",
    ],
    "other_separators": [
        "character_not_in_level FTX 4440 11/10:4:1 UNOA U+007E",
    ],
    "released_characters": [],
    "repeated_element_of_syntax_4": [
        "element_repeated NAD 3035 4/3:1:0 1 2",
    ],
    "right": [],
    "right_a_line_each": [],
    "right_in_a_group": [],
    "right_two_interchanges": [],
    "right_zero_padded_count": [],
    "seal_too_long": [
        "too_long SEL 9308 10/9:1:0 an..10 11",
    ],
    "segment_between_messages": [
        "outside_message FTX 14/0:0:0",
    ],
    "separators_of_unob": [],
    "test_indicator": [],
    "test_indicator_of_no_list": [
        "not_in_code_list UNB 0035 1/0:11:0 1",
    ],
    "too_many_of_each": [
        "group_repeated NAD 13/12:0:0 9 10",
        "segment_repeated RFF 24/23:0:0 9 10",
        "too_many_components CNT C270 25/24:1:4 3 4",
    ],
    "una_not_kept": [
        "separators_not_as_advised UNB 1/0:0:0",
    ],
    "una_of_eight": [
        "una_cut_short UNA 1/0:0:0",
    ],
    "una_of_seven": [
        "una_cut_short UNA 1/0:0:0",
    ],
    "una_decimal_is_none": [
        "una_decimal_unusable UNA 1/0:0:0",
    ],
    "una_that_ends_with_a_line_break": [
        "una_mark_unusable UNA 1/0:0:0",
    ],
    "una_with_a_letter": [
        "una_mark_unusable UNA 1/0:0:0",
    ],
    "unb_date_of_eight": [
        "too_long UNB 0017 1/0:4:1 n6 8",
    ],
    "unb_date_of_five": [
        "too_short UNB 0017 1/0:4:1 n6 5",
    ],
    "unb_moment_impossible": [
        "no_such_moment UNB 0017 1/0:4:1",
        "no_such_moment UNB 0019 1/0:4:2",
    ],
    "unb_again": [
        "outside_message UNB 14/0:0:0",
    ],
    "ung_between_messages": [
        "groups_and_messages_mixed UNG 14/0:0:0",
    ],
    "unh_lost": [
        "header_missing UNH 0062 14/0:0:0 2",
        "count_differs UNZ 0036 37/0:1:0 2 3",
    ],
    "unh_mistyped": [
        "header_missing UNH 14/1:0:0",
    ],
    "unh_reference_twice": [
        "reference_twice UNH 0062 14/1:1:0",
    ],
    "unt_counts_unb": [
        "count_differs UNT 0074 13/12:1:0 12 13",
    ],
    "unt_reference_behind_a_blank": [
        "reference_differs UNT 0062 13/12:2:0 1  1",
    ],
    "unt_reference_wrong": [
        "reference_differs UNT 0062 13/12:2:0 1 2",
    ],
    "unt_twice": [
        "outside_message UNT 14/0:0:0",
    ],
    "unt_without_unh": [
        "outside_message UNT 14/0:0:0",
    ],
    "unz_reference_differs": [
        "reference_differs UNZ 0020 14/0:2:0 REF1 REF9",
    ],
    "unz_thirty_for_one": [
        "count_differs UNZ 0036 14/0:1:0 1 30",
    ],
    "unz_three_for_two": [
        "count_differs UNZ 0036 26/0:1:0 2 3",
    ],
    "unz_between_messages": [
        "outside_message UNZ 14/0:0:0",
    ],
    "unz_that_fits_between_messages": [
        "outside_message UNZ 14/0:0:0",
    ],
    "version_of_tomorrow": [
        "version_not_supported UNB 0002 1/0:1:2 7",
    ],
}

ON_MANY_SEGMENTS = {
    "wrapped_at_fifteen": ("line_break_inside", 12),
    "semicolon_behind_each_segment": ("stray_characters", 14),
}
"""Where one deviation is found again and again: the rule, and on how many segments."""

EVERY_SIZE = (1, 2, 7, 64)


def interchange(name: str) -> bytes:
    return (CORPUS / f"{name}.edi").read_bytes()


def test_every_file_has_its_line() -> None:
    there = {file.stem for file in CORPUS.iterdir()}

    assert there == {*FOUND, *ON_MANY_SEGMENTS}


@each_row("name", FOUND)
def test_what_is_wrong_is_found_and_nothing_else(name: str) -> None:
    assert told_in([interchange(name)]) == FOUND[name]


@pytest.mark.parametrize("name", ON_MANY_SEGMENTS)
def test_a_deviation_of_the_whole_file_is_found_on_each_segment(name: str) -> None:
    rule, count = ON_MANY_SEGMENTS[name]
    found = told_in([interchange(name)])

    assert [each.split(" ")[0] for each in found] == [rule] * count


@pytest.mark.parametrize("size", EVERY_SIZE)
def test_it_does_not_matter_how_the_bytes_are_cut(size: int) -> None:
    for name in (*FOUND, *ON_MANY_SEGMENTS):
        whole = interchange(name)
        pieces = [whole[at : at + size] for at in range(0, len(whole), size)]

        assert list(read(pieces)) == list(read([whole])), name


def test_the_neighbours_of_a_bad_message_are_kept() -> None:
    items = read([interchange("one_bad_among_three")])
    messages = [item for item in items if isinstance(item, Message)]

    assert [(each.reference, not each.findings) for each in messages] == [
        ("1", True),
        ("2", False),
        ("3", True),
    ]
    assert [len(each.body) for each in messages] == [10, 4, 10]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("accents_in_unoc", "Möbel"),
        ("cyrillic_in_unoe", "Мебель"),
        ("any_script_in_unoy", "Möbel, мебель, 家具"),
        ("released_characters", "WHAT?  5+5:10 'QUOTED' ?' ??"),
        ("other_separators", "5+5:10 *'S~"),
        ("repeated_element_of_syntax_4", "A * B"),
        ("wrapped_at_fifteen", "GENERAL CARGO"),
    ],
)
def test_what_is_said_is_read_whatever_the_characters(name: str, says: str) -> None:
    message = next(item for item in read([interchange(name)]) if isinstance(item, Message))
    text = next(each for each in message.body if each.tag == "FTX")

    assert text.value(4) == says
