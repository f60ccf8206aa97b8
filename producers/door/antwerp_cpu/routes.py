"""The routes of CPu's calls."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from producers.door.antwerp_cpu import lookups, questions, reads
from producers.door.antwerp_cpu import reading_calls as asked
from producers.door.antwerp_cpu.calls import IDENTIFY, ROOT, VALIDATE, WRITES, Write
from producers.door.antwerp_cpu.writes import write
from producers.door.door import Door
from producers.door.entrance import Call, Handler, admitted
from producers.door.repeats import Repeats

READ: Final = (
    (asked.DETAIL, reads.detail),
    (asked.LIST, reads.listed),
    (asked.LIGHTS, reads.lights),
    (asked.COMBINED, reads.combined),
    (asked.AT_QUAY, reads.at_the_quay),
    (asked.NOTIFICATIONS, reads.told_again),
    (asked.ENTITIES, lookups.entities),
    (asked.PUBLIC_KEY, lookups.public_key),
)
ASKED: Final = ((IDENTIFY, questions.identify), (VALIDATE, questions.validate))


def routes(door: Door) -> Sequence[BaseRoute]:
    """Return a route for each call that is taken."""
    repeats = Repeats()
    writing = (
        Route(ROOT + each.path, admitted(door, _writer(each, repeats)), methods=["PUT"])
        for each in WRITES
    )
    asking = (
        Route(ROOT + question.path, admitted(door, handler), methods=["POST"])
        for question, handler in ASKED
    )
    reading = (
        Route(ROOT + each.path, admitted(door, handler), methods=["GET"]) for each, handler in READ
    )
    return (*writing, *asking, *reading)


def _writer(asked: Write, repeats: Repeats) -> Handler:
    async def handler(door: Door, call: Call) -> Response:
        return await write(door, call, asked, repeats)

    return handler
