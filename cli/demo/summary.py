"""The summary of a day for programs, and the folder that is left."""

from pathlib import Path
from typing import Any

from cli.demo.folder import MARK, write_json, write_readme
from cli.demo.run import Result
from cli.demo.screen import contents, next_commands
from cli.story import as_object
from producers.simulator.elsewhere import PLACES
from schemas.signatures import SignaturePolicy

SUMMARY = "summary.json"


def summary(result: Result, folder: Path) -> dict[str, Any]:
    """Return everything that the screen tells, and a little more."""
    day, played, found = result.day, result.played, result.found
    return {
        "ok": result.adds_up,
        "seed": day.seed,
        "day": f"{day.starts_at:%Y-%m-%d}",
        "containers": len(day.boxes),
        "companies": len(day.cast.companies),
        "engines": {
            "kafka": result.engines.kafka,
            "bootstrap_servers": str(result.engines.where.bootstrap_servers),
            "database": result.engines.database,
        },
        "signatures": SignaturePolicy.REQUIRED.value,
        "joining_messages": played.joined,
        "messages": played.published,
        "seconds": round(played.seconds, 3),
        "messages_per_second": round(played.published / max(played.seconds, 1e-9), 1),
        "entries": result.audit.entries,
        "states": {state.name.lower(): count for state, count in result.stands.states.items()},
        "missing": {reason.value: count for reason, count in result.stands.missing.items()},
        "outcomes": dict(found.outcomes),
        "refusals": dict(found.refusals),
        "dead_letters": dict(found.dead),
        "findings": dict(found.findings),
        "documents": dict(found.documents),
        "records": dict(found.records),
        "repeated": {
            "facts": found.repeated_facts,
            "messages": found.repeated_messages,
            "dead_letters": found.repeated_letters,
        },
        "elsewhere": _elsewhere(result),
        "gates": _gates(result),
        "buckets": [
            {
                "shard": each.shard,
                "consumed": each.consumed,
                "ticks": each.ticks,
                "outcomes": {outcome.value: count for outcome, count in each.outcomes.items()},
                "unaccounted": each.unaccounted,
            }
            for each in result.stands.buckets
        ],
        "checks": [{"what": each.what, "faults": each.faults} for each in result.checks],
        "story": as_object(result.story),
        "folder": str(folder),
    }


def _elsewhere(result: Result) -> list[dict[str, Any]]:
    found, said = result.found, result.travelled.said
    return [
        {
            "port": place.port,
            "system": place.system,
            "asked": found.asked[place.system],
            "said": said[place.system],
            "containers": {
                box.number: "left" if box.leaves else "may_leave"
                for box in result.tour.boxes
                if box.place is place
            },
        }
        for place in PLACES
    ]


def _gates(result: Result) -> dict[str, Any]:
    gates = result.gates
    return {
        "asked": gates.asked,
        "leave": gates.leave,
        "denied_to_another_driver": gates.turned_away,
        "stay": dict(gates.stay),
    }


def write_folder(result: Result, folder: Path) -> None:
    """Write the summary and what is in the folder."""
    write_json(folder / SUMMARY, summary(result, folder))
    documents = result.found.documents.total()
    write_readme(
        folder,
        [
            f"What a demo of the release bus left: {len(result.day.boxes):,} containers,",
            f"seed {result.day.seed}, on {result.engines.kafka} and {result.engines.database}.",
            "",
            *(f"{name:<14}{what}" for name, what in contents(result, documents)),
            f"{MARK:<14}this",
            "",
            "All companies, numbers and drivers are made up. The next demo empties this folder.",
            "",
            "Look further:",
            *next_commands(result, folder),
        ],
    )
