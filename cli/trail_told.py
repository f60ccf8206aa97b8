"""A checked trail in words, for a person with a page of 80 characters, and for a program."""

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from cli.story import COLOURS
from cli.voice import paper
from cli.words import Line, Names, Tone, line_of
from ledger.trail.check import Checked
from ledger.trail.lines import plain
from schemas.facts import RECORDED, RecordedFact

ALL_WAS_CHANGED = (
    "Do not rely on it. Ask who gave it to you for the file as the bus wrote it, and the bus for "
    "a new one."
)
NOTHING_IS_PROVEN = (
    "Nothing below is proven: the bus's public key was not given. Get it by another way than this "
    "file came, and give it with --public-key."
)
OWN_KEY = (
    "Whoever made the file could have made the public key in it too. Compare it with the bus's "
    "own: "
)
NO_KEY = "The file names no public key either."
NOT_COVERED = (
    "Names of parties, the date above and the dates of heads are not proven: the file is not "
    "signed. The ids of parties stand in the entries."
)
OF_THE_FILE = ["names", "taken_at", "heads.at", "later_entries"]
"""What stands in no entry and under no head's signature: only a signed file covers it.

Also that no entry came after the last one shown: from an unsigned file it may have been cut.
"""


def drawn(checked: Checked, *, given: bool) -> None:
    """Print the trail and what it proves; *given* tells that the public key came another way."""
    screen = paper()
    about = checked.about
    if not given:
        screen.print(Text(NOTHING_IS_PROVEN, "bold yellow"))
    screen.print(Rule(Text(plain(about.container)), align="left"))
    screen.print(f"As the ledger stood at {about.taken_at:%Y-%m-%d %H:%M:%S} UTC.\n")
    screen.print(_entries(checked, given=given))
    screen.print()
    for said in _results(checked, given=given):
        screen.print(Text(plain(said)))
    if checked.flaws:
        screen.print(Text("\nThis trail is not what the bus wrote down:", "bold red"))
        for flaw in checked.flaws:
            screen.print(Text(plain(f"  {flaw.where}: {flaw.what}"), "red"))
        screen.print(ALL_WAS_CHANGED)


def as_object(checked: Checked, *, given: bool) -> dict[str, Any]:
    """Return the same for a program; without a key that was *given* nothing is proven."""
    about, names = checked.about, _names(checked, given=given)
    return {
        "ok": given and not checked.flaws,
        "proven": given and not checked.flaws,
        "consistent": not checked.flaws,
        "container": about.container,
        "taken_at": about.taken_at.isoformat(),
        "key": "given" if given else "of the file",
        "entries": [
            {
                "event": line.event,
                "at": line.at.isoformat(),
                "said": plain(line.said),
                "proven": given and line.event in checked.proven,
                "recorded": RECORDED.shown(recorded),
            }
            for recorded, line in _lines(checked, names)
        ],
        "heads": [
            {"shard": head.shard, "seq": head.seq, "at": head.at.isoformat(), "key": head.key_id}
            for head in checked.heads
        ],
        "whole_signed": checked.signed,
        "not_covered": [] if _covered(checked, given=given) else OF_THE_FILE,
        "nothing_left_out": given and checked.gapless,
        "unlinked": checked.unlinked,
        "flaws": [{"where": flaw.where, "what": flaw.what} for flaw in checked.flaws],
    }


def _covered(checked: Checked, *, given: bool) -> bool:
    """Tell whether the bus signed what stands outside the entries too."""
    return given and checked.signed


def _names(checked: Checked, *, given: bool) -> Names:
    """Return what parties are called: beside their ids where no signature covers the names."""
    names = checked.about.names
    if _covered(checked, given=given):
        return names
    return {party: f"{name} ({party})" for party, name in names.items()}


def _lines(checked: Checked, names: Names) -> Iterator[tuple[RecordedFact, Line]]:
    return ((recorded, line_of(recorded, names)) for recorded in checked.entries)


def _entries(checked: Checked, *, given: bool) -> RenderableType:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    day: object = None
    for _, line in _lines(checked, _names(checked, given=given)):
        if line.at.date() != day:
            day = line.at.date()
            table.add_row("", "", Text(f"{line.at:%A %d %B %Y}", "dim"))
        proven = line.event in checked.proven
        said = Text(plain(line.said), COLOURS[line.tone])
        event = Text(plain(line.event))
        table.add_row(event, f"{line.at:%H:%M}", said if proven else _doubted(said))
    return table


def _doubted(said: Text) -> Text:
    return Text("NOT PROVEN ", COLOURS[Tone.ALARM]).append_text(said)


def _results(checked: Checked, *, given: bool) -> Iterator[str]:
    """Yield what the check came to, a sentence each."""
    yield _count(checked, given=given)
    if given:
        yield from _gaps(checked)
    if checked.entries:
        yield _last(checked, given=given)
    if given and not checked.signed:
        yield NOT_COVERED
    yield _key(checked, given=given)


def _count(checked: Checked, *, given: bool) -> str:
    shown, led, heads = len(checked.entries), len(checked.proven), len(checked.heads)
    lead = f"their hashes lead to {heads} signed head{'' if heads == 1 else 's'}."
    if not given:
        fits = "The file does not fit itself" if checked.flaws else "The file fits itself, no more"
        return f"{fits}: {led} of {shown} entries stand as its own hashes have them; {lead}"
    return (
        f"Proven: {led} of {shown} entries stand in the ledger as they are shown, in this order; "
        f"{lead}"
    )


def _gaps(checked: Checked) -> Iterator[str]:
    if checked.gapless:
        yield (
            "Nothing of this container was left out from its first entry to the last one shown: "
            "each names the one before it."
        )
    elif checked.unlinked and not checked.flaws:
        first = ", ".join(checked.unlinked)
        yield (
            "Whether something stood before these entries cannot be told, since they were written "
            f"before entries named the one before them: {first}."
        )


def _last(checked: Checked, *, given: bool) -> str:
    by_bus = _covered(checked, given=given)
    word = "signed by the bus" if by_bus else "of whoever made the file, not signed by the bus"
    last = checked.entries[-1]
    return (
        f"That nothing came after {last.shard}-{last.seq} is no proof but a word, {word}; "
        "a trail taken later would show it."
    )


def _key(checked: Checked, *, given: bool) -> str:
    if given:
        return "Signatures were checked with the public key that was given."
    keys = checked.about.keys
    return OWN_KEY + ", ".join(keys.values()) if keys else NO_KEY
