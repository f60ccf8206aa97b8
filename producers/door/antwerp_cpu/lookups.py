"""Who is who, and whose key seals: from the directory in memory, for every caller."""

from typing import Final

from starlette.responses import Response

from adapters.antwerp_cpu.entities import entities_query, phone_book
from adapters.antwerp_cpu.wire_read import TerminalPublicKey
from producers.door.antwerp_cpu.writes import quay_with_key
from producers.door.door import Door
from producers.door.entrance import Call
from producers.door.problems import NO_STORE, problem, unreadable
from schemas.unreadable import Unreadable

JSON: Final = "application/json"


async def entities(door: Door, call: Call) -> Response:
    """Answer with a page of the phone book (cpu.md §4.2 row 15)."""
    sought = entities_query(call.query)
    if isinstance(sought, Unreadable):
        return unreadable((sought,))
    found = phone_book(door.directory().by_id.values(), sought)
    return Response(found.model_dump_json(by_alias=True), headers=NO_STORE, media_type=JSON)


async def public_key(door: Door, call: Call) -> Response:
    """Answer with the key that seals a card for a quay."""
    named = call.query.get("portLoCode", ""), call.query.get("terminalCode", "")
    quay = quay_with_key(door, *named)
    if quay is None:
        sentence = "No terminal is registered under this code with a key to seal drivers for."
        return problem(404, "terminal_without_key", sentence)
    operator, terminal = quay
    found = TerminalPublicKey(
        errors=(),
        terminal_nxt_entity_id=operator.id,
        public_key=terminal.sealing_key or "",
        key_id=terminal.sealing_key_id or "",
    )
    return Response(found.model_dump_json(by_alias=True), headers=NO_STORE, media_type=JSON)
