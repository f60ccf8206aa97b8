"""What S)ONE says into messages of the bus: webhooks, and answers to what was asked of it.

What it is shows in its members: S)ONE names no type (edifact_france.md §A.2).
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final, TypeAlias

from pydantic import ValidationError

from adapters.contract import HTTP_ETAG, HTTP_STATUS, IN_REPLY_TO, Headers, Parsed, Part
from adapters.contract import Memory as Written
from adapters.exit_steps.reading import (
    NotReadable,
    came_at,
    container_in,
    redacted_content,
    shaped,
    unknown_members,
    unreadable,
)
from adapters.exit_steps.secrets import shows_a_code
from adapters.sone import answers, orders, tracing
from adapters.sone.memory import Memory, kept, recalled
from adapters.sone.tracking import TRACKING, is_unknown, of_unknown
from adapters.sone.wire import (
    DocumentTracked,
    Fault,
    OrderMade,
    OrderRead,
    Said,
    StepAnswered,
    Traced,
    Webhook,
)
from schemas.field_faults import fault_of
from schemas.plain_identity import may_show_identity
from schemas.strict_json import JsonValue
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable
from schemas.value import Misformed

Reader: TypeAlias = Callable[[JsonValue, Memory, Headers], tuple[Said | None, Parsed]]


def parse(data: bytes, headers: Headers, memory: Written) -> Parsed:
    """Return what *data* says, part by part, what it leads to, and what is remembered."""
    try:
        said_nothing = not data and headers.get(IN_REPLY_TO)
        content = None if said_nothing else redacted_content(data, "A PIN, a TCT or a person")
        said, parsed = _reader_of(content, headers)(content, recalled(memory), headers)
    except NotReadable as error:
        why = replace(error.why, sensitive=error.why.sensitive or _may_be_secret(data))
        return Parsed(memory=memory, problems=(why,))
    except ValidationError as error:
        return Parsed(memory=memory, problems=(fault_of(error),))
    except Misformed as error:
        sentence = "What is remembered of this container is no memory of this version."
        problem = Unreadable("memory_unreadable", error.path, sentence)
        return Parsed(memory=memory, problems=(problem,))
    unknown = () if said is None else unknown_members(said)
    return replace(parsed, messages=tuple(_finding(each, unknown) for each in parsed.messages))


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the container that *data* is about, else that of the call which it answers."""
    content = read_json(data, max_bytes=MEBIBYTE)
    named = _container(content) if isinstance(content, dict) else ""
    # Ids of calls name their container: `ledger-3-12.sone.order.CPUU1000010.sone`.
    parts = headers.get(IN_REPLY_TO, "").split(".")
    answered = next((each for each in parts if _is_container(each)), "")
    return named or answered


def _finding(part: Part, unknown: tuple[str, ...]) -> Part:
    return replace(part, findings=tuple(dict.fromkeys((*part.findings, *unknown))))


def _may_be_secret(data: bytes) -> bool:
    return may_show_identity(data) or shows_a_code(data.decode("utf-8", "replace"))


def _container(content: Mapping[str, JsonValue]) -> str:
    unit = content.get("HandlingUnit")
    items = content.get("items")
    first = items[0] if isinstance(items, list) and items else None
    for holder, name in ((unit, "Reference"), (first, "reference")):
        if isinstance(holder, dict) and isinstance(holder.get(name), str):
            return container_in(str(holder[name])) or str(holder[name])
    return ""


def _is_container(text: str) -> bool:
    return len(text) == len("CPUU1000010") and text[:4].isalpha() and text[4:].isdigit()


# --- what it is ----------------------------------------------------------------------------------


def _reader_of(content: JsonValue, headers: Headers) -> Reader:
    if is_unknown(headers):
        return _unknown
    members = content if isinstance(content, dict) else {}
    known = next((reader for member, reader in _READERS if member in members), None)
    if known is not None:
        return known
    refused = not headers.get(HTTP_STATUS, "2").startswith("2")
    if not isinstance(content, dict) and TRACKING in headers.get(IN_REPLY_TO, "") and not refused:
        return _tracked
    if content is None and headers.get(IN_REPLY_TO):
        return _nothing
    raise unreadable("type_unknown", "$", "This is nothing that S)ONE says.")


def _webhook(content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    hook = shaped(Webhook, content)
    return hook, tracing.of_webhook(hook, memory, came_at(headers))


def _traced(content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    traced = shaped(Traced, content)
    return traced, tracing.of_traced(traced, memory, came_at(headers))


def _document(content: JsonValue, memory: Memory, _: Headers) -> tuple[Said | None, Parsed]:
    tracked = shaped(DocumentTracked, content)
    return tracked, tracing.of_document(tracked, memory)


def _nothing(_content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    return None, answers.of_nothing(memory, headers)


def _tracked(_content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    # The unit is tracked from now on; how it stands by now no webhook will tell.
    reading = tracing.reading(memory, headers.get(IN_REPLY_TO, ""))
    return None, Parsed((), reading, kept(memory))


def _unknown(_content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    return None, of_unknown(memory, headers)


def _order(content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    read = shaped(OrderRead, content)
    return read, orders.of_order(read, memory, headers.get(HTTP_ETAG, ""))


def _order_made(content: JsonValue, memory: Memory, _: Headers) -> tuple[Said | None, Parsed]:
    made = shaped(OrderMade, content)
    return made, orders.of_order_made(made, memory)


def _step(content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    answer = shaped(StepAnswered, content)
    return answer, answers.of_step(answer, memory, headers)


def _fault(content: JsonValue, memory: Memory, headers: Headers) -> tuple[Said | None, Parsed]:
    fault = shaped(Fault, content)
    return fault, answers.of_fault(fault, memory, headers)


# The first member that is there tells; a fault has no member that nothing else has.
_READERS: Final[tuple[tuple[str, Reader], ...]] = (
    ("HandlingUnit", _webhook),
    ("items", _traced),
    ("trackedHandlingUnits", _document),
    ("customerOrderId", _order),
    ("externalReference", _step),
    ("transportOrderNumber", _order_made),
    ("subErrors", _fault),
    ("message", _fault),
    ("code", _fault),
)
