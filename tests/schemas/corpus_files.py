"""The samples of every released version, as they stand in the corpus."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import from_json

CORPUS = Path(__file__).parent / "corpus"


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: its bytes, its version and name (`v1/release_odd`)."""

    id: str
    name: str
    data: bytes

    @property
    def content(self) -> Any:
        """What is in it."""
        return from_json(self.data)


def samples(kind: str) -> list[Sample]:
    """Return the samples of one kind (`messages`, `facts`, `outputs`) of all versions."""
    return [
        Sample(f"{file.parts[-3]}/{file.stem}", file.stem, file.read_bytes().removesuffix(b"\n"))
        for file in sorted(CORPUS.glob(f"v*/{kind}/*.json"))
    ]
