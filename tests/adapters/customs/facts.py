"""Facts that answer a message of customs' own, as the law recorded them."""

from ledger.directory.directory import Directory, directory_of
from schemas import facts as f
from schemas.facts import RecordedFact
from schemas.messages import Release, ReportCustomsStatus, Role
from schemas.organisations import Organisation
from schemas.value import altered
from tests.adapters import story as antwerp
from tests.adapters.story import AGENT, Story

CUSTOMS_LINK = "NXT22000000013"
"""Who speaks for customs on their system's topic: its role lets it set the light."""

ORGANISATIONS = (
    *antwerp.ORGANISATIONS,
    Organisation(CUSTOMS_LINK, 1, "Customs link", (Role.CUSTOMS,), system="customs"),
)
DIRECTORY: Directory = directory_of(ORGANISATIONS, version=len(ORGANISATIONS))
PARTIES = DIRECTORY.by_id


def a_story() -> Story:
    """Begin a story in Antwerp in which customs have a link."""
    return Story(directory=DIRECTORY, ids="customs-CCRM-")


def status(story: Story, **members: object) -> RecordedFact:
    """Let customs set the light, and return the ledger's first answer."""
    told = {"terminal": "1742", "status": "released", **members}
    return story.say(CUSTOMS_LINK, ReportCustomsStatus, **told)[0]


def _linked() -> RecordedFact:
    story = a_story()
    story.released()
    return status(story)


def _of_two_releases() -> RecordedFact:
    story = a_story()
    story.released()
    more = {"terminal": "1742", "bills_of_lading": ("BLTEST0002",)}
    story.say(AGENT, Release, **more, release_identification="AGT-REL-0002")
    return status(story)


def _parked() -> RecordedFact:
    story = a_story()
    story.released()
    (parked, *_) = story.break_on(CUSTOMS_LINK, ReportCustomsStatus, status="released")
    return parked


def a_day() -> Story:
    """Tell of a container that customs speak of four times."""
    story = a_story()
    status(story, status="documentarycontrol")
    story.released()
    status(story, status="selectedforscan")
    status(story)
    status(story, status="favv")
    return story


DAY = a_day().facts
FACTS: dict[str, RecordedFact] = {
    each.fact.type: each for each in (_linked(), status(a_story()), _of_two_releases(), _parked())
}
FACTS["repeated"] = altered(
    FACTS["refused"],
    fact=f.Repeated(first_shard="ledger-3", first_seq=1, first=f.Outcome.APPLIED),
)
