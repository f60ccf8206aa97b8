"""Certified Pick up's own calls at the door (cpu.md §4.2), for its users in Antwerp-Bruges."""

from producers.door.antwerp_cpu.calls import DESCRIBED, NAME, TITLE
from producers.door.antwerp_cpu.reading_calls import READS
from producers.door.antwerp_cpu.routes import routes
from producers.door.contract import System

SYSTEM = System(
    name=NAME,
    title=TITLE,
    routes=routes,
    described=(*DESCRIBED, *(each.described for each in READS)),
)
