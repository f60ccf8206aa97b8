"""Records with a card, a PIN, a TCT or a one-time code where none may be, in every way we know."""

import base64
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from adapters.antwerp_cpu.profile import MEDIA
from schemas.doors import Door
from schemas.envelope import JSON, Envelope, Header, headers_of
from schemas.message_types import BY_TYPE, ON_TOPIC
from schemas.registrations import DOORS
from schemas.signatures import CALL_HEADERS
from schemas.topics import CARRIER, CUSTOMS, KEYS, PARTY, REGISTRATIONS, TERMINAL
from tests.adapters.antwerp_cpu.samples import PREFIX, members
from tests.canaries import CANARIES, CARD, ONE_TIME_CODE, PIN, TCT, escaped, percent
from tests.schemas.samples import NOW, sample

NAMED: dict[str, tuple[str, ...]] = {
    CARD: ("alfapassNumber", "driver", "alfaPassIdentification", "ALFAPASS-NO", "chauffeur_id"),
    PIN: ("pin", "PIN", "encryptedPin", "pinCode", "container_pins"),
    TCT: ("tct", "TCT_code", "codeTct"),
    ONE_TIME_CODE: ("oneTimeCode", "otp", "one_time_password", "OTP_CODE", "verificationCode"),
}
"""What people call them."""
SPOKEN: dict[str, tuple[str, ...]] = {
    CARD: ("{}", "driver card {}", "Fahrerkarte: {}.", "he is {} at the gate"),
    PIN: ("PIN {}", "the pin is {}, thanks", "pin:{}"),
    TCT: ("TCT {}", "tct={}", "new TCT for you: {}"),
    ONE_TIME_CODE: ("one-time code {}", "code: {}", "his OTP, {}"),
}
"""How people write them down where they may write what they like."""
WORDS = frozenset({"reason", "note"})
FREE = WORDS | {"order_reference", "equipment_type", "name", "address"}
"""The members of messages that hold such text."""
CPU_FREE = (
    (CARRIER.name, "CommercialReleaseAction", "E1", ("releaseOrderReference",)),
    (PARTY.name, "ReleaseRightAction", "E7", ("reasonForAction",)),
    (PARTY.name, "ReleaseRightAction", "E8", ("reasonForAction",)),
)
FREELY = "in free text"

OWN = {
    CARRIER.name: "release",
    PARTY.name: "assign_pickup",
    TERMINAL.name: "report_gate_out",
    CUSTOMS.name: "report_customs_status",
    REGISTRATIONS.name: "register_organisation",
    KEYS.name: "register_key",
}
CPU = {
    CARRIER.name: ("CommercialReleaseAction", "E1"),
    PARTY.name: ("SubmitPickupRight", "E11"),
    TERMINAL.name: ("TerminalRelease", "E13"),
}
OTHERS = sorted(
    (topic, name)
    for topic, own in OWN.items()
    for model in ON_TOPIC[topic]
    if (name := model.TYPE.removeprefix("releasebus.")) != own
)
"""Every other message, by the topic that it comes on."""
ORGANISATION = "urn:releasebus:organisation:"


@dataclass(frozen=True, slots=True)
class Planted:
    """A record with a canary in it, and how it got there."""

    how: str
    topic: str
    key: bytes | None
    value: bytes
    headers: tuple[Header, ...]


def planted(sender: str) -> Iterator[Planted]:
    """Yield every record, said to be from the organisation *sender*."""
    for (topic, name), canary in product(OWN.items(), CANARIES.values()):
        content = sample(name)
        key = str(content.get("container") or content["organisation"]).encode()
        envelope = _envelope(topic, name, sender)
        for how, value in spoilt(content, canary):
            yield Planted(how, topic, key, value, headers_of(envelope))
        yield from _around(topic, envelope, json.dumps(content).encode(), key, canary)
        yield from _spoken_for(topic, envelope, json.dumps(content).encode(), key, canary)
    for (topic, name), canary in product(OTHERS, CANARIES.values()):
        content, envelope = sample(name), _envelope(topic, name, sender)
        key = str(content.get("container") or content["organisation"]).encode()
        for how, value in _in_short(content, canary):
            yield Planted(f"{name}, {how}", topic, key, value, headers_of(envelope))
    for (topic, (body, number)), canary in product(CPU.items(), CANARIES.values()):
        source = ORGANISATION + sender
        envelope = Envelope("planted", source, PREFIX + body, NOW, content_type=MEDIA)
        content = members(number)
        key = content["equipmentNumber"].encode()
        for how, value in spoilt(content, canary):
            yield Planted(f"CPu, {how}", topic, key, value, headers_of(envelope))
    yield from written_freely(sender)


