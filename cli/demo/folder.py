"""The folder that a demo leaves: made anew each time, and never anybody else's."""

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cli.exits import Exit, Told

MARK = "README.txt"
TOPICS, TERMINALS, DOCUMENTS, LOGS = "topics", "terminals", "documents", "logs"
LEDGER = "ledger.db"
HEAD_KEY, TRUST = "head.key", "trust.toml"


def made_anew(folder: Path) -> Path:
    """Return the empty *folder*; what an earlier demo left in it is removed."""
    if folder.exists() and not folder.is_dir():
        raise Told(f"{folder} is a file: give --out a folder.", Exit.USAGE)
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARK).is_file():
        raise Told(
            f"{folder} is not empty and was not left by a demo: give --out another folder.",
            Exit.USAGE,
        )
    try:
        shutil.rmtree(folder, ignore_errors=True)
        for part in (TOPICS, TERMINALS, DOCUMENTS, LOGS):
            (folder / part).mkdir(parents=True)
        (folder / MARK).write_text("A demo of the release bus runs, or was cut off.\n")
    except OSError as error:
        raise Told(f"{folder} cannot be written: {error.strerror}.", Exit.USAGE) from error
    return folder


def write_json(file: Path, content: Any) -> None:
    """Write *content* so that a person can read it too."""
    file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=2, ensure_ascii=False, default=str)
    file.write_text(text + "\n", encoding="utf-8")


def write_readme(folder: Path, lines: Iterable[str]) -> None:
    """Write what is in the folder."""
    (folder / MARK).write_text("\n".join(lines) + "\n", encoding="utf-8")
