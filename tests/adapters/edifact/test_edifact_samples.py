"""Interchanges of others, as they were sent: what is found in each, and why it is right to.

They lie outside of the project, in the folder that RELEASEBUS_SAMPLES names.
"""

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from adapters.edifact.findings import Finding, Layer, Rule
from adapters.edifact.read import read
from tests.real_interchanges import NOT_READ, READ

ROOT = Path(__file__).resolve().parents[3]
NAMED = os.environ.get("RELEASEBUS_SAMPLES")
SAMPLES = Path(NAMED or ROOT.parent / "shared" / "samples") / "edifact"

# A folder that is named and lacks fails the tests: .ci/run names it wherever it is.
pytestmark = pytest.mark.skipif(
    NAMED is None and not SAMPLES.is_dir(),
    reason=f"{NOT_READ}: none in {SAMPLES}; name them by RELEASEBUS_SAMPLES",
)

NOT_THERE = "directory_not_there UNH 0054"
LINE_BREAKS = "line_break_inside"
BROKEN_IN_STAEDIS = (
    "UNB", "UNH", "BGM", "DTM", "RFF", "NAD", "LIN", "IMD", "QTY", "ALI", "MOA", "PRI", "ALC",
    "UNT", "UNZ",
)  # fmt: skip
EXPLAINED = {
    "huelva_CODECO_1": {
        "character_not_in_level TDT 3128": "UNOA has no lower case, and the ship is 'ALUsios'",
        "too_long TDT 8028": "the voyage number has 18 characters, an..17 are allowed",
    },
    "msdocs_APERAK_1": {
        NOT_THERE: "D.98A is not there, so only its envelope is checked",
        "too_many_elements UNH": "the subset S016 to S018 of syntax 4, under syntax 1",
        "no_such_moment UNB 0017": "the 35th day of a 50th month",
        "no_such_moment UNB 0019": "thirty hours and 23 minutes",
    },
    "phpedifact_PAORES_release_char": {
        "directory_not_there UNH 0051": "93.1 of IATA is no directory of the UN",
        "level_not_supported UNB 0001": "IATB is a level of IATA's own",
    },
    "phpgen_CODECO_1": {
        "too_long EQD 1131": "the code list is called 6346, an..3 are allowed before D.97A",
        "too_many_components SEL 9308": "SEL+1234567:CA, where SEL+1234567+CA is meant",
    },
    "phpgen_COHAOR_1": {
        NOT_THERE: "D.17B is not there",
        "character_not_in_level BGM": "a number in hexadecimal lower case, under UNOA",
        "character_not_in_level NAD": "names in lower case, under UNOA",
        "character_not_in_level FTX": "goods in lower case, under UNOA",
    },
    "smdg_COARRI_1": {"too_short DGS 7106": "a flash point of 55 degrees, where n3 is asked for"},
    "smdg_COARRI_2": {"too_many_elements RFF": "RFF+VON+3333, where RFF+VON:3333 is meant"},
    "smdg_COARRI_5": {"too_long UNT 0062": "the blank before the reference makes it 15 long"},
    "smdg_COPRAR_1": {"too_short DGS 7106": "the same flash point"},
    "staedi_INVOIC_wrapped_una": {
        NOT_THERE: "D.97B is not there",
        **{
            f"{LINE_BREAKS} {tag}": "lines are broken after 15 characters"
            for tag in BROKEN_IN_STAEDIS
        },
    },
}
"""What is found beside the envelope, by file, and why it is there."""


@cache
def column_of_the_readme() -> dict[str, str]:
    """The README's column of structural findings, by file."""
    rows = re.findall(
        r"^\| (\w+)\.edi \|(.*)\|$", (SAMPLES / "README.md").read_text(), re.MULTILINE
    )
    return {name: row.split("|")[7].strip() for name, row in rows}


def files() -> list[Path]:
    return sorted(SAMPLES.glob("*.edi"))


def findings(file: Path) -> list[Finding]:
    return [found for item in read([file.read_bytes()]) for found in item.findings]


def as_the_readme_says(found: Finding) -> str:
    match found.rule, found.tag:
        case Rule.COUNT_DIFFERS, tag:
            return f"{tag} {found.found}!={found.expected}"
        case Rule.REFERENCE_DIFFERS, "UNZ":
            return f"UNZ ref {found.found}!={found.expected}"
        case Rule.REFERENCE_DIFFERS, tag:
            return f"{tag} ref"
        case Rule.HEADER_MISSING, tag:
            return f"no {tag}"
        case rule, tag:
            return f"{rule} {tag}"


def test_there_are_samples() -> None:
    assert len(files()) == len(column_of_the_readme()) > 15


def test_what_is_found_in_the_envelope_is_what_the_readme_says(
    record_property: Callable[[str, object], None],
) -> None:
    told = {
        file.stem: "; ".join(
            as_the_readme_says(found) for found in findings(file) if found.layer is Layer.ENVELOPE
        )
        or "none"
        for file in files()
    }

    assert told == column_of_the_readme()
    record_property(READ, f"{len(told)} read, in {SAMPLES}")


def test_everything_else_that_is_found_is_explained() -> None:
    told = {
        file.stem: {
            f"{found.rule} {found.tag} {found.item}".strip()
            for found in findings(file)
            if found.layer is not Layer.ENVELOPE
        }
        for file in files()
    }

    assert {name: each for name, each in told.items() if each} == {
        name: {*each} for name, each in EXPLAINED.items()
    }
