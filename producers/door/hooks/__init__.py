"""What community systems tell by themselves: a webhook of each, onto its topic, redacted."""

from producers.door.contract import System
from producers.door.hooks.calls import DESCRIBED, NAME, TITLE
from producers.door.hooks.routes import routes

SYSTEM = System(name=NAME, title=TITLE, routes=routes, described=DESCRIBED)
