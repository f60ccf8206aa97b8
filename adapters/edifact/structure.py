"""The order of a message's segments, compiled: from each segment the moves to those that follow.

A table is walked from top to bottom; a group is entered by its first segment. So from any segment
a tag leads to few places, nearest first: the same segment again, one further down, its group anew,
then the same one level up.
"""

from collections.abc import Iterator
from functools import cache
from typing import Final, TypeAlias

from adapters.edifact.directory import Group, Leaf, Node, directory
from adapters.edifact.findings import Rule

HEADER: Final = "UNH"
TRAILER: Final = "UNT"

Reach: TypeAlias = "dict[str, tuple[Move, ...]]"


class Move:
    """A way to one place of the table.

    `counter` is what is counted there, at most `limit` times, `broken` the rule where it is more.
    `inside` are the counters that begin anew, `missing` the mandatory segments passed over.
    """

    __slots__ = ("broken", "counter", "inside", "limit", "missing", "onward", "zeros")

    def __init__(self, place: "_Place", missing: tuple[str, ...], onward: Reach) -> None:
        self.counter = place.counter
        self.limit = place.node.at_most
        group = isinstance(place.node, Group)
        self.broken = Rule.GROUP_REPEATED if group else Rule.SEGMENT_REPEATED
        self.inside = slice(place.counter + 1, place.behind)
        self.zeros = [0] * (place.behind - place.counter - 1)
        self.missing = missing
        self.onward = onward


class Table:
    """A message, ready to be walked: where it begins, and how many counters that takes."""

    __slots__ = ("begin", "counters", "tags")

    def __init__(self, begin: Reach, counters: int, tags: frozenset[str]) -> None:
        self.begin = begin
        self.counters = counters
        self.tags = tags


class _Place:
    """A segment or group of the table in its surroundings."""

    __slots__ = ("behind", "children", "counter", "node", "number", "parent", "reach")

    def __init__(self, node: Node, parent: "_Place | None", number: int, counter: int) -> None:
        self.node = node
        self.parent = parent
        self.number = number
        self.counter = counter
        self.children: list[_Place] = []
        self.reach: Reach = {}
        # The counters of a group and of all in it stand together.
        self.behind = counter + 1
        if isinstance(node, Group):
            for each, inner in enumerate(node.inside):
                child = _Place(inner, self, each, self.behind)
                self.children.append(child)
                self.behind = child.behind

    @property
    def is_trigger(self) -> bool:
        """Whether it is what begins its group; the whole message begins with its header."""
        return self.number == 0 and self.parent is not None and self.parent.parent is not None

    def leaves(self) -> "Iterator[_Place]":
        """Yield every segment in it."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def entrance(self) -> "_Place":
        """Return the segment by which it is entered."""
        return self.children[0].entrance() if self.children else self


@cache
def table_of(name: str, message: str) -> Table:
    """Return the table of a message that the directory *name* has."""
    return compiled(directory(name).messages[message])


def compiled(nodes: tuple[Node, ...]) -> Table:
    """Return the table of *nodes*, which stand between header and trailer."""
    ends = (Leaf(HEADER, mandatory=True, at_most=1), Leaf(TRAILER, mandatory=True, at_most=1))
    whole = Group("", mandatory=True, at_most=1, inside=(ends[0], *nodes, ends[1]))
    root = _Place(whole, None, 0, 0)
    leaves = list(root.leaves())
    for leaf in leaves:
        leaf.reach.update(_reach(leaf))
    tags = frozenset(leaf.node.tag for leaf in leaves)
    return Table(leaves[0].reach, root.behind, tags)


def _reach(leaf: _Place) -> Reach:
    moves: dict[str, list[Move]] = {}
    for place, missing in _ahead(leaf):
        onward = place.entrance().reach
        moves.setdefault(place.node.tag, []).append(Move(place, missing, onward))
    return {tag: tuple(each) for tag, each in moves.items()}


def _ahead(leaf: _Place) -> Iterator[tuple[_Place, tuple[str, ...]]]:
    """Yield what can follow on *leaf*, nearest first, with what is then passed over."""
    here = leaf
    missing: list[str] = []
    if not leaf.is_trigger:
        yield leaf, ()
    while here.parent is not None:
        parent = here.parent
        for place in parent.children[here.number + 1 :]:
            yield place, tuple(missing)
            missing += [place.node.tag] * place.node.mandatory
        if parent.parent is not None:
            yield parent, tuple(missing)
        here = parent
