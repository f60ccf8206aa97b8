"""What may be wrong with an interchange: each rule, where it is broken, and by what."""

from enum import StrEnum
from typing import Final

from msgspec import Struct


class Layer(StrEnum):
    """Which layer of the standard a rule belongs to."""

    CHARACTERS = "characters"
    ENVELOPE = "envelope"
    DIRECTORY = "directory"
    AGREEMENT = "agreement"


class Rule(StrEnum):
    """A rule, named after the fact that breaks it."""

    # Characters: what stands between the bytes and a segment (ISO 9735-1).
    UNA_CUT_SHORT = "una_cut_short"
    UNA_MARK_UNUSABLE = "una_mark_unusable"
    UNA_DECIMAL_UNUSABLE = "una_decimal_unusable"
    SEPARATORS_NOT_AS_ADVISED = "separators_not_as_advised"
    BYTE_ORDER_MARK = "byte_order_mark"
    STRAY_CHARACTERS = "stray_characters"
    LINE_BREAK_INSIDE = "line_break_inside"
    CHARACTER_NOT_IN_LEVEL = "character_not_in_level"
    SEGMENT_TOO_LONG = "segment_too_long"
    CUT_OFF = "cut_off"
    LEVEL_NOT_SUPPORTED = "level_not_supported"
    VERSION_NOT_SUPPORTED = "version_not_supported"
    # Envelope: headers, trailers, references and counts.
    HEADER_MISSING = "header_missing"
    TRAILER_MISSING = "trailer_missing"
    REFERENCE_DIFFERS = "reference_differs"
    COUNT_DIFFERS = "count_differs"
    GROUPS_AND_MESSAGES_MIXED = "groups_and_messages_mixed"
    TYPES_MIXED_IN_GROUP = "types_mixed_in_group"
    NOTHING_INSIDE = "nothing_inside"
    OUTSIDE_MESSAGE = "outside_message"
    REFERENCE_TWICE = "reference_twice"
    MORE_WRONG_THAN_TOLD = "more_wrong_than_told"
    # Directory: the tables of segments, and what a segment is made of.
    DIRECTORY_NOT_THERE = "directory_not_there"
    SEGMENT_MISSING = "segment_missing"
    SEGMENT_NOT_HERE = "segment_not_here"
    SEGMENT_REPEATED = "segment_repeated"
    GROUP_REPEATED = "group_repeated"
    EXPLICIT_NESTING = "explicit_nesting"
    ELEMENT_MISSING = "element_missing"
    COMPONENT_MISSING = "component_missing"
    TOO_MANY_ELEMENTS = "too_many_elements"
    TOO_MANY_COMPONENTS = "too_many_components"
    ELEMENT_REPEATED = "element_repeated"
    NOT_IN_CODE_LIST = "not_in_code_list"
    NO_SUCH_MOMENT = "no_such_moment"
    WRONG_KIND_OF_CHARACTER = "wrong_kind_of_character"
    DECIMAL_MARK_NOT_AS_ADVISED = "decimal_mark_not_as_advised"
    DIGIT_MISSING = "digit_missing"
    TOO_LONG = "too_long"
    TOO_SHORT = "too_short"
    # Agreement: who exchanges what with whom.
    SENDER_UNKNOWN = "sender_unknown"
    TEST_NOT_TAKEN = "test_not_taken"
    INTERCHANGE_TWICE = "interchange_twice"


_FIRST_OF_LAYER: Final = {
    Rule.UNA_CUT_SHORT: Layer.CHARACTERS,
    Rule.HEADER_MISSING: Layer.ENVELOPE,
    Rule.DIRECTORY_NOT_THERE: Layer.DIRECTORY,
    Rule.SENDER_UNKNOWN: Layer.AGREEMENT,
}


def _layers() -> dict[Rule, Layer]:
    layers, layer = {}, Layer.CHARACTERS
    for rule in Rule:
        layer = _FIRST_OF_LAYER.get(rule, layer)
        layers[rule] = layer
    return layers


LAYERS: Final = _layers()
"""The layer of each rule; they stand above in the order of the layers."""


class Place(Struct, frozen=True, gc=False):
    """Where something stands; 0 where a thing has no such place.

    `byte` is that of the segment in what was read, counted from 0. `segment` counts from 1 in the
    interchange, `position` from 1 in the message (its UNH), `element` and `component` from 1
    behind the tag, `occurrence` from 1 where an element may be repeated (syntax 4).
    """

    byte: int = 0
    segment: int = 0
    position: int = 0
    element: int = 0
    component: int = 0
    occurrence: int = 0


class Finding(Struct, frozen=True, gc=False):
    """One thing that is wrong.

    `tag` is the segment's, of a missing one that of what is missing; `item` the data element by
    the directory's number. `expected` and `found` hold counts, references, formats and kinds of
    character, never what a message says of people and goods. `alone` says that it rejects nothing
    that stands beside it (docs/decisions/0023).
    """

    rule: Rule
    place: Place
    tag: str = ""
    item: str = ""
    expected: str = ""
    found: str = ""
    alone: bool = False

    @property
    def layer(self) -> Layer:
        """The layer of the standard that it belongs to."""
        return LAYERS[self.rule]
