"""What is signed of a message, and the one form of signature that the bus takes."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256

from schemas.strict_json import UnreadableJson
from schemas.strict_json import read as read_json
from schemas.unreadable import Unreadable
from schemas.value import Value

SIGNATURE = "rb_signature"
ON_BEHALF_OF = "rb_on_behalf_of"
AUTHENTICATION = "rb_authentication"
CHANNEL = "rb_channel"
"""Headers of a party's own record: its signature; and of a gateway's, for whom it speaks, how it
was found that it is that party, and over which channel it came."""

SPOKEN_FOR = (ON_BEHALF_OF, AUTHENTICATION, CHANNEL)
SIGNED_HEADERS = (
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_specversion",
    "ce_time",
    "ce_subject",
    "ce_dataschema",
    "content-type",
    *SPOKEN_FOR,
)
"""Every header that the bus reads of every record, in the order in which they are signed."""

CALL_HEADERS = (
    "port-locode",
    "equipment-number",
    "terminal-code",
    "in-reply-to",
    "http-status",
    "http-etag",
)
"""What stood in the path of a system's call and beside it, or beside its answer to a call of ours
(adapters/contract.py): read where its body leaves it out, and signed, with their names, where
they are there."""

COVERED_HEADERS = frozenset((*SIGNED_HEADERS, *CALL_HEADERS))
"""What may be read of a record's headers: what else stands there nobody signed."""

DOMAIN = b"releasebus message 1"
"""So that no signature made for anything else can stand for one of a message."""

SIGNATURE_BYTES = 64
LONGEST_SIGNATURE = 512
HEADERS_KEPT = 4096


class SignaturePolicy(StrEnum):
    """How strictly signatures are asked for on a topic.

    `required` lets in nothing else. `warn` lets in what bears no signature, with a finding; a
    wrong one is refused all the same. `off` looks at none: who speaks is believed.
    """

    REQUIRED = "required"
    WARN = "warn"
    OFF = "off"


class DetachedSignature(Value, frozen=True):
    """A signature taken apart: the key that it names, its header as it came, and its 64 bytes."""

    key_id: str
    header: bytes
    signature: bytes


def payload_of(
    topic: str, key: bytes | None, headers: Mapping[str, bytes | None], value: bytes | None
) -> bytes:
    """Return the bytes that are signed of a record; signer and verifier both make them here.

    Netstrings (`<length>:<bytes>,`) of a fixed list: the domain, the topic's whole name, the
    record key, each of SIGNED_HEADERS (empty where it is left out), SHA-256 of the value's exact
    bytes in hex; then name and value of each of CALL_HEADERS that is there. The digest stands
    for the value so that a signature proves what was signed also where the value is not kept
    (docs/decisions/0013).
    """
    parts = [DOMAIN, topic.encode(), key or b""]
    parts += [headers.get(name) or b"" for name in SIGNED_HEADERS]
    parts.append(sha256(value or b"").hexdigest().encode())
    for name in CALL_HEADERS:
        if name in headers:
            parts += [name.encode(), headers[name] or b""]
    return b"".join([b"%d:%b," % (len(part), part) for part in parts])


def header_of(key_id: str) -> bytes:
    """Return the protected header of a signature by the key *key_id*, in base64url."""
    return base64url(b'{"alg":"EdDSA","kid":"%b"}' % key_id.encode())


def signing_input(header: bytes, payload: bytes) -> bytes:
    """Return what Ed25519 signs: RFC 7515 §5.1, the payload attached as JWS has it."""
    return b"%b.%b" % (header, base64url(payload))


def detached(header: bytes, signature: bytes) -> bytes:
    """Return a JWS with its payload left out (RFC 7515 appendix F), as it stands in a header."""
    return b"%b..%b" % (header, base64url(signature))


def taken_apart(came: bytes) -> DetachedSignature | Unreadable:
    """Return the signature in a header, or why it is none that the bus takes.

    Taken is the compact form without payload, its header exactly `alg` EdDSA and `kid`: no other
    algorithm, no `crit`, no key of its own; base64url in its one spelling and nothing behind it.
    """
    if len(came) > LONGEST_SIGNATURE:
        return _malformed(f"It is longer than {LONGEST_SIGNATURE} bytes.")
    header, first, rest = came.partition(b".")
    nothing, second, written = rest.partition(b".")
    if not first or not second or nothing:
        return _malformed("It is no JWS in compact form with its payload left out.")
    signature = base64url_in(written)
    if signature is None or len(signature) != SIGNATURE_BYTES:
        return _malformed("Its last part is not 64 bytes in base64url.")
    key_id = _key_named_by(header)
    if isinstance(key_id, Unreadable):
        return key_id
    return DetachedSignature(key_id, header, signature)


def whole(signed: bytes, signature: bytes) -> str:
    """Return the JWS with its payload put back: what any library of JOSE can check."""
    return (b"%b.%b" % (signed, base64url(signature))).decode()


def base64url(data: bytes) -> bytes:
    """Return *data* in base64url without padding (RFC 7515 §2)."""
    return urlsafe_b64encode(data).rstrip(b"=")


def base64url_in(written: bytes) -> bytes | None:
    """Return what base64url says where it is in its one spelling, else None."""
    try:
        data = urlsafe_b64decode(written + b"=" * (-len(written) % 4))
    except (NotBase64, ValueError):
        return None
    return data if base64url(data) == written else None


@lru_cache(HEADERS_KEPT)  # the same for every message that a key signs
def _key_named_by(header: bytes) -> str | Unreadable:
    data = base64url_in(header)
    content = None if data is None else read_json(data, max_bytes=LONGEST_SIGNATURE)
    if not isinstance(content, dict) or isinstance(content, UnreadableJson):
        return _malformed("Its header is no JSON object in base64url.")
    if content.get("alg") != "EdDSA":
        sentence = "Only signatures by EdDSA (Ed25519) are taken."
        return Unreadable("signature_algorithm", f"header {SIGNATURE}", sentence)
    key_id = content.get("kid")
    if content.keys() != {"alg", "kid"} or not isinstance(key_id, str) or not key_id:
        return _malformed("Its header has to name alg and kid, and nothing else.")
    return key_id


def _malformed(sentence: str) -> Unreadable:
    return Unreadable("signature_malformed", f"header {SIGNATURE}", sentence)
