"""What is found in interchanges, in words, and where it stands, in the languages of the ports."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from adapters.edifact.findings import Finding, Rule
from adapters.edifact.items import Group, Item, Message
from adapters.edifact.meaning.findings import ProfileFinding
from schemas.words import Language, Texts, read_texts

NOTHING = "-"
"""What stands in a sentence for a code that is left out."""

MISSING = frozenset({Rule.SEGMENT_MISSING, Rule.HEADER_MISSING, Rule.TRAILER_MISSING})


def sentence(finding: Finding, language: Language = Language.EN) -> str:
    """Return what is wrong."""
    return _texts("findings")[finding.rule.value][language].format(
        tag=finding.tag, expected=finding.expected, found=finding.found
    )


def profile_sentence(finding: ProfileFinding, language: Language = Language.EN) -> str:
    """Return what is not as agreed with a partner."""
    return _texts("profile")[finding.rule.value][language].format(
        expected=finding.expected or NOTHING, found=finding.found or NOTHING
    )


def profile_where(finding: ProfileFinding, language: Language = Language.EN) -> str:
    """Return where that stands, counted in its message."""
    place = finding.place
    if not place.position:
        return ""
    segment = f"{phrase('segment', language, number=place.position)} {finding.tag}".strip()
    return f"{segment}, {finding.item}" if finding.item else segment


def where(finding: Finding, language: Language = Language.EN) -> str:
    """Return where it stands: segment, data element, and the byte at which the segment begins."""
    return ", ".join(_places(finding, language))


def whose(item: Item, language: Language = Language.EN) -> str:
    """Return what is told of: a message by reference and type, a group, an interchange."""
    match item:
        case Message(reference=reference, kind=kind):
            directory = f"{kind.version}.{kind.release}"
            return phrase(
                "of_message", language, reference=reference, type=kind.type, directory=directory
            )
        case Group(reference=reference):
            return phrase("of_group", language, reference=reference)
        case _:
            return phrase("of_interchange", language, reference=item.reference)


def phrase(key: str, language: Language, **filled: object) -> str:
    """Return what frames findings."""
    return _texts("phrases")[key][language].format(**filled).strip()


def _places(finding: Finding, language: Language) -> Iterator[str]:
    place = finding.place
    if not place.segment:
        return
    # Of what is missing the place is that of a neighbour, with another tag.
    tag = "" if finding.rule in MISSING else finding.tag
    yield f"{phrase('segment', language, number=place.segment)} {tag}".strip()
    if place.element:
        item = f" ({finding.item})" if finding.item and not place.component else ""
        yield phrase("element", language, number=place.element) + item
    if place.component:
        item = f" ({finding.item})" if finding.item else ""
        yield phrase("component", language, number=place.component) + item
    yield phrase("byte", language, number=place.byte)


@cache
def _texts(name: str) -> Mapping[str, Texts]:
    return read_texts(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))
