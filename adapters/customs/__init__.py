"""Belgian customs: a container's status in (as CCRM06), an acknowledgement out (as CCRM07)."""

from adapters.contract import Functions, System
from adapters.customs.parse import correlation_of_bytes, parse
from adapters.customs.profile import MEDIA, MEDIA_OUT, NAME, PROFILE
from adapters.customs.redact import redact
from adapters.customs.render import RENDERED, correlation_of_fact, proofread, render
from adapters.customs.words import PORTS

SYSTEM = System(
    name=NAME,
    title="Belgian customs (CCRM, assumed)",
    ports=PORTS,
    authority=None,
    media_in=frozenset({MEDIA}),
    media_out=frozenset({MEDIA_OUT}),
    renders=RENDERED,
    profile=PROFILE,
    functions=Functions(
        correlation_of_fact=correlation_of_fact,
        correlation_of_bytes=correlation_of_bytes,
        render=render,
        parse=parse,
        redact=redact,
        proofread=proofread,
    ),
)
