"""CPu's own request bodies into messages of the bus (cpu.md §2, §4.2; E1, E4, E6 to E14).

Which body it is stands in ce_type, `nxtport.certified-pickup.<name in the OpenAPI>`; what stood
in the path of the call, in headers by the OpenAPI's names: `port-locode`, `equipment-number`.
"""

from dataclasses import replace
from typing import Final

from adapters.antwerp_cpu.forms import Form, NotReadable, spelt, validated
from adapters.antwerp_cpu.makers import BULKS, CONTAINER_IN_PATH, SINGLES, Found
from adapters.antwerp_cpu.profile import TYPE_PREFIX
from adapters.antwerp_cpu.redact import REDACTED
from adapters.antwerp_cpu.wire_in import Asked
from adapters.contract import Headers, Memory, Parsed, Part
from schemas.json_path import item
from schemas.plain_identity import may_show_identity, plain_identity
from schemas.strict_json import JsonValue, UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE
from schemas.unreadable import Unreadable

LONGEST_BULK_ID: Final = 240
"""Of a bulk's ce_id: each part's own has its place behind it, and 255 is the end."""


def parse(data: bytes, headers: Headers, memory: Memory) -> Parsed:
    """Return the messages in a request body, each part of a bulk by itself."""
    name = headers.get("ce_type", "").removeprefix(TYPE_PREFIX)
    try:
        if name in BULKS:
            return _bulk(name, data, headers, memory)
        part = _single(name, data, headers)
    except NotReadable as error:
        # Whatever is wrong with it: this body is the one that may name a driver.
        sensitive = error.why.sensitive or name == "SubmitPickupRight"
        return Parsed(memory=memory, problems=(replace(error.why, sensitive=sensitive),))
    return Parsed((part,), memory=memory)


def correlation_of_bytes(data: bytes, headers: Headers) -> str:
    """Return the container that a body is about, as it stands there; empty for a bulk."""
    named = headers.get(CONTAINER_IN_PATH, "")
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson) or not isinstance(content, dict):
        return named
    for holder in (content, content.get("releaseIdentifier"), content.get("identifier")):
        if isinstance(holder, dict) and isinstance(holder.get("equipmentNumber"), str):
            return str(holder["equipmentNumber"])
    return named


# --- the body, and its parts -------------------------------------------------------------------


def _single(name: str, data: bytes, headers: Headers) -> Part:
    if name not in SINGLES:
        sentence = "This is no request body of Certified Pick up that is taken here."
        sensitive = may_show_identity(data)
        raise NotReadable(
            Unreadable("type_unknown", "header ce_type", sentence, sensitive=sensitive)
        )
    model, maker = SINGLES[name]
    findings: list[str] = []
    form = Form(_body(model, data, findings), findings=findings)
    found = maker(form, headers)
    return _part(found, headers.get("ce_id", ""), findings)


def _bulk(name: str, data: bytes, headers: Headers, memory: Memory) -> Parsed:
    bulk_id = headers.get("ce_id", "")
    if len(bulk_id) > LONGEST_BULK_ID:
        sentence = f"The id of a bulk has at most {LONGEST_BULK_ID} characters."
        raise NotReadable(Unreadable("header_too_long", "header ce_id", sentence))
    model, verbs, maker = BULKS[name]
    findings: list[str] = []
    whole = Form(_body(model, data, findings), findings=findings)
    verb = whole.coded("action_type", verbs)
    rights = whole.take("release_rights")
    if not rights.value:
        sentence = "A bulk names at least one release right."
        raise NotReadable(Unreadable("field_missing", rights.path, sentence))
    parts: list[Part] = []
    problems: list[Unreadable] = []
    for place, right in enumerate(rights.value):
        form = Form(right, item(rights.path, place), list(findings))
        try:
            found = maker(whole, form, verb, headers)
            form.findings.extend(whole.leftovers())
            parts.append(_part(found, f"{bulk_id}/{place}", form.findings))
        except NotReadable as error:
            problems.append(error.why)
    return Parsed(tuple(parts), memory=memory, problems=tuple(problems))


def _body(model: type[Asked], data: bytes, findings: list[str]) -> Asked:
    content = read_json(data, max_bytes=MEBIBYTE)
    if isinstance(content, UnreadableJson):
        raise NotReadable(replace(content, sensitive=may_show_identity(data)))
    secret = plain_identity(_without_redacted_driver(content))
    if secret is not None:
        raise NotReadable(secret)
    return validated(model, spelt(content, findings))


def _without_redacted_driver(content: JsonValue) -> JsonValue:
    # What is left of a driver after `redact` says only that there was one: no kind names a card
    # that is not there any more.
    party = content.get("pickupParty") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(party, dict):
        return content
    code = party.get("identificationCode")
    # Not looked for in a set: it may be a list, which none can hold.
    if code is not None and code != REDACTED:
        return content
    kept = {name: value for name, value in party.items() if name != "identificationType"}
    return content | {"pickupParty": kept}


def _part(found: Found, part_id: str, findings: list[str]) -> Part:
    return Part(
        message=found.message,
        id=part_id,
        findings=tuple(dict.fromkeys(findings)),
        occurred_at=found.occurred_at,
        on_behalf_of=found.on_behalf_of,
    )
