"""Putting something else in the place of a part of the product, and failing where it is gone."""

from typing import Any


def found(owner: object, name: str) -> Any:
    """Return what *owner* calls *name* now; AttributeError where there is no such thing any more.

    No type describes it: it is private to a module, or a method that is about to be replaced.
    """
    return getattr(owner, name)


def replace(owner: object, name: str, by: object) -> None:
    """Let *owner* call *by* that; AttributeError where nothing was called so before.

    A patch of something that the product has renamed would bite nothing, and nobody would know.
    """
    found(owner, name)
    setattr(owner, name, by)