def written_freely(sender: str) -> Iterator[Planted]:
    """Yield well-formed messages, ours and CPu's, whose free text tells a secret."""
    spoken = ((topic, model) for topic, models in ON_TOPIC.items() for model in models)
    for topic, model in spoken:
        for member in sorted(FREE & model.model_fields.keys()):
            yield from _freely_in(topic, model.TYPE.removeprefix("releasebus."), member, sender)
    for topic, body, number, free in CPU_FREE:
        envelope = Envelope("p", ORGANISATION + sender, PREFIX + body, NOW, content_type=MEDIA)
        content = members(number)
        key = content["equipmentNumber"].encode()
        for member, said in product(free, _sayings(bare=False)):
            how = f"CPu, {number}, {member} {FREELY}: {said}"
            value = _written({**content, member: said})
            yield Planted(how, topic, key, value, headers_of(envelope))


def _freely_in(topic: str, name: str, member: str, sender: str) -> Iterator[Planted]:
    # Of its own keys an organisation speaks alone.
    own = {"organisation": sender} if topic == KEYS.name else {}
    content, headers = sample(name) | own, headers_of(_envelope(topic, name, sender))
    key = str(content.get("container") or content["organisation"]).encode()
    for said in _sayings(bare=member in WORDS):
        how = f"{name}, {member} {FREELY}: {said}"
        yield Planted(how, topic, key, _written({**content, member: said}), headers)


def _sayings(*, bare: bool) -> Iterator[str]:
    """Yield what people write; *bare* are numbers too that no word stands beside."""
    for canary, forms in SPOKEN.items():
        wide = "".join(chr(ord(each) + 0xFEE0) for each in canary)
        parted = "-".join(canary[at : at + 3] for at in range(0, len(canary), 3))
        yield from (form.format(each) for form in forms[:2] for each in (wide, parted))
        yield from (form.format(canary) for form in forms)
        yield base64.b64encode(forms[-1].format(canary).encode()).decode()
        if bare and canary.isdigit():
            yield canary


def spoilt(content: dict[str, Any], canary: str) -> Iterator[tuple[str, bytes]]:
    """Yield bodies with *canary* in them under its names, well formed or in any way not."""
    for name in NAMED[canary]:
        whole = {**content, name: canary}
        yield f"{name}", _written(whole)
        yield f"{name} as a number", _written({**content, name: _number(canary)})
        yield f"{name} in a list", _written({**content, name: [canary]})
        yield f"{name} in depth", _written({**content, "more": {"deep": [{name: canary}]}})
        yield f"{name} beside a fault", _written({**whole, "container": 7, "actionType": []})
        yield f"{name}, and no more", _written({name: canary})
        yield f"a list of {name}", _written([{name: canary}])
        yield f"{name} as a text in JSON", _written(json.dumps({name: canary}))
    for name in NAMED[canary][:2]:
        yield from _malformed(name, canary, _written({**content, name: canary}))
    yield "a driver's own members", _written({**content, "driver": _driver(canary)})
    yield "a kind", _written({**content, "x": {"identificationType": "PIN", "code": canary}})
    yield "the name itself", _written({**content, canary: "x"})
    faulty = {**content, "container": 7, "organisation": 7, "actionType": []}
    yield "the name itself beside a fault", _written({**faulty, canary: "x"})
    yield "the name itself beside a fault, in depth", _written({**faulty, "x": [{canary: 1}]})
    yield "a bare value", _written(canary)
    yield "a bare list", _written([canary])


def _in_short(content: dict[str, Any], canary: str) -> Iterator[tuple[str, bytes]]:
    """Yield a few of those bodies: of messages that are read as the others of their topic are."""
    for name in NAMED[canary][:2]:
        whole = _written({**content, name: canary})
        yield f"{name}", whole
        yield f"{name} in depth", _written({**content, "more": {"deep": [{name: canary}]}})
        yield f"{name} beside a fault", _written({**content, name: canary, "organisation": []})
        yield f"{name}, truncated", whole[: whole.rindex(canary.encode()) + len(canary)]
        yield f"{name}, twice", _twice(name, canary)
    yield "the name itself", _written({**content, canary: "x"})
    faulty = {**content, "container": 7, "organisation": 7, "actionType": []}
    yield "the name itself beside a fault", _written({**faulty, canary: "x"})
    yield "the name itself beside a fault, in depth", _written({**faulty, "x": [{canary: 1}]})


