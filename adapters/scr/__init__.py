"""Secure Container Release (T-Mining): rights handed on above the ports' own systems."""

from adapters.contract import Functions, System
from adapters.scr.parse import correlation_of_bytes, parse, poll
from adapters.scr.profile import MEDIA, NAME, PROFILE
from adapters.scr.redact import redact
from adapters.scr.render import RENDERED, correlation_of_fact, proofread, render

SYSTEM = System(
    name=NAME,
    title="Secure Container Release (T-Mining)",
    ports=frozenset(),
    authority=None,
    media_in=frozenset({MEDIA}),
    media_out=frozenset(),
    renders=RENDERED,
    profile=PROFILE,
    functions=Functions(
        correlation_of_fact=correlation_of_fact,
        correlation_of_bytes=correlation_of_bytes,
        render=render,
        parse=parse,
        redact=redact,
        proofread=proofread,
        poll=poll,
    ),
)
