"""Who has a container collected: the agent or forwarder who appoints the haulier (§A.3, §A.4).

At French ports no haulier names itself, and an accepted exit belongs to who asked for it. The bus
hears of both from the haulier; who handed it the right stands in the chain.
"""

from typing import Final

from adapters.contract import Parties
from adapters.parties import party
from schemas.messages import Role
from schemas.organisations import Organisation
from schemas.stay import Stay

APPOINTS: Final = frozenset({Role.SHIP_AGENT, Role.RELEASE_PARTY})


def organiser_of(asker: Organisation, stay: Stay | None, parties: Parties) -> Organisation:
    """Return the last agent or forwarder in the chain of *stay* up to *asker*, maybe itself.

    Who does not stand in it collects for whoever holds the right; without a release for itself.
    """
    if stay is None or not APPOINTS.isdisjoint(asker.roles):
        return asker
    before = (party(parties, each) for each in reversed(_before(asker.id, stay)))
    return next((each for each in before if not APPOINTS.isdisjoint(each.roles)), asker)


def _before(asker: str, stay: Stay) -> tuple[str, ...]:
    chain = (stay.agent, *(hop.receiver for hop in stay.hops))
    given = [place for place, each in enumerate(chain) if each == asker]
    if given:
        return chain[: given[-1]]
    return (stay.agent, *(hop.receiver for hop in stay.hops if hop.accepted))
