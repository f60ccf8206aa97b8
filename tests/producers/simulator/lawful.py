"""The pure law over a planned day, read as intake reads it: no broker, no database."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ledger.directory.answer import answer as onboard
from ledger.directory.directory import Directory
from ledger.directory.onboarding import Known
from ledger.law.answer import answer
from ledger.law.context import Context, Question
from ledger.law.file import Answer, File
from ledger.law.policy import Policy
from ledger.law.ruling import Refusal
from producers.simulator import Cast, Day, Letter, Planned
from schemas import facts as f
from schemas.envelope import Envelope
from schemas.facts import Cause, OrganisationRegistered, Outcome
from schemas.messages import ContainerMessage, OrganisationMessage
from schemas.onboarding_facts import Onboarding, OnboardingMoved
from schemas.reading import ReadMessage, read_message
from schemas.reasons import Finding, Reason

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def directory_of(cast: Cast) -> Directory:
    """Return the directory once everybody of *cast* has joined."""
    directory = Directory()
    standings: dict[str, Onboarding] = {}
    for _, said in cast.registrations():
        message = as_read(said)
        assert isinstance(message, OrganisationMessage)
        standing = standings.get(message.organisation)
        ruling = onboard(message, Known(directory, NOW, Policy(), standing))
        assert not isinstance(ruling, Refusal), ruling
        for fact in ruling:
            directory = _with(directory, standings, fact)
    return directory


def _with(directory: Directory, standings: dict[str, Onboarding], fact: f.Fact) -> Directory:
    if isinstance(fact, OnboardingMoved):
        standings[fact.organisation] = fact.standing
    if isinstance(fact, OrganisationRegistered):
        return directory.joined_by(fact.organisation, directory.version + 1)
    return directory


def as_read(message: ContainerMessage | OrganisationMessage) -> object:
    """Return *message* in canonical form, as it stands on a log."""
    envelope = Envelope("1", "urn:test", message.TYPE, datetime.now().astimezone())
    read = read_message(envelope, message.model_dump_json(exclude_none=True).encode())
    assert isinstance(read, ReadMessage), read
    return read.message


@dataclass(slots=True)
class Played:
    """What the law made of a day."""

    files: dict[str, File] = field(default_factory=dict)
    first: list[tuple[Planned, Outcome | None, Reason | None]] = field(default_factory=list)
    later: dict[str, list[Outcome]] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    counted: Counter[str] = field(default_factory=Counter)


def played(day: Day, planned: Iterable[Planned]) -> Played:
    """Ask the law everything of *planned*, in that order."""
    result, directory = Played(), directory_of(day.cast)
    seen: set[tuple[str, str]] = set()
    for said in planned:
        key = (said.organisation, said.message_id)
        if isinstance(said.content, Letter):
            continue
        if key in seen:
            result.first.append((said, Outcome.DUPLICATE, None))
            continue
        seen.add(key)
        _ask(result, said, said.content, Context(directory, said.at, Policy()))
    return result


def _ask(result: Played, said: Planned, content: ContainerMessage, context: Context) -> None:
    message = as_read(content)
    assert isinstance(message, ContainerMessage)
    question = Question(message, _cause(said, message))
    file = result.files.get(said.container, File())
    result.files[said.container], answers = answer(file, question, context)
    first, *rest = answers
    reason = first.fact.reason if isinstance(first.fact, f.Refused) else None
    result.first.append((said, first.outcome, reason))
    for each in rest:
        _follow(result, each)
    found = result.findings.setdefault(said.container, [])
    found.extend(a.fact.finding for a in answers if isinstance(a.fact, f.FindingMade))


def _follow(result: Played, each: Answer) -> None:
    if each.outcome is not None:
        result.later.setdefault(each.cause.message_id, []).append(each.outcome)


def _cause(said: Planned, message: ContainerMessage) -> Cause:
    return Cause(
        message_id=said.message_id,
        message_type=message.TYPE,
        source="urn:test",
        organisation=said.organisation,
        occurred_at=said.at,
        log_offset=0,
        directory_version=1,
        policy_version="test",
    )
