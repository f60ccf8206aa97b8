"""Every change that would break a reader is named, and what only adds is let through."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from schemas.evolution.changes import differences
from schemas.evolution.gate import Found, compared
from schemas.evolution.openness import MARK, OPEN
from schemas.evolution.released import documents_now
from schemas.evolution.rules import RULES, Kind
from schemas.facts import FACTS
from tests.rows import each_row

NOW = documents_now()
RELEASE, UPDATE, TRANSFER, TICK = (
    f"messages/{name}.json" for name in ("release", "update", "transfer", "tick")
)
NOTICE, ENTITLEMENT, BOARD, ENTRY = (
    f"outputs/{name}.json" for name in ("notice", "entitlement", "board_line", "fact_record")
)
TOPICS = "asyncapi.json"
Edit = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Change:
    """One change by hand: to what stands at *place* of a document, found at *path*."""

    document: str
    place: str
    edit: Edit
    kind: Kind
    path: str
    about: str = ""

    def found(self, *, upcast: bool = False) -> list[Found]:
        """Return what the gate finds after the change."""
        changed = {**NOW, self.document: copy.deepcopy(NOW[self.document])}
        self.edit(at(changed[self.document], self.place))
        return list(compared(1, NOW, changed, upcast=upcast))


def at(document: dict[str, Any], place: str) -> dict[str, Any]:
    part: Any = document
    for step in filter(None, place.split("/")):
        part = part[int(step) if isinstance(part, list) else step]
    assert isinstance(part, dict)
    return part


def put(**values: Any) -> Edit:
    return lambda part: part.update(copy.deepcopy(values))


def drop(name: str) -> Edit:
    return lambda part: part.pop(name)


def more(name: str, value: Any) -> Edit:
    return lambda part: part[name].append(value)


def less(name: str, value: Any) -> Edit:
    return lambda part: part[name].remove(value)


def may_lack(name: str) -> Edit:
    def edit(part: dict[str, Any]) -> None:
        part["required"].remove(name)
        part["properties"][name]["default"] = ""

    return edit


def needs(name: str) -> Edit:
    def edit(part: dict[str, Any]) -> None:
        part["required"].append(name)
        part["properties"][name] = text()

    return edit


def text(**values: Any) -> dict[str, Any]:
    return {"type": "string", **values}


NONE = {"type": "null"}
LIMITED = text(minLength=1, maxLength=255, pattern=r"^[^\x00-\x1f\x7f]+$")
TEXT_OR_NONE = {"anyOf": [LIMITED, NONE]}
CRANED = {
    "title": "Craned",
    "type": "object",
    "properties": {"type": {"enum": ["craned"]}},
    "required": ["type"],
}
FACTS_OF_ENTRY = "properties/fact"
CHANNEL = "channels/releases_carrier_v1"
OUTBOX = "channels/outbox"

# What parties send: nothing that was sent may be refused, or mean something else.
IN = (
    Change(RELEASE, "", more("required", "haulage"), Kind.MEMBER_NEEDED, "$.haulage"),
    Change(RELEASE, "properties", drop("carrier"), Kind.MEMBER_GONE, "$.carrier"),
    Change(
        RELEASE, "properties/terminal", put(type="integer"), Kind.TYPE_GONE, "$.terminal", "string"
    ),
    Change(
        RELEASE,
        "properties/haulage",
        put(anyOf=[{"$ref": "#/$defs/Haulage"}]),
        Kind.TYPE_GONE,
        "$.haulage",
        "null",
    ),
    Change(
        TRANSFER,
        "$defs/Scheme",
        less("enum", "duns"),
        Kind.VALUE_GONE,
        "$.release_to.scheme",
        "duns",
    ),
    Change(
        RELEASE,
        "properties/container",
        put(enum=["CPUU1000010"]),
        Kind.TIGHTER,
        "$.container",
        "only CPUU1000010",
    ),
    Change(
        RELEASE,
        "properties/container",
        put(maxLength=11),
        Kind.TIGHTER,
        "$.container",
        "maxLength 255 before, 11 now",
    ),
    Change(RELEASE, "properties/port", put(minLength=5), Kind.TIGHTER, "$.port"),
    Change(
        RELEASE, "properties/bills_of_lading", put(maxItems=9), Kind.TIGHTER, "$.bills_of_lading"
    ),
    Change(
        RELEASE,
        "properties/bills_of_lading",
        put(uniqueItems=True),
        Kind.TIGHTER,
        "$.bills_of_lading",
    ),
    Change(
        RELEASE,
        "properties/bills_of_lading/items",
        put(maxLength=35),
        Kind.TIGHTER,
        "$.bills_of_lading[]",
    ),
    Change(RELEASE, "properties/port", put(format="uuid"), Kind.TIGHTER, "$.port"),
    Change(RELEASE, "properties/port", put(pattern="^[A-Z]{5}$"), Kind.OTHER_FORM, "$.port"),
    Change(TICK, "properties/at", put(format="date"), Kind.OTHER_FORM, "$.at"),
    Change(
        TRANSFER, "$defs/PartyRef", put(additionalProperties=False), Kind.TIGHTER, "$.release_to"
    ),
    Change(
        "messages/report_gate_out.json",
        "properties/overruled",
        put(default=True),
        Kind.DEFAULT_OTHER,
        "$.overruled",
        "False before, True now",
    ),
    Change(RELEASE, "properties/port", put(contains={}), Kind.UNRULED, "$.port", "contains"),
)

# What the bus says: who knows the released version alone must find what it looks for.
OUT = (
    Change(ENTITLEMENT, "properties", drop("operator_vat"), Kind.MEMBER_GONE, "$.operator_vat"),
    Change(
        ENTITLEMENT,
        "",
        may_lack("operator"),
        Kind.MEMBER_MAY_LACK,
        "$.operator",
    ),
    Change(NOTICE, "properties/shard", put(default=""), Kind.MEMBER_MAY_LACK, "$.shard"),
    Change(
        ENTITLEMENT,
        "properties/operator",
        put(anyOf=[text(), NONE]),
        Kind.TYPE_NEW,
        "$.operator",
        "null",
    ),
    Change(NOTICE, "properties/seq", put(type="number"), Kind.TYPE_NEW, "$.seq", "number"),
    Change(
        ENTITLEMENT,
        "$defs/Modality",
        more("enum", "pipeline"),
        Kind.VALUE_NEW,
        "$.modality",
        "pipeline",
    ),
    Change(BOARD, "properties/fact", put(maxLength=9), Kind.TIGHTER, "$.fact"),
    Change(ENTITLEMENT, "properties/authority", drop("enum"), Kind.LOOSER, "$.authority"),
    Change(
        NOTICE, "properties/recorded_at", drop("format"), Kind.LOOSER, "$.recorded_at"
    ),
    # It is kept: what the bus said once has to be read later.
    Change(ENTITLEMENT, "", more("required", "driver"), Kind.MEMBER_NEEDED, "$.driver"),
    Change(
        ENTITLEMENT,
        "$defs/Missing",
        less("enum", "no_holder"),
        Kind.VALUE_GONE,
        "$.missing[]",
        "no_holder",
    ),
    Change(
        ENTRY, FACTS_OF_ENTRY, lambda part: part["anyOf"].pop(0), Kind.SORT_GONE, "$.fact",
        "released",
    ),
    Change(
        ENTRY, "$defs/Declined", needs("crane"), Kind.MEMBER_NEEDED,
        "$.fact{declined}.crane",
    ),
)  # fmt: skip

TOPIC = (
    Change(TOPICS, "channels", drop("board_v1"), Kind.TOPIC_GONE, "board.v1"),
    Change(
        TOPICS,
        f"{CHANNEL}/messages",
        drop("release"),
        Kind.TOPIC_TAKES_LESS,
        "releases.carrier.v1",
        "release",
    ),
    Change(
        TOPICS,
        f"{OUTBOX}/messages",
        put(head={}),
        Kind.TOPIC_SAYS_MORE,
        "party.{organisation}.outbox.v1",
        "head",
    ),
    Change(
        TOPICS,
        f"{CHANNEL}/bindings/kafka",
        put(partitions=24),
        Kind.TOPIC_SETTING,
        "releases.carrier.v1",
        "partitions was 12",
    ),
    Change(
        TOPICS,
        "components/schemas/cloudEvent",
        more("required", "ce_dataschema"),
        Kind.MEMBER_NEEDED,
        "headers $.ce_dataschema",
    ),
)

# What only adds, or asks for less.
HARMLESS = (
    Change(RELEASE, "properties", put(crane=text(default="")), Kind.MEMBER_NEW, "$.crane"),
    Change(RELEASE, "", may_lack("terminal"), Kind.MEMBER_MAY_LACK, "$.terminal"),
    Change(RELEASE, "properties", put(port=TEXT_OR_NONE), Kind.TYPE_NEW, "$.port", "null"),
    Change(RELEASE, "properties/port", put(maxLength=300), Kind.LOOSER, "$.port"),
    Change(RELEASE, "properties/port", drop("pattern"), Kind.LOOSER, "$.port"),
    Change(
        RELEASE,
        "$defs/Haulage",
        more("enum", "terminal"),
        Kind.VALUE_NEW,
        "$.haulage",
        "terminal",
    ),
    Change(ENTITLEMENT, "properties", put(crane=text()), Kind.MEMBER_NEW, "$.crane"),
    Change(
        ENTITLEMENT,
        "$defs/Missing",
        more("enum", "no_crane"),
        Kind.VALUE_NEW_OPEN,
        "$.missing[]",
        "no_crane",
    ),
    Change(NOTICE, "properties/fact/anyOf/0", more("anyOf", CRANED), Kind.SORT_NEW_OPEN, "$.fact",
           "craned"),
    Change(ENTRY, FACTS_OF_ENTRY, more("anyOf", CRANED), Kind.SORT_NEW_OPEN, "$.fact", "craned"),
    Change(
        TOPICS,
        f"{CHANNEL}/messages",
        put(tick={}),
        Kind.TOPIC_TAKES_MORE,
        "releases.carrier.v1",
        "tick",
    ),
)  # fmt: skip


def told(change: Change) -> str:
    return f"{change.document}-{change.path}-{change.kind}-{change.about}"


@each_row("change", [*IN, *OUT, *TOPIC], ids=told)
def test_a_change_that_breaks_a_reader_is_named_with_its_path_and_what_to_do(
    change: Change,
) -> None:
    breaches = [each for each in change.found() if each.breaks]

    (breach,) = [each for each in breaches if each.difference.kind is change.kind]
    assert (breach.document, breach.difference.path) == (change.document, change.path)
    assert change.about in {breach.difference.about, ""}
    assert breach.sentence.startswith(change.document)
    assert breach.sentence.endswith(RULES[change.kind].instead)
    assert change.path.removeprefix("$") in breach.sentence


@each_row("change", HARMLESS, ids=told)
def test_a_change_that_only_adds_is_told_and_breaks_nobody(change: Change) -> None:
    found = change.found()

    assert [each.difference.kind for each in found] == [change.kind]
    assert found[0].difference.path == change.path
    assert change.about in {found[0].difference.about, ""}
    assert not any(each.breaks for each in found)


def test_a_schema_that_is_gone_is_a_breach_and_a_new_one_is_none() -> None:
    less_by_one = {path: each for path, each in NOW.items() if path != UPDATE}

    (gone,) = compared(1, NOW, less_by_one)
    (new,) = compared(1, less_by_one, NOW)

    assert (gone.document, gone.difference.kind) == (UPDATE, Kind.SCHEMA_GONE)
    assert gone.breaks
    assert (new.document, new.difference.kind, new.breaks) == (
        UPDATE,
        Kind.SCHEMA_NEW,
        frozenset(),
    )


def test_a_new_topic_breaks_nobody() -> None:
    before = copy.deepcopy(NOW)
    del before[TOPICS]["channels"]["board_v1"]

    (new,) = compared(1, before, NOW)

    assert (new.difference.kind, new.difference.path) == (Kind.TOPIC_NEW, "board.v1")
    assert not new.breaks


def test_a_list_is_open_only_where_the_released_version_said_so() -> None:
    """Whoever opens a list today has told no reader of the released version."""
    before = copy.deepcopy(NOW)
    del before[ENTITLEMENT]["$defs"]["Missing"][MARK]
    del before[ENTRY]["properties"]["fact"][MARK]
    now = copy.deepcopy(NOW)
    now[ENTITLEMENT]["$defs"]["Missing"]["enum"].append("no_crane")
    now[ENTRY]["properties"]["fact"]["anyOf"].append(CRANED)

    kinds = {each.difference.kind for each in compared(1, before, now) if each.breaks}

    assert kinds == {Kind.VALUE_NEW, Kind.SORT_NEW}


def test_an_upcast_makes_up_for_what_an_older_entry_lacks_and_for_nothing_else() -> None:
    needed = OUT[-1]
    gone = Change(ENTRY, "$defs/Declined/properties", drop("reason"), Kind.MEMBER_GONE, "")

    assert any(each.breaks for each in needed.found())
    assert not any(each.breaks for each in needed.found(upcast=True))
    assert any(each.breaks for each in gone.found(upcast=True))


def test_every_kind_of_difference_stands_in_a_table() -> None:
    tried = {change.kind for change in (*IN, *OUT, *TOPIC, *HARMLESS)}
    elsewhere = {Kind.SCHEMA_GONE, Kind.SCHEMA_NEW, Kind.TOPIC_NEW, Kind.SORT_NEW}

    assert tried | elsewhere == set(Kind)
    assert RULES.keys() == set(Kind)


def test_every_open_list_is_one_that_the_bus_says_and_is_marked_there() -> None:
    outputs = [document for path, document in NOW.items() if path.startswith("outputs/")]
    kinds = [kind for each in outputs for kind in each.get("$defs", {}).items()]

    assert {name for name, kind in kinds if MARK in kind} == set(OPEN)
    assert all(kind[MARK] == OPEN[name] for name, kind in kinds if name in OPEN)


def test_every_fact_is_compared_as_a_sort_of_its_own() -> None:
    """Were they matched by place, a new one in the middle would look like all of them changed."""
    turned = copy.deepcopy(NOW[ENTRY])
    turned["properties"]["fact"]["anyOf"].reverse()
    without = copy.deepcopy(NOW[ENTRY])
    without["properties"]["fact"]["anyOf"].clear()

    assert list(differences(NOW[ENTRY], turned)) == []
    assert len(turned["properties"]["fact"]["anyOf"]) == len(FACTS)


@each_row("path", sorted(NOW))
def test_nothing_differs_from_itself(path: str) -> None:
    same = {path: copy.deepcopy(NOW[path])}

    assert compared(1, {path: NOW[path]}, same) == ()


# --- what must always hold ---------------------------------------------------------------------

LIMITS = st.none() | st.integers(0, 9)


@given(LIMITS, LIMITS, LIMITS, LIMITS, st.text(max_size=10))
def test_what_fits_a_text_before_fits_it_after_unless_that_is_told(
    least: int | None, most: int | None, least_now: int | None, most_now: int | None, said: str
) -> None:
    old = text(**limits(least, most))
    new = text(**limits(least_now, most_now))

    kinds = {each.kind for each in differences(old, new)}

    if fits(said, old) and not fits(said, new):
        assert Kind.TIGHTER in kinds
    if fits(said, new) and not fits(said, old):
        assert Kind.LOOSER in kinds


def limits(least: int | None, most: int | None) -> dict[str, int]:
    told = {"minLength": least, "maxLength": most}
    return {name: limit for name, limit in told.items() if limit is not None}


def fits(said: str, schema: dict[str, Any]) -> bool:
    return bool(schema.get("minLength", 0) <= len(said) <= schema.get("maxLength", len(said)))
