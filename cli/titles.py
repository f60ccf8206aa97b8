"""What a community system is called among people."""

from adapters.registry import systems


def title_of(system: str) -> str:
    """Return what *system* is called, without who runs it; its name where it is none of ours."""
    found = systems().get(system)
    return system if found is None else found.title.partition(" (")[0]