def _malformed(name: str, canary: str, whole: bytes) -> Iterator[tuple[str, bytes]]:
    text = whole.decode()
    end = text.rindex(canary) + len(canary)
    yield f"{name}, truncated", text[:end].encode()
    yield f"{name}, twice", _twice(name, canary)
    yield f"{name}, escaped name", text.replace(f'"{name}"', f'"{escaped(name)}"').encode()
    yield f"{name}, escaped", text.replace(canary, escaped(canary)).encode()
    both = text.replace(f'"{name}"', f'"{escaped(name)}"').replace(canary, escaped(canary))
    yield f"{name}, escaped both and truncated", both[:-1].encode()
    yield f"{name}, UTF-16", text.encode("utf-16")
    yield f"{name}, UTF-16 big", text.encode("utf-16-be")
    yield f"{name}, UTF-32", text.encode("utf-32")
    yield f"{name}, byte order mark", b"\xef\xbb\xbf" + whole
    yield f"{name}, no UTF-8", whole + b"\xff"
    yield f"{name}, a form", f"container=MSCU7029147&{name}={canary}".encode()
    yield f"{name}, a coded form", f"{percent(name)}={percent(canary)}".encode()
    yield f"{name}, XML", f"<r><{name}>{canary}</{name}></r>".encode()
    yield f"{name}, a line", f"{name}: {canary}".encode()
    yield f"{name}, base64", base64.b64encode(whole)
    yield f"{name}, hex", whole.hex().encode()
    yield f"{name}, gzip", gzip.compress(whole, mtime=0)


def beside(topic: str, envelope: Envelope, value: bytes, key: bytes) -> Iterator[Planted]:
    """Yield a record with each canary beside its value: in its key, in headers and their names."""
    for canary in CANARIES.values():
        yield from _around(topic, envelope, value, key, canary)
        yield from _spoken_for(topic, envelope, value, key, canary)


def _around(
    topic: str, envelope: Envelope, value: bytes, key: bytes, canary: str
) -> Iterator[Planted]:
    """Yield good and bad values with the canary in the key or in a header."""
    for kind, data in (("good", value), ("bad", b"{")):
        for name in NAMED[canary][:2]:
            own = (*headers_of(envelope), (name.lower(), canary.encode()))
            yield Planted(f"header {name}, {kind} value", topic, key, data, own)
        twice = (*headers_of(envelope), (canary, b"1"), (canary, b"2"))
        yield Planted(f"a header's name, {kind} value", topic, key, data, twice)
        odd = (*headers_of(envelope), (canary, b"\xff"))
        yield Planted(f"a header's name of no text, {kind} value", topic, key, data, odd)
        if canary.isdigit():
            yield from _in_headers(topic, envelope, data, key, canary)


def _spoken_for(
    topic: str, envelope: Envelope, value: bytes, key: bytes, canary: str
) -> Iterator[Planted]:
    """Yield what a gateway says of whom it speaks for, and of how it knew it, with the canary."""
    known = {
        "rb_on_behalf_of": "NXT21000000002",
        "rb_authentication": "TLS",
        "rb_channel": "https",
    }
    for name, said in product(known, (canary, f"PIN {canary}", f"one-time code: {canary}")):
        if canary.isdigit():
            spoken = {**known, name: said}
            headers = (*headers_of(envelope), *((each, spoken[each].encode()) for each in spoken))
            yield Planted(f"{name} {said}", topic, key, value, headers)


def _in_headers(
    topic: str, envelope: Envelope, data: bytes, key: bytes, canary: str
) -> Iterator[Planted]:
    headers = dict(headers_of(envelope))
    for name in (
        *("ce_source", "ce_type", "ce_time", "ce_subject", "ce_dataschema", "content-type"),
        *("ce_specversion", "x-anything", *CALL_HEADERS),
        *("rb_signature", "rb_on_behalf_of", "rb_authentication", "rb_channel"),
    ):
        for said in (canary, f"urn:releasebus:organisation:{canary}", f"a {canary} b"):
            own = {**headers, name: said.encode()}
            yield Planted(f"{name} {said}", topic, key, data, tuple(own.items()))
    for said in (canary, f"MSCU {canary}", f"{canary[:3]}-{canary[3:]}"):
        yield Planted(f"key {said}", topic, said.encode(), data, headers_of(envelope))


def _envelope(topic: str, name: str, sender: str) -> Envelope:
    source, message_type = ORGANISATION + sender, f"releasebus.{name}"
    if topic == REGISTRATIONS.name:
        source = DOORS.get(BY_TYPE[message_type], Door.REGISTER).source
    return Envelope("planted", source, message_type, NOW, content_type=JSON)


def _driver(canary: str) -> dict[str, Any]:
    return {"key_id": "k1", "ciphertext": canary, "mask": "**12", "card_number": canary}


def _twice(name: str, canary: str) -> bytes:
    return f'{{"container": "MSCU7029147", "{name}": null, "{name}": "{canary}"}}'.encode()


def _number(canary: str) -> object:
    return int(canary) if canary.isdigit() else canary


def _written(content: object) -> bytes:
    return json.dumps(content).encode()
