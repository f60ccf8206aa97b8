"""A story in a port where a community system decides: Rotterdam, with Portbase."""

from datetime import UTC, datetime

from ledger.directory.directory import Directory, directory_of
from schemas import messages as m
from schemas import system_facts as s
from schemas.facts import RecordedFact
from schemas.identifiers import Scheme
from schemas.messages import Modality, Role
from schemas.organisations import Account, Code, Organisation, Terminal
from schemas.system_messages import AnswerRequest, ObserveRelease
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.story import AGENT, DRIVER, FORWARDER, HAULIER, Story, to

PORTBASE = "NXT22000000010"
RWG = "NXT22000000011"
PORT, QUAY = "NLRTM", "RWG"
BILLS = ("BLTEST0001",)

DIRECTOR = "NXT22000000012"
EANS = {FORWARDER: "8713987007895", HAULIER: "8713987001237", DIRECTOR: "8713987004566"}
CUSTOMER_CODE = Account("portbase", "CC-0042", carrier="BLTE")
"""Given by the carrier whose letters the bills begin with (identity_scr_portbase.md §C.3)."""


def _at_portbase(organisation: Organisation) -> Organisation:
    ean = EANS.get(organisation.id)
    codes = () if ean is None else (Code(Scheme.EAN, ean),)
    accounts = (CUSTOMER_CODE,) if organisation.id == FORWARDER else ()
    return altered(organisation, codes=(*organisation.codes, *codes), accounts=accounts)


ORGANISATIONS = (
    *map(_at_portbase, antwerp.ORGANISATIONS),
    _at_portbase(Organisation(DIRECTOR, 1, "Demo Director BV", (Role.RELEASE_PARTY,))),
    Organisation(PORTBASE, 1, "Portbase", (), system="portbase"),
    Organisation(
        RWG, 1, "Demo Deepsea", (Role.TERMINAL_OPERATOR,), terminals=(Terminal(PORT, QUAY),)
    ),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))


def in_rotterdam() -> Story:
    """Begin a story of a container in Rotterdam."""
    return Story(port=PORT, terminal=QUAY, directory=DIRECTORY)


def observe(story: Story, **said: object) -> tuple[RecordedFact, ...]:
    """Let Portbase say how the release stands."""
    told = {"terminal": QUAY, "bills_of_lading": BILLS, **said}
    return story.say(PORTBASE, ObserveRelease, **told)


def answer(
    story: Story, asked: RecordedFact, *, accepted: bool = True, reason: str = ""
) -> tuple[RecordedFact, ...]:
    """Let Portbase answer a request."""
    assert isinstance(asked.fact, s.RequestMade)
    request = asked.fact.request_id
    return story.say(PORTBASE, AnswerRequest, request_id=request, accepted=accepted, reason=reason)


def held_by_haulier(story: Story) -> None:
    """Let Portbase show the release, accepted down to the haulier, all lights green."""
    observe(
        story,
        status="released",
        agent=to(AGENT),
        holders=(to(FORWARDER), to(HAULIER)),
        expires_at=datetime(2025, 4, 1, 8, tzinfo=UTC),
        customs="released",
        discharged=True,
        terminal_light="released",
    )


def a_day_in_rotterdam() -> Story:
    """Tell of a container from its release to its leaving, asked and confirmed on the way."""
    story = in_rotterdam()
    (asked,) = story.released(release_to=to(FORWARDER))
    answer(story, asked)
    answer(story, asked)  # the same once more
    (asked,) = story.say(FORWARDER, m.Accept)
    answer(story, asked)
    (asked,) = story.say(FORWARDER, m.Transfer, release_to=to(HAULIER))
    answer(story, asked, accepted=False, reason="no such operator")
    answer(story, asked)  # and then it is accepted, which contradicts
    held_by_haulier(story)
    (asked,) = story.say(HAULIER, m.AssignPickup, modality=Modality.TRUCK, driver=DRIVER)
    story.wait(hours=1)
    answer(story, asked)
    story.say(RWG, m.ReportGateOut, terminal=QUAY, picked_up_by=to(HAULIER))
    return story


def facts_of_rotterdam() -> dict[str, RecordedFact]:
    """Return one fact of each type that comes about there."""
    found: dict[str, RecordedFact] = {}
    for recorded in a_day_in_rotterdam().facts:
        found.setdefault(recorded.fact.type, recorded)
    return found
