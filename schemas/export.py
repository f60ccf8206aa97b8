"""The schemas as files, for who has no Python: written by a command, checked to be current."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from schemas.asyncapi import document
from schemas.json_schemas import schema_documents

ASYNCAPI = "asyncapi.json"
NOTHING: Mapping[str, Any] = {}


def documents(beside: Mapping[str, Any] = NOTHING) -> dict[str, str]:
    """Return the text of every document by its path; always the same for the same code.

    *beside* are documents of what stands above the schemas: the door's.
    """
    contents = {**schema_documents(), ASYNCAPI: document(), **beside}
    return {
        path: json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for path, content in sorted(contents.items())
    }


def export(folder: Path, beside: Mapping[str, Any] = NOTHING) -> list[str]:
    """Write every document below *folder*; return the differences that there were."""
    differences = check(folder, beside)
    write(folder, beside)
    for path in _beyond(folder):
        (folder / path).unlink()
    return differences


def write(folder: Path, beside: Mapping[str, Any] = NOTHING) -> int:
    """Write every document below *folder*; return how many they are."""
    texts = documents(beside)
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return len(texts)


def check(folder: Path, beside: Mapping[str, Any] = NOTHING) -> list[str]:
    """Return in what the files below *folder* differ from the code; nothing where they do not."""
    told = [
        difference
        for path, text in documents(beside).items()
        if (difference := _difference(folder / path, path, text))
    ]
    return told + [f"{path}: no such schema any more" for path in _beyond(folder)]


def _difference(file: Path, path: str, text: str) -> str:
    if not file.is_file():
        return f"{path}: missing"
    return "" if file.read_text(encoding="utf-8") == text else f"{path}: differs"


def _beyond(folder: Path) -> list[str]:
    known = documents().keys()
    # Only where nothing but our own is written: *folder* may be somebody's desk.
    ours = sorted({path.partition("/")[0] for path in known if "/" in path})
    found = (file for part in ours for file in (folder / part).glob("*.json"))
    return sorted({file.relative_to(folder).as_posix() for file in found} - known)
