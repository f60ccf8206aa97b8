"""Directories of the standard as data: which segments a message has, and what each is made of.

One file a directory in `tables/`; another is added by adding its file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from msgspec import Struct


class Format(Struct, frozen=True):
    """What a value may be: `kind` a, n or an, and how many characters."""

    kind: str
    shortest: int
    longest: int

    def __str__(self) -> str:
        """Write it as the directories do."""
        dots = "" if self.shortest == self.longest else ".."
        return f"{self.kind}{dots}{self.longest}"


class Component(Struct, frozen=True):
    """A component of a composite, or a simple element's only value."""

    item: str
    mandatory: bool
    format: Format
    codes: tuple[str, ...] = ()


class Element(Struct, frozen=True):
    """An element of a segment; of a simple one its only component is itself."""

    item: str
    mandatory: bool
    at_most: int
    components: tuple[Component, ...]
    composite: bool


class Layout(Struct, frozen=True):
    """What a segment is made of."""

    tag: str
    elements: tuple[Element, ...]


class Leaf(Struct, frozen=True):
    """A segment in its place in a message."""

    tag: str
    mandatory: bool
    at_most: int


class Group(Struct, frozen=True):
    """A group of segments; the first is its trigger and stands once in each repetition."""

    name: str
    mandatory: bool
    at_most: int
    inside: "tuple[Node, ...]"

    @property
    def tag(self) -> str:
        """The segment that begins it."""
        return self.inside[0].tag


Node: TypeAlias = Leaf | Group


class Directory(Struct, frozen=True):
    """One directory: messages and segments by name."""

    name: str
    messages: Mapping[str, tuple[Node, ...]]
    layouts: Mapping[str, Layout]


FOLDER: Final = files(__package__).joinpath("tables")
SUFFIX: Final = ".toml"
SERVICE: Final = "service_"
_SEPARATORS: Final = re.compile(r"([\[\](),])|\s+")
_FORMAT: Final = re.compile(r"(an|a|n)(\.\.)?(\d+)")


class TableBroken(Exception):
    """A table of a directory is not written as the others are.

    Compare it with a table beside it: segments and elements with their status, commas between
    them, groups in square brackets, components in round ones.
    """


@cache
def names() -> frozenset[str]:
    """Return the names of the directories that are there."""
    return frozenset(
        file.name.removesuffix(SUFFIX) for file in FOLDER.iterdir() if file.name.endswith(SUFFIX)
    )


@cache
def directory(name: str) -> Directory:
    """Return a directory that is there, such as `D95B` or `service_3`."""
    table = tomllib.loads(FOLDER.joinpath(f"{name}{SUFFIX}").read_text(encoding="utf-8"))
    codes = {item: tuple(each) for item, each in table.get("codes", {}).items()}
    layouts = {
        tag: Layout(tag, tuple(_elements(_Words(written), codes)))
        for tag, written in table["segments"].items()
    }
    messages = {name: tuple(_nodes(_Words(text))) for name, text in table["messages"].items()}
    return Directory(name, messages, layouts)


def service(version: str) -> Directory:
    """Return the service segments and CONTRL of a syntax version; those of 3 for the earlier."""
    return directory(f"{SERVICE}{'4' if version == '4' else '3'}")


def directory_of(version: str, release: str) -> Directory | None:
    """Return the directory that a message header names, None where it is not there."""
    name = f"{version}{release}"
    return directory(name) if name in names() and not name.startswith(SERVICE) else None


class _Words:
    """The words and brackets of a table, one after the other."""

    def __init__(self, written: str) -> None:
        self._words = [word for word in _SEPARATORS.split(written) if word]
        self._next = 0

    @property
    def next(self) -> str:
        """What comes, nothing at the end."""
        return self._words[self._next] if self._next < len(self._words) else ""

    def take(self) -> str:
        """Return it and go on."""
        word = self.next
        self._next += 1
        return word

    def until(self, end: str) -> Iterator[None]:
        """Yield before each item up to the bracket *end*, which is taken too."""
        while self.next != end:
            yield
            if self.next == ",":
                self.take()
            elif self.next != end:
                raise TableBroken(f"{self.next!r} where a comma is expected")
        self.take()


def _nodes(words: _Words, end: str = "") -> Iterator[Node]:
    for _ in words.until(end):
        name = words.take()
        status = words.take()
        mandatory, at_most = _mandatory(status[:1]), int(status[1:])
        if words.next == "[":
            words.take()
            yield Group(name, mandatory, at_most, tuple(_nodes(words, "]")))
        else:
            yield Leaf(name, mandatory, at_most)


def _elements(words: _Words, codes: Mapping[str, tuple[str, ...]]) -> Iterator[Element]:
    for _ in words.until(""):
        item = words.take()
        status = words.take()
        mandatory, at_most = _mandatory(status[:1]), int(status[1:] or 1)
        if words.next == "(":
            words.take()
            inside = tuple(_components(words, codes))
            yield Element(item, mandatory, at_most, inside, composite=True)
        else:
            one = Component(item, mandatory, _format(words.take()), codes.get(item, ()))
            yield Element(item, mandatory, at_most, (one,), composite=False)


def _components(words: _Words, codes: Mapping[str, tuple[str, ...]]) -> Iterator[Component]:
    for _ in words.until(")"):
        item = words.take()
        mandatory = _mandatory(words.take())
        yield Component(item, mandatory, _format(words.take()), codes.get(item, ()))


def _mandatory(status: str) -> bool:
    if status not in ("M", "C"):
        raise TableBroken(f"{status!r} is no status")
    return status == "M"


def _format(written: str) -> Format:
    found = _FORMAT.fullmatch(written)
    if found is None:
        raise TableBroken(f"{written!r} is no format")
    kind, dots, longest = found.groups()
    return Format(kind, 1 if dots else int(longest), int(longest))
