"""Who has a container collected, of whoever stands in its chain."""

import pytest

from adapters.exit_steps.organiser import organiser_of
from schemas.messages import Role
from schemas.stay import Hop, Stay
from schemas.value import altered
from tests.adapters.story import (
    AGENT,
    FORWARDER,
    HAULIER,
    ORGANISATIONS,
    RIVAL,
    Story,
    to,
)

OTHER_HAULIER = "NXT21000000077"
BY_ID = {each.id: each for each in ORGANISATIONS}
PARTIES = {**BY_ID, OTHER_HAULIER: altered(BY_ID[HAULIER], id=OTHER_HAULIER)}


def chain(*holders: str) -> Stay:
    story = Story()
    story.released(release_to=to(FORWARDER))
    (stay,) = story.file.stays
    givers = (AGENT, *holders)
    hops = tuple(map(Hop, givers, holders, [True] * len(holders)))
    return altered(stay, hops=hops)


@pytest.mark.parametrize(
    ("holders", "organiser"),
    [
        ((FORWARDER, HAULIER), FORWARDER),
        ((HAULIER,), AGENT),
        ((FORWARDER, OTHER_HAULIER, HAULIER), FORWARDER),
        ((FORWARDER, HAULIER, OTHER_HAULIER, HAULIER), FORWARDER),
        ((FORWARDER, RIVAL, HAULIER), RIVAL),
        ((FORWARDER,), FORWARDER),
        ((), AGENT),
    ],
)
def test_it_is_the_last_agent_or_forwarder_before_the_haulier(
    holders: tuple[str, ...], organiser: str
) -> None:
    assert organiser_of(PARTIES[HAULIER], chain(*holders), PARTIES).id == organiser


def test_a_forwarder_with_trucks_of_its_own_organises_itself() -> None:
    both = altered(PARTIES[HAULIER], roles=(Role.RELEASE_PARTY, Role.TRANSPORT_OPERATOR))

    assert organiser_of(both, chain(FORWARDER, HAULIER), PARTIES) == both


def test_of_a_release_that_nobody_knows_nobody_but_the_haulier_is_known() -> None:
    haulier = PARTIES[HAULIER]

    assert organiser_of(haulier, None, PARTIES) == haulier
