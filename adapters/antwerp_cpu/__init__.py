"""Certified Pick up, Antwerp-Bruges: its request bodies in, its notifications out."""

from adapters.antwerp_cpu.codes import ACTIONS
from adapters.antwerp_cpu.parse import correlation_of_bytes, parse
from adapters.antwerp_cpu.profile import MEDIA, NAME, PORTS, PROFILE
from adapters.antwerp_cpu.redact import redact
from adapters.antwerp_cpu.render import RENDERED, correlation_of_fact, proofread, render
from adapters.contract import Functions, System

SYSTEM = System(
    name=NAME,
    title="Certified Pick up (NxtPort)",
    ports=PORTS,
    authority="ledger",
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
    ),
    actions=ACTIONS,
)
