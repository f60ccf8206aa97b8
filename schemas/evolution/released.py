"""The released versions as files: schemas as they were, kept and compared with those of now."""

import json
from dataclasses import dataclass
from pathlib import Path

from schemas.evolution.gate import Documents, Found, compared
from schemas.evolution.upcasts import SCHEMA_VERSION, UPCASTS
from schemas.export import documents, write

FOLDER = "released"


class NotReleased(Exception):
    """No file was written. Put that right first, and release again."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How now compares with every released version, and what is wrong with the number of now."""

    found: tuple[Found, ...]
    wrong_number: str = ""

    @property
    def breaches(self) -> tuple[str, ...]:
        """A sentence for everything that must not stand; nothing where all is well."""
        told = tuple(each.sentence for each in self.found if each.breaks)
        return (*told, self.wrong_number) if self.wrong_number else told

    def added_since(self, version: int) -> tuple[str, ...]:
        """Return a sentence for everything that came since *version* and breaks nobody."""
        return tuple(
            each.sentence for each in self.found if each.version == version and not each.breaks
        )


def released_in(folder: Path) -> dict[int, Documents]:
    """Return the documents of each released version below *folder*, the oldest first."""
    versions = sorted(int(each.name) for each in (folder / FOLDER).glob("[0-9]*"))
    return {version: _documents_in(folder / FOLDER / str(version)) for version in versions}


def judged(
    released: dict[int, Documents], now: Documents, schema_version: int = SCHEMA_VERSION
) -> Judged:
    """Compare *now*, which is of *schema_version*, with every *released* version."""
    found = tuple(
        each
        for version, then in released.items()
        for each in compared(version, then, now, upcast=_is_upcast(version, schema_version))
    )
    return Judged(found, _wrong_number(released, found, schema_version))


def documents_now() -> Documents:
    """Return the documents of now, as they are exported."""
    return {path: json.loads(text) for path, text in documents().items()}


def release(folder: Path, version: int) -> int:
    """Keep the documents of now below *folder* as those of *version*; return how many they are.

    Raises NotReleased where it is not the version of now, was released before, or breaks one.
    """
    if version != SCHEMA_VERSION:
        raise NotReleased(
            f"This is version {SCHEMA_VERSION} (schemas/evolution/upcasts.py), not {version}"
        )
    released = released_in(folder)
    if version in released:
        raise NotReleased(f"Version {version} was released already")
    breaches = judged(released, documents_now()).breaches
    if released and breaches:
        raise NotReleased("\n".join(breaches))
    return write(folder / FOLDER / str(version))


def _documents_in(folder: Path) -> Documents:
    return {
        file.relative_to(folder).as_posix(): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(folder.rglob("*.json"))
    }


def _is_upcast(version: int, schema_version: int) -> bool:
    return any(step in UPCASTS for step in range(version, schema_version))


def _wrong_number(
    released: dict[int, Documents], found: tuple[Found, ...], schema_version: int
) -> str:
    newest = max(released, default=0)
    if not released:
        return "No released version is kept: there is nothing that now could be compared with."
    changed = any(each.version == newest for each in found)
    if changed and schema_version != newest + 1:
        return (
            f"Something differs from version {newest}, and SCHEMA_VERSION is {schema_version}: "
            f"set it to {newest + 1} in schemas/evolution/upcasts.py, and export anew."
        )
    if schema_version not in {newest, newest + 1}:
        return f"SCHEMA_VERSION is {schema_version}, and version {newest} is the newest released."
    return ""
