"""A second opinion on tokens: pydifact reads the same values, where it can read a file at all."""

import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser

from adapters.edifact.directory import directory
from adapters.edifact.read import segments_in
from adapters.edifact.write import Envelope, written
from tests.adapters.edifact import test_edifact_samples as samples
from tests.adapters.edifact.made import Maker
from tests.adapters.edifact.test_write import AT, MESSAGES
from tests.rows import each_row

CORPUS = Path(__file__).parent / "corpus"
NOT_READ_BY_IT = {
    # What pydifact cannot read, or reads otherwise on purpose, and why.
    "byte_order_mark": "it takes the mark for part of the first tag",
    "una_of_seven": "it takes nine characters for the UNA, whatever they are",
    "una_of_eight": "the same",
    "una_that_ends_with_a_line_break": "it believes that a line break ends segments",
    "una_with_a_letter": "it separates by the letter",
    "una_not_kept": "it believes the UNA",
    "separators_of_unob": "it knows no information separators",
    "semicolon_behind_each_segment": "the semicolon becomes part of the tag",
    "wrapped_at_fifteen": "line breaks become part of what they stand in",
    "cut_inside_a_segment": "it leaves out what no terminator ends",
    "right_two_interchanges": "a line break before a second header",
    "no_unz_and_another_una": "it takes the second UNA for data",
    "repeated_element_of_syntax_4": "it knows no repetition",
    "explicit_nesting": "the nesting becomes part of the tag",
    "broken_utf8_in_unoy": "it is given characters, and there are none",
}
SPOKEN = {"any_script_in_unoy": "utf-8", "cyrillic_in_unoe": "iso8859-5"}


def by_pydifact(data: bytes, encoding: str = "latin-1") -> list[list[list[str]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        segments = list(Parser().parse(data.decode(encoding)))
    return [
        flat([[each] if isinstance(each, str) else list(each) for each in segment.elements])
        for segment in segments
        if segment.tag != "UNA"
    ]


def by_us(data: bytes) -> list[list[list[str]]]:
    return [
        flat([list(element[0]) for element in segment.elements]) for segment in segments_in([data])
    ]


def flat(elements: list[list[str]]) -> list[list[str]]:
    """Elements without what stands empty at their end: pydifact drops it."""
    short = [trimmed(each) for each in elements]
    return trimmed(short)


def trimmed(parts: list) -> list:  # type: ignore[type-arg]  # of strings, or of lists of them
    while parts and not parts[-1]:
        parts = parts[:-1]
    return parts


def test_the_corpus_reads_the_same() -> None:
    for file in sorted(CORPUS.glob("*.edi")):
        if file.stem in NOT_READ_BY_IT:
            continue
        data = file.read_bytes()
        assert by_us(data) == by_pydifact(data, SPOKEN.get(file.stem, "latin-1")), file.stem


SAMPLES_NOT_READ_BY_IT = {
    "staedi_INVOIC_wrapped_una": "a line break inside becomes part of the tag, and it ends there",
}


@samples.pytestmark
def test_every_real_interchange_that_it_can_read_reads_the_same() -> None:
    assert samples.files()
    for file in samples.files():
        data = file.read_bytes()
        if file.stem in SAMPLES_NOT_READ_BY_IT:
            with pytest.raises(EDISyntaxError):
                by_pydifact(data)
        else:
            assert by_us(data) == by_pydifact(data), file.stem


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32))
def test_what_we_write_it_reads_as_we_do(seed: int) -> None:
    name, message = MESSAGES[seed % len(MESSAGES)]
    envelope = Envelope("UNOA", "3", ("A",), ("B",), AT, "1")
    data = written(envelope, [Maker(directory(name), seed).draft(message)])

    assert by_us(data) == by_pydifact(data)


@each_row("name", NOT_READ_BY_IT)
def test_what_is_left_out_is_there(name: str) -> None:
    assert (CORPUS / f"{name}.edi").exists()
