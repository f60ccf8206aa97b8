"""The release lights in CPu's words: all that a terminal is told, answers and Update apart."""

from collections.abc import Iterable, Iterator

from adapters.antwerp_cpu import bodies, codes
from adapters.antwerp_cpu.telling import Telling, Told
from adapters.antwerp_cpu.wire_words import Event
from schemas.facts import Updated
from schemas.lights import LightChange, LightName, Lights


def tellings_of_lights(told: Told) -> Iterator[Telling]:
    """Yield one notification for every light that the fact changed, and a new quay's first ones.

    To the agent, the chain and the terminal (cpu.md §4.3).
    """
    quay = told.operators(told.stay.terminal)
    if not _moved(told):
        for change in told.recorded.light_changes:
            yield from _changed(told, change, (*told.stay.parties, *quay))
        return
    for change in told.recorded.light_changes:
        yield from _changed(told, change, told.stay.parties)
    # The new quay has heard nothing of this container yet; who is also in the chain has.
    newcomers = tuple(operator for operator in quay if operator not in told.stay.parties)
    if told.recorded.lights is not None and newcomers:
        for light, value in _values(told.recorded.lights):
            yield from _telling(told, light, (None, value), newcomers, kind="NewQuay.")


def _moved(told: Told) -> bool:
    fact = told.recorded.fact
    return isinstance(fact, Updated) and fact.terminal != fact.terminal_before


def _changed(told: Told, change: LightChange, receivers: tuple[str, ...]) -> Iterator[Telling]:
    before = change.before
    if change.light is LightName.COMMERCIAL_RELEASE:
        # A release takes its light from UNKNOWN to OK (E3), although it had none before.
        before = before or codes.UNKNOWN_LIGHT
    yield from _telling(told, change.light, (before, change.after), receivers)


def _telling(
    told: Told,
    light: LightName,
    values: tuple[str | None, str | None],
    receivers: tuple[str, ...],
    kind: str = "",
) -> Iterator[Telling]:
    before, after = values
    name = codes.LIGHTS.get(light)
    if name is None or after is None or (before is None and after == codes.UNKNOWN_LIGHT):
        return  # not notified, or there is nothing to tell yet
    first = before is None
    event = Event.RELEASE_LIGHT_REGISTERED if first else Event.RELEASE_LIGHT_CHANGED
    original = None if before is None else codes.light_value(before)
    body = bodies.light_body(told.stay, told.parties, name, original, codes.light_value(after))
    yield Telling(event, f"{kind}{event}.{name}", body, receivers)


def _values(lights: Lights) -> Iterable[tuple[LightName, str | None]]:
    return (
        (LightName.COMMERCIAL_RELEASE, lights.commercial_release.value),
        (LightName.CUSTOMS, None if lights.customs is None else lights.customs.value),
        (LightName.TERMINAL_OPERATION, "discharged" if lights.terminal_operation else None),
        (LightName.TERMINAL_READY, lights.terminal_ready.value),
        (LightName.GATE_OPERATION, lights.gate_operation.value),
    )
