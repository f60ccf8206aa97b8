"""A version that never was, to try upcasts on: what it said otherwise, and its corpus.

Version 0 called the sender `sender`, wrote a hop as a list, and told of a gate-out the operator's
id as `collected_by`.
"""

from pathlib import Path
from typing import Any

Json = dict[str, Any]
FILES = sorted(Path(__file__).parent.glob("*.json"))


def to_version_1(entry: Json) -> Json:
    """Return an entry of version 0 as version 1 says it: the step that is tried."""
    cause, fact, stay = dict(entry["cause"]), dict(entry["fact"]), entry.get("stay")
    cause["organisation"] = cause.pop("sender")
    if "collected_by" in fact:
        fact["picked_up_by"] = fact.pop("collected_by")
    changed = {**entry, "cause": cause, "fact": fact}
    if stay is not None:
        hops = [
            dict(zip(("giver", "receiver", "accepted"), hop, strict=True)) for hop in stay["hops"]
        ]
        changed["stay"] = {**stay, "hops": hops}
    return changed


def as_version_0(entry: Json) -> Json:
    """Return an entry of now as version 0 would have written it."""
    cause, fact, stay = dict(entry["cause"]), dict(entry["fact"]), entry.get("stay")
    cause["sender"] = cause.pop("organisation")
    if "picked_up_by" in fact:
        fact["collected_by"] = fact.pop("picked_up_by")
    changed = {**entry, "schema_version": 0, "cause": cause, "fact": fact}
    if stay is not None:
        changed["stay"] = {**stay, "hops": [[*hop.values()] for hop in stay["hops"]]}
    return changed
