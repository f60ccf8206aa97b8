"""What a terminal's system asks its gate at once, in CPu's shapes (cpu.md §4.2 rows 12, 14)."""

from starlette.responses import Response

from producers.door.antwerp_cpu.calls import TERMINAL_CODE
from producers.door.door import Door, GateAnswers
from producers.door.entrance import Call
from producers.door.problems import NO_STORE, problem, unreadable
from schemas.identifiers import Unusable, read_locode, read_terminal
from schemas.messages import Role
from schemas.unreadable import Unreadable

JSON = "application/json"


async def validate(door: Door, call: Call) -> Response:
    """Answer whether the containers may leave with the card that is presented (E15)."""
    gate = _gate(door, call)
    if isinstance(gate, Response):
        return gate
    answer = gate.validate(call.data)
    if isinstance(answer, Unreadable):
        return unreadable((answer,))
    return Response(answer, headers=dict(NO_STORE), media_type=JSON)


async def identify(door: Door, call: Call) -> Response:
    """Answer whether who is presented is known at the quay."""
    gate = _gate(door, call)
    if isinstance(gate, Response):
        return gate
    answer = await gate.identify(call.data)
    if isinstance(answer, Unreadable):
        return unreadable((answer,))
    return Response("true" if answer else "false", headers=dict(NO_STORE), media_type=JSON)


def _gate(door: Door, call: Call) -> GateAnswers | Response:
    """Return the gate of the quay that is meant: the caller's own, whose gate this door knows."""
    port = read_locode(call.path["port_locode"])
    if isinstance(port, Unusable):
        why = Unreadable("port_unreadable", "path port-locode", port.reason)
        return unreadable((why,))
    organisation = call.organisation
    # cpu.md §7 rule 10: an inland terminal is a transport operator, and has no gate here.
    runs = organisation.terminals if Role.TERMINAL_OPERATOR in organisation.roles else ()
    named = call.headers.get(TERMINAL_CODE)
    code = None if named is None else read_terminal(named)
    wanted = None if code is None or isinstance(code, Unusable) else code.value
    fitting = [
        door.gates[quay]
        for quay in ((each.port, each.code) for each in runs)
        if quay in door.gates and quay[0] == port.value and (named is None or quay[1] == wanted)
    ]
    if len(fitting) > 1:
        sentence = "You run more than one quay here: name it in the header terminal-code."
        return problem(400, "quay_not_named", sentence)
    if not fitting:
        sentence = "No gate of yours answers at this door for this port and quay."
        return problem(403, "not_your_gate", sentence)
    return fitting[0]
