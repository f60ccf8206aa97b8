"""Looking into Cargo-XML: a step at a time by names of IATA's, text as it stands."""

from collections.abc import Iterator
from typing import Final

from adapters.safe_xml import Element

RAM: Final = "iata:datamodel:3"


def under(element: Element | None, *names: str) -> Element | None:
    """Return the first element at the end of the way *names*, or None where it ends before."""
    for name in names:
        if element is None:
            return None
        element = element.find(f"{{{RAM}}}{name}")
    return element


def all_under(element: Element, name: str) -> Iterator[Element]:
    """Yield every child of *element* that is called so."""
    yield from element.findall(f"{{{RAM}}}{name}")


def text(element: Element | None, *names: str) -> str:
    """Return the text at the end of the way *names*, empty where there is none."""
    found = under(element, *names)
    return "" if found is None else " ".join((found.text or "").split())
