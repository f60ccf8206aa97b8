"""The door as a web application: the routes of every folder beside this file, and no more."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

import producers.door
from producers.door.contract import System
from producers.door.door import Door
from producers.door.entrance import held_back
from producers.door.problems import problem

SENTENCES: Mapping[int, tuple[str, str]] = {
    404: ("not_found", "There is no such call at this door."),
    405: ("method_not_allowed", "This call is made by another method."),
}


@cache
def systems() -> tuple[System, ...]:
    """Return what every folder beside this file exposes as `SYSTEM`, by name."""
    folders = sorted(
        each.name for each in pkgutil.iter_modules(producers.door.__path__) if each[2]
    )
    found = (import_module(f"{producers.door.__name__}.{name}").SYSTEM for name in folders)
    return tuple(found)


def app_of(door: Door) -> Starlette:
    """Return the application that serves *door*."""
    routes = [route for system in systems() for route in system.routes(door)]

    async def unmet(request: Request, error: Exception) -> Response:
        return held_back(door, request) or _unmet(error)

    handlers = {HTTPException: unmet}
    app = Starlette(routes=routes, exception_handlers=handlers)
    # A path with a slash too many is answered, not sent on: a redirect would repeat it.
    app.router.redirect_slashes = False
    return app


def _unmet(error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code, sentence = SENTENCES.get(status, ("not_possible", "This call cannot be met."))
    allowed = error.headers if isinstance(error, HTTPException) else None
    return problem(status, code, sentence, headers=allowed)
