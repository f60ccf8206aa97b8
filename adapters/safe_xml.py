"""XML from outside, read safely: no DTD, no entity, no network, and no more than is meant."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from typing import Any, Final, TypeAlias

from lxml import etree

from schemas.json_path import may_be_shown
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

Element: TypeAlias = etree._Element  # noqa: SLF001  lxml has no other name for its elements


@dataclass(frozen=True, slots=True)
class Caps:
    """How much is read: bytes, elements inside each other, elements and attributes in all."""

    size_bytes: int = MEBIBYTE
    depth: int = 40
    nodes: int = 20_000


USUAL: Final = Caps()
ENCODINGS: Final = frozenset({"UTF-8", "US-ASCII", "ASCII", "ISO-8859-1"})
"""In what it may be written: letters of a word stand in it as they are, for who looks for one."""

MOST_FAULTS: Final = 20
"""How many are told of one document."""


class Schema:
    """An XSD of this project's: *name* beside the modules of *package*, read once."""

    def __init__(self, package: str, name: str) -> None:
        written = resources.files(package).joinpath(name)
        # What it imports stands beside it: no more than our own files is read.
        self._rules = etree.fromstring(written.read_bytes(), base_url=str(written))

    def faults(self, root: Element) -> tuple[Unreadable, ...]:
        """Return where *root* is not as the schema has it, each at `line 7, TypeCode`."""
        # Made anew: lxml keeps the log with the rules, and threads would share it.
        rules = etree.XMLSchema(self._rules)
        if rules.validate(root):
            return ()
        found: Iterable[Any] = rules.error_log  # type: ignore[assignment]  # its stubs know no entry
        return tuple(_fault(each) for each in islice(found, MOST_FAULTS))


def read(data: bytes, caps: Caps = USUAL) -> Element | Unreadable:
    """Return the root of the document in *data*, or why there is none; never raises.

    All of it is looked through before a tree is made, so that a DOCTYPE is refused at its name,
    in whatever encoding, and no entity is ever declared. Comments and processing instructions
    are left out.
    """
    if len(data) > caps.size_bytes:
        return _unreadable("too_large", f"byte {caps.size_bytes}")
    try:
        etree.fromstring(data, etree.XMLParser(target=_Look(caps), **_CAREFUL))
        root = etree.fromstring(data, etree.XMLParser(**_CAREFUL))
    except _Refused as refused:
        return _unreadable(refused.code, refused.position)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        return _unreadable("not_xml", f"line {line}, column {column}")
    encoding = (root.getroottree().docinfo.encoding or "UTF-8").upper()
    return root if encoding in ENCODINGS else _unreadable("encoding_unknown", "line 1")


def written(root: Element) -> bytes:
    """Return the document of *root*, in UTF-8 with its declaration."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def without_namespaces(root: Element, shows: Callable[[str], bool]) -> bool:
    """Take out the declarations of namespaces that show something, and what is of them.

    Tells whether there were any. The root's own cannot be taken from it.
    """
    told = {(prefix or "", uri) for each in root.iter() for prefix, uri in each.nsmap.items()}
    declared = {(prefix, uri) for prefix, uri in told if shows(f"{prefix} {uri}") or shows(prefix)}
    if not declared:
        return False
    uris = {str(uri) for _, uri in declared} - {str(etree.QName(root).namespace)}
    for each in list(root.iterdescendants()):
        above = each.getparent()
        if above is not None and etree.QName(each).namespace in uris:
            above.remove(each)
        for name in [name for name in each.attrib if etree.QName(name).namespace in uris]:
            del each.attrib[name]
    for name in [name for name in root.attrib if etree.QName(name).namespace in uris]:
        del root.attrib[name]
    etree.cleanup_namespaces(root)
    return True


_CAREFUL: Final[Mapping[str, Any]] = {
    "resolve_entities": False,
    "load_dtd": False,
    "dtd_validation": False,
    "attribute_defaults": False,
    "no_network": True,
    "huge_tree": False,
    "recover": False,
    "remove_comments": True,
    "remove_pis": True,
}

_SENTENCES: Final[Mapping[str, str]] = {
    "too_large": "The document is larger than is taken.",
    "not_xml": "The document is no well-formed XML.",
    "doctype": "The document declares a DOCTYPE, and none is taken: leave it out.",
    "too_deep": "The document has more elements inside each other than are taken.",
    "too_many": "The document has more elements and attributes than are taken.",
    "encoding_unknown": "The document is not written in UTF-8, ASCII or ISO-8859-1.",
    "message_unknown": "No message that is known begins so.",
    "field_missing": "Something that has to stand in it is missing.",
    "field_unexpected": "Nothing of this name may stand here.",
    "field_invalid": "What stands here is not of its kind.",
}


class _Refused(Exception):
    """The document is not to be read on; caught in `read`."""

    def __init__(self, code: str, position: str) -> None:
        super().__init__(code)
        self.code = code
        self.position = position


class _Look:
    """Hears what stands in a document, and keeps nothing of it."""

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self._depth = 0
        self._nodes = 0

    def start(self, tag: object, attrib: Mapping[Any, Any]) -> None:  # noqa: ARG002  lxml's own
        self._depth += 1
        self._nodes += 1 + len(attrib)
        if self._depth > self._caps.depth:
            raise _Refused("too_deep", f"element {self._nodes}")
        if self._nodes > self._caps.nodes:
            raise _Refused("too_many", f"element {self._nodes}")

    def start_ns(self, _prefix: str, _uri: str) -> None:
        """Count a declaration of a namespace, which costs as much as an attribute."""
        self._nodes += 1
        if self._nodes > self._caps.nodes:
            raise _Refused("too_many", f"element {self._nodes}")

    def end(self, tag: object) -> None:  # noqa: ARG002  lxml's own
        self._depth -= 1

    def data(self, data: object) -> None:
        """Keep no text."""

    def comment(self, text: object) -> None:
        """Keep no comment."""

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise _Refused("doctype", "before the first element")

    def close(self) -> None:
        """Return nothing: lxml asks for what was built."""


# lxml names the element, and an attribute of it, in the sentence alone; values stand behind.
_named = re.compile(
    r"Element '(?:\{[^}']*\})?(?P<element>[^']*)'(?:, attribute '(?P<attribute>[^']*)')?"
).match
_CODES: Final[Mapping[str, str]] = {
    "SCHEMAV_CVC_ELT_1": "message_unknown",
    "SCHEMAV_ELEMENT_CONTENT": "field_unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": "field_unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2": "field_unexpected",
    "SCHEMAV_CVC_COMPLEX_TYPE_4": "field_missing",
}


def _fault(logged: Any) -> Unreadable:
    """Return what the rules found, without its sentence, which repeats what stands there."""
    lacks = ": Missing child element(s)" in logged.message
    code = "field_missing" if lacks else _CODES.get(logged.type_name, "field_invalid")
    return _unreadable(code, f"line {logged.line}{_name_in(logged.message)}")


def _name_in(sentence: str) -> str:
    found = _named(sentence)
    if found is None:
        return ""
    names = [each if may_be_shown(each) else "…" for each in found.groups() if each]
    return ", " + "/@".join(names)


def _unreadable(code: str, position: str) -> Unreadable:
    return Unreadable(code, position, _SENTENCES[code])
