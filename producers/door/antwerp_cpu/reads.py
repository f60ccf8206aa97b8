"""What a party asks to read of its own: from the ledger, at once (cpu.md §4.2 rows 3 to 5, 16).

Who asks about a release that is not its own gets what who asks about none gets.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from pydantic import BaseModel
from starlette.responses import Response

from adapters.antwerp_cpu.lists import paged_containers
from adapters.antwerp_cpu.profile import NAME
from adapters.antwerp_cpu.queries import detail_query, list_query, replay_query
from adapters.antwerp_cpu.reads import (
    Reader,
    Which,
    combined_light,
    release_detail,
    release_lights,
    terminal_detail,
)
from adapters.antwerp_cpu.replay import Replay, Stored, stored_notifications
from adapters.antwerp_cpu.standing import Standing, standings
from adapters.antwerp_cpu.wire_out import Notification, written
from adapters.antwerp_cpu.wire_read import StoredNotifications
from adapters.contract import PartyMissing
from producers.door.antwerp_cpu.writes import given_reference
from producers.door.door import Door, Kept, NotAtHand
from producers.door.entrance import Call, Handler
from producers.door.posting import RETRY_SECONDS
from producers.door.problems import NO_STORE, problem, retry_later, unreadable
from schemas.identifiers import Unusable, read_container, read_locode
from schemas.unreadable import Unreadable

JSON: Final = "application/json"
Answer = Callable[[Sequence[Standing], Which, Reader], Notification]
Reading = Callable[[Door, Kept, Call], Awaitable[Response | Unreadable]]


def told_at_once(reading: Reading) -> Handler:
    """Return the handler that reads what is kept, or tells why it cannot."""

    async def handler(door: Door, call: Call) -> Response:
        if door.kept is None:
            sentence = "This door reads nothing: it was opened without the ledger's database."
            return problem(501, "not_read_here", sentence)
        try:
            found = await reading(door, door.kept, call)
        except (NotAtHand, PartyMissing):
            # The second: the directory of this door is a moment behind the ledger.
            sentence = "What is kept cannot be read now."
            return retry_later(503, "not_at_hand", sentence, RETRY_SECONDS)
        return unreadable((found,)) if isinstance(found, Unreadable) else found

    return handler


def about_one(answer: Answer) -> Reading:
    """Return what reads one release of the container in the path, and answers with *answer*."""

    async def reading(door: Door, kept: Kept, call: Call) -> Response | Unreadable:
        container = _container(call.path["equipment_number"], "path equipment-number")
        if isinstance(container, Unreadable):
            return container
        found = await _releases(door, kept, call, container)
        if isinstance(found, Unreadable):
            return found
        releases, reader = found
        return _told(answer(releases, detail_query(container, call.query), reader))

    return reading


detail = told_at_once(about_one(release_detail))
lights = told_at_once(about_one(release_lights))
combined = told_at_once(about_one(combined_light))


async def _listed(door: Door, kept: Kept, call: Call) -> Response | Unreadable:
    asked = list_query(call.query)
    if isinstance(asked, Unreadable):
        return asked
    filters, page = asked
    # Without an index of the book by party a list can only be of a container that is named.
    container = _container(filters.equipment_number or "", "query equipmentnumberfilter")
    if isinstance(container, Unreadable):
        return container
    found = await _releases(door, kept, call, container)
    if isinstance(found, Unreadable):
        return found
    releases, reader = found
    return _told(paged_containers(releases, filters, page, reader))


async def _at_the_quay(door: Door, kept: Kept, call: Call) -> Response | Unreadable:
    reader = _reader(door, call)
    if isinstance(reader, Unreadable):
        return reader
    release_id = call.query.get("releaseId", "").strip().lower()
    for container in await kept.containers_of(release_id):
        releases = standings(await kept.entries(container))
        found = terminal_detail(releases, release_id, reader)
        if found is not None:
            return _written(found)
    sentence = "No release of this id is collected at a quay of yours."
    return problem(404, "no_such_release", sentence)


async def _told_again(door: Door, kept: Kept, call: Call) -> Response | Unreadable:
    asked = replay_query(call.query)
    if isinstance(asked, Unreadable):
        return asked
    container = _container(asked.container or "", "query EquipmentNumber")
    if isinstance(container, Unreadable):
        return container
    since = door.clock() - timedelta(days=asked.days)
    told = await kept.told(NAME, container, since, call.organisation.id)
    again = Replay(asked.event, asked.public_reference_id)
    stored = (Stored(content, made_at) for content, made_at in told)
    return _written(StoredNotifications(tuple(stored_notifications(stored, again))))


listed = told_at_once(_listed)
at_the_quay = told_at_once(_at_the_quay)
told_again = told_at_once(_told_again)


async def _releases(
    door: Door, kept: Kept, call: Call, container: str
) -> tuple[Sequence[Standing], Reader] | Unreadable:
    """Return the container's releases in the port of the path, and who asks."""
    port = read_locode(call.path["port_locode"])
    if isinstance(port, Unusable):
        return Unreadable("port_unreadable", "path port-locode", port.reason)
    reader = _reader(door, call)
    if isinstance(reader, Unreadable):
        return reader
    known = standings(await kept.entries(container))
    return tuple(each for each in known if each.stay.port == port.value), reader


def _reader(door: Door, call: Call) -> Reader | Unreadable:
    reference = given_reference(call)
    if isinstance(reference, Unreadable):
        return reference
    # The directory as it is now, not as it was when the call came in: the ledger is read later.
    return Reader(call.organisation.id, door.directory().by_id, door.clock(), reference)


def _container(said: str, place: str) -> str | Unreadable:
    number = read_container(said)
    if isinstance(number, Unusable):
        return Unreadable("container_not_named", place, "Name one container: " + number.reason)
    return number.value


def _told(answer: Notification) -> Response:
    return Response(written(answer), headers=dict(NO_STORE), media_type=JSON)


def _written(answer: BaseModel) -> Response:
    return Response(answer.model_dump_json(by_alias=True), headers=dict(NO_STORE), media_type=JSON)
