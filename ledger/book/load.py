"""What a batch needs to know before it decides: the files, the directory, what was seen before."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection, select, text

from ledger.book import tables
from ledger.book.bulk import select_in
from ledger.book.engine import is_postgresql
from ledger.book.moments import moment
from ledger.book.stored import onboarding_in, organisation_in, question_in, request_in, stay_in
from ledger.directory.directory import Directory, directory_of
from ledger.law.file import File, Held, Request
from schemas.facts import Outcome, RecordedFact, read
from schemas.onboarding_facts import Onboarding
from schemas.stay import Stay
from schemas.value import Value


class First(Value, frozen=True):
    """The first answer that a message got: where it stands, for what content."""

    content_hash: bytes
    shard: str
    seq: int
    outcome: Outcome


def files(connection: Connection, containers: Collection[str]) -> dict[str, File]:
    """Return the file of each container, an empty one for a container never heard of."""
    if not containers:
        return {}
    stays = _stays(connection, containers)
    held = _waiting(connection, containers)
    asked = _requests(connection, containers)
    column = tables.parked.c.container
    parked = {row.container for row in select_in(connection, [column], column, containers)}
    return {
        container: File(
            tuple(stays.get(container, ())),
            tuple(held.get(container, ())),
            container in parked,
            tuple(asked.get(container, ())),
        )
        for container in containers
    }


def last_seqs(
    connection: Connection, containers: Mapping[str, Collection[str]]
) -> dict[str, dict[str, int]]:
    """Return the number of the last entry of each shard's *containers*, 0 where there is none.

    One look at the end of an index for each, whatever the planner thinks of a table that grew
    since it last counted: one condition for all of them may be answered by reading it whole.
    """
    asked = [(shard, each) for shard, several in containers.items() for each in several]
    if not asked:
        return {}
    each, part = "json_array_elements(CAST(:asked AS json))", "asked.value ->> {}"
    if not is_postgresql(connection):
        each, part = "json_each(:asked)", "json_extract(asked.value, '$[{}]')"
    shard, container = part.format(0), part.format(1)
    found = connection.execute(
        text(
            f"SELECT {shard} AS shard, {container} AS container, (SELECT max(seq) FROM entry"  # noqa: S608 - names of ours
            f" WHERE container = {container} AND shard = {shard}) AS seq FROM {each} AS asked"
        ),
        {"asked": json.dumps(asked)},
    )
    last: dict[str, dict[str, int]] = {shard: {} for shard in containers}
    for row in found:
        last[row.shard][row.container] = row.seq or 0
    return last


def parkings(connection: Connection, shard: str, container: str) -> list[RecordedFact]:
    """Return the entries by which messages of the container were parked and resumed, in order."""
    columns = tables.entry.c
    statement = (
        select(columns.body)
        .where(
            columns.container == container,
            columns.shard == shard,
            columns.fact.in_(("parked", "resumed")),
        )
        .order_by(columns.seq)
    )
    return [read(body) for body in connection.execute(statement).scalars()]


def first(connection: Connection, keys: Iterable[bytes]) -> dict[bytes, First]:
    """Return, for each message key that was answered before, its first answer."""
    columns = tables.entry.c
    wanted = [columns.src_key, columns.src_hash, columns.shard, columns.seq, columns.outcome]
    return {
        row.src_key: First(row.src_hash, row.shard, row.seq, Outcome(row.outcome))
        for row in select_in(connection, wanted, columns.src_key, keys)
    }


def directory(connection: Connection, known: Directory) -> Directory:
    """Return the directory as it stands, reading only what changed since *known*."""
    columns = tables.organisation.c
    changed = connection.execute(
        select(columns.seq, columns.state).where(columns.seq > known.version).order_by(columns.seq)
    ).all()
    if not changed:
        return known
    joined = [organisation_in(row.state) for row in changed]
    by_id = {**known.by_id, **{organisation.id: organisation for organisation in joined}}
    return directory_of(by_id.values(), changed[-1].seq)


def standing(connection: Connection, organisation: str) -> Onboarding | None:
    """Return how far an organisation is on its way onto the bus, None before its first step."""
    columns = tables.onboarding.c
    found = select(columns.state).where(columns.organisation == organisation)
    state = connection.execute(found).scalar_one_or_none()
    return None if state is None else onboarding_in(state)


def due_organisations(
    connection: Connection, shard: str, now_micros: int, limit: int
) -> list[str]:
    """Return organisations of the shard that time alone moves at *now_micros*, *limit* at most."""
    columns = tables.onboarding.c
    overdue = select(columns.organisation).where(
        columns.shard == shard, columns.due_at <= now_micros
    )
    by_name = overdue.order_by(columns.organisation)
    return list(connection.execute(by_name.limit(limit)).scalars())


def due(connection: Connection, shard: str, now_micros: int, limit: int) -> list[str]:
    """Return containers of the shard that time alone changes at *now_micros*, *limit* at most.

    A parked container is left alone: what comes after the message that broke stands behind it.
    """
    stays, room = tables.stay.c, tables.waiting.c
    parked = select(tables.parked.c.container)
    overdue = select(stays.container).where(
        stays.shard == shard, stays.due_at <= now_micros, stays.container.not_in(parked)
    )
    waited = select(room.container).where(
        room.shard == shard, room.until <= now_micros, room.container.not_in(parked)
    )
    asked = tables.request.c
    unanswered = select(asked.container).where(
        asked.shard == shard, asked.due_at <= now_micros, asked.container.not_in(parked)
    )
    found = [
        *connection.execute(overdue.limit(limit)).scalars(),
        *connection.execute(waited.limit(limit)).scalars(),
        *connection.execute(unanswered.limit(limit)).scalars(),
    ]
    return list(dict.fromkeys(found))[:limit]


def of_moved_operators(
    connection: Connection, shard: str, suspended: Collection[str], limit: int
) -> list[str]:
    """Return containers whose pick-up right has to stop, or may count again, *limit* at most.

    *suspended* are the organisations that are. Parked ones are left alone, as by `due`.
    """
    stays = tables.stay.c
    wanted = select(stays.container).where(
        stays.shard == shard, stays.container.not_in(select(tables.parked.c.container))
    )
    restored = wanted.where(stays.operator_suspended, stays.operator.not_in(suspended))
    found = list(connection.execute(restored.limit(limit)).scalars())
    if suspended:
        stopped = wanted.where(stays.operator.in_(suspended), ~stays.operator_suspended)
        found.extend(connection.execute(stopped.limit(limit)).scalars())
    return list(dict.fromkeys(found))[:limit]


def _stays(connection: Connection, containers: Collection[str]) -> dict[str, list[Stay]]:
    columns = tables.stay.c
    wanted = [columns.container, columns.position, columns.state]
    rows = select_in(connection, wanted, columns.container, containers)
    stays: dict[str, list[Stay]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row.position)):
        stays[row.container].append(stay_in(row.state))
    return stays


def _waiting(connection: Connection, containers: Collection[str]) -> dict[str, list[Held]]:
    columns = tables.waiting.c
    wanted = [columns.container, columns.position, columns.until, columns.question]
    rows = select_in(connection, wanted, columns.container, containers)
    held: dict[str, list[Held]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row.position)):
        held[row.container].append(Held(question_in(row.question), moment(row.until)))
    return held


def _requests(connection: Connection, containers: Collection[str]) -> dict[str, list[Request]]:
    columns = tables.request.c
    wanted = [columns.container, columns.position, columns.state]
    rows = select_in(connection, wanted, columns.container, containers)
    requests: dict[str, list[Request]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: int(row.position)):
        requests[row.container].append(request_in(row.state))
    return requests
