"""The rules of evolution: which difference between two versions breaks which reader."""

from dataclasses import dataclass
from enum import StrEnum


class Reader(StrEnum):
    """Who could be broken: our program of now, or the programs of others that nobody upgraded."""

    NEW = "what was written before can no longer be read"
    OLD = "who reads by the released version is told what it does not expect"


class Kind(StrEnum):
    """What can differ between two versions of one schema, or of the topics."""

    MEMBER_NEW = "member_new"
    MEMBER_GONE = "member_gone"
    MEMBER_NEEDED = "member_needed"
    MEMBER_MAY_LACK = "member_may_lack"
    DEFAULT_OTHER = "default_other"
    TYPE_NEW = "type_new"
    TYPE_GONE = "type_gone"
    SORT_NEW = "sort_new"
    SORT_NEW_OPEN = "sort_new_open"
    SORT_GONE = "sort_gone"
    VALUE_NEW = "value_new"
    VALUE_NEW_OPEN = "value_new_open"
    VALUE_GONE = "value_gone"
    TIGHTER = "tighter"
    LOOSER = "looser"
    OTHER_FORM = "other_form"
    UNRULED = "unruled"
    SCHEMA_NEW = "schema_new"
    SCHEMA_GONE = "schema_gone"
    TOPIC_NEW = "topic_new"
    TOPIC_GONE = "topic_gone"
    TOPIC_TAKES_MORE = "topic_takes_more"
    TOPIC_TAKES_LESS = "topic_takes_less"
    TOPIC_SAYS_MORE = "topic_says_more"
    TOPIC_SETTING = "topic_setting"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: of which kind, at which JSON path, and what it is about."""

    kind: Kind
    path: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a kind of difference is called, whom it breaks, and what is to be done instead."""

    said: str
    breaks: frozenset[Reader] = frozenset()
    instead: str = ""


NEW, OLD = frozenset({Reader.NEW}), frozenset({Reader.OLD})
BOTH = NEW | OLD

RULES: dict[Kind, Rule] = {
    Kind.MEMBER_NEW: Rule("new member"),
    Kind.MEMBER_GONE: Rule(
        "the member is gone", BOTH, "Keep it; what replaces it is a new member beside it."
    ),
    Kind.MEMBER_NEEDED: Rule(
        "needed now, and may have been left out",
        NEW,
        "Give it a default of None; in an entry an upcast may fill it (evolution/upcasts.py).",
    ),
    Kind.MEMBER_MAY_LACK: Rule(
        "may be left out now, and was always there", OLD, "Go on writing it always."
    ),
    Kind.DEFAULT_OTHER: Rule(
        "left out it means something else now: {}", BOTH, "Keep the default; add a member."
    ),
    Kind.TYPE_NEW: Rule(
        "may be {} now", OLD, "Leave it as it was, and add a member for the new form."
    ),
    Kind.TYPE_GONE: Rule(
        "may be no {} any more", NEW, "Go on reading that; add a member for the new form."
    ),
    Kind.SORT_NEW: Rule(
        "may be of the sort {} now", OLD, "Say it in a new member, or on a new topic."
    ),
    Kind.SORT_NEW_OPEN: Rule("new sort: {}"),
    Kind.SORT_GONE: Rule(
        "no longer of the sort {}", NEW, "Keep the sort: it stands in what was stored."
    ),
    Kind.VALUE_NEW: Rule(
        "may be {} now, in a list whose readers branch on its values",
        OLD,
        "Say it in a new member. Which lists are open: schemas/evolution/openness.py.",
    ),
    Kind.VALUE_NEW_OPEN: Rule("new value in an open list: {}"),
    Kind.VALUE_GONE: Rule(
        "may be {} no more", NEW, "Go on reading the value, whatever is written instead."
    ),
    Kind.TIGHTER: Rule("takes less: {}", NEW, "Take what was taken; judge it in the law."),
    Kind.LOOSER: Rule("may be more than it was: {}", OLD, "Keep to the limit that was told."),
    Kind.OTHER_FORM: Rule("other form: {}", BOTH, "Keep the form; add a member for the new one."),
    Kind.UNRULED: Rule(
        "{} differs, which no rule knows", BOTH, "Add a rule in schemas/evolution/changes.py."
    ),
    Kind.SCHEMA_NEW: Rule("new"),
    Kind.SCHEMA_GONE: Rule(
        "it is gone", BOTH, "Keep it; what replaces it is a new message or output beside it."
    ),
    Kind.TOPIC_NEW: Rule("new topic"),
    Kind.TOPIC_GONE: Rule(
        "the topic is gone", BOTH, "Keep it; what replaces it is a topic with .v2 beside it."
    ),
    Kind.TOPIC_TAKES_MORE: Rule("takes {} too"),
    Kind.TOPIC_TAKES_LESS: Rule("carries no {} any more", BOTH, "Go on with it on this topic."),
    Kind.TOPIC_SAYS_MORE: Rule(
        "carries {} too, and its readers expect no such record", OLD, "Give it its own topic."
    ),
    Kind.TOPIC_SETTING: Rule(
        "{}: its records would be ordered or kept otherwise", BOTH, "Make a topic with .v2."
    ),
}
