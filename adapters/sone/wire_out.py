"""What is written to S)ONE: JSON without empty members, and the parts of a transport order."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import ValidationError

from adapters.contract import Document
from adapters.sone import assumed
from adapters.sone.assumed import Told
from adapters.sone.profile import MULTIPART, TYPE_PREFIX
from schemas.field_faults import fault_of
from schemas.strict_json import UnreadableJson
from schemas.strict_json import read as read_json
from schemas.topics import MEBIBYTE

BOUNDARY: Final = MULTIPART.partition("boundary=")[2].encode()

# A transport order is a form of two parts, `order` and `files`; of files the bus has none (§A.2).
_HEAD: Final = (
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="order"\r\n'
    b"Content-Type: application/json\r\n\r\n"
)
_TAIL: Final = b"\r\n--" + BOUNDARY + b"--\r\n"

_MODELS: Final[Mapping[str, type[Told]]] = {
    "track": assumed.TrackUnit,
    "order": assumed.OrderAsked,
    "order-change": assumed.OrderChanged,
}
_is_document = re.compile(r"track-document-[0-9]+").fullmatch


def written(body: Told) -> bytes:
    """Return *body* as S)ONE reads it."""
    return body.model_dump_json(by_alias=True, exclude_none=True).encode()


def in_parts(order: bytes) -> bytes:
    """Return a form whose part `order` this is."""
    return _HEAD + order + _TAIL


def faults_in(document: Document) -> tuple[str, ...]:
    """Return what is wrong with a document; empty where it reads back whole."""
    content = document.content
    if document.content_type == MULTIPART:
        if not (content.startswith(_HEAD) and content.endswith(_TAIL)):
            return ("it is no form with the part `order`",)
        content = content[len(_HEAD) : -len(_TAIL)]
    read = read_json(content, max_bytes=MEBIBYTE)
    if isinstance(read, UnreadableJson):
        return (f"{read.code}: byte {read.byte_offset}",)
    try:
        _model_of(document.type.removeprefix(TYPE_PREFIX)).model_validate(
            read, by_alias=True, by_name=False
        )
    except ValidationError as error:
        fault = fault_of(error)
        return (f"{fault.code}: {fault.position}",)
    return ()


def _model_of(kind: str) -> type[Told]:
    if _is_document(kind):
        return assumed.TrackDocument
    return _MODELS.get(kind, assumed.StepAsked)
