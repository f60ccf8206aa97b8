"""The routes of CPu's calls."""

from collections.abc import Sequence
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from producers.door.antwerp_cpu import questions
from producers.door.antwerp_cpu.calls import IDENTIFY, ROOT, VALIDATE, WRITES, Write
from producers.door.antwerp_cpu.writes import write
from producers.door.door import Door
from producers.door.entrance import Call, Handler, admitted
from producers.door.repeats import Repeats

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
    return (*writing, *asking)


def _writer(asked: Write, repeats: Repeats) -> Handler:
    async def handler(door: Door, call: Call) -> Response:
        return await write(door, call, asked, repeats)

    return handler
