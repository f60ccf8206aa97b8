"""Portbase Secure Chain, Rotterdam and Amsterdam: what is asked of it, and what it says."""

from adapters.contract import Functions, System
from adapters.portbase.ids import correlation_of_bytes, correlation_of_fact
from adapters.portbase.parse import parse
from adapters.portbase.polling import poll
from adapters.portbase.profile import MEDIA, NAME, PORTS, PROFILE
from adapters.portbase.proofread import proofread
from adapters.portbase.redact import redact
from adapters.portbase.render import RENDERED, render

SYSTEM = System(
    name=NAME,
    title="Secure Chain (Portbase)",
    ports=PORTS,
    authority="system",
    media_in=frozenset({MEDIA}),
    media_out=frozenset({MEDIA}),
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
