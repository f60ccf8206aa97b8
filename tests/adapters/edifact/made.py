"""Messages by chance that keep every rule of a directory: what the codec must not complain of."""

import random
import string
from collections.abc import Iterator

from adapters.edifact.directory import Component, Directory, Element, Format, Group, Node
from adapters.edifact.judge import Kind
from adapters.edifact.segments import Composite, Segment
from adapters.edifact.write import Draft, Line, line_of, spelt

# With every service character, so that what is not released shows.
CHARACTERS = string.ascii_uppercase + string.digits + " .,-()/=+:?'"


class Maker:
    """Makes messages of one directory from one seed."""

    def __init__(self, directory: Directory, seed: int, characters: str = CHARACTERS) -> None:
        self.directory = directory
        self.chance = random.Random(seed)
        self.characters = characters

    def draft(self, message: str) -> Draft:
        version, release = self.directory.name[:1], self.directory.name[1:]
        kind = Kind(message, version, release, "UN")
        body = tuple(self._lines(self.directory.messages[message]))
        return Draft(self._value(Format("an", 1, 14)), kind, body)

    def _lines(self, nodes: tuple[Node, ...], *, is_trigger: bool = False) -> Iterator[Line]:
        for number, node in enumerate(nodes):
            least = 1 if node.mandatory or (is_trigger and number == 0) else 0
            most = min(node.at_most, least + self.chance.choice((0, 0, 1, 2)))
            for _ in range(self.chance.randint(least, most)):
                yield from self._of(node)

    def _of(self, node: Node) -> Iterator[Line]:
        if isinstance(node, Group):
            yield from self._lines(node.inside, is_trigger=True)
        else:
            yield self.line(node.tag)

    def line(self, tag: str) -> Line:
        elements = [self._element(each) for each in self.directory.layouts[tag].elements]
        made = Line(tag, tuple((each,) for each in elements))
        # Without what stands empty at the end, as a reader gives it.
        return line_of(Segment(spelt(made), 1, 0))

    def _element(self, element: Element) -> Composite:
        if not element.mandatory and self.chance.random() < 0.5:
            return ("",)
        values = [self._component(each) for each in element.components]
        if not any(values):
            values[0] = self._given(element.components[0])
        return tuple(values)

    def _component(self, component: Component) -> str:
        if not component.mandatory and self.chance.random() < 0.5:
            return ""
        return self._given(component)

    def _given(self, component: Component) -> str:
        if component.codes:
            return self.chance.choice(component.codes)
        return self._value(component.format)

    def _value(self, form: Format) -> str:
        length = self.chance.randint(form.shortest, min(form.longest, form.shortest + 12))
        match form.kind:
            case "n":
                return self._number(length)
            case "a":
                return "".join(self.chance.choices(string.ascii_uppercase, k=length))
            case _:
                return "".join(self.chance.choices(self.characters, k=length))

    def _number(self, length: int) -> str:
        digits = "".join(self.chance.choices(string.digits, k=length))
        if length > 1 and self.chance.random() < 0.3:
            at = self.chance.randint(1, length - 1)
            digits = f"{digits[:at]}.{digits[at:]}"
        return self.chance.choice(("", "", "-")) + digits
