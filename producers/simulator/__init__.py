"""A seeded, believable day at Antwerp: who is there, what each says, and how it must end."""

from producers.simulator.cargo import Outline
from producers.simulator.cast import Cast, Company, Driver, Quay, cast_of
from producers.simulator.day import Day, plan_day, unfolding
from producers.simulator.ending import Ending, Expected, as_expected
from producers.simulator.planned import Letter, Planned

__all__ = [
    "Cast",
    "Company",
    "Day",
    "Driver",
    "Ending",
    "Expected",
    "Letter",
    "Outline",
    "Planned",
    "Quay",
    "as_expected",
    "cast_of",
    "plan_day",
    "unfolding",
]
