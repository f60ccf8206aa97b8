"""A partner's file as it is written: its tables, and what is usual where it says nothing."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class SendsTable(_Table):
    """What a file says of a message that the partner sends."""

    directories: list[str] = ["D95B", "D00B"]
    documents: dict[str, str] = {}
    functions: dict[str, str] = {}
    release_references: list[str] = []
    bills: list[str] = []
    stay_references: list[str] = []
    order_references: list[str] = []
    references: list[str] = []
    parties: list[str] = []
    terminal: list[str] = []
    valid_from: list[str] = []
    expires_at: list[str] = []
    happened_at: list[str] = []
    movements: list[str] = []
    means: dict[str, str] = {}
    statuses: dict[str, str] = {}
    vat_parties: list[str] = []
    vat_references: list[str] = []


class GetsTable(_Table):
    """What a file says of a message that the partner gets."""

    directory: str = "D95B"
    association: str = Field(default="", max_length=6)
    documents: dict[str, str] = {}
    statuses: dict[str, str] = {}
    withdrawn_when: list[str] = []


class FileTable(_Table):
    """The whole file."""

    organisation: str
    identities: list[str] = Field(min_length=1)
    ours: list[str] = Field(min_length=1)
    ports: list[str] = Field(min_length=1)
    time_zone: str
    language: str = "en"
    level: str = "UNOC"
    syntax: str = "3"
    takes_tests: bool = False
    contrl: str = "asked"
    aperak: str = "errors"
    aperak_directory: str = "D95B"
    aperak_references: list[str] = Field(default=["ACW", "AGO"], min_length=1)
    answer_minutes: int = Field(default=60, ge=1, le=7 * 24 * 60)
    lenient: list[str] = []
    strict: list[str] = []
    terminal: str = ""
    terminals: dict[str, str] = {}
    sends: dict[str, SendsTable] = {}
    gets: dict[str, GetsTable] = {}
    unverified: list[str] = []


@cache
def usual() -> Mapping[str, Any]:
    """Return how messages are usually written, by `sends`, `gets` and `gets_in` a directory."""
    return tomllib.loads(files(__package__).joinpath("usual.toml").read_text(encoding="utf-8"))


def with_usual(table: dict[str, Any]) -> dict[str, Any]:
    """Return *table*, what it does not say of a message said as it usually is."""
    filled = dict(table)
    for part in ("sends", "gets"):
        said = table.get(part)
        if isinstance(said, dict):
            filled[part] = {
                kind: _usual_of(part, kind, own) | own if isinstance(own, dict) else own
                for kind, own in said.items()
            }
    return filled


def _usual_of(part: str, kind: str, own: dict[str, Any]) -> dict[str, Any]:
    """Return how *kind* is usually written, otherwise in some directories."""
    otherwise = usual().get(f"{part}_in", {}).get(str(own.get("directory")), {})
    usually: dict[str, Any] = usual()[part].get(kind, {}) | otherwise.get(kind, {})
    return usually
