"""Who passed the right to whom, told from two looks at its owner."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from adapters.scr.chain import Given, Move, Owners, TakenBack, moved
from tests.rows import each_row


def moves(holders: str, owner: str, previous: str | None, *events: str) -> tuple[list[str], str]:
    """Return what moved, as `C>F` and `F<`, and who holds it: C is the creator."""
    found, after = moved(tuple(holders), Owners("C", owner, previous), frozenset(events))
    return [_told(move) for move in found], "".join(after)


def _told(move: Move) -> str:
    return f"{move.giver}>{move.receiver}" if isinstance(move, Given) else f"{move.giver}<"


@each_row(
    ("holders", "owner", "previous", "events", "expected", "after"),
    [
        # Nothing moved.
        ("", "C", None, (), [], ""),
        ("F", "F", "C", ("update",), [], "F"),
        # One hop, two hops seen one by one, two of which one was not seen.
        ("", "F", "C", ("transfer",), ["C>F"], "F"),
        ("F", "H", "F", ("transfer",), ["F>H"], "FH"),
        ("", "H", "F", ("transfer",), ["C>F", "F>H"], "FH"),
        ("F", "K", "H", (), ["F>H", "H>K"], "FHK"),
        # Whoever was before is not told.
        ("F", "K", None, (), ["F>K"], "FK"),
        ("F", "K", "K", (), ["F>K"], "FK"),
        # A revoke takes one hop back; several that were not seen, hop by hop.
        ("FH", "F", "H", ("revoke",), ["F<"], "F"),
        ("FH", "F", "H", (), ["F<"], "F"),
        ("FHK", "F", "K", ("revoke",), ["H<", "F<"], "F"),
        # The carrier's takes all: the ledger has a rule for that.
        ("F", "C", "F", ("revoke",), ["C<"], ""),
        ("FH", "C", "F", ("revoke",), ["C<"], ""),
        # Taken back, and given to another before anybody looked.
        ("FH", "K", "F", ("revoke", "transfer"), ["F<", "F>K"], "FK"),
        ("FH", "K", "F", (), ["F<", "F>K"], "FK"),
        ("F", "K", "C", ("revoke", "transfer"), ["C<", "C>K"], "K"),
        # Handed back by who holds it; to the carrier, who is no holder, it falls back.
        ("FH", "F", "H", ("transfer",), ["H>F"], "FHF"),
        ("F", "C", "F", ("transfer",), ["C<"], ""),
        ("FHF", "H", "F", ("revoke",), ["H<"], "FH"),
        # Told of both, nobody knows which was the last: the right is taken back, not given.
        ("FH", "F", "H", ("revoke", "transfer"), ["F<"], "F"),
        # Who held it twice has it back as it had it last.
        ("FHFK", "F", "K", ("revoke",), ["F<"], "FHF"),
        ("FHFK", "L", "F", ("revoke",), ["F<", "F>L"], "FHFL"),
        # First seen after a revoke: who lost it gave it to nobody.
        ("", "F", "H", ("revoke",), ["C>F"], "F"),
    ],
)
def test_what_moved(
    holders: str,
    owner: str,
    previous: str | None,
    events: tuple[str, ...],
    expected: list[str],
    after: str,
) -> None:
    assert moves(holders, owner, previous, *events) == (expected, after)


parties = st.sampled_from("FHKL")


@given(
    holders=st.lists(parties, max_size=5).map(
        lambda way: "".join(a for a, b in pairwise([*way, ""]) if a != b)
    ),
    owner=st.sampled_from("CFHKL"),
    previous=st.sampled_from(["C", "F", "H", "K", "L", None]),
    events=st.sets(st.sampled_from(["transfer", "revoke", "update"])),
)
def test_the_moves_lead_from_who_held_it_to_who_does_and_nobody_gives_what_it_has_not(
    holders: str, owner: str, previous: str | None, events: set[str]
) -> None:
    found, after = moved(tuple(holders), Owners("C", owner, previous), frozenset(events))

    path = ["C", *holders]
    for move in found:
        if isinstance(move, Given):
            assert path[-1] == move.giver != move.receiver
            path.append(move.receiver)
        elif move.giver == "C":
            path = ["C"]
        else:
            assert path[-2] == move.giver
            path.pop()
    assert path == ["C", *after]
    assert path[-1] == owner
    assert not (found and holders and owner == holders[-1])
    assert TakenBack("C") not in found or holders
