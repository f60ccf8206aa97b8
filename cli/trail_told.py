"""A checked trail in words, for a person with a page of 80 characters, and for a program."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.story import COLOURS
from cli.voice import paper
from cli.words import Tone, line_of
from ledger.trail.check import Checked
from schemas.facts import RECORDED

ALL_WAS_CHANGED = (
    "Do not rely on it. Ask who gave it to you for the file as the bus wrote it, and the bus for "
    "a new one."
)
OWN_KEY = (
    "The public key came with the file: whoever made the one could have made the other. Compare "
    "it with the bus's own, come by another way (--public-key): "
)
NO_KEY = "The file names no public key: give the bus's with --public-key."


def drawn(checked: Checked, *, given: bool) -> None:
    """Print the trail and what it proves; *given* tells that the public key came another way."""
    screen = paper()
    about = checked.about
    screen.print(Rule(about.container, align="left"))
    screen.print(f"As the ledger stood at {about.taken_at:%Y-%m-%d %H:%M:%S} UTC.\n")
    screen.print(_entries(checked))
    screen.print()
    for said in (*_proven(checked), _key(checked, given=given)):
        screen.print(said)
    if checked.flaws:
        screen.print(Text("\nThis trail is not what the bus wrote down:", "bold red"))
        for flaw in checked.flaws:
            screen.print(Text(f"  {flaw.where}: {flaw.what}", "red"))
        screen.print(ALL_WAS_CHANGED)


def as_object(checked: Checked, *, given: bool) -> dict[str, Any]:
    """Return the same for a program."""
    about = checked.about
    return {
        "ok": not checked.flaws,
        "container": about.container,
        "taken_at": about.taken_at.isoformat(),
        "key": "given" if given else "of the file",
        "entries": [
            {
                "event": line.event,
                "at": line.at.isoformat(),
                "said": line.said,
                "proven": line.event in checked.proven,
                "recorded": RECORDED.shown(recorded),
            }
            for recorded in checked.entries
            for line in (line_of(recorded, about.names),)
        ],
        "heads": [
            {"shard": head.shard, "seq": head.seq, "at": head.at.isoformat(), "key": head.key_id}
            for head in checked.heads
        ],
        "whole_signed": checked.signed,
        "nothing_left_out": checked.gapless,
        "unlinked": checked.unlinked,
        "flaws": [{"where": flaw.where, "what": flaw.what} for flaw in checked.flaws],
    }


def _entries(checked: Checked) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    day: object = None
    for recorded in checked.entries:
        line = line_of(recorded, checked.about.names)
        if line.at.date() != day:
            day = line.at.date()
            table.add_row("", "", Text(f"{line.at:%A %d %B %Y}", "dim"))
        proven = line.event in checked.proven
        said = Text(line.said, COLOURS[line.tone])
        table.add_row(line.event, f"{line.at:%H:%M}", said if proven else _doubted(said))
    return table


def _doubted(said: Text) -> Text:
    return Text("NOT PROVEN ", COLOURS[Tone.ALARM]).append_text(said)


def _proven(checked: Checked) -> Iterator[str]:
    shown, proven, heads = len(checked.entries), len(checked.proven), len(checked.heads)
    yield (
        f"Proven: {proven} of {shown} entries stand in the ledger as they are shown, in this "
        f"order; their hashes lead to {heads} signed head{'' if heads == 1 else 's'}."
    )
    if checked.gapless:
        yield (
            "Nothing of this container was left out from its first entry to the last one shown: "
            "each names the one before it."
        )
    elif not checked.flaws:
        first = ", ".join(checked.unlinked)
        yield (
            "Whether something stood before these entries cannot be told, since they were written "
            f"before entries named the one before them: {first}."
        )
    last = checked.entries[-1] if checked.entries else None
    if last is not None:
        word = "signed by the bus" if checked.signed else "of whoever made the file, not signed"
        yield (
            f"That nothing came after {last.shard}-{last.seq} is no proof but a word, {word}; "
            "a trail taken later would show it."
        )


def _key(checked: Checked, *, given: bool) -> str:
    if given:
        return "Signatures were checked with the public key that was given."
    keys = checked.about.keys
    return OWN_KEY + ", ".join(keys.values()) if keys else NO_KEY
